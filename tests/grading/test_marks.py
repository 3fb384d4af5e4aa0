"""Marks are those of the notebook's own checks: all for solutions, none for untouched lessons.

Right and wrong answers of the catalogues are marked in ``tests/test_exercises.py``.
"""

import pytest

from course_utils.exercises import registry
from course_utils.grading.marking import seeds

from .conftest import handed_out
from .notebooks import ROOT

SECRET = b"secret of this class"
LESSONS = registry.lessons()


def _marks(examined, number, folder):
    lesson = handed_out()[number]
    drawn = {exercise.id: seeds.seed(SECRET, exercise.id, folder) for exercise in lesson.exercises}
    return examined((ROOT / folder / f"{lesson.slug}.ipynb").read_bytes(), number, drawn)


@pytest.mark.parametrize("number", LESSONS)
def test_solutions_earn_every_point_and_untouched_lessons_none(number, examined):
    solved, untouched = (_marks(examined, number, folder) for folder in ("solutions", "lessons"))
    assert all((mark.state, mark.points) == ("right", mark.of) for mark in solved.marks.values()), solved
    assert not solved.statuses and not solved.notes
    assert {(m.state, m.points, m.findings) for m in untouched.marks.values()} == {("not attempted", 0, ())}
