"""An instructor who lives in nbgrader can use our notebooks as they are."""

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec

import pytest

from .notebooks import ROOT, SLUG

pytestmark = pytest.mark.skipif(not find_spec("nbgrader"), reason="nbgrader is installed with the test extra")
STUDENTS = {"solved": "solutions", "untouched": "lessons"}


def _nbgrader(course, *arguments):
    # nbgrader calls alembic by its bare name, which only an activated environment has on its path
    first = {"PYTHONPATH": str(ROOT), "PATH": os.path.dirname(sys.executable)}
    env = {**os.environ, **{name: f"{folder}{os.pathsep}{os.environ.get(name, '')}" for name, folder in first.items()}}
    result = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments], cwd=course, env=env, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr[-3000:]


def _without_figures(folder):
    """The lesson's first cell, and those that are graded; nothing else has to run."""
    made = json.loads((folder / f"{SLUG}.ipynb").read_text())
    code = [cell for cell in made["cells"] if cell["cell_type"] == "code"]
    made["cells"] = [code[0], *(cell for cell in code[1:] if "nbgrader" in cell["metadata"])]
    return json.dumps(made)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course directory in which nbgrader has made and graded lesson 00."""
    course = tmp_path_factory.mktemp("course")
    (course / "source" / SLUG).mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / f"{SLUG}.ipynb", course / "source" / SLUG)
    _nbgrader(course, "generate_assignment", SLUG, "--create")
    for student, folder in STUDENTS.items():
        (course / "submitted" / student / SLUG).mkdir(parents=True)
        (course / "submitted" / student / SLUG / f"{SLUG}.ipynb").write_text(_without_figures(ROOT / folder))
    _nbgrader(course, "autograde", SLUG, "--create", "--ExecutePreprocessor.timeout=120")
    return course


def _cells(path):
    return [(c["cell_type"], c["id"], "".join(c["source"]).strip()) for c in json.loads(path.read_text())["cells"]]


def test_nbgrader_makes_the_students_copy_that_we_make(course):
    assert _cells(course / "release" / SLUG / f"{SLUG}.ipynb") == _cells(ROOT / "lessons" / f"{SLUG}.ipynb")


def test_nbgrader_gives_all_points_to_solutions_and_none_to_untouched_lessons(course):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        found = {student: gradebook.find_submission(SLUG, student) for student in STUDENTS}
        assert {student: (one.score, one.max_score) for student, one in found.items()} == {
            "solved": (3, 3),
            "untouched": (0, 3),
        }
