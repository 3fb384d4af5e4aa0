"""Pages and gradebooks: complete, and harmless whatever students call themselves or write."""

import csv
import re
from html.parser import HTMLParser

import pytest

from course_utils.grading.intake.register import Register
from course_utils.grading.intake.roster import Student
from course_utils.grading.intake.tables import BadTable
from course_utils.grading.jail.limits import Wall
from course_utils.grading.marking import similarity, statuses
from course_utils.grading.marking.records import Grade, Mark
from course_utils.grading.results import classpage, feedback, files, manual

EVIL = "<script>alert(1)</script>"


class Tags(HTMLParser):
    """Collects tags and attributes of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        assert all(name != "src" or value.startswith("data:image/png;base64,") for name, value in attrs)


def _grade(student="ada", state="right", **more):
    finding = {"code": "value", "says": f"It returned {EVIL}.", "cause": "'\" onload=alert(1)"}
    mark = Mark("0.1", state, float(state == "right"), 1, () if state == "right" else (finding,), 0.1)
    return Grade(student, "00", **{"status": statuses.GRADED, "marks": (mark,), "wall": Wall.NAMESPACES, **more})


def harmless(page):
    """Assert that a page holds nothing that runs, loads or leads elsewhere."""
    tags = Tags(page)
    assert not tags.tags & {"script", "iframe", "object", "embed", "form", "a", "link", "base", "svg"}
    assert not {name for name in tags.attributes if name.startswith("on")} and "href" not in tags.attributes
    assert "default-src 'none'" in page and EVIL not in page


def test_a_page_tells_what_was_wrong_and_cannot_run_anything():
    page = feedback.student_page(EVIL, [_grade(state="wrong", notes=(EVIL,), status=statuses.WITH_NOTES)]).decode()
    harmless(page)
    assert "It returned &lt;script&gt;" in page and "0 of 1 points" in page and "Which byte is the blackest" in page


def test_a_page_says_so_when_there_was_no_wall():
    assert b"without a wall" in feedback.student_page("ada", [_grade(wall=Wall.NONE)])


@pytest.mark.parametrize("name", ["ada", "=1+1", "../../etc/passwd", "a\nb", "con", "", "é" * 90, "x/y", "x\\y", EVIL])
def test_file_names_stay_in_their_folder(name):
    made = feedback.file_name(name)
    assert made.isascii() and made == made.strip(". ") and not set("/\\") & set(made) and 0 < len(made) < 80


def test_file_names_of_different_students_differ():
    names = ["a b", "a_b", "a/b", "a\\b", "A b", "a", "..a"]
    assert len({feedback.file_name(name) for name in names}) == len(names)


def test_the_class_page_counts_and_names(tmp_path):
    same = tuple(range(100))
    grades = [
        _grade("ada", shingles=same),
        _grade("ben", "wrong", shingles=same),
        _grade("cleo", "wrong", status=statuses.CRASHED),
        _grade("dan", status=statuses.NOT_SUBMITTED),
    ]
    names = {"ada": "Ada Lovelace (ada)", "ben": f"{EVIL}\u202e (ben)"}
    classpage.write(tmp_path / "class.html", names, grades, [EVIL, "x" * 10**6], Wall.NAMESPACES)
    page = (tmp_path / "class.html").read_text()
    harmless(page)
    assert "3 of 4 could be graded" in page and "0.1 33 %" in page and "crashed" in page
    assert "Nothing from: dan." in page and len(page) < 300_000 and "\u202e" not in page
    evil = "&lt;script&gt;alert(1)&lt;/script&gt;[U+202E] (ben)"
    assert f'<td>Ada Lovelace (ada)</td><td>{evil}</td><td class="number">100</td><td>100%</td>' in page


def test_similar_submissions_share_what_is_rare_and_not_what_was_given():
    given = [["code", "def f(x):\n    raise NotImplementedError()", ""]]
    own = "    first = sum(x) / len(x)\n    second = max(x) - first\n    return first * second + min(x)"
    copied = similarity.shingles([["code", "def f(x):\n" + own, ""]], given)
    other = similarity.shingles([["code", "def f(x):\n    return x.mean()", ""]], given)
    assert similarity.shingles(given, given) == ()
    found = similarity.pairs(
        [
            _grade(name, shingles=shingles)
            for name, shingles in (("ada", copied), ("ben", copied), ("cleo", other), ("dan", other))
        ]
    )
    assert [(pair.one, pair.other, pair.share) for pair in found] == [("ada", "ben", 1.0)]


def test_what_everybody_has_is_not_similar():
    assert similarity.pairs([_grade(f"s{i}", shingles=tuple(range(50))) for i in range(6)]) == []


CLASS = Register([Student("ada", "Ada Lovelace", (("email", "al@x.org"),)), Student("ben"), Student("17", "Jo")])
EXERCISES = {"00": {"0.1": 1.0, "0.2": 2.0}}


def _by_hand(tmp_path, text):
    (tmp_path / "m.csv").write_text(text)
    return manual.load(tmp_path / "m.csv", CLASS, EXERCISES)


def test_marks_by_hand_win_and_stay(tmp_path):
    by_hand = _by_hand(
        tmp_path,
        "student;lesson;exercise;points;of;comment\nAL@x.org;0;0.1;0,5;;half right\nAda Lovelace;00;essay;3;4;fine\n\n"
        "ben;00;0.1;1;;\n",
    )
    known = manual.known(mark.plain() for mark in by_hand)
    grade = manual.applied(_grade(state="wrong"), known.values())
    assert [(m.exercise, m.points, m.of, m.comment) for m in grade.marks] == [
        ("0.1", 0.5, 1, "half right"),
        ("essay", 3, 4, "fine"),
    ]
    page = feedback.student_page("ada", [grade])
    assert b"half right" in page and b"3.5 of 5 points" in page and b"marked by hand" in page


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("zoe,0,0.1,1,,", "'zoe' is nobody"),
        (",0,0.1,1,,", "'' is nobody"),
        ("ada,7,0.1,1,,", "no lesson '7'"),
        ("ada,0,0.10,1,,", "'0.10' is no exercise of lesson 00"),
        ("ada,0,2.4,1,,", "'2.4' is no exercise"),
        ("ada,0,,1,,", "'' is no exercise"),
        ("ada,0,0.1,x,,", "points is 'x'"),
        ("ada,0,0.1,nan,,", "points is 'nan'"),
        ("ada,0,0.1,inf,,", "points is 'inf'"),
        ("ada,0,0.2,-5,,", "points is '-5'"),
        ("ada,0,0.2,99,,", "99 points of 2"),
        ("ada,0,0.2,3,2.5,", "3 points of 2.5"),
        ("ada,0,essay,3,nan,", "of is 'nan'"),
    ],
)
def test_a_mark_that_cannot_be_is_refused_with_its_line(tmp_path, line, words):
    with pytest.raises(BadTable, match=f"Line 3 of .*: .*{re.escape(words)}"):
        _by_hand(tmp_path, f"student,lesson,exercise,points,of,comment\nada,0,0.1,1,,\n{line}\n")


@pytest.mark.parametrize(("text", "words"), [("student,lesson\n", "no column 'exercise'"), ("", "is empty")])
def test_a_file_of_marks_that_cannot_be_read_says_why(tmp_path, text, words):
    with pytest.raises(BadTable, match=words):
        _by_hand(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@x", "\t=1", " =1", '"=1', "\uff1d1", "\uff0b1", "\uff201", ";=1", "a;=1", "a\n=1", "a\r@x"],
)
def test_no_cell_begins_a_formula_for_any_spreadsheet(tmp_path, text):
    files.write(tmp_path / "x.csv", [[text, 1.5, "plain; words"]])
    written = next(csv.reader((tmp_path / "x.csv").read_text().splitlines(keepends=True)))
    assert written[1:] == ["1.5", "plain; words"]
    for part in re.split("[;\t\r\n]", written[0]):
        assert not part.strip(' "').startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20"))


def test_no_cell_is_longer_than_spreadsheets_take(tmp_path):
    files.write(tmp_path / "x.csv", [["x" * 10**6]])
    assert (tmp_path / "x.csv").stat().st_size < 32_767
