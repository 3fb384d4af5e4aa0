"""Whose notebook is it, and which lesson: folders and zip files as platforms make them, and as vandals do."""

import io
import os
import stat
import zipfile
from pathlib import PurePosixPath

import pytest

from course_utils.grading.intake import archives, assignment, lessons, reading, submissions
from course_utils.grading.intake.identity import Identity, of_path
from course_utils.grading.intake.roster import Student

from . import notebooks as nb

SLUGS = ["00_start_here", "01_pixels_and_nats", "02_the_kl_divergence_derived"]
GOOD = nb.data(nb.notebook())


@pytest.fixture(scope="module")
def handed_out():
    return lessons.load(nb.ROOT / "lessons")


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("ada/00_start_here.ipynb", "ada"),
        ("ada.ipynb", "ada"),
        ("ada_00_start_here.ipynb", "ada"),
        ("00_start_here_ada.ipynb", "ada"),
        ("00_start_here-ada (1).ipynb", "ada"),
        ("doejane_12345_67890_00_start_here.ipynb", "12345"),
        ("doejane_LATE_12345_67890_x-1.ipynb", "12345"),
        ("Jane Doe_1327_assignsubmission_file_/x.ipynb", "1327"),
        ("Jane Doe_1327_assignsubmission_file_x.ipynb", "1327"),
        ("ada/lesson/x.ipynb", "ada"),
        ("a\nb.ipynb", "a b"),
        ("ada.ipynb.txt", "ada"),
        ("ada_00_start_here.ipynb.json", "ada"),
        ("Jane Doe_1327_assignsubmission_file_x_1400_assignsubmission_file_y.ipynb", "1327"),
        ("Ben_1400_assignsubmission_file__1327_assignsubmission_file_/x.ipynb", "1327"),
        ("x_1400_5_y_1327_assignsubmission_file_/x.ipynb", "1327"),
        ("doejane_123_456_x_777_assignsubmission_file_y.ipynb", "123"),
        ("doejane_123_456_x_777_8_y.ipynb", "123"),
    ],
)
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
    entries = [
        ("ada/00_start_here.ipynb", GOOD),
        ("ben.ipynb", GOOD),
        ("cleo_1_2_x.zip", inner),
        ("__MACOSX/ada/._x.ipynb", b""),
        ("ada/.ipynb_checkpoints/00_start_here-checkpoint.ipynb", b"old"),
    ]
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
    entries = [
        ("../../evil.ipynb", GOOD),
        ("/etc/evil.ipynb", GOOD),
        ("C:\\evil.ipynb", GOOD),
        (link, "/etc/passwd"),
        ("ada.ipynb", GOOD),
    ]
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


def test_a_broken_archive_in_the_class_archive_harms_its_owner_alone(tmp_path):
    entries = [
        ("ada: .ipynb", GOOD),
        ("ben_2_2_x.zip", b"PK\x03\x04 broken"),
        ("cleo_3_3_x.ipynb", GOOD),
        ("dan_4_4_x.zip", _zip([(f"{i}.ipynb", b"{}") for i in range(201)])),
    ]
    (tmp_path / "all.zip").write_bytes(_zip(entries))
    found, looked = _found(tmp_path)
    assert set(found) == {"ada:", "2", "3", "4"} and found["3"].read() == GOOD and len(looked.notes) == 2
    with pytest.raises(reading.Unreadable, match="cannot be opened"):
        found["2"].read()
    with pytest.raises(reading.Unreadable, match="201 notebooks"):
        found["4"].read()


@pytest.mark.parametrize(
    "name", ["doejane_1_2_hw.zip", "Jane Doe_1_assignsubmission_file_x_7_assignsubmission_file_.zip"]
)
def test_whatever_a_students_archive_holds_is_theirs(tmp_path, name):
    imitations = [
        ("ben.ipynb", GOOD),
        ("doeben_7_9_00_start_here.ipynb", GOOD),
        ("Ben_7_assignsubmission_file_/x.ipynb", GOOD),
    ]
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / name).write_bytes(_zip(imitations))
    (tmp_path / "class.zip").write_bytes(_zip([(name, _zip(imitations)), ("doeben_7_9_x.ipynb", GOOD)]))
    assert set(_found(tmp_path / "class")[0]) == {"1"}
    looked = submissions.look(tmp_path / "class.zip", SLUGS)
    assert [str(found.path) for found in looked.found if found.who.student == "7"] == ["doeben_7_9_x.ipynb"]


def test_an_archive_beside_others_is_one_students(tmp_path):
    (tmp_path / "ada.zip").write_bytes(_zip([("ben.ipynb", GOOD), ("homework.ipynb", GOOD)]))
    (tmp_path / "ben.ipynb").write_bytes(GOOD)
    looked = submissions.look(tmp_path, SLUGS)
    assert sorted(found.who.student for found in looked.found) == ["ada", "ada", "ben"]


def test_files_that_are_no_notebooks_are_noted_or_left_alone(tmp_path):
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "ada.rar").write_bytes(b"Rar!")
    (tmp_path / "ben.ipynb.txt").write_bytes(GOOD)
    (tmp_path / "notes.txt").write_text("x")
    found, looked = _found(tmp_path)
    assert set(found) == {"ben"} and Identity("ada") in looked.present and len(looked.notes) == 2


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
        ("17", False, ()),
        ("18", True, ()),
        ("zoe", False, ("Not on the roster.",)),
    ]


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


def test_of_uploads_without_a_date_the_one_with_the_largest_number_counts(tmp_path, handed_out):
    for i in (10, 9, 2):
        (tmp_path / f"doejane_1_2_00_start_here-{i}.ipynb").write_bytes(GOOD)
        os.utime(tmp_path / f"doejane_1_2_00_start_here-{i}.ipynb", (1e9, 1e9))
    (item,) = assignment.items(submissions.look(tmp_path, SLUGS), [], handed_out, "00")
    assert item.found.path.stem.endswith("-10")


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
