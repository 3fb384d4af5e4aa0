"""Marks are those of the notebook's own checks: all for solutions, none for untouched lessons and wrong answers.

Every case has a seed of its own, as every student has: what holds at one lucky seed only fails here for some case.
"""

import importlib

import pytest
import torch

from course_utils.exercises import registry
from course_utils.grading import judging, lessons, reading, seeds, wire
from course_utils.grading.grader import examine
from course_utils.grading.workers import Worker

from .conftest import LIMITS
from .notebooks import ROOT

SECRET = b"secret of this class"
LESSONS = registry.lessons()
EXERCISES = [exercise for lesson in LESSONS for exercise in registry.of_lesson(lesson)]


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


def _cases(kind):
    for exercise in EXERCISES:
        catalogue = importlib.import_module(f"tests.catalogue.lesson_{exercise.lesson}")
        for i, case in enumerate(getattr(catalogue, kind)[exercise.id]):
            seed = seeds.seed(SECRET, exercise.id, f"{kind} {i}")
            yield pytest.param(exercise, case, seed, id=f"{exercise.id}-{i}")


def _mark(exercise, answer, seed):
    """The mark of an answer whose values have gone through the wire."""
    torch.manual_seed(seed)
    inputs = exercise.inputs(torch.Generator().manual_seed(seed))
    values = wire.unpack(wire.pack(exercise.probe(answer, inputs)))
    return judging.mark(exercise, seed, {"kind": "values", "values": values, "stopped": ""})


@pytest.mark.parametrize(("exercise", "case", "seed"), list(_cases("WRONG")))
def test_every_wrong_answer_loses_its_points_for_the_same_reason_as_in_the_notebook(exercise, case, seed):
    answer, code = case
    mark = _mark(exercise, answer, seed)
    assert (mark.state, mark.points, mark.findings[0]["code"]) == ("wrong", 0, code)


@pytest.mark.parametrize(("exercise", "answer", "seed"), list(_cases("RIGHT")))
def test_every_unusual_right_answer_keeps_its_points(exercise, answer, seed):
    mark = _mark(exercise, answer, seed)
    assert (mark.state, mark.points) == ("right", mark.of), mark.findings
