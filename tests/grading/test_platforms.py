"""Exports of platforms come back with points in them and everything else as it was."""

import csv
import json

import pytest

from course_utils.grading.intake.roster import Student, load
from course_utils.grading.marking import statuses
from course_utils.grading.marking.records import Grade, Mark
from course_utils.grading.results import platforms

CANVAS = (
    'Student,ID,SIS User ID,SIS Login ID,Section,"Lesson 02 (901234)","Lesson 03 (901235)","Final Score"\n'
    '"    Points Possible",,,,,4,4,(read only)\n'
    '"Doe, Jane",12345,s1,jdoe,A,,1,\n"Roe, Ray",12346,s2,rroe,A,2,1,\n"Student, Test",99,,x,A,,,\n'
)
MOODLE = (
    'Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"Feedback comments"\n'
    'Participant 12345,Jane Doe,j@x.org,Submitted,,"100,00",Yes,\n'
    "Participant 7,Ray Roe,r@x.org,,,100.00,Yes,old\n"
)


def _grade(student, points=3.0, status=statuses.GRADED):
    findings = ({"code": "value", "says": "It returned 1.", "cause": "Why?"},)
    marks = (Mark("2.1", "right", points - 1, 2), Mark("2.2", "wrong", 1, 2, findings))
    return Grade(student, "02", status, marks, ("a note",))


def _filled(fill, tmp_path, text, grades, *more, known=()):
    (tmp_path / "in.csv").write_text(text)
    found = fill(tmp_path / "in.csv", tmp_path / "out.csv", {student.id: student for student in known}, grades, *more)
    with open(tmp_path / "out.csv", newline="") as file:
        return found, list(csv.reader(file))


@pytest.mark.parametrize("student", ["12345", "s1", "jdoe", "Doe, Jane"])
def test_canvas_gets_the_points_in_the_lessons_column_and_nothing_else_changes(tmp_path, student):
    found, rows = _filled(platforms.fill_canvas, tmp_path, CANVAS, [_grade(student)], None)
    before = list(csv.reader(CANVAS.splitlines()))
    before[2][5] = "3"
    assert found == 1 and rows == before


def test_a_student_is_found_by_any_id_of_the_roster_and_by_a_name_that_only_one_has(tmp_path):
    ada, ben, too = Student("a", "", ("12345",)), Student("b", "Ray Roe"), Student("c", "Ray Roe")
    assert _filled(platforms.fill_moodle, tmp_path, MOODLE, [_grade("a"), _grade("b")], known=[ada, ben])[0] == 2
    assert _filled(platforms.fill_moodle, tmp_path, MOODLE, [_grade("b"), _grade("c")], known=[ben, too])[0] == 0


def test_canvas_asks_where_the_column_is_not_clear(tmp_path):
    with pytest.raises(platforms.BadExport, match="2 columns .* fit"):
        _filled(platforms.fill_canvas, tmp_path, CANVAS, [_grade("s1")], "lesson")
    with pytest.raises(platforms.BadExport, match="--canvas-column"):
        _filled(platforms.fill_canvas, tmp_path, CANVAS, [_grade("s1")], "homework")
    assert _filled(platforms.fill_canvas, tmp_path, CANVAS, [_grade("s1")], "Lesson 03")[1][2][6] == "3"


def test_moodle_gets_scaled_points_and_a_line_of_feedback(tmp_path):
    found, rows = _filled(platforms.fill_moodle, tmp_path, MOODLE, [_grade("12345")])
    assert found == 1
    assert rows[1][4] == "75" and rows[1][7] == "2.1: 2 of 2, right; 2.2: 1 of 2, wrong"
    assert rows[2] == list(csv.reader(MOODLE.splitlines()))[2]


def test_a_failure_of_the_grader_fills_in_nothing(tmp_path):
    grade = _grade("12345", status=statuses.GRADER_ERROR)
    assert _filled(platforms.fill_canvas, tmp_path, CANVAS, [grade], "Lesson 02")[0] == 0
    assert _filled(platforms.fill_moodle, tmp_path, MOODLE, [grade])[0] == 0


@pytest.mark.parametrize("fill", [lambda *a: platforms.fill_canvas(*a, None), platforms.fill_moodle])
def test_another_file_is_refused(tmp_path, fill):
    with pytest.raises(platforms.BadExport, match="is no"):
        _filled(fill, tmp_path, "a,b\n1,2\n", [_grade("s1")])


def test_gradescope_gets_scores_and_reasons(tmp_path):
    platforms.write_gradescope(tmp_path / "results.json", _grade("s1"))
    result = json.loads((tmp_path / "results.json").read_text())
    assert result["score"] == 3 and "a note" in result["output"]
    assert result["tests"][1] == {
        "name": "Exercise 2.2",
        "number": "2.2",
        "score": 1,
        "max_score": 2,
        "output": "It returned 1. Why?",
        "visibility": "visible",
    }


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("id,name\na,Ada\nb,Ben\n", ["a", "b"]),
        ("Name;Email address\nAda;a@x\n", ["a@x"]),
        ("\ufeffstudent_id\n7\n\n", ["7"]),
        ('Student,ID,SIS Login ID\n"    Points Possible",,\nAda,7,a\n,,\n', ["7"]),
    ],
)
def test_rosters_of_many_kinds_are_read(tmp_path, text, ids):
    (tmp_path / "r.csv").write_text(text)
    assert [student.id for student in load(tmp_path / "r.csv")] == ids


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_rosters_are_read_in_whatever_alphabet_a_spreadsheet_saved_them(tmp_path, encoding):
    (tmp_path / "r.csv").write_bytes("id\tname\r\na\tJürgen\r\n".encode(encoding))
    assert load(tmp_path / "r.csv") == [Student("a", "Jürgen")]


def test_a_name_with_an_odd_line_break_stays_in_its_row(tmp_path):
    (tmp_path / "r.csv").write_text("id,name\na,Ada\u2028Lovelace\nb,Ben\x0bRoe\n")
    assert [student.name for student in load(tmp_path / "r.csv")] == ["Ada\u2028Lovelace", "Ben\x0bRoe"]


@pytest.mark.parametrize(
    ("text", "words"), [("", "is empty"), ("a,b\n1,2\n", "no column of ids"), ("id\nx\nx\n", "twice")]
)
def test_a_roster_that_cannot_be_read_says_why(tmp_path, text, words):
    (tmp_path / "r.csv").write_text(text)
    with pytest.raises(ValueError, match=words):
        load(tmp_path / "r.csv")
