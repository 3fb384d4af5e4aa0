"""Exercise 12.5: schedule A."""

from __future__ import annotations

import numpy as np
import torch

from course_utils import turns
from course_utils.turns import Turns, TurnSchedule

from ..contract import Finding, Inputs, Values
from ..judging import Judge, Suspect
from .probe_12_5 import EPOCHS

TITLE = "schedule A"
NAME = "schedule_a"
POINTS = 1
HINTS = (
    "Everything follows from the last digit of the epoch. Write down its ten values and two answers for each.",
    "digit = epoch % 10. The discriminator trains for the digits 0 to 4, the generator for 0 and 5 to 9.",
    "def schedule_a(epoch, step):\n    digit = ___\n    return Turns(digit <= ___, digit == ___ or digit >= ___)",
)


TABLE = "Two answers: whether the discriminator trains, and whether the generator does."


reference = turns.schedule_a


def inputs(generator: torch.Generator) -> Inputs:
    """Forty epochs, in order and shuffled, and a step within each: also those that other schedules skip."""
    steps = torch.randint(1, 551, (EPOCHS,), generator=generator)
    steps[::3], steps[1::9] = 50, 500
    return {"steps": steps.tolist(), "order": torch.randperm(EPOCHS, generator=generator).tolist()}


def _table(schedule: TurnSchedule) -> np.ndarray:
    return np.array([schedule(epoch, 1) for epoch in range(1, EPOCHS + 1)], dtype=float)


def _wrong_tables() -> tuple[Suspect, ...]:
    """What wrong versions of schedule A give, (40, 2)."""
    right = _table(reference)
    tenth = np.arange(1, EPOCHS + 1) % 10 == 0

    def without(column: int) -> np.ndarray:
        table = right.copy()
        table[tenth, column] = 0
        return table

    return (
        ("swapped", right[:, ::-1], "The two are exchanged: the discriminator comes first."),
        (
            "from-zero",
            _table(lambda epoch, step: reference(epoch - 1, step)),
            "Epochs count from 1: the first one ends in 1.",
        ),
        (
            "from-zero",
            _table(lambda epoch, step: reference(epoch + 1, step)),
            "Epochs count from 1: use epoch itself, not epoch + 1.",
        ),
        ("tenth-without-discriminator", without(0), "In every tenth epoch both train: the discriminator rests there."),
        ("tenth-without-generator", without(1), "In every tenth epoch both train: the generator rests there."),
        ("nobody", right * ~tenth[:, None], "In every tenth epoch both train: here nobody does."),
        (
            "fifth-to-discriminator",
            _table(lambda epoch, step: Turns(epoch % 10 <= 5, epoch % 10 == 0 or epoch % 10 > 5)),
            "Epochs that end in 5 belong to the generator.",
        ),
        (
            "first-ten-only",
            _table(lambda epoch, step: Turns(epoch <= 4 or epoch % 10 == 0, epoch >= 5)),
            "Only the last digit counts, epoch % 10: epoch 11 is like epoch 1.",
        ),
        ("opposite", 1 - right, "True and False are exchanged: True means that it trains."),
        ("always", np.ones_like(right), "Both always train here."),
    )


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 12.5."""
    judge = Judge(NAME, values)
    judge.array("first", (2,), TABLE)
    right = _table(reference)
    judge.close(
        "table",
        right,
        axes=TABLE,
        case=f"epochs 1 to {EPOCHS}",
        suspects=_wrong_tables(),
        otherwise="Look at the last digit of the epoch, epoch % 10.",
    )
    judge.close(
        "shuffled",
        right,
        axes=TABLE,
        case="epochs in another order",
        otherwise="A pure function depends on its arguments alone: no counter outside, and nothing but the epoch "
        "counts here.",
    )
    return judge.findings
