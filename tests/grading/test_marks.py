"""Marks are those of the notebook's own checks: all for solutions, none for untouched lessons.

Right and wrong answers of the catalogues are marked in ``tests/test_exercises.py``.
"""

import pytest

from course_utils.exercises import registry
from course_utils.grading.intake import lessons, reading
from course_utils.grading.jail.workers import Worker
from course_utils.grading.marking import seeds
from course_utils.grading.marking.grader import examine

from .conftest import LIMITS
from .notebooks import ROOT

SECRET = b"secret of this class"
LESSONS = registry.lessons()


@pytest.fixture(scope="module")
def worker(walled):
    with Worker(LESSONS, LIMITS) as worker:
        yield worker


@pytest.fixture(scope="module")
def handed_out():
    return lessons.load(ROOT / "lessons")


def _marks(worker, lesson, folder):
    cells = reading.read((ROOT / folder / f"{lesson.slug}.ipynb").read_bytes()).cells
    drawn = {exercise.id: seeds.seed(SECRET, exercise.id, folder) for exercise in lesson.exercises}
    return examine(worker, cells, lesson.cells, lesson.exercises, drawn)


@pytest.mark.parametrize("number", LESSONS)
def test_solutions_earn_every_point_and_untouched_lessons_none(number, worker, handed_out):
    solved, untouched = (_marks(worker, handed_out[number], folder) for folder in ("solutions", "lessons"))
    assert all((mark.state, mark.points) == ("right", mark.of) for mark in solved.marks.values()), solved
    assert not solved.statuses and not solved.notes
    assert {(m.state, m.points) for m in untouched.marks.values()} == {("not attempted", 0)}
