"""What exercises draw: once in a process, and a copy for each answer, since an answer may spoil what it is given."""

import copy
import dataclasses
import functools

from course_utils.exercises.contract import Exercise, Inputs
from course_utils.grading.marking import judging


@functools.cache
def _public(exercise: Exercise) -> Inputs:
    return exercise.inputs(exercise.public_generator())


_secret = functools.cache(judging.draw)


def in_the_notebook(exercise: Exercise) -> Exercise:
    """The same exercise, which draws its public inputs only once."""
    return dataclasses.replace(exercise, inputs=lambda _: copy.deepcopy(_public(exercise)))


def for_the_grader(exercise: Exercise, seed: int) -> Inputs:
    """The inputs that a seed stands for."""
    return copy.deepcopy(_secret(exercise, seed))
