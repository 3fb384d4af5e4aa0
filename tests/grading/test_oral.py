"""Oral cards: of a student's own lines, values and mistakes; the same for the same number; harmless; nobody else's."""

import re
import zipfile

import pytest

from course_utils.exercises import registry
from course_utils.grading.command import grade_class
from course_utils.grading.intake.assignment import Item
from course_utils.grading.intake.roster import Student
from course_utils.grading.marking import seeds, statuses
from course_utils.grading.marking.records import Grade, Mark
from course_utils.grading.results import oral
from course_utils.grading.results.line_questions import QUESTIONS, of_line

from . import notebooks as nb
from .conftest import options
from .test_pages import EVIL, harmless


class _File:
    def __init__(self, data):
        self.data = data

    def read(self):
        return self.data


def _item(student, **answers):
    return Item(Student(student), "00", _File(nb.data(nb.notebook(**answers))))


def _grade(student, shingles=(), **wrong):
    """A grade of lesson 00 whose named marks are wrong, with a finding that says so."""
    marks = []
    for exercise in registry.of_lesson("00"):
        says = wrong.get("e" + exercise.id[-1])
        finding = ({"code": "x", "says": says, "cause": "Divide by 255."},) if says else ()
        marks.append(Mark(exercise.id, "wrong" if says else "right", 0, 1, finding))
    return Grade(student, "00", statuses.GRADED, tuple(marks), shingles=shingles)


def _order(number=1):
    return lambda words, student: seeds.seed(b"a secret of sixteen", f"oral {number} {words}", student)


def _sheets(tmp_path, items, grades, earlier=(), number=1):
    """The text of each student's sheet."""
    names = {item.student.id: item.student.id for item in items}
    count = oral.write(tmp_path / "oral.html", names, items, grades, earlier, _order(number))
    page = (tmp_path / "oral.html").read_text()
    harmless(page)
    parts = re.split(r"<h2[^>]*>(.*?)</h2>", page)
    assert len(parts[1::2]) == count
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_a_sheet_asks_of_the_mistake_the_earlier_mistake_and_a_line_of_ones_own(tmp_path):
    own = {"e1": "def to_unit_range(pixels):\n    return pixels.float() / 254\n"}
    earlier = [_grade("ada", (1,), e1="It was 9.", e2="mean_image returned 3.25."), _grade("ada", (2,), e1="Later.")]
    sheet = _sheets(tmp_path, [_item("ada", **own)], [_grade("ada", e1="It returned 1.004.")], earlier)["ada"]
    assert sheet.count("<section") == 3
    assert "The check says: It returned 1.004." in sheet and "Listen for: Divide by 255." in sheet
    assert "On an earlier try: mean_image returned 3.25." in sheet
    assert "<pre>return ((images &gt; 0) &amp; (images &lt; 1)).double().mean().item()</pre>" in sheet


def test_a_mark_that_changed_though_the_code_did_not_is_no_earlier_mistake(tmp_path):
    earlier = [_grade("ada", e2="Our check was at fault.")]
    assert "fault" not in _sheets(tmp_path, [_item("ada")], [_grade("ada")], earlier)["ada"]


def test_nobodys_sheet_holds_another_ones_lines_or_values(tmp_path):
    lines = {name: f"    {name}_pixels = pixels.float().mean()" for name in ("ada", "ben", "cleo")}
    items = [
        _item(name, e1=f"def to_unit_range(pixels):\n{line}\n    return {name}_pixels\n")
        for name, line in lines.items()
    ]
    grades = [_grade(name, e1=f"Returned what {name}_saw.") for name in lines]
    earlier = [_grade(name, (1,), e2=f"Before: {name}_early.") for name in lines]
    sheets = _sheets(tmp_path, items, grades, earlier)
    assert list(sheets) == list(lines)
    for name, sheet in sheets.items():
        assert f"{name}_saw" in sheet and f"{name}_early" in sheet
        assert not re.findall("|".join(f"{other}_" for other in lines if other != name), sheet)


def test_a_number_asks_the_same_again_and_another_number_something_else(tmp_path):
    body = "\n".join(f"    x{i} = torch.cat([pixels, pixels.float() * {i}.0])" for i in range(40))
    items = [_item("ada", e1=f"def to_unit_range(pixels):\n{body}\n    return x1\n")]
    drawn = [_sheets(tmp_path, items, [_grade("ada")], number=n)["ada"] for n in (1, 1, 2, 3)]
    assert drawn[0] == drawn[1] and len(set(drawn)) > 1


def test_hostile_lines_and_findings_are_words(tmp_path):
    own = {
        "e1": f"def to_unit_range(pixels):\n    return '{EVIL}', pixels.sum(dim=0), '\u202e'\n",
        "e2": "def mean_image(images):\n" + "    " + "(" * 10**5 + "\n    return images.mean(dim=0)\n",
        "e3": 'def grey_fraction(images):\n    """' + "a" * 10**5 + '"""\n' + "    " * 10**4 + "x\n",
    }
    sheet = _sheets(tmp_path, [_item(EVIL, **own)], [_grade(EVIL, e3=EVIL)])
    text = "".join(sheet.values())
    assert "&lt;script&gt;" in text and "\u202e" not in text and len(text) < 10_000


def test_whoever_handed_in_nothing_readable_has_no_sheet_and_an_open_exercise_is_asked_about(tmp_path):
    stub = {f"e{i}": cell for i, cell in enumerate(("pass", "pass", "pass"), 1)}
    left = Grade("dan", "00", statuses.GRADED, tuple(Mark(f"0.{i}", "not attempted", 0, 1) for i in (1, 2, 3)))
    items = [Item(Student("ada"), "00", None), Item(Student("ben"), "00", _File(b"no")), _item("dan", **stub)]
    grades = [_grade("ada"), _grade("ben"), left]
    sheets = _sheets(tmp_path, items, grades)
    assert list(sheets) == ["dan"] and sheets["dan"].count("You have left") == 3


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("return x.squeeze()", "one image"),
        ("return x.sum(dim=1)  # over pixels", "shape before"),
        ("return x.mean()", "Which axes"),
        ("total += loss.sum().item() / len(batch)", "divide by"),
        ("z = mu + sigma * torch.randn_like(mu)", "Is it new"),
        ("return torch.logsumexp(w, 0)", "Why logsumexp"),
        ("if patience >= 3:", "equal"),
        ("assert abs(kl(0.0, 1.0)) < 1e-4", "room"),
    ],
)
def test_a_line_is_asked_about_by_what_stands_in_it(line, words):
    assert words in of_line(line).asks


@pytest.mark.parametrize(
    "line", ["", "# x.mean()", "x = y", "def f(x) -> int:", "return total", "a = [-1000.0, math.log(3)]", "h = n // 2"]
)
def test_a_line_without_a_question_is_left_alone(line):
    assert of_line(line) is None


def test_every_question_is_met_by_a_line_that_no_earlier_one_takes():
    lines = """x.squeeze() | torch.logsumexp(w) | a / len(x) | x.mean() | x.sum(dim=1) | F.softplus(l)
        torch.sigmoid(l) | x.detach() | x.clamp(0, 1) | torch.randn(3) | q.sample() | w.clone() | m.eval()
        x.argmax() | v.sqrt() | torch.log(x) | torch.exp(x) | x.flatten(1) | torch.cat(a) | x[-1]
        for x in y: | a < 1e-4 | a > b | 0.5 * x | x ** 2"""
    assert [of_line(line) for line in re.split(r"\||\n", lines)] == list(QUESTIONS)


def test_the_last_function_of_the_name_is_the_one_that_is_read():
    exercise = registry.of_lesson("00")[0]
    head = "def to_unit_range(pixels):\n"
    source = f'{head}    a = 1\n\n\n{head}    """Doc."""\n    b = 2\n\n    c = 3\nd = 4\n'
    cells = [["code", "def to_unit_range(x):\n    return 0\n", ""], ["code", source, ""], ["markdown", source, ""]]
    assert [line for line in oral.own_lines(exercise, cells) if line] == ["b = 2", "c = 3"]


EXPORT = """Student,ID,SIS Login ID,Section,"Lesson 00 (901)"
    Points Possible,,,,9
"Lovelace, Ada",1,ada,A,
"Babbage, Ben",2,ben,A,
"""


def test_a_zip_file_from_canvas_becomes_a_gradebook_to_import_and_cards(walled, tmp_path):
    def graded(**answers):
        said = []
        made = {"lovelaceada_1_11": nb.notebook(), "babbageben_2_12": nb.notebook(**answers)}
        with zipfile.ZipFile(tmp_path / "submissions.zip", "w") as archive:
            for name, notebook in made.items():
                archive.writestr(f"{name}_{nb.SLUG}.ipynb", nb.data(notebook))
        asked = options(tmp_path / "submissions.zip", tmp_path / "out", oral=1, canvas=tmp_path / "export.csv")
        assert grade_class(asked, said.append) == 0, said
        return (tmp_path / "out" / "oral.html").read_text(), (tmp_path / "out" / "canvas_export.csv").read_text()

    (tmp_path / "export.csv").write_text(EXPORT)
    cards, gradebook = graded(e1="def to_unit_range(pixels):\n    return pixels / 256\n")
    harmless(cards)
    assert cards.count("<section") == 6 and "Divided by 256?" in cards and "On an earlier try:" not in cards
    assert '"Lovelace, Ada",1,ada,A,9' in gradebook and '"Babbage, Ben",2,ben,A,6' in gradebook
    cards, gradebook = graded()
    assert "On an earlier try:" in cards and '"Babbage, Ben",2,ben,A,9' in gradebook
