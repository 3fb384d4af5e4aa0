"""Exports of platforms come back with points in them and everything else as it was."""

import dataclasses
import json

import pytest

from course_utils.grading.intake import tables
from course_utils.grading.intake.identity import Identity
from course_utils.grading.intake.register import Register, linked
from course_utils.grading.intake.roster import Student, load
from course_utils.grading.marking import statuses
from course_utils.grading.marking.records import Grade, Mark
from course_utils.grading.results import platforms

CANVAS = (
    'Student,ID,SIS User ID,SIS Login ID,Section,"Lesson 02 (901234)","Lesson 03 (901235)","Final Score"\n'
    '"    Points Possible",,,,,4,4,(read only)\n'
    '"Doe, Jane",12345,s1,jdoe,A,,1,\n"Roe, Ray",12346,s2,rroe,A,2,1,\n"Student, Test",99,,x,A,,,\n'
)
MOODLE = {
    "English": "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    'Participant 12345,Jane Doe,j@x.org,Submitted,,"100,00",Yes,"Monday, 1 May",-,\n'
    "Participant 7,Ray Roe,r@x.org,,,100.00,Yes,-,-,old\n",
    "German": "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Bewertung kann geändert werden,"
    "Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung),Feedback als Kommentar\n"
    'Teilnehmer/in12345,Jane Doe,j@x.org,Abgegeben,"1.000,00","1.000,00",Ja,-,-,\n'
    'Teilnehmer/in7,Ray Roe,r@x.org,,,"1.000,00",Ja,-,-,alt\n',
    "French": "Identifiant,Nom complet,Numéro d'identification,Adresse de courriel,Statut,Note,Note maximale,"
    "La note peut être modifiée,Dernière modification (note),Feedback par commentaires\n"
    'Participant 12345,Jane Doe,77,j@x.org,Remis,-,"1 000,00",Oui,-,\n'
    'Participant 7,Ray Roe,78,r@x.org,,-,"1\u202f000,00",Oui,-,vieux\n',
    "Spanish": "Identificador;Nombre completo;Dirección de correo;Estado;Calificación;Calificación máxima;"
    "La calificación puede ser cambiada;Última modificación (calificación);Comentarios de retroalimentación\r\n"
    "Participante 12345;Jane Doe;j@x.org;Enviado;;1,000.00;Sí;-;\r\n"
    "Participante 7;Ray Roe;r@x.org;;;1,000.00;Sí;-;viejo\r\n",
}


def _grade(student, points=3.0, status=statuses.GRADED, of=2.0):
    findings = ({"code": "value", "says": "It returned 1.", "cause": "Why?"},)
    marks = (Mark("2.1", "right", points - 1, of), Mark("2.2", "wrong", 1, 2, findings))
    return Grade(student, "02", status, marks, ("a note",))


def _filled(tmp_path, text, grades, *, known=(), column=None, moodle=False):
    """What came of filling in, the lines before and the lines after."""
    (tmp_path / "in.csv").write_bytes(text.encode())
    sheet = platforms.moodle(tmp_path / "in.csv") if moodle else platforms.canvas(tmp_path / "in.csv", "02", column)
    before = tables.load(tmp_path / "in.csv").lines
    register = Register([*known] or [Student(grade.student) for grade in grades])
    return (
        platforms.fill(sheet, tmp_path / "out.csv", register, grades),
        before,
        tables.load(tmp_path / "out.csv").lines,
    )


@pytest.mark.parametrize("student", ["12345", "s1", "jdoe", "JDoe", "Doe, Jane"])
def test_canvas_gets_the_points_in_the_lessons_column_and_nothing_else_changes(tmp_path, student):
    filled, before, after = _filled(tmp_path, CANVAS, [_grade(student)], known=[Student(student, student)])
    before[2][5] = "3"
    assert filled.students == {student} and after == before


def test_nothing_but_the_points_changes_byte_for_byte(tmp_path):
    text = (
        "\ufeffStudent,ID,Section,Lesson 02 (901234),Notes\r\n    Points Possible,,,4,\r\n\r\n"
        '"Doe, Jane",12345,"A ""one""",,"two\nlines"\r\n"Müller, Max",12346,=1+1,,\r\n'
    )
    _filled(tmp_path, text, [_grade("12345")])
    assert (tmp_path / "out.csv").read_bytes().decode() == text.replace('""",,', '""",3,')


def test_a_student_is_found_by_any_id_of_the_roster_and_by_a_name_that_only_one_has(tmp_path):
    ada, ben, too = Student("a", "", (("Moodle", "12345"),)), Student("b", "Ray Roe"), Student("c", "Ray Roe")
    grades, text = [_grade("a"), _grade("b")], MOODLE["English"]
    assert _filled(tmp_path, text, grades, known=[ada, ben], moodle=True)[0].students == {"a", "b"}
    assert _filled(tmp_path, text, grades, known=[ada, ben, too], moodle=True)[0].students == {"a"}


def test_a_registrars_roster_and_canvas_know_each_other_by_any_column(tmp_path):
    (tmp_path / "r.csv").write_text(
        "student_id,name,email\n900,Jane Doe,jdoe@x.org\n901,Raymond Roe,rroe@x.org\n902,No One,n@x\n"
    )
    (tmp_path / "c.csv").write_text(CANVAS)
    known = linked(load(tmp_path / "r.csv"), platforms.canvas(tmp_path / "c.csv", "02", None).students())
    (tmp_path / "ids.csv").write_text("username\njdoe\n")
    assert linked(load(tmp_path / "ids.csv"), known)[0].called == "Jane Doe (jdoe)"
    register = Register(known)
    numbers = [
        register.match(Identity(number, name, by_platform=True))
        for number, name in (("12345", "doejane"), ("12346", ""))
    ]
    assert [match.student.id for match in numbers] == ["900", "901"]
    filled, _, after = _filled(tmp_path, CANVAS, [_grade("900"), _grade("901", 2)], known=known)
    assert filled.students == {"900", "901"} and [row[5] for row in after[2:]] == ["3", "2", ""]


@pytest.mark.parametrize("word", ["EX", "ex", "Excused"])
def test_who_is_excused_stays_so(tmp_path, word):
    text = CANVAS.replace("rroe,A,2", f"rroe,A,{word}")
    filled, before, after = _filled(tmp_path, text, [_grade("12346")])
    assert after == before and filled.kept == {"12346"}


@pytest.mark.parametrize("status", [statuses.GRADER_ERROR, statuses.NOT_SUBMITTED, statuses.UNREADABLE])
def test_who_has_no_mark_keeps_the_cell_that_is_there(tmp_path, status):
    grade = _grade("12346", status=status)
    filled, before, after = _filled(tmp_path, CANVAS, [grade])
    assert after == before and filled.kept == {"12346"}
    given = dataclasses.replace(grade, marks=(dataclasses.replace(grade.marks[0], by_hand=True),))
    assert _filled(tmp_path, CANVAS, [given])[0].students == {"12346"}


def test_last_and_first_names_may_be_two_columns(tmp_path):
    text = (
        CANVAS.replace("Student,ID", "LastName,FirstName,ID")
        .replace('"Doe, Jane"', "Doe,Jane")
        .replace('"Roe, Ray"', "Roe,Ray")
    )
    text = text.replace('"    Points Possible"', "    Points Possible,").replace('"Student, Test"', "Student,Test")
    filled, before, after = _filled(tmp_path, text, [_grade("z9")], known=[Student("z9", "Ray Roe")])
    assert filled.students == {"z9"} and after[3][6] == "3" and after[2] == before[2]


def test_a_line_shorter_than_the_header_keeps_its_columns(tmp_path):
    text = CANVAS.replace("jdoe,A,,1,", "jdoe").replace("rroe,A,2,1,", "rroe") + "\n\n"
    filled, before, after = _filled(tmp_path, text, [_grade("12345")])
    assert after[2] == [*before[2], "", "3", "", ""] and after[3:] == before[3:] and len(after) == len(before)


@pytest.mark.parametrize(
    ("possible", "points", "written"),
    [
        ("100", 3.0, "75"),
        ("100,00", 3.0, "75"),
        ("1.000,00", 4.0, "1000"),
        ("", 3.0, "3"),
        ("2", 9.0, "2"),
        ("1,000.0", 2.0, "500"),
    ],
)
def test_points_are_scaled_to_what_is_possible_and_never_more(tmp_path, possible, points, written):
    text = CANVAS.replace(",,,,,4,4,", f',,,,,"{possible}",4,')
    assert _filled(tmp_path, text, [_grade("12345", points)])[2][2][5] == written


def test_canvas_asks_where_the_column_is_not_clear(tmp_path):
    text = CANVAS.replace("Lesson 03", "Lesson 02 resubmission")
    with pytest.raises(tables.BadTable, match="2 columns .* fit.*Lesson 02 resubmission"):
        _filled(tmp_path, text, [_grade("s1")])
    with pytest.raises(tables.BadTable, match="No column .* there are.*--canvas-column"):
        _filled(tmp_path, text, [_grade("s1")], column="homework")
    places = {"Lesson 02": 5, "lesson 02 (901234)": 5, "901234": 5, "resub": 6, "Lesson 02 resubmission": 6}
    for column, place in places.items():
        assert _filled(tmp_path, text, [_grade("s1")], column=column)[2][2][place] == "3"
    assert _filled(tmp_path, CANVAS.replace("Lesson 02", "Lesson 2"), [_grade("s1")])[2][2][5] == "3"


@pytest.mark.parametrize("language", MOODLE)
def test_moodle_gets_scaled_points_and_a_line_of_feedback_in_any_language(tmp_path, language):
    known = [Student("12345"), Student("8", "", (("email", "R@x.org"),))]
    filled, before, after = _filled(tmp_path, MOODLE[language], [_grade("12345")], known=known, moodle=True)
    place = (
        next(
            i for i, name in enumerate(before[0]) if name.startswith(("Maximum", "Best", "Note max", "Calificación m"))
        )
        - 1
    )
    before[1][place] = "75" if language == "English" else "750"
    before[1][-1] = "2.1: 2 of 2, right; 2.2: 1 of 2, wrong"
    assert filled.students == {"12345"} and after == before


def test_moodle_gets_decimals_as_it_writes_them(tmp_path):
    row = _filled(tmp_path, MOODLE["German"], [_grade("12345", 3.5001)], moodle=True)[2][1]
    assert row[4] == "875,025"
    row = _filled(tmp_path, MOODLE["Spanish"], [_grade("12345", 3.5001)], moodle=True)[2][1]
    assert row[4] == "875.025"


def test_two_lines_that_fit_one_student_get_nothing(tmp_path):
    text = CANVAS + '"Roe, Ray",12347,s3,other,B,1,1,\n'
    filled, before, after = _filled(tmp_path, text, [_grade("z9")], known=[Student("z9", "Ray Roe")])
    assert after == before and filled.several == {"z9"}


@pytest.mark.parametrize("kind", [lambda path: platforms.canvas(path, "02", None), platforms.moodle])
@pytest.mark.parametrize("text", ["a,b\n1,2\n", "a,b,c,d\n1,2,3,4\n", ""])
def test_another_file_is_refused(tmp_path, kind, text):
    (tmp_path / "in.csv").write_text(text)
    with pytest.raises(tables.BadTable, match="is no|is empty"):
        kind(tmp_path / "in.csv")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1000", 1000),
        ("1,000.50", 1000.5),
        ("1.000,50", 1000.5),
        ("1 000,5", 1000.5),
        ("1\u202f000", 1000),
        ("0,5", 0.5),
    ]
    + [
        ("100,00000", 100),
        ("1,000", 1000),
        ("1.5", 1.5),
        ("1'000.5", 1000.5),
        ("1,000,000", 1e6),
        (".5", 0.5),
        ("-5", -5),
    ]
    + [(text, None) for text in ("", "nan", "inf", "1e5", "x", "1.2.3,4,5", "--1", "4 of 5", "0x10")],
)
def test_numbers_are_read_as_people_write_them(text, value):
    assert tables.number(text) == value


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
        ('Student,ID,SIS Login ID\n"    Points Possible",,\nAda,7,a\n,,\n"Student, Test",8,\n', ["7"]),
        ("sep=;\nMatrikelnummer;Vorname;Nachname\n7;Ada;Bo\n", ["7"]),
        ("id,email,name\n7,a@x,Ada\n,b@x,Ben\n,,Cleo\n", ["7", "b@x", "Cleo"]),
        (MOODLE["German"], ["Teilnehmer/in12345", "Teilnehmer/in7"]),
        (MOODLE["French"], ["Participant 12345", "Participant 7"]),
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
