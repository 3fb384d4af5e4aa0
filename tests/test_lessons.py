"""The house rules for lessons, held against every notebook."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from course_utils import quizzes
from course_utils.author import build
from course_utils.exercises import registry

ROOT = Path(__file__).parent.parent
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
CARD_ROWS = ("You will be able to", "Builds on", "Reading", "Running", "Difficulty", "Report rows")
FORBIDDEN = {
    "sys.path": "no path surgery",
    "%pip": "no installs",
    "!pip": "no installs",
    "num_workers": "0 by rule",
    ".cuda(": "device-agnostic",
    "plt.show": "use plots.show, which asks for alt text",
    "download=True": "offline first",
    "import tqdm": "progress comes from course_utils",
}
LONGEST_LINE, LONGEST_CELL, LARGEST_NOTEBOOK = 115, 25, 3_200_000
MOST_WORDS, MOST_CELLS = 3_400, 44

ROWS = {
    "00": set(),
    "01": set(),
    "02": {"E-3"},
    "03": {"C-6", "C-7"},
    "04": {"D-1", "D-2", "D-3"},
    "05": {"B-1", "B-3", "E-1", "E-2"},
    "06": {"B-4", "B-5", "B-6", "B-7", "B-8", "B-9", "A-5", "A-6"},
    "07": {"B-2", "B-10", "B-11", "E-4", "E-5"},
    "08": {"B-12", "B-13", "E-5", "C-8"},
    "09": {"A-1", "A-2", "A-3", "A-4", "A-5", "A-6", "E-6"},
    "10": {"C-1", "C-2", "C-3", "C-4", "C-5", "C-8"},
    "11": {"C-6", "C-7", "C-9"},
    "12": {"D-4", "D-5", "D-6", "D-7", "D-8", "D-9"},
    "13": set(),
    "14": {"B-10"},
}
"""Which rows of the reports' experiments each lesson rebuilds."""


@pytest.fixture(params=SOLUTIONS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


def _code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def _outputs(notebook):
    return [output for cell in _code(notebook) for output in cell.outputs]


def test_it_opens_with_its_card(path, notebook):
    card = notebook.cells[0].source
    assert card.startswith(f"# {path.stem[:2]} · ")
    assert re.findall(r"^\| \*\*(.+?)\*\* \|", card, re.MULTILINE) == list(CARD_ROWS)
    assert re.search(r"\*\*Difficulty\*\* \| [●○]{4} \|", card)
    assert re.search(r"\*\*Reading\*\* \| \d+ minutes", card)


def test_the_card_names_the_rows_that_the_lesson_rebuilds(path, notebook):
    row = next(line for line in notebook.cells[0].source.splitlines() if "**Report rows**" in line)
    named = set(re.findall(r"\b[A-E]-\d+\b", row.partition("Later lessons")[0]))
    assert named == ROWS[path.stem[:2]]


def test_headings_go_down_one_step_at_a_time(notebook):
    levels = [len(marks) for marks in re.findall(r"^(#+) ", _prose(notebook), re.MULTILINE)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))


def test_code_is_short_and_keeps_the_rules(notebook):
    for cell in _code(notebook):
        lines = cell.source.splitlines()
        assert len(lines) <= LONGEST_CELL, cell.id
        assert max(map(len, lines)) <= LONGEST_LINE, cell.id
        assert not any(line.rstrip().endswith(";") for line in lines), f"{cell.id}: nbval does not honour a last ;"
        for words, why in FORBIDDEN.items():
            assert words not in cell.source, f"{cell.id}: {why}"


def test_a_run_that_comes_out_otherwise_is_met_by_a_sentence_and_by_no_bare_assertion(notebook):
    for cell in _code(notebook):
        assert not any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(cell.source))), f"{cell.id}: expect"


def test_no_line_that_is_printed_calls_the_stand_in_for_an_answer_the_students_own(notebook):
    for cell in _code(notebook):
        calls = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)]
        printed = [ast.unparse(call) for call in calls if ast.unparse(call.func) == "print"]
        assert not any(re.search(r"\byours?\b", line, re.IGNORECASE) for line in printed), cell.id


def test_a_lesson_is_read_in_one_sitting(notebook):
    steps = [cell for cell in notebook.cells if not cell.source.startswith("predict(")]  # a form is no step
    assert len(_prose(notebook).split()) <= MOST_WORDS and 20 <= len(steps) <= MOST_CELLS


def test_there_is_more_prose_than_code(notebook):
    words = len(_prose(notebook).split())
    lines = sum(bool(line.strip()) for cell in _code(notebook) for line in cell.source.splitlines())
    assert words >= 6 * lines


def test_every_exercise_is_asked_once_and_belongs_to_the_lesson(path, notebook):
    asked = [build.checked_exercise(cell) for cell in _code(notebook)]
    exercises = registry.of_lesson(path.stem[:2])
    assert [exercise_id for exercise_id in asked if exercise_id] == [exercise.id for exercise in exercises]
    assert 3 <= len(exercises) <= 6
    for exercise in exercises:
        heading = f"### Exercise {exercise.id}: "
        points = f"({exercise.points} point{'s' if exercise.points > 1 else ''})"
        assert re.search(rf"^{re.escape(heading)}.*{re.escape(points)}$", _prose(notebook), re.MULTILINE), exercise.id
        assert f"def {exercise.name}(" in "\n".join(cell.source for cell in _code(notebook))


def test_the_solution_earns_every_point(path, notebook):
    texts = [output.data["text/plain"] for output in _outputs(notebook) if "text/plain" in output.get("data", {})]
    total = sum(exercise.points for exercise in registry.of_lesson(path.stem[:2]))
    assert any(text.startswith(f"✓ Lesson {path.stem[:2]}: {total} of {total} points") for text in texts)


def test_it_was_executed_from_top_to_bottom_without_complaints(notebook):
    counts = [cell.execution_count for cell in _code(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    assert not [o for o in _outputs(notebook) if o.output_type == "error" or o.get("name") == "stderr"]


def test_every_picture_says_what_is_seen(notebook):
    pictures = [output for output in _outputs(notebook) if "image/png" in output.get("data", {})]
    assert pictures
    for picture in pictures:
        assert len(picture.metadata["image/png"]["alt"]) > 30
    assert "<img" not in _prose(notebook)
    assert "![](" not in _prose(notebook)


def test_pictures_are_followed_by_what_to_see(notebook):
    assert _prose(notebook).count("**What to see.**") >= 4


def test_it_ends_with_what_you_can_do_errata_and_reading(notebook):
    prose = _prose(notebook)
    for words in ("## Check yourself", "## What you can now do", "**Errata of the reports", "**Further reading**"):
        assert words in prose, words


def test_the_quiz_has_three_to_five_questions_with_one_right_answer_and_reasons(path):
    questions = quizzes.questions(path.stem[:2])
    assert 3 <= len(questions) <= 5
    for question in questions:
        assert sum(option.right for option in question.options) == 1
        assert all(len(option.why) > 20 for option in question.options)
    right_letters = {[option.right for option in question.options].index(True) for question in questions}
    assert len(right_letters) > 1, "the right answer must not always stand in the same place"


def test_notebooks_stay_small_and_the_lesson_has_no_outputs(path):
    assert path.stat().st_size < LARGEST_NOTEBOOK
    lesson = nbformat.read(ROOT / "lessons" / path.name, as_version=4)
    assert all(cell.outputs == [] and cell.execution_count is None for cell in _code(lesson))


def test_everything_that_ships_stays_under_40_megabytes():
    assert sum(f.stat().st_size for f in (ROOT / "course_utils" / "assets").rglob("*") if f.is_file()) < 40e6


LINK = r"\]\(([^)\s]+)\)"


def test_every_link_leads_somewhere(path, notebook):
    targets = re.findall(LINK, _prose(notebook))
    assert any(target.endswith(".ipynb") for target in targets)
    for target in targets:
        if not target.startswith("https://"):
            assert all((ROOT / folder / target).is_file() for folder in ("solutions", "lessons")), target


def test_papers_are_linked_by_their_numbers(notebook):
    prose = _prose(notebook)
    linked = re.findall(r"\[arXiv:([\d.]+)\]\(https://arxiv\.org/abs/([\d.]+)\)", prose)
    assert [named for named, _ in linked] == re.findall(r"arXiv:(\d+\.\d+)", prose)
    assert all(named == target for named, target in linked)


def test_the_next_lesson_is_one_click_away(path, notebook):
    following = SOLUTIONS[SOLUTIONS.index(path) + 1 :][:1]
    assert all(
        re.search(rf"^Next: \*\*\[.+\]\({there.name}\)\*\*", _prose(notebook), re.MULTILINE) for there in following
    )
