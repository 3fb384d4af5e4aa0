"""From what came through the wall to a mark: the only place where answers are known and points are given."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import torch

from course_utils.exercises.contract import Exercise, Finding, Inputs
from course_utils.exercises.probing import not_attempted

from . import statuses
from .records import NOT_ATTEMPTED, RIGHT, WRONG, Mark

_ALLOCATION = ("MemoryError", "can't allocate memory", "not enough memory", "Cannot allocate memory")
_LONGEST = 1e6
"""Seconds; what is longer was not measured."""
_lock = threading.Lock()


def draw(exercise: Exercise, seed: int) -> Inputs:
    """The inputs of an exercise that a seed stands for."""
    with _settled(seed):
        return exercise.inputs(torch.Generator().manual_seed(seed))


@contextlib.contextmanager
def _settled(seed: int) -> Iterator[None]:
    """PyTorch's one global generator, from which some exercises draw, set for this thread alone and then put back."""
    with _lock, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def mark(exercise: Exercise, inputs: Inputs, message: dict[str, Any]) -> Mark:
    """The mark for what an exercise's message says happened.

    Args:
        exercise: which.
        inputs: that the answer was given.
        message: from behind the wall: nothing in it is believed but the values.
    """
    seconds = message.get("seconds")
    seconds = float(seconds) if isinstance(seconds, int | float) and 0 <= seconds <= _LONGEST else 0.0
    if message.get("kind") == "values" and isinstance(message.get("values"), dict):
        state, findings = _judged(exercise, inputs, message["values"], str(message.get("stopped", "")))
    else:
        state, findings = _without_values(exercise, message)
    points = exercise.points if state == RIGHT else 0
    return Mark(exercise.id, state, points, exercise.points, tuple(_plain(finding) for finding in findings), seconds)


def failed(exercise: Exercise, status: str, says: str) -> Mark:
    """The mark of an exercise that sent nothing."""
    return Mark(exercise.id, status, 0, exercise.points, (_plain(Finding(status.replace("_", "-"), says)),))


def _judged(exercise: Exercise, inputs: Inputs, values: dict[str, Any], stopped: str) -> tuple[str, list[Finding]]:
    if not_attempted(values):
        return NOT_ATTEMPTED, []
    if _out_of_memory(values):
        return statuses.MEMORY, [Finding("memory", f"{exercise.name} asked for too much memory.")]
    try:
        with _settled(0):
            findings = exercise.verdict(inputs, values)
    except Exception as error:
        if not all(map(_could_be, values.values())):
            return statuses.TAMPERING, [Finding("forged", f"{exercise.name} sent what no answer can return.")]
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


def _out_of_memory(values: dict[str, Any]) -> bool:
    raised = [v for v in values.values() if isinstance(v, dict) and "raised" in v]
    return any(word in f"{v['raised']} {v.get('message')}" for v in raised for word in _ALLOCATION)


def _without_values(exercise: Exercise, message: dict[str, Any]) -> tuple[str, list[Finding]]:
    kind, name, says = message.get("kind"), exercise.name, str(message.get("says", "an error"))[:300]
    if kind == "missing":
        return NOT_ATTEMPTED, [
            Finding(
                "not-found", f"No cell defines {name}.", "Was the cell deleted, or the function given another name?"
            )
        ]
    if kind == "not-callable":
        return WRONG, [Finding("not-a-function", f"{name} is {str(message.get('type'))[:60]}, expected a function.")]
    if kind == "too-large":
        return WRONG, [Finding("too-large", f"{name} returned more than can be looked at.")]
    if any(word in says for word in _ALLOCATION):
        return statuses.MEMORY, [Finding("memory", f"The cell with {name} asked for too much memory.")]
    return WRONG, [Finding("cell-stopped", f"The cell with {name} stopped with {says}.")]


def _plain(finding: Finding) -> dict[str, str]:
    return {"code": finding.code, "says": finding.says[:600], "cause": finding.cause[:600]}
