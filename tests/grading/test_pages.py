"""Pages and gradebooks: complete, and harmless whatever students call themselves or write."""

from html.parser import HTMLParser

import pytest

from course_utils.grading.jail.limits import Wall
from course_utils.grading.marking import similarity, statuses
from course_utils.grading.marking.records import Grade, Mark
from course_utils.grading.results import classpage, feedback, manual

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
    classpage.write(tmp_path / "class.html", grades, [EVIL], Wall.NAMESPACES)
    page = (tmp_path / "class.html").read_text()
    harmless(page)
    assert "3 of 4 could be graded" in page and "0.1 33 %" in page and "crashed" in page
    assert '<td>ada</td><td>ben</td><td class="number">100</td><td>100%</td>' in page


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


def test_marks_by_hand_win_and_stay(tmp_path):
    (tmp_path / "m.csv").write_text(
        "student;lesson;exercise;points;of;comment\nada;0;0.1;0,5;;half right\nada;00;essay;3;4;fine\nben;00;0.1;1;;\n"
    )
    by_hand = manual.load(tmp_path / "m.csv")
    known = manual.known(mark.plain() for mark in by_hand)
    grade = manual.applied(_grade(state="wrong"), known.values())
    assert [(m.exercise, m.points, m.of, m.comment) for m in grade.marks] == [
        ("0.1", 0.5, 1, "half right"),
        ("essay", 3, 4, "fine"),
    ]
    page = feedback.student_page("ada", [grade])
    assert b"half right" in page and b"3.5 of 5 points" in page and b"marked by hand" in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("student,lesson\n", "no column 'exercise'"),
        ("", "is empty"),
        ("student,lesson,exercise,points\na,0,0.1,x\n", "Line 2"),
    ],
)
def test_a_file_of_marks_that_cannot_be_read_says_why(tmp_path, text, words):
    (tmp_path / "m.csv").write_text(text)
    with pytest.raises(ValueError, match=words):
        manual.load(tmp_path / "m.csv")
