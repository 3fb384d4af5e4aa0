"""Exercise 12.5: schedule A."""

from __future__ import annotations

import numpy as np
import torch

from course_utils import turns
from course_utils.turns import Turns, TurnSchedule

from ..contract import Inputs
from ..judging import Judge, Suspect, shown
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
    """Forty epochs and thirty later ones, in order and shuffled, and a step within each, also those that other
    schedules skip."""
    later = (EPOCHS + 10 * torch.arange(1, 31) * torch.randint(1, 9, (30,), generator=generator)).tolist()
    epochs = [*range(1, EPOCHS + 1), *(epoch + digit % 10 for digit, epoch in enumerate(later))]
    steps = torch.randint(1, 551, (len(epochs),), generator=generator)
    steps[::3], steps[1::9] = 50, 500
    order = torch.randperm(len(epochs), generator=generator).tolist()
    return {"epochs": epochs, "steps": steps.tolist(), "order": order}


def _table(schedule: TurnSchedule, epochs: list[int]) -> np.ndarray:
    return np.array([schedule(epoch, 1) for epoch in epochs], dtype=float)


def _wrong_tables(epochs: list[int]) -> tuple[Suspect, ...]:
    """What wrong versions of schedule A give in these epochs, (E, 2)."""

    def table(schedule: TurnSchedule) -> np.ndarray:
        return _table(schedule, epochs)

    right = table(reference)
    tenth = np.array(epochs) % 10 == 0

    def without(column: int) -> np.ndarray:
        less = right.copy()
        less[tenth, column] = 0
        return less

    return (
        ("swapped", right[:, ::-1], "The two are exchanged: the discriminator comes first."),
        (
            "from-zero",
            table(lambda epoch, step: reference(epoch - 1, step)),
            "Epochs count from 1: the first one ends in 1.",
        ),
        (
            "from-zero",
            table(lambda epoch, step: reference(epoch + 1, step)),
            "Epochs count from 1: use epoch itself, not epoch + 1.",
        ),
        ("tenth-without-discriminator", without(0), "In every tenth epoch both train: the discriminator rests there."),
        ("tenth-without-generator", without(1), "In every tenth epoch both train: the generator rests there."),
        ("nobody", right * ~tenth[:, None], "In every tenth epoch both train: here nobody does."),
        (
            "fifth-to-discriminator",
            table(lambda epoch, step: Turns(epoch % 10 <= 5, epoch % 10 == 0 or epoch % 10 > 5)),
            "Epochs that end in 5 belong to the generator.",
        ),
        (
            "first-ten-only",
            table(lambda epoch, step: Turns(epoch <= 4 or epoch % 10 == 0, epoch >= 5)),
            "Only the last digit counts, epoch % 10: epoch 11 is like epoch 1.",
        ),
        ("opposite", 1 - right, "True and False are exchanged: True means that it trains."),
        ("always", np.ones_like(right), "Both always train here."),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 12.5."""
    epochs = inputs["epochs"]
    judge.array("first", (2,), TABLE)
    for label in ("found", "found again"):
        if isinstance(judge.values.get(label), dict) and "raised" in judge.values[label]:
            judge.array(label, (2,))
    _judge_odd(judge)
    right = _table(reference, epochs)
    judge.close(
        "table",
        right,
        axes=TABLE,
        case=f"epochs 1 to {EPOCHS} and later ones, up to {max(epochs)}",
        suspects=_wrong_tables(epochs),
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
    judge.that(
        bool(judge.values.get("named")),
        "not-turns",
        "schedule_a returned the right two truth values, but not as Turns.",
        "The cells below ask for .discriminator and .generator: return Turns(..., ...).",
    )


def _judge_odd(judge: Judge) -> None:
    """Whether every epoch got a pair."""
    if "odd epoch" not in judge.values:
        return
    found, epoch = judge.values["odd"], judge.values["odd epoch"]
    judge.that(
        found is not None,
        "returned-nothing",
        f"schedule_a returned nothing for epoch {epoch}.",
        "Does every way through the function end at a return?",
    )
    kind = f"an object of type {found['type']}" if isinstance(found, dict) else shown(found)
    judge.that(False, "not-a-pair", f"schedule_a returned {kind} for epoch {epoch}, expected Turns.", TABLE)
