"""What is tried on an answer to exercise 12.6; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from course_utils import turns
from course_utils.turns import Turns

from ..contract import Inputs, Values
from ..probing import Probe


class _Listed:
    """A schedule from lists of turns, which must not be asked outside of them."""

    def __init__(self, discriminator: torch.Tensor, generator: torch.Tensor) -> None:
        self.turns = discriminator, generator

    def __call__(self, epoch: int, step: int) -> Turns:
        """Who trains.

        Raises:
            ValueError: where the epoch or the step is below 1 or too large.
        """
        epochs, steps = self.turns[0].shape
        if not (1 <= epoch <= epochs and 1 <= step <= steps):
            raise ValueError(f"asked for epoch {epoch}, step {step}; they count from 1, to {epochs} and {steps}")
        return Turns(*(bool(table[epoch - 1, step - 1]) for table in self.turns))


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Call the answer of exercise 12.6 on a random schedule, and on those of Report D."""
    probe = Probe(answer)
    probe.call("listed", _Listed(inputs["discriminator"], inputs["generator"]), 7, 9)
    probe.call("C", turns.SkipSteps(50), 2, 550)
    probe.call("as coded", turns.SkipStepsAsCoded(50), 2, 550)
    probe.call("D", turns.schedule_d, 6, 5)
    probe.call("long", turns.schedule_d, 6, 60)
    probe.call("single steps", turns.schedule_d, 6, 1)
    probe.call("even", turns.SkipSteps(3), 3, 8)
    probe.call("one epoch", turns.schedule_a, 1, 3)
    return probe.values
