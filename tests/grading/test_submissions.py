"""Whose notebook is it, and which lesson: folders and zip files as platforms make them, and as vandals do."""

import io
import os
import stat
import zipfile
from pathlib import PurePosixPath

import pytest

from course_utils.grading import archives, assignment, lessons, reading, submissions
from course_utils.grading.identity import Identity, of_path
from course_utils.grading.roster import Student

from . import notebooks as nb

SLUGS = ["00_start_here", "01_pixels_and_nats", "02_the_kl_divergence_derived"]
GOOD = nb.data(nb.notebook())


@pytest.fixture(scope="module")
def handed_out():
    return lessons.load(nb.ROOT / "lessons")


@pytest.mark.parametrize(("path", "student"), [
    ("ada/00_start_here.ipynb", "ada"), ("ada.ipynb", "ada"), ("ada_00_start_here.ipynb", "ada"),
    ("00_start_here_ada.ipynb", "ada"), ("00_start_here-ada (1).ipynb", "ada"),
    ("doejane_12345_67890_00_start_here.ipynb", "12345"),
    ("doejane_LATE_12345_67890_x-1.ipynb", "12345"), ("Jane Doe_1327_assignsubmission_file_/x.ipynb", "1327"),
    ("Jane Doe_1327_assignsubmission_file_x.ipynb", "1327"), ("ada/lesson/x.ipynb", "ada"), ("a\nb.ipynb", "a b"),
])
def test_names_of_platforms_and_people_are_read(path, student):
    assert of_path(PurePosixPath(path), SLUGS).student == student


def test_a_student_of_the_roster_is_found_in_a_file_name():
    assert of_path(PurePosixPath("hw1 by AB12 final.ipynb"), SLUGS, ["ab12", "ab1"]).student == "ab12"


def _zip(entries):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return made.getvalue()


def _found(folder):
    looked = submissions.look(folder, SLUGS)
    return {found.who.student: found for found in looked.found}, looked


def test_an_archive_of_the_class_is_read_without_unpacking(tmp_path):
    inner = _zip([("00_start_here.ipynb", GOOD)])
    entries = [("ada/00_start_here.ipynb", GOOD), ("ben.ipynb", GOOD), ("cleo_1_2_x.zip", inner),
               ("__MACOSX/ada/._x.ipynb", b""), ("ada/.ipynb_checkpoints/00_start_here-checkpoint.ipynb", b"old")]
    (tmp_path / "all.zip").write_bytes(_zip(entries))
    found, looked = _found(tmp_path)
    assert set(found) == {"ada", "ben", "1"} and looked.notes == []
    assert all(one.read() == GOOD for one in found.values())
    assert os.listdir(tmp_path) == ["all.zip"]


def test_an_archive_with_one_students_lessons_belongs_to_them(tmp_path):
    (tmp_path / "ada.zip").write_bytes(_zip([("00_start_here.ipynb", GOOD), ("my/01_pixels_and_nats.ipynb", GOOD)]))
    found, looked = _found(tmp_path)
    assert set(found) == {"ada"} and len(looked.found) == 2


def test_ways_out_of_an_archive_are_refused_and_named(tmp_path):
    link = zipfile.ZipInfo("link.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    entries = [("../../evil.ipynb", GOOD), ("/etc/evil.ipynb", GOOD), ("C:\\evil.ipynb", GOOD), (link, "/etc/passwd"),
               ("ada.ipynb", GOOD)]
    (tmp_path / "all.zip").write_bytes(_zip(entries))
    found, looked = _found(tmp_path)
    assert set(found) == {"ada"} and len(looked.notes) == 4
    assert sum("points out" in note for note in looked.notes) == 3


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_FILE", 1 << 20)
    (tmp_path / "all.zip").write_bytes(_zip([("ada.ipynb", bytes(3 << 20))]))
    with pytest.raises(reading.Unreadable, match="more than 1 MB"):
        _found(tmp_path)[0]["ada"].read()


def test_an_archive_with_too_many_entries_or_none_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_ENTRIES", 3)
    (tmp_path / "many.zip").write_bytes(_zip([(f"{i}.txt", b"") for i in range(4)]))
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 broken")
    found, looked = _found(tmp_path)
    said = " ".join(looked.notes)
    assert "4 entries" in said and "cannot be opened" in said
    with pytest.raises(reading.Unreadable):
        found["broken"].read()


def test_links_in_the_folder_are_not_followed(tmp_path):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "in" / "ada").mkdir(parents=True)
    (tmp_path / "in" / "ada" / "x.ipynb").symlink_to(tmp_path / "secret")
    found, looked = _found(tmp_path / "in")
    assert not found and "is a link" in looked.notes[0] and looked.present == {Identity("ada")}


def test_everyone_on_the_roster_has_an_item_and_strangers_are_told_apart(tmp_path, handed_out):
    (tmp_path / "Ada").mkdir()
    (tmp_path / "Ada" / "00_start_here.ipynb").write_bytes(GOOD)
    (tmp_path / "zoe.ipynb").write_bytes(GOOD)
    roster = [Student("17", "ada"), Student("18", "ben")]
    made = assignment.items(submissions.look(tmp_path, SLUGS), roster, handed_out, None)
    assert [(item.student.id, item.found is None, item.notes) for item in made] == [
        ("17", False, ()), ("18", True, ()), ("zoe", False, ("Not on the roster.",))]


def test_of_two_students_with_one_name_nobody_gets_the_others_notebook(tmp_path, handed_out):
    for number in ("7", "9"):
        (tmp_path / f"Jane Doe_{number}_assignsubmission_file_").mkdir()
    (tmp_path / "Jane Doe_9_assignsubmission_file_" / "x.ipynb").write_bytes(GOOD)
    folder = submissions.look(tmp_path, SLUGS)
    known = [Student("a", "Jane Doe", ("Participant 7",)), Student("b", "Jane Doe", ("Participant 9",))]
    made = assignment.items(folder, known, handed_out, "00")
    assert [(item.student.id, item.found is None) for item in made] == [("a", True), ("b", False)]
    strangers = assignment.items(folder, [Student("a", "Jane Doe"), Student("b", "Jane Doe")], handed_out, "00")
    assert [item.student.id for item in strangers if item.found] == ["9"]


def test_the_newest_of_several_notebooks_is_graded_and_said(tmp_path, handed_out):
    for i, name in enumerate(["00_start_here.ipynb", "00_start_here-Copy1.ipynb"]):
        (tmp_path / "ada").mkdir(exist_ok=True)
        (tmp_path / "ada" / name).write_bytes(GOOD)
        os.utime(tmp_path / "ada" / name, (1e9 - i, 1e9 - i))
    (item,) = assignment.items(submissions.look(tmp_path, SLUGS), [], handed_out, "00")
    assert item.found.path.name == "00_start_here.ipynb" and "2 notebooks" in item.notes[0]


@pytest.mark.parametrize(("limit", "words"), [("LARGEST_FILE", "the largest that"), ("MOST_TEXT", "more than any")])
def test_a_notebook_larger_than_any_lesson_is_not_read(monkeypatch, limit, words):
    monkeypatch.setattr(reading, limit, 1000)
    with pytest.raises(reading.Unreadable, match=words):
        reading.read(GOOD)


def test_a_lesson_is_known_by_its_name_or_by_what_is_in_it(tmp_path, handed_out):
    (tmp_path / "ada.ipynb").write_bytes((nb.ROOT / "lessons" / "02_the_kl_divergence_derived.ipynb").read_bytes())
    (tmp_path / "ben 01_pixels_and_nats.ipynb").write_bytes(GOOD)
    made = assignment.items(submissions.look(tmp_path, SLUGS), [], handed_out, None)
    assert {(item.student.id, item.lesson) for item in made if item.found} == {("ada", "02"), ("ben", "01")}
