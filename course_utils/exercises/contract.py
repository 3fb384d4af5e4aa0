"""What an exercise is: one definition that serves the notebook's check and the grader alike.

An exercise never compares inside the student's process alone. ``probe`` runs beside the student's code
and only collects plain values; ``verdict`` looks at those values and needs nothing of the student's.

Exercise 4.3 stands in two files that its number finds. ``lesson_04/ex_4_3.py`` has ``TITLE``, ``NAME``, ``POINTS``,
``HINTS``, perhaps ``REMEDIES``, and the functions ``inputs``, ``reference`` and ``verdict``;
``lesson_04/probe_4_3.py`` has ``probe`` and what it needs, for that alone may be known where a grader runs the
student's code. :mod:`.registry` reads them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

Inputs = dict[str, Any]
Values = dict[str, Any]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with an answer.

    Attributes:
        code: stable name in kebab-case, for tests and class statistics, such as ``"half-missing"``.
        says: what failed, in one sentence, with the student's own value.
        cause: the usual cause, in one sentence; empty where nothing is usual.
        keeps: points that are earned all the same, where this is the first thing that is wrong.
    """

    code: str
    says: str
    cause: str = ""
    keeps: int = 0


@dataclass(frozen=True)
class Exercise:
    """An exercise as the notebook and the grader see it.

    Attributes:
        id: lesson and number, ``"2.1"``.
        title: a few words for the card.
        name: the function that the student defines.
        points: what a right answer is worth.
        hints: a nudge, the formula, a skeleton with gaps.
        reference: the course's own implementation.
        inputs: draws inputs from a generator; a public seed in the notebook, a secret one in grading.
        probe: calls the answer on the inputs and returns plain values, never verdicts.
        verdict: compares inputs and values with the reference and with properties; no finding = right.
    """

    id: str
    title: str
    name: str
    points: int
    hints: tuple[str, str, str]
    reference: Callable[..., Any]
    inputs: Callable[[torch.Generator], Inputs]
    probe: Callable[[Callable[..., Any], Inputs], Values]
    verdict: Callable[[Inputs, Values], list[Finding]]

    @property
    def lesson(self) -> str:
        """Two-digit number of the lesson, ``"02"`` for exercise 2.1."""
        return f"{int(self.id.split('.')[0]):02d}"

    def public_generator(self) -> torch.Generator:
        """Generator of the notebook's inputs: the same for everyone, different for each exercise."""
        digest = hashlib.sha256(self.id.encode()).digest()
        return torch.Generator().manual_seed(int.from_bytes(digest[:4], "big"))
