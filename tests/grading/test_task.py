"""What is known behind the wall: an exercise's probe and the inputs that the grader drew, and no answer."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from course_utils.exercises import registry
from course_utils.grading.jail import wire
from course_utils.grading.jail.inputs import packed, unpacked
from course_utils.grading.marking import judging

EXERCISES = [exercise for lesson in registry.lessons() for exercise in registry.of_lesson(lesson)]
_WITHIN = """
import gc, sys, types
from course_utils.exercises import registry
from course_utils.grading.jail.task import load
probes = load(registry.lessons())
names = [n for n in sys.modules if n.startswith("course_utils.exercises.lesson_")]
print(len(probes), sorted({n.rsplit(".", 1)[1].split("_")[0] for n in names}))
functions = [f for f in gc.get_objects() if isinstance(f, types.FunctionType)]
print([f for f in functions if str(f.__module__).startswith("course_utils.exercises.lesson_")
       and f.__name__ in ("reference", "verdict", "inputs")])
"""


def _same(one, other):
    if isinstance(one, torch.Tensor):
        return type(other) is torch.Tensor and one.dtype == other.dtype and torch.equal(one, other)
    if isinstance(one, dict):
        return list(one) == list(other) and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and repr(one) == repr(other)  # nan differs from itself


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_inputs_arrive_as_they_were_drawn(exercise):
    for seed in range(3):
        drawn = judging.draw(exercise, seed)
        assert _same(drawn, unpacked(wire.unpack(wire.pack(packed(drawn)))))


@pytest.mark.parametrize("odd", [torch.nn.Linear(1, 1), np.zeros(2), {1, 2}, torch.float32])
def test_what_cannot_be_sent_is_refused_with_a_sentence(odd):
    with pytest.raises(TypeError, match="cannot be an input"):
        packed({"x": [odd]})


def test_the_worker_reads_probes_and_nothing_else_of_the_exercises():
    ran = subprocess.run([sys.executable, "-c", _WITHIN], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == [f"{len(EXERCISES) + 1} ['lesson', 'probe', 'shared']", "[]"]
