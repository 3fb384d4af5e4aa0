"""Whose is each file? Classes as platforms, people and vandals lay them out."""

import unicodedata
from pathlib import Path, PurePosixPath
from random import Random

import pytest

from course_utils.grading.intake import identity
from course_utils.grading.intake.files import File, Kind
from course_utils.grading.intake.layouts import Layout, Unsure, read
from course_utils.grading.intake.register import Register
from course_utils.grading.intake.roster import Student

SLUGS = ("00_start_here", "01_pixels_and_nats", "02_the_kl_divergence_derived", "12_gans_beside_vaes")
KL, PIXELS, GANS = "02_the_kl_divergence_derived", "01_pixels_and_nats", "12_gans_beside_vaes"
ROSTER = [
    Student("s1", "Alice Adams", (("email", "aadams@x.org"),)),
    Student("s2", "Bob Brown", (("login", "bb12"),)),
    Student("s3", "Carol Müller"),
]
NUMBERS = [Student(str(number)) for number in range(1, 31)]


def _file(path):
    notebook = ".ipynb" in path or path.endswith(".zip")
    kind = Kind.EMPTY if path.endswith("/") else Kind.NOTEBOOK if notebook else Kind.OTHER
    return File(PurePosixPath(path), kind, Path("class.zip"))


def owners(paths, roster=(), root="submissions", layout=None):
    """For each path the student on the roster, else whom the path names, else ``None``."""
    register = Register(roster)
    reading = read([_file(path) for path in paths], Path(root), SLUGS, register, layout)
    assert len(reading.owners) == len(paths)
    found = [register.match(who[0]).student or who[0] if who else None for who in reading.owners]
    return [who and (who.id if isinstance(who, Student) else who.student) for who in found]


LAYOUTS = {
    "a folder each": [f"alice/{KL}.ipynb", f"bob/{KL}.ipynb"],
    "in one folder more": [f"submissions/alice/{KL}.ipynb", f"submissions/bob/{KL}.ipynb"],
    "in two folders more": [f"ss26/hw/alice/{KL}.ipynb", f"ss26/hw/bob/{KL}.ipynb"],
    "an archive each": [f"alice.zip/{KL}.ipynb", f"bob.zip/{KL}.ipynb"],
    "an archive each, each with a folder": [f"alice.zip/hw/{KL}.ipynb", f"bob.zip/hw/{KL}.ipynb"],
    "in an archive more": [f"all.zip/alice/{KL}.ipynb", f"all.zip/bob/{KL}.ipynb"],
    "nbgrader": [f"submitted/alice/hw2/{KL}.ipynb", f"submitted/bob/hw2/{KL}.ipynb"],
    "groups": [f"group1/{name}/{KL}.ipynb" for name in ("alice", "bob")] + [f"group2/carol/{KL}.ipynb"],
    "lessons": [f"hw1/alice/{PIXELS}.ipynb", f"hw2/alice/{KL}.ipynb", f"hw2/bob/{KL}.ipynb"],
    "lessons, flat": ["01/alice.ipynb", "01/bob.ipynb", "02/alice.ipynb"],
    "several attempts": [f"alice/{v}/{KL}.ipynb" for v in ("v1", "v2")] + [f"bob/{v}/{KL}.ipynb" for v in ("v1", "v2")],
    "one student's attempts": [f"alice/old/{KL}.ipynb", f"alice/new/{KL}.ipynb", f"bob/{KL}.ipynb"],
    "flat": [f"alice_{KL}.ipynb", f"{KL}-bob (1).ipynb", f"carol ({KL}).ipynb.txt"],
    "flat, spelled otherwise": [f"alice {KL.replace('_', ' ')}.ipynb", f"bob-{KL.replace('_', '-').upper()}.ipynb"],
    "folders and files": [f"alice/{KL}.ipynb", "bob.ipynb", f"carol.zip/{KL}.ipynb"],
    "a text beside": [f"alice/{KL}.ipynb", f"bob/{KL}.ipynb", "readme.txt"],
    "one is empty": [f"alice/{KL}.ipynb", "bob/"],
    "one has no notebook": [f"alice/{KL}.ipynb", "bob/hw.pdf"],
}
NAMES = {
    "a folder each": ["alice", "bob"],
    "groups": ["alice", "bob", "carol"],
    "lessons": ["alice", "alice", "bob"],
    "lessons, flat": ["alice", "bob", "alice"],
    "several attempts": ["alice", "alice", "bob", "bob"],
    "one student's attempts": ["alice", "alice", "bob"],
    "flat": ["alice", "bob", "carol"],
    "folders and files": ["alice", "bob", "carol"],
    "a text beside": ["alice", "bob", None],
}


@pytest.mark.parametrize("kind", LAYOUTS)
def test_every_file_has_its_student(kind):
    assert owners(LAYOUTS[kind]) == NAMES.get(kind, ["alice", "bob"])


PLATFORMS = {
    "Canvas": [f"doejane_12345_67890_{KL}.ipynb", f"roejo_LATE_12346_67891_{KL}-1.ipynb", "xy_12347_67892_hw.pdf"],
    "Canvas, in a folder": [f"hw/doejane_12345_67890_{KL}.ipynb", f"hw/roejo_12346_67891_{KL}.ipynb"],
    "Canvas, archives": [f"doejane_12345_67890_hw.zip/{KL}.ipynb", f"roejo_12346_67891_hw.zip/x/{KL}.ipynb"],
    "Canvas, small numbers": [f"doejane_1_2_{KL}.ipynb", f"roejo_3_4_{KL}.ipynb"],
    "Canvas, several files": [f"doejane_12345_{n}_{name}.ipynb" for n, name in ((4001, "a"), (4002, "b"))],
    "Canvas, by lessons": [f"hw1/doejane_12345_67890_{PIXELS}.ipynb", f"hw2/doejane_12345_67990_{KL}.ipynb"],
    "Moodle": [f"Jane Doe_12345_assignsubmission_file_/{KL}.ipynb", "Jo Roe_12346_assignsubmission_onlinetext_/x.html"],
    "Moodle, flat": [f"Jane Doe_12345_assignsubmission_file_{KL}.ipynb", "Jo_12346_assignsubmission_file_x.ipynb"],
    "Moodle, by lessons": [
        f"hw1/Jane_12345_assignsubmission_file_/{PIXELS}.ipynb",
        "hw2/Jo_12346_assignsubmission_file_/x.ipynb",
    ],
    "imitating Moodle": [
        "Jane Doe_12345_assignsubmission_file_x_12399_assignsubmission_file_y.ipynb",
        "Jo_12399_assignsubmission_file__12346_assignsubmission_file_/x.ipynb",
    ],
    "imitating Canvas": ["doejane_12345_67890_x_12399_78901_y.ipynb", "roejo_12346_67891_b_12345_67890_c.ipynb"],
    "Brightspace": [f"{n}-99 - {name} - Nov 26, 2026 1015 AM/{KL}.ipynb" for n, name in ((12345, "A"), (12346, "B"))],
}
NUMBERED = {"Canvas": ["12345", "12346", "12347"], "Canvas, small numbers": ["1", "3"]}
NUMBERED |= {name: ["12345"] * 2 for name in ("Canvas, several files", "Canvas, by lessons")}


@pytest.mark.parametrize("kind", PLATFORMS)
def test_platforms_tell_by_a_number(kind):
    assert owners(PLATFORMS[kind]) == NUMBERED.get(kind, ["12345", "12346"])


def test_blackboard_tells_by_the_login():
    paths = [f"Homework 2_{name}_attempt_2026-11-26-10-15-30_{KL}.ipynb" for name in ("jdoe", "jroe")]
    assert owners(paths) == ["jdoe", "jroe"]


DIFFERENT = {
    "a homework's numbers are not Canvas's": [
        "blatt_02_1_mueller.ipynb",
        "blatt_02_1_meier.ipynb",
        "blatt_02_2_huber.ipynb",
    ],
    "nor these": ["hw_2_1_alice.ipynb", "hw_2_2_bob.ipynb"],
    "nor a project's": ["projekt_2_11_alice.ipynb", "projekt_3_12_bob.ipynb"],
    "blanks": ["ada.ipynb", "ada .ipynb", " ada.ipynb"],
    "blanks in folders": [f"Jane Doe/{KL}.ipynb", f"Jane  Doe/{KL}.ipynb", f"Jane\tDoe/{KL}.ipynb"],
    "composed and not": [f"{unicodedata.normalize(form, 'Jürgen')}/{KL}.ipynb" for form in ("NFC", "NFD")],
    "not UTF-8": [f"J\udcfcrgen/{KL}.ipynb", f"J\udce4rgen/{KL}.ipynb"],
    "alike in 100 letters": [f"{'a' * 100}{i}/{KL}.ipynb" for i in (1, 2)],
    "alike in 400 letters": [f"{'a' * 400}{i}.ipynb" for i in (1, 2)],
    "capitals": [f"ada/{KL}.ipynb", f"Ada/{KL}.ipynb"],
    "beginning with a dot": [f".alice/{KL}.ipynb", f"alice/{KL}.ipynb", f"..alice/{KL}.ipynb"],
    "numbered": [f"student-{i}.ipynb" for i in (1, 2, 3)],
    "numbered in brackets": [f"gruppe ({i}).ipynb" for i in (1, 2)],
    "of one name in two groups": [f"g1/ada/{KL}.ipynb", f"g1/bo/{KL}.ipynb", f"g2/ada/{KL}.ipynb", f"g2/cy/{KL}.ipynb"],
    "no letters": [f"\u200b/{KL}.ipynb", f"\u200e/{KL}.ipynb"],
}


@pytest.mark.parametrize("kind", DIFFERENT)
def test_two_students_never_become_one(kind):
    found = owners(DIFFERENT[kind])
    assert len(set(found)) == len(found) and all(found)
    assert found == owners(DIFFERENT[kind])


@pytest.mark.parametrize(
    ("paths", "roster", "students"),
    [
        ([f"{GANS}_{i}.ipynb" for i in (3, 4)], NUMBERS, ["3", "4"]),
        ([f"hw_2_1_{name}.ipynb" for name in ("alice adams", "brown_bob")], ROSTER, ["s1", "s2"]),
        (["Alice Adams - hw.ipynb", "hw1 by BB12 final.ipynb", "mueller_carol.ipynb"], ROSTER, ["s1", "s2", "s3"]),
        ([f"adamsalice_12345_67890_{KL}.ipynb", f"mullercarol_12346_67891_{KL}.ipynb"], ROSTER, ["s1", "s3"]),
        ([f"Adams, Alice(aadams)/files/{KL}.ipynb", f"hw2-bb12/{KL}.ipynb"], ROSTER, ["s1", "s2"]),
        ([f"group1/aadams/{KL}.ipynb", f"group2/bb12/{KL}.ipynb"], ROSTER, ["s1", "s2"]),
        (["g1/alice adams.ipynb", "g1/bob brown.ipynb", "g2/carol müller.ipynb"], ROSTER, ["s1", "s2", "s3"]),
        ([f"Mu\u0308ller Carol/{KL}.ipynb", f"aadams/{KL}.ipynb"], ROSTER, ["s3", "s1"]),
        ([f"hw 2 {n}/{KL}.ipynb" for n in ("aadams", "bb12")], [*ROSTER, *NUMBERS], ["s1", "s2"]),
        ([f"0{i}/{KL}.ipynb" for i in (1, 2)], NUMBERS, ["1", "2"]),
    ],
)
def test_the_roster_tells_whom_a_name_means(paths, roster, students):
    assert owners(paths, roster) == students


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        ([f"{KL}.ipynb", f"{KL} (1).ipynb", f"{KL} (2).ipynb"], ["--layout one", "--layout files", "(3: "]),
        (["g1/alice.ipynb", "g1/bob.ipynb", "g2/carol.ipynb"], ["--layout folders", "--layout subfolders", "carol"]),
        (["ada.zip/notes.ipynb", f"ada.zip/{KL}.ipynb"], ["--layout one", "--layout files", "(1: ada)"]),
        (["doejane_1_5_a.ipynb", "doejane_1_6_b.ipynb"], ["--layout canvas", "--layout files", "--mapping"]),
        ([f"s1.zip/{name}/{KL}.ipynb" for name in "ab"] + [f"s2.zip/c/{KL}.ipynb"], ["(2: s1, s2)", "(3: a, b, c)"]),
    ],
)
def test_where_two_readings_are_possible_both_are_shown(paths, words):
    with pytest.raises(Unsure) as error:
        owners(paths)
    assert all(word in str(error.value) for word in words)


@pytest.mark.parametrize(
    ("layout", "students"),
    [
        (Layout.FOLDERS, ["g1", "g1", "g2"]),
        (Layout.SUBFOLDERS, ["alice", "bob", "carol"]),
        (Layout.FILES, ["alice", "bob", "carol"]),
        (Layout.ONE, ["ada"] * 3),
    ],
)
def test_a_person_can_say_which(layout, students):
    assert owners(["g1/alice.ipynb", "g1/bob.ipynb", "g2/carol.ipynb"], root="ada.zip", layout=layout) == students


@pytest.mark.parametrize(
    ("root", "paths", "student"),
    [
        ("ada.zip", [f"{KL}.ipynb"], "ada"),
        ("ada.zip", ["homework.ipynb"], "ada"),
        ("ada", [f"{KL}.ipynb", f"my/{PIXELS}.ipynb"], "ada"),
        ("doejane_12345_67890_hw.zip", ["homework.ipynb"], "12345"),
        ("submissions", [f"ada/{KL}.ipynb", f"ada/{KL}-Copy1.ipynb"], "ada"),
        ("submissions", [f"submitted/ada/hw2/{KL}.ipynb"], "ada"),
        ("submissions", ["doejane_1_2_hw.zip/ben.ipynb", "doejane_1_2_hw.zip/doeben_777_9999_x.ipynb"], "1"),
        ("submissions", [f"Jo_7_assignsubmission_file_/{name}/{KL}.ipynb" for name in "ab"], "7"),
    ],
)
def test_what_one_student_handed_in_is_theirs(root, paths, student):
    assert set(owners(paths, root=root)) == {student}


def test_an_archive_of_one_student_that_looks_like_a_class_is_asked_about():
    with pytest.raises(Unsure, match="--layout one"):
        owners([f"alice/{KL}.ipynb", f"bob/{KL}.ipynb"], root="doejane_12345_67890_hw.zip")


def test_a_student_can_not_make_the_class_be_read_otherwise():
    honest = [f"{name}.zip/{name}/{KL}.ipynb" for name in ("alice", "bob", "carol")]
    found = owners([*honest, f"mallory.zip/mallory/{KL}.ipynb", f"mallory.zip/alice/{KL}.ipynb"])
    assert found == ["alice", "bob", "carol", "mallory", "mallory"]


PEOPLE = {
    "a folder": "{first} {last}/{KL}.ipynb",
    "a folder, last name first": "{last}, {first}/{KL}.ipynb",
    "a folder of the number": "{id}/{KL}.ipynb",
    "a folder of number and name": "{id}_{last}_{first}/{KL}.ipynb",
    "a folder of the address": "{login}@uni.example/{KL}.ipynb",
    "nbgrader": "{login}/hw2/{KL}.ipynb",
    "ILIAS": "{last}_{first}_{login}_{number}/{KL}.ipynb",
    "Sakai": "{last}, {first}({login})/Submission attachment(s)/{KL}.ipynb",
    "GitHub": "hw2-{login}/lessons/{KL}.ipynb",
    "renamed in a folder": "{login}/hw2.ipynb",
    "flat": "{KL}_{login}.ipynb",
    "flat, renamed": "hw_2_{login}.ipynb",
    "flat, with two numbers": "hw_2_1_{login}.ipynb",
    "flat, the number": "{id}.ipynb",
    "flat, the number in brackets": "{KL} ({id}).ipynb",
    "flat, number and homework": "{id}_hw2.ipynb",
    "flat, with a date": "2026-11-26_{login}_{KL}.ipynb",
    "archives": "{login}.zip/hw2/{KL}.ipynb",
    "Canvas": "{joined}_{number}_{upload}_{KL}.ipynb",
    "Canvas, renamed": "{joined}_{number}_{upload}_hw_2_1_{first}.ipynb",
    "Canvas, archives": "{joined}_LATE_{number}_{upload}_hw.zip/{KL}.ipynb",
    "Moodle": "{first} {last}_{number}_assignsubmission_file_/{KL}.ipynb",
    "Moodle, flat": "{first} {last}_{number}_assignsubmission_file_{KL}.ipynb",
    "Blackboard": "HW 2_{login}_attempt_2026-11-26-10-15-30_{KL}.ipynb",
    "Brightspace": "{number}-{upload} - {first} {last} - Nov 26, 2026 1015 AM/{KL}.ipynb",
    "groups": "group{group}/{login}/{KL}.ipynb",
}
FIRST = ["Ada", "Gül", "José", "Léa", "Øyvind", "Ana-Maria", "Jean-Luc", "Wu", "Zoë", "Иван"]
LAST = ["Lovelace", "Müller", "O'Neil", "van der Berg", "de la Cruz", "Łukasik", "Ли", "李", "Ng", "Ex", "Lab", "Neu"]


def _person(i, random):
    first, last = random.choice(FIRST), f"{random.choice(LAST)}"
    login = f"{first[0]}{last}{i}".lower().replace(" ", "").replace("'", "")
    joined = "".join(letter for letter in f"{last}{first}".lower() if letter.isalnum())
    numbers = {"id": 20_000 + 7 * i, "number": 100_000 + random.randrange(10**6), "upload": 10**6 + i, "group": i % 3}
    return {"first": first, "last": last, "login": login, "joined": joined, "KL": KL, **numbers}


@pytest.mark.parametrize("kind", PEOPLE)
def test_classes_of_any_people_lose_and_mix_up_nobody(kind):
    random = Random(kind)
    for size in (2, 3, 5, 12, 30):
        people = [_person(i, random) for i in range(size)]
        outside = random.choice(["", "submissions/", "ss26/hw2/", "all.zip/"])
        paths = [outside + PEOPLE[kind].format(**person) for person in people]
        if len(set(paths)) == size:  # two may have one name, and so one path
            found = owners([*paths, f"{outside}readme.txt"])
            assert len(set(found)) == size + 1 and found[-1] is None
        logins = [(("login", p["login"]), ("email", f"{p['login']}@uni.example")) for p in people]
        roster = [
            Student(str(p["id"]), f"{p['first']} {p['last']}", own) for p, own in zip(people, logins, strict=True)
        ]
        for person, student in zip(people, owners(paths, roster), strict=True):
            assert student == str(person["id"]) or student not in {known.id for known in roster}


@pytest.mark.parametrize("text", ["new " * 60 + "x", "copy" * 80, "-1" * 140, " (1)" * 70, "_1" * 150, "a" * 4000, ""])
def test_no_name_costs_time(text):
    assert identity.own_words(text, SLUGS)[0] is not None
    assert identity.canvas(text) is None or identity.clean(text)
    Register(ROSTER).called(text)


def test_paths_are_shown_on_one_line_and_stay_different():
    paths = ["a b", "a\nb", "a\\nb", " ab", "ab", "a\u202eb", "a\udcfcb", "a\udce4b", "ab "]
    texts = [identity.shown(path) for path in paths]
    assert len(set(texts)) == len(paths) and all(text.isprintable() and text == text.strip() for text in texts)
