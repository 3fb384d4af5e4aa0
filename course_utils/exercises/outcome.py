"""Examining one answer: probe, then verdict, and the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import torch

from .contract import Exercise, Finding, Inputs, Values
from .probing import not_attempted
from .settings import settled

Status = Literal["passed", "failed", "not attempted"]


@dataclass(frozen=True)
class Outcome:
    """What came of an examination.

    Attributes:
        exercise: which exercise.
        status: ``"passed"``, ``"failed"`` or ``"not attempted"``.
        findings: what is wrong, most basic first; empty unless failed.
    """

    exercise: Exercise
    status: Status
    findings: tuple[Finding, ...] = ()

    @property
    def points(self) -> int:
        """Points earned: all, or what the first finding keeps."""
        if self.status == "passed":
            return self.exercise.points
        return self.findings[0].keeps if self.findings else 0


def examine(exercise: Exercise, answer: Any, generator: torch.Generator | None = None) -> Outcome:
    """Examine an answer on inputs drawn from ``generator`` (default: the notebook's public one).

    Never raises because of the answer: what the answer does wrong becomes a finding.
    """
    if not callable(answer):
        kind = type(answer).__name__
        wrong = Finding(
            "not-a-function",
            f"check was given {kind}, expected the function {exercise.name}.",
            f'Pass the function itself, without calling it: check("{exercise.id}", {exercise.name}).',
        )
        return Outcome(exercise, "failed", (wrong,))
    with settled():
        inputs = exercise.inputs(generator or exercise.public_generator())
        values = exercise.probe(answer, inputs)
        if not_attempted(values):
            return Outcome(exercise, "not attempted")
        findings = _findings(exercise, inputs, values)
    return Outcome(exercise, "failed" if findings else "passed", findings)


def _findings(exercise: Exercise, inputs: Inputs, values: Values) -> tuple[Finding, ...]:
    """What the verdict finds; that the check itself is at fault, where it stops over values it was not made for."""
    try:
        return tuple(exercise.verdict(inputs, values))
    except Exception as error:
        says = f"The check itself stopped over what {exercise.name} returned: {type(error).__name__}: {error}."
        return (Finding("check-stopped", says, "This is a fault of the course: please report it."),)
