"""CONTRIBUTING's walk-through, done in a copy of the course: exercise, lesson, checkpoint, row of the errata."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from course_utils import data
from course_utils.author.errata import Lessons
from course_utils.checkpoints import vaes

ROOT = Path(__file__).parent.parent
WALK = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("\n## By example\n")[2]
BLOCKS = dict(re.findall(r"^`([\w/.]+)`:\n\n```python\n(.*?)```", WALK, re.MULTILINE | re.DOTALL))
TRY = """
import runpy
from course_utils.exercises import registry
from course_utils.exercises.outcome import examine
exercise = registry.find("99.1")
answers = runpy.run_path("tests/catalogue/lesson_99.py")
assert [examine(exercise, answer).status for answer in answers["RIGHT"]["99.1"]] == ["passed"] * 3
for answer, code in answers["WRONG"]["99.1"]:
    assert [finding.code for finding in examine(exercise, answer).findings][:1] == [code], code
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course with the example in it; all that the example leaves alone is a link."""
    root = tmp_path_factory.mktemp("course")
    for folder in ("solutions", "lessons", "course_utils"):
        (root / folder).mkdir()
    for path in [ROOT / "pyproject.toml", *(ROOT / "course_utils").iterdir()]:
        if path.name not in {"exercises", "__pycache__"}:
            (root / path.relative_to(ROOT)).symlink_to(path)
    known = ROOT / "course_utils" / "exercises"
    shutil.copytree(known, root / "course_utils" / "exercises", ignore=shutil.ignore_patterns("__pycache__"))
    for name, code in BLOCKS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(code, encoding="utf-8")
    (root / "course_utils" / "exercises" / "lesson_99" / "__init__.py").touch()
    return root


def _python(course, *arguments):
    """Run Python in the copy; returns what it says."""
    environment = {**os.environ, "PYTHONPATH": str(course)}
    done = subprocess.run([sys.executable, *arguments], cwd=course, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_exercise_passes_right_answers_and_names_wrong_ones(course):
    _python(course, "-c", TRY)


def test_the_lesson_runs_and_is_built_without_its_solution(course):
    _python(course, "make_lesson.py")
    _python(course, "-c", "from course_utils.cli import app; app()", "run", "99")
    solved, lesson = (nbformat.read(course / folder / "99_bits.ipynb", 4) for folder in ("solutions", "lessons"))
    assert "65.69 bits" in WALK and solved.cells[-1].outputs[0].text == "65.69 bits\n"
    assert "/ math.log(2)" not in lesson.cells[3].source and "NotImplementedError" in lesson.cells[3].source
    assert lesson.cells[4].metadata.nbgrader.points == 1


def test_the_plan_makes_a_checkpoint(tmp_path, monkeypatch):
    names = {}
    exec(BLOCKS["example_plan.py"], names)
    few = SimpleNamespace(load=lambda name, split: data.load(name, split, limit=200))
    monkeypatch.setattr(vaes, "data", few)
    store = vaes.VaeStore(tmp_path / "store", [names["PLAN"]], vaes.VaeCard)
    card = store.make("example", tmp_path / "work")
    assert card.epochs == 1 and store.up_to_date("example") and store.weights("example")


def test_the_row_has_its_home():
    names = {}
    exec(BLOCKS["example_row.py"], names)
    assert "01_pixels_and_nats.ipynb" in Lessons(ROOT).link(names["ROW"].row, names["ROW"].home)


def test_all_files_that_the_walk_names_are_there_and_every_block_is_used():
    used = {"make_lesson.py", "example_plan.py", "example_row.py", "tests/catalogue/lesson_99.py"}
    assert set(BLOCKS) - used == {f"course_utils/exercises/lesson_99/{kind}_99_1.py" for kind in ("probe", "ex")}
    named = set(re.findall(r"`((?:course_utils|tests)/[\w/]+\.py)`", WALK))
    assert [name for name in named if "99" not in name and not (ROOT / name).is_file()] == []
