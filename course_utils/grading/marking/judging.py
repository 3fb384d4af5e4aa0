"""From what came through the wall to a mark: the only place where answers are known and points are given."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from course_utils.exercises.contract import Exercise, Finding, Inputs, Values
from course_utils.exercises.probing import not_attempted
from course_utils.exercises.settings import reseed, settled

from ..jail.messages import Kind, Outcome
from . import statuses
from .records import NOT_ATTEMPTED, RIGHT, WRONG, Mark

_ALLOCATION = ("MemoryError", "can't allocate memory", "not enough memory", "Cannot allocate memory")
_LONGEST = 1e6
"""Seconds; what is longer was not measured."""


def draw(exercise: Exercise, seed: int) -> Inputs:
    """The inputs of an exercise that a seed stands for."""
    with settled():
        reseed(seed)  # PyTorch's own generator, from which some exercises draw
        return exercise.inputs(torch.Generator().manual_seed(seed))


def mark(exercise: Exercise, inputs: Inputs, outcome: Outcome) -> Mark:
    """The mark for what came of an exercise.

    Args:
        exercise: which.
        inputs: that the answer was given.
        outcome: from behind the wall: nothing in it is believed but the values.
    """
    seconds = outcome.seconds if 0 <= outcome.seconds <= _LONGEST else 0.0
    if outcome.kind is Kind.VALUES:
        state, findings = _judged(exercise, inputs, outcome.values, outcome.says)
    else:
        state, findings = _without_values(exercise, outcome)
    if outcome.lacks and state == WRONG:
        says = f"{exercise.name} could not be tried as in the notebook: {outcome.lacks[:300]}."
        state, findings = statuses.LOOK, [Finding("not-here", says, "A person will look at it.")]
    points = exercise.points if state == RIGHT else findings[0].keeps if state == WRONG else 0
    return Mark(exercise.id, state, points, exercise.points, tuple(plain(finding) for finding in findings), seconds)


def failed(exercise: Exercise, status: str, says: str) -> Mark:
    """The mark of an exercise that sent nothing."""
    return Mark(exercise.id, status, 0, exercise.points, (plain(Finding(status.replace("_", "-"), says)),))


def _judged(exercise: Exercise, inputs: Inputs, values: dict[str, Any], stopped: str) -> tuple[str, list[Finding]]:
    if not_attempted(values):
        return NOT_ATTEMPTED, []
    if _out_of_memory(values):
        return statuses.MEMORY, [Finding("memory", f"{exercise.name} asked for too much memory.")]
    try:
        with settled():
            reseed(0)
            findings = exercise.verdict(inputs, values)
    except Exception as error:
        if not all(map(_could_be, values.values())):
            return statuses.TAMPERING, [Finding("forged", f"{exercise.name} sent what no answer can return.")]
        if odd := _of_another_form(exercise, inputs, values):
            return WRONG, [Finding("shape", f"{exercise.name} returned {odd}.")]
        says = f"The check itself failed: {type(error).__name__}: {error}"
        return statuses.GRADER_ERROR, [Finding("grader-error", says)]
    if findings and stopped:
        findings.append(Finding("cell-stopped", f"The cell with {exercise.name} stopped with {stopped[:300]}."))
    return (WRONG if findings else RIGHT), findings


def _could_be(value: Any) -> bool:
    """Whether a probe can have written a value: a dict says what was raised, or of what type something is."""
    if isinstance(value, list):
        return not any(isinstance(item, dict) for item in value)
    if not isinstance(value, dict):
        return True
    known = ({"type"}, {"raised", "message"}, {"raised", "message", "to"})
    return set(value) in known and all(isinstance(word, str) for word in value.values())


def _of_another_form(exercise: Exercise, inputs: Inputs, values: Values) -> str:
    """The first value whose form is not that of the course's own answer, in words; empty where there is none."""
    with settled():
        own = exercise.probe(exercise.reference, inputs)
    for label in [*own, *values]:
        here, there = (_form(each[label]) if label in each else "nothing" for each in (values, own))
        if here != there:
            return f"{here} for {label!r}, expected {there}"
    return ""


def _form(value: Any) -> str:
    """What kind of value it is, and its shape."""
    if isinstance(value, np.ndarray | int | float):
        return f"an array of shape {np.shape(value)}" if np.ndim(value) else "a number"
    return "an exception" if isinstance(value, dict) and "raised" in value else type(value).__name__


def _out_of_memory(values: dict[str, Any]) -> bool:
    raised = [v for v in values.values() if isinstance(v, dict) and "raised" in v]
    return any(says_memory(f"{v['raised']} {v.get('message')}") for v in raised)


def says_memory(text: str) -> bool:
    """Whether an exception's words are those of memory that could not be had."""
    return any(word in text for word in _ALLOCATION)


def _without_values(exercise: Exercise, outcome: Outcome) -> tuple[str, list[Finding]]:
    kind, name, says = outcome.kind, exercise.name, outcome.says[:300] or "an error"
    if kind is Kind.MISSING:
        return NOT_ATTEMPTED, [
            Finding(
                "not-found", f"No cell defines {name}.", "Was the cell deleted, or the function given another name?"
            )
        ]
    if kind is Kind.NOT_CALLABLE:
        return WRONG, [Finding("not-a-function", f"{name} is {says[:60]}, expected a function.")]
    if kind is Kind.TOO_LARGE:
        return WRONG, [Finding("too-large", f"{name} returned more than can be looked at.")]
    if says_memory(says):
        return statuses.MEMORY, [Finding("memory", f"The cell with {name} asked for too much memory.")]
    return WRONG, [Finding("cell-stopped", f"The cell with {name} stopped with {says}.")]


def plain(finding: Finding) -> dict[str, str]:
    """A finding as a mark keeps it, of a length that a page can show."""
    return {"code": finding.code, "says": finding.says[:600], "cause": finding.cause[:600]}
