"""Whose notebook is it, and which lesson: folders and zip files as platforms make them, and as vandals do."""

import io
import json
import os
import stat
import zipfile
from random import Random

import pytest

from course_utils.grading.intake import archives, assignment, lessons, mapping, reading, tables
from course_utils.grading.intake.assignment import Folder, NothingFound
from course_utils.grading.intake.layouts import Unsure
from course_utils.grading.intake.register import Register
from course_utils.grading.intake.roster import Student
from course_utils.grading.results import census, feedback

from . import notebooks as nb

GOOD = nb.data(nb.notebook())


@pytest.fixture(scope="module")
def handed_out():
    return lessons.load(nb.ROOT / "lessons")


def _zip(entries):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return made.getvalue()


def _found(folder, handed_out, only="00", roster=(), **more):
    """Student -> the notebook that counts, and all files, as people read them, with what became of them."""
    made = assignment.sort(Folder(folder, **more), list(roster), handed_out, only)
    said = {str(place.file.path): place.says or place.file.says for place in made.places}
    return {item.student.id: item.found for item in made.items}, said


def test_an_archive_of_the_class_is_read_without_unpacking(tmp_path, handed_out):
    inner = _zip([("00_start_here.ipynb", GOOD)])
    entries = [
        ("ada/00_start_here.ipynb", GOOD),
        ("ben.ipynb", GOOD),
        ("cleo_1_2_x.zip", inner),
        ("dan/", b""),
        ("__MACOSX/ada/._x.ipynb", b""),
        ("ada/.ipynb_checkpoints/00_start_here-checkpoint.ipynb", b"old"),
        ("eva\\00_start_here.ipynb", GOOD),
    ]
    (tmp_path / "all.zip").write_bytes(_zip(entries))
    for folder in (tmp_path, tmp_path / "all.zip"):
        found, said = _found(folder, handed_out)
        assert [name for name, file in found.items() if file] == ["1", "ada", "ben", "eva"] and found["dan"] is None
        assert all(file.read() == GOOD for file in found.values() if file)
        assert len(said) == len(entries) and all(said.values())
    assert os.listdir(tmp_path) == ["all.zip"]


def test_ways_out_of_an_archive_are_refused_and_named(tmp_path, handed_out):
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
    found, said = _found(tmp_path / "all.zip", handed_out)
    assert set(found) == {"ada"} and len(said) == 5
    assert sum("points out" in what for what in said.values()) == 3 and said["link.ipynb"] == "It is a link."


def test_a_bomb_is_not_unpacked(tmp_path, handed_out, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_FILE", 1 << 20)
    (tmp_path / "all.zip").write_bytes(_zip([("ada.ipynb", bytes(3 << 20)), ("ben.ipynb", GOOD)]))
    found, said = _found(tmp_path / "all.zip", handed_out)
    assert "more than 1 MB" in said["ada.ipynb"] and found["ben"].read() == GOOD
    with pytest.raises(reading.Unreadable, match="more than 1 MB"):
        found["ada"].read()


def test_an_archive_with_too_many_entries_or_none_is_named(tmp_path, handed_out, monkeypatch):
    monkeypatch.setattr(archives, "MOST_ENTRIES", 30)
    (tmp_path / "many.zip").write_bytes(_zip([(f"{i}.txt", b"") for i in range(31)]))
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "good.ipynb").write_bytes(GOOD)
    found, said = _found(tmp_path, handed_out)
    assert (
        "31 entries" in said["many.zip"]
        and "damaged" in said["broken.zip"]
        and set(found) == {"many", "broken", "good"}
    )
    with pytest.raises(reading.Unreadable):
        found["broken"].read()


def test_a_table_of_contents_that_would_fill_the_memory_is_not_built(tmp_path):
    (tmp_path / "a.zip").write_bytes(
        b"PK\1\2" * 3_000_000 + b"PK\5\6" + b"\0" * 8 + (12_000_000).to_bytes(4, "little") + b"\0" * 6
    )
    with pytest.raises(reading.Unreadable, match="larger than any"):
        archives.opened(tmp_path / "a.zip")


def test_a_broken_archive_in_the_class_archive_harms_its_owner_alone(tmp_path, handed_out):
    entries = [
        ("ada: .ipynb", GOOD),
        ("ben_2_20_x.zip", b"PK\x03\x04 broken"),
        ("cleo_3_30_x.ipynb", GOOD),
        ("dan_4_40_x.zip", _zip([(f"{i}.ipynb", b"{}") for i in range(201)])),
    ]
    (tmp_path / "all.zip").write_bytes(_zip(entries))
    found, said = _found(tmp_path / "all.zip", handed_out)
    assert set(found) == {"ada:", "2", "3", "4"} and found["3"].read() == GOOD and len(said) == 4
    with pytest.raises(reading.Unreadable, match="damaged"):
        found["2"].read()
    with pytest.raises(reading.Unreadable, match="201 notebooks"):
        found["4"].read()


def test_names_of_entries_are_read_in_the_letters_they_were_written_in(tmp_path, handed_out):
    names = ["Jürgen", "Ju\u0308rgen Roe", "Łukasz", "李四"]
    made = bytearray(_zip([(f"{name}/00_start_here.ipynb", GOOD) for name in names]))
    for signature, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = -1
        while (place := made.find(signature, place + 1)) >= 0:
            made[place + flags + 1] &= ~8  # as by systems that write UTF-8 and do not say so
    (tmp_path / "all.zip").write_bytes(made)
    assert set(_found(tmp_path / "all.zip", handed_out)[0]) == {"Jürgen", "Jürgen Roe", "Łukasz", "李四"}


def test_two_entries_of_one_name_are_two_files(tmp_path, handed_out):
    with pytest.warns(UserWarning, match="Duplicate"):
        (tmp_path / "all.zip").write_bytes(_zip([("ada.ipynb", b"{}"), ("ada.ipynb", GOOD), ("ben.ipynb", GOOD)]))
    found, said = _found(tmp_path / "all.zip", handed_out)
    assert len(said) == 3 and found["ada"].read() == GOOD


def test_an_archive_of_archives_is_read_and_one_more_is_named(tmp_path, handed_out):
    inner = _zip([("00_start_here.ipynb", GOOD)])
    for _ in range(2):
        (tmp_path / "ada.zip").write_bytes(inner := _zip([("hw.zip", inner)]))
    (tmp_path / "ben.zip").write_bytes(_zip([("hw.zip", _zip([("00_start_here.ipynb", GOOD)]))]))
    found, said = _found(tmp_path, handed_out)
    assert found["ben"].read() == GOOD and said["ada.zip/hw.zip/hw.zip/00_start_here.ipynb"] == "Taken."
    (tmp_path / "ada.zip").write_bytes(_zip([("hw.zip", inner)]))
    assert "unpack it" in _found(tmp_path, handed_out)[1]["ada.zip/hw.zip/hw.zip/hw.zip"]


@pytest.mark.parametrize(
    ("name", "words"), [("DEFLATED", "damaged"), ("BZIP2", "damaged"), ("LZMA", "damaged"), ("locked", "password")]
)
def test_what_decompressors_say_of_damage_is_a_sentence(tmp_path, name, words):
    kind = getattr(zipfile, f"ZIP_{name}", zipfile.ZIP_STORED)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", kind) as archive:
        archive.writestr("ada.ipynb", os.urandom(500) + GOOD)
    data = bytearray(made.getvalue())
    if name == "locked":
        data[data.index(b"PK\1\2") + 8] |= 1
    else:
        for place in range(60, 400, 7):
            data[place] ^= 0x5A
    with pytest.raises(reading.Unreadable, match=words):
        archives.member(archives.opened(bytes(data)), 0)


def test_files_that_are_no_notebooks_are_noted(tmp_path, handed_out):
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "ada.rar").write_bytes(b"Rar!")
    (tmp_path / "ben.ipynb.txt").write_bytes(GOOD)
    (tmp_path / "notes.txt").write_text("x")
    found, said = _found(tmp_path, handed_out)
    assert set(found) == {"ada", "ben"} and "unpack it" in said["ada.rar"]
    assert said["pipe.ipynb"] == "It is no plain file." and said["notes.txt"] == "No notebook."


def test_links_in_the_folder_are_not_followed(tmp_path, handed_out):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "in" / "ada").mkdir(parents=True)
    (tmp_path / "in" / "ada" / "x.ipynb").symlink_to(tmp_path / "secret")
    (tmp_path / "in" / "ben.ipynb").write_bytes(GOOD)
    (tmp_path / "in" / "cleo").symlink_to(tmp_path)
    found, said = _found(tmp_path / "in", handed_out)
    assert found["ada"] is None and set(found) == {"ada", "ben"}
    assert said["ada/x.ipynb"] == said["cleo"] == "It is a link."


@pytest.mark.parametrize("names", [[], ["readme.txt"], ["ada/"], ["broken.zip"]])
def test_a_folder_with_nothing_to_grade_is_refused(tmp_path, handed_out, names):
    for name in names:
        (tmp_path / name).mkdir() if name.endswith("/") else (tmp_path / name).write_bytes(b"PK\3\4")
    with pytest.raises(NothingFound):
        _found(tmp_path, handed_out)


def test_the_results_are_not_taken_for_submissions(tmp_path, handed_out):
    (tmp_path / "ada.ipynb").write_bytes(GOOD)
    (tmp_path / "grades").mkdir()
    (tmp_path / "grades" / "x.ipynb").write_bytes(GOOD)
    assert set(_found(tmp_path, handed_out, skip=tmp_path / "grades")[0]) == {"ada"}


def test_gradescopes_export_tells_whose_a_folder_is_and_of_whom_a_group_is(tmp_path, handed_out):
    told = (
        "submission_1001:\n  :submitters:\n  - :name: Jane Doe\n    :sid: '77'\n    :email: jd@x.org\n  :score: 1\n"
        "submission_1002:\n  :submitters:\n  - :name: Ray Roe\n    :email: rr@x.org\n  - :name: Bo\n    :sid: '79'\n"
    )
    entries = [(f"assignment_5_export/submission_{n}/00_start_here.ipynb", GOOD) for n in (1001, 1002, 1003)]
    (tmp_path / "g.zip").write_bytes(_zip([*entries, ("assignment_5_export/submission_metadata.yml", told)]))
    assert set(_found(tmp_path / "g.zip", handed_out)[0]) == {"77", "rr@x.org", "79", "submission_1003"}
    known = [Student("r", "Ray Roe"), Student("j", others=(("mail", "JD@x.org"),))]
    found, _ = _found(tmp_path / "g.zip", handed_out, roster=known)
    assert found["r"] and found["j"]


def test_everyone_on_the_roster_has_an_item_and_strangers_are_told_apart(tmp_path, handed_out):
    (tmp_path / "Ada").mkdir()
    (tmp_path / "Ada" / "00_start_here.ipynb").write_bytes(GOOD)
    (tmp_path / "zoe.ipynb").write_bytes(GOOD)
    made = assignment.sort(Folder(tmp_path), [Student("17", "ada"), Student("18", "ben")], handed_out, None)
    assert [(item.student.id, item.found is None, item.notes) for item in made.items] == [
        ("17", False, ()),
        ("18", True, ()),
        ("zoe", False, ("Not on the roster.",)),
    ]
    assert [student.id for student in made.missing] == ["18"] and [s.id for s in made.strangers] == ["zoe"]


def test_of_two_students_with_one_name_nobody_gets_the_others_notebook(tmp_path, handed_out):
    for number in ("7", "9"):
        (tmp_path / f"Jane Doe_{number}_assignsubmission_file_").mkdir()
    (tmp_path / "Jane Doe_9_assignsubmission_file_" / "x.ipynb").write_bytes(GOOD)
    numbers = [(("Identifier", f"Participant {number}"),) for number in (7, 9)]
    known = [Student("a", "Jane Doe", numbers[0]), Student("b", "Jane Doe", numbers[1])]
    assert [(who, bool(file)) for who, file in _found(tmp_path, handed_out, roster=known)[0].items()] == [
        ("a", False),
        ("b", True),
    ]
    for roster in ([Student("a", "Jane Doe"), Student("b", "Jane Doe")], [Student("a", "Jane Doe")]):
        found, _ = _found(tmp_path, handed_out, roster=roster)
        assert [who for who, file in found.items() if file] == ["9"]


def test_an_id_and_a_name_that_mean_two_people_mean_nobody(tmp_path, handed_out):
    (tmp_path / "Jane Doe_7_assignsubmission_file_").mkdir()
    (tmp_path / "Jane Doe_7_assignsubmission_file_" / "x.ipynb").write_bytes(GOOD)
    made = assignment.sort(Folder(tmp_path), [Student("7", "Ray Roe"), Student("8", "Jane Doe")], handed_out, "00")
    (stranger,) = [item for item in made.items if item.found]
    assert stranger.student.id == "7 (not on the roster)" and "Ray Roe (7), Jane Doe (8)" in stranger.notes[0]


def test_a_name_that_has_nothing_of_the_rosters_is_noted(tmp_path, handed_out):
    (tmp_path / "doejane_700_6789_x.ipynb").write_bytes(GOOD)
    (item,) = assignment.sort(Folder(tmp_path), [Student("700", "Ray Roe")], handed_out, "00").items
    assert item.found and "'Ray Roe', the file 'doejane'" in item.notes[0]
    (item,) = assignment.sort(Folder(tmp_path), [Student("700", "Jane M. Doe")], handed_out, "00").items
    assert item.notes == ()


def test_the_newest_of_several_notebooks_is_graded_and_said(tmp_path, handed_out):
    for i, name in enumerate(["00_start_here.ipynb", "00_start_here-Copy1.ipynb", "broken.ipynb"]):
        (tmp_path / "ada").mkdir(exist_ok=True)
        (tmp_path / "ada" / name).write_bytes(GOOD if i < 2 else b"{")
        os.utime(tmp_path / "ada" / name, (1e9 - i, 1e9 - i))
    os.utime(tmp_path / "ada" / "broken.ipynb", (2e9, 2e9))
    with pytest.raises(Unsure, match="--layout one"):
        assignment.sort(Folder(tmp_path), [], handed_out, "00")
    (tmp_path / "ben").mkdir()
    made = assignment.sort(Folder(tmp_path), [], handed_out, "00")
    item, _ = made.items
    assert item.found.path.name == "00_start_here.ipynb" and "3 notebooks" in item.notes[0]
    said = {place.file.path.name: place.says for place in made.places}
    assert said["00_start_here.ipynb"] == "Taken." and "Not taken" in said["00_start_here-Copy1.ipynb"]
    assert "cut off" in said["broken.ipynb"]


def test_notes_of_ones_own_are_not_graded_in_place_of_the_lesson(tmp_path, handed_out):
    for i, (name, data) in enumerate([("hw.ipynb", GOOD), ("scratch.ipynb", nb.data({"cells": [nb.code("x = 1")]}))]):
        (tmp_path / "ada").mkdir(exist_ok=True)
        (tmp_path / "ada" / name).write_bytes(data)
        os.utime(tmp_path / "ada" / name, (1e9 + i, 1e9 + i))
    (tmp_path / "ben").mkdir()
    assert _found(tmp_path, handed_out)[0]["ada"].path.name == "hw.ipynb"


def test_of_uploads_without_a_date_the_one_with_the_largest_number_counts(tmp_path, handed_out):
    for i in (10, 9, 2):
        (tmp_path / f"doejane_1_2_00_start_here-{i}.ipynb").write_bytes(GOOD)
        os.utime(tmp_path / f"doejane_1_2_00_start_here-{i}.ipynb", (1e9, 1e9))
    assert _found(tmp_path, handed_out)[0]["1"].path.stem.endswith("-10")


def test_a_mapping_file_decides_and_what_it_says_can_be_given_back(tmp_path, handed_out):
    for name in ("g1/alice", "g1/bob", "g2/=carol", "g2/ dan"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / f"{name}.ipynb").write_bytes(GOOD)
    (tmp_path / "m.csv").write_text(
        "file,student\ng1/alice.ipynb,17\ng1/bob.ipynb,(nobody)\ng2/=carol.ipynb,c\ng2/ dan.ipynb,d\n"
    )
    owners = mapping.read(tmp_path / "m.csv", handed_out)
    made = assignment.sort(Folder(tmp_path / "in", owners=owners), [Student("17", "Alice")], handed_out, "00")
    assert [item.student.id for item in made.items if item.found] == ["17", "c", "d"]
    census.write(tmp_path / "again.csv", made.places)
    again = mapping.read(tmp_path / "again.csv", handed_out)
    assert {path: owner.student for path, owner in again.items()} == {path: o.student for path, o in owners.items()}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("file,who\n", "no column 'student'"),
        ("file,student\na,1\na,2\n", "twice"),
        ("file,student,lesson\na,1,77\n", "77"),
    ],
)
def test_a_mapping_file_that_cannot_be_is_refused(tmp_path, handed_out, text, words):
    (tmp_path / "m.csv").write_text(text)
    with pytest.raises(tables.BadTable, match=words):
        mapping.read(tmp_path / "m.csv", handed_out)


def test_what_is_not_clear_is_left_empty_in_the_mapping_file(tmp_path, handed_out):
    for name in ("g1/alice", "g1/bob", "g2/carol"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / f"{name}.ipynb").write_bytes(GOOD)
    with pytest.raises(Unsure) as error:
        assignment.sort(Folder(tmp_path / "in"), [], handed_out, "00")
    places = assignment.undecided(error.value)
    assert [place.says for place in places] == ["g1 or alice", "g1 or bob", "g2 or carol"]
    census.write(tmp_path / "m.csv", places)
    assert mapping.read(tmp_path / "m.csv", handed_out) == {}


@pytest.mark.parametrize(("limit", "words"), [("LARGEST_FILE", "the largest that"), ("MOST_TEXT", "more than any")])
def test_a_notebook_larger_than_any_lesson_is_not_read(monkeypatch, limit, words):
    monkeypatch.setattr(reading, limit, 1000)
    with pytest.raises(reading.Unreadable, match=words):
        reading.read(GOOD)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\0" * 99, "zero bytes"),
        (b"PK\3\4 x", "a zip file"),
        (b"%PDF-1.7 \xff", "a PDF"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (GOOD[:-40], "cut off"),
        (GOOD[: len(GOOD) // 2], "cut off"),
        (b"import torch\n", "line 1"),
        (b'{"cells": [' + b"{}," * 1_000_000 + b"{}]}", "brackets"),
        (b'{"cells": [' + b"0," * 3_000_000 + b"0]}", "commas"),
        (b'{"cells": [' + b"{}," * 2001 + b"{}]}", "2,002 cells"),
        (b"[" * 100_000, "deeply"),
        (b"{}", "no cells"),
    ],
)
def test_what_is_no_notebook_is_told_by_a_sentence(data, words):
    with pytest.raises(reading.Unreadable, match=words):
        reading.read(data)


def test_ids_are_bounded_and_every_worksheet_is_read():
    cell = {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "x" * 10**6}}, "input": "a = 1"}
    sheets = {"worksheets": [{"cells": [cell]}, {"cells": [cell]}, {"cells": None}, 3], "nbformat": 3}
    assert reading.read(json.dumps(sheets).encode()) == reading.Contents((["code", "a = 1", ""],) * 2)


def test_a_lesson_is_known_by_its_name_and_by_what_is_in_it(tmp_path, handed_out):
    kl = (nb.ROOT / "lessons" / "02_the_kl_divergence_derived.ipynb").read_bytes()
    (tmp_path / "ada.ipynb").write_bytes(kl)
    (tmp_path / "ben 01_pixels_and_nats.ipynb").write_bytes(GOOD)
    (tmp_path / "cleo 01_pixels_and_nats.ipynb").write_bytes(nb.data({"cells": [nb.code("x = 1")]}))
    made = assignment.sort(Folder(tmp_path), [], handed_out, None).items
    assert {item.owed for item in made if item.found} == {("ada", "02"), ("ben", "00"), ("cleo", "01")}
    (ben,) = [
        item for item in assignment.sort(Folder(tmp_path), [], handed_out, "01").items if item.student.id == "ben"
    ]
    assert ben.found and "name of lesson 01, but holds the exercises of lesson 00" in ben.notes[0]


def test_a_class_of_a_thousand_is_sorted_at_once(tmp_path, handed_out):
    names = [f"{number:05} Name{number} von der Familie{number}" for number in range(1000)]
    (tmp_path / "all.zip").write_bytes(_zip([(f"{name} hw.ipynb", b"{}") for name in names]))
    roster = [Student(name[:5], name[6:], (("email", f"n{name[:5]}@x.org"),)) for name in names]
    looks = 0

    def counted(*arguments):
        nonlocal looks
        looks += 1
        return original(*arguments)

    original = Register._of_words
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Register, "_of_words", counted)
        found, _ = _found(tmp_path / "all.zip", handed_out, roster=roster)
    assert len(found) == 1000 and all(found.values()) and looks < 100_000


def _damaged(data, random):
    """A zip file as wires and disks leave it: bytes changed, cut off, taken out, written twice."""
    data = bytearray(data)
    for _ in range(random.randint(1, 6)):
        place = random.randrange(len(data))
        match random.randrange(4):
            case 0:
                data[place] = random.randrange(256)
            case 1:
                del data[place : place + random.randint(1, 40)]
            case 2:
                data[place:place] = data[place : place + random.randint(1, 40)]
            case 3 if random.random() < 0.2:
                del data[place:]
        data = data or bytearray(b"PK")
    return bytes(data)


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damaged_archives_end_in_a_status_or_a_sentence(tmp_path, handed_out, kind):
    random = Random(kind)
    small = nb.data({"cells": [nb.code(nb.RIGHT["0.1"])]})
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", kind) as archive:
        archive.writestr("00_start_here.ipynb", small)
        archive.writestr("hw/helpers.py", "x = 1")
    (tmp_path / "ben.ipynb").write_bytes(small)
    for _ in range(60):
        (tmp_path / "ada.zip").write_bytes(_damaged(made.getvalue(), random))
        found, said = _found(tmp_path, handed_out)
        assert found["ben"].read() == small and len(found) >= 2 and all(said.values())
        try:
            assignment.sort(Folder(tmp_path / "ada.zip"), [], handed_out, "00")
        except (NothingFound, reading.Unreadable, Unsure) as error:
            assert str(error)
    (tmp_path / "ada.zip").unlink()


def test_names_of_any_letters_lose_nobody(tmp_path, handed_out):
    random = Random(17)
    letters = "aB_-. 0(1)é̈​‮=;,'\"\\\t\n漢ß 🙂"
    names = {"".join(random.choice(letters) for _ in range(random.randint(1, 12))) for _ in range(500)}
    entries = [
        (f"{name}/00_start_here.ipynb", b"{}") for name in sorted(names) if name.strip(". ") and "\\" not in name
    ]
    (tmp_path / "all.zip").write_bytes(_zip(entries))
    found, said = _found(tmp_path / "all.zip", handed_out)
    assert len(found) == len(said) == len(entries)
    assert len({feedback.file_name(student) for student in found}) == len(found)


def test_damaged_notebooks_are_read_or_told_by_a_sentence():
    random = Random(5)
    pieces = [
        b"{",
        b"]",
        b'"',
        b"\\ud800",
        b"\0",
        b"\xff",
        b"NaN",
        b"1e999",
        b"null",
        b"[]",
        b'"metadata": 3,',
        b"<<<<<<< a\n",
    ]
    for _ in range(300):
        data = bytearray(GOOD)
        for _ in range(random.randint(1, 4)):
            place = random.randrange(len(data))
            match random.randrange(3):
                case 0:
                    data[place : place + random.randint(0, 9)] = random.choice(pieces)
                case 1:
                    del data[place : place + random.randint(1, 999)]
                case 2:
                    data[place] = random.randrange(256)
        try:
            contents = reading.read(bytes(data))
            assert all(isinstance(part, str) for cell in contents.cells for part in cell)
        except reading.Unreadable as error:
            assert 0 < len(str(error)) < 300
