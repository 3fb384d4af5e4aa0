"""Lesson 12, exercise 12.5: Report D's schedule A as a pure function, and 12.6: the test that finds a skip which
never fires."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from course_utils import turns
from course_utils.turns import Turns, TurnSchedule

from .contract import Finding, Inputs, Values
from .judging import Judge, Suspect
from .probing import Probe

EPOCHS = 40
TABLE = "Two answers: whether the discriminator trains, and whether the generator does."
schedule_a = turns.schedule_a


# 12.5 -----------------------------------------------------------------------------------------------------------
def epoch_inputs(generator: torch.Generator) -> Inputs:
    """Forty epochs, in order and shuffled, and a step within each: also those that other schedules skip."""
    steps = torch.randint(1, 551, (EPOCHS,), generator=generator)
    steps[::3], steps[1::9] = 50, 500
    return {"steps": steps.tolist(), "order": torch.randperm(EPOCHS, generator=generator).tolist()}


def probe_epochs(answer: Callable[[int, int], Any], inputs: Inputs) -> Values:
    """Ask for the turns of forty epochs, twice, in different orders."""
    probe = Probe(answer)
    probe.call("first", 1, 1)
    probe.collect("table", lambda: [_pair(answer(epoch + 1, inputs["steps"][epoch])) for epoch in range(EPOCHS)])
    shuffled = probe.collect("shuffled", lambda: [_pair(answer(epoch + 1, 1)) for epoch in inputs["order"]])
    if shuffled is not None:
        table = np.zeros((EPOCHS, 2))
        table[inputs["order"]] = shuffled
        probe.values["shuffled"] = table
    return probe.values


def _pair(found: Any) -> list[float]:
    discriminator, generator = found
    return [float(discriminator), float(generator)]


def _table(schedule: TurnSchedule) -> np.ndarray:
    return np.array([schedule(epoch, 1) for epoch in range(1, EPOCHS + 1)], dtype=float)


def _wrong_tables() -> tuple[Suspect, ...]:
    """What wrong versions of schedule A give, (40, 2)."""
    right = _table(schedule_a)
    tenth = np.arange(1, EPOCHS + 1) % 10 == 0

    def without(column: int) -> np.ndarray:
        table = right.copy()
        table[tenth, column] = 0
        return table

    return (
        ("swapped", right[:, ::-1], "The two are exchanged: the discriminator comes first."),
        (
            "from-zero",
            _table(lambda epoch, step: schedule_a(epoch - 1, step)),
            "Epochs count from 1: the first one ends in 1.",
        ),
        (
            "from-zero",
            _table(lambda epoch, step: schedule_a(epoch + 1, step)),
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


def judge_epochs(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 12.5."""
    judge = Judge("schedule_a", values)
    judge.array("first", (2,), TABLE)
    right = _table(schedule_a)
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


# 12.6 -----------------------------------------------------------------------------------------------------------
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


def missed_steps(schedule: TurnSchedule, epochs: int, steps: int) -> list[int]:
    """In how many steps of each epoch the discriminator does not train, (epochs,)."""
    return [sum(not schedule(epoch, step)[0] for step in range(1, steps + 1)) for epoch in range(1, epochs + 1)]


def schedule_inputs(generator: torch.Generator) -> Inputs:
    """A schedule drawn at random: 4 epochs of 9 steps; the networks' turns differ in number in every epoch.

    The discriminator rests in the very first step and in the very last.
    """
    rests = torch.stack([torch.randperm(9, generator=generator) < k for k in (6, 2, 0, 3)])
    rests[0], rests[3] = (row.roll(-int(row.int().argmax()) - shift) for row, shift in ((rests[0], 0), (rests[3], 1)))
    other = torch.stack([torch.randperm(9, generator=generator) < k for k in (1, 4, 5, 7)])
    return {"discriminator": ~rests, "generator": ~other}


def probe_missed(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Call the answer of exercise 12.6 on a random schedule, and on those of Report D."""
    probe = Probe(answer)
    probe.call("listed", _Listed(inputs["discriminator"], inputs["generator"]), 4, 9)
    probe.call("C", turns.SkipSteps(50), 2, 550)
    probe.call("as coded", turns.SkipStepsAsCoded(50), 2, 550)
    probe.call("D", turns.schedule_d, 6, 5)
    probe.call("one epoch", turns.schedule_a, 1, 3)
    return probe.values


def judge_missed(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 12.6."""
    judge = Judge("missed_steps", values)
    rests, other = (~inputs[name].numpy() for name in ("discriminator", "generator"))
    axes = "One number for each epoch."
    judge.close(
        "listed",
        rests.sum(1),
        axes=axes,
        case="a schedule of 4 epochs with 9 steps",
        suspects=(
            (
                "trained-counted",
                9 - rests.sum(1),
                "These are the steps in which it trains: those in which it does not are asked for.",
            ),
            (
                "generator-counted",
                other.sum(1),
                "These are the generator's rests: the first of the two turns is the discriminator's.",
            ),
            (
                "generator-counted",
                9 - other.sum(1),
                "These are the generator's turns: the discriminator's rests are asked for.",
            ),
            ("shares", rests.mean(1), "These are shares: count the steps."),
            ("added-up", rests.sum(1).cumsum(), "The count goes on from epoch to epoch: begin again at 0."),
            ("either", (rests | other).sum(1), "Steps in which either rests were counted: the discriminator's alone."),
            (
                "zero",
                0 * rests.sum(1),
                'Nothing was counted. A pair is never "not": take its first entry, .discriminator.',
            ),
            ("whole-epochs", rests.all(1), "Only whole epochs of rest were counted: count steps."),
            ("any", rests.any(1), "This says whether it rests at all: count the steps."),
            ("last-step-missing", rests[:, :-1].sum(1), "The last step was left out: range(1, steps + 1)."),
        ),
        otherwise="For each epoch, count the steps from 1 to steps with not schedule(epoch, step)[0].",
    )
    for label, schedule, epochs, steps, case in (
        ("C", turns.SkipSteps(50), 2, 550, "schedule C, 2 epochs of 550 steps"),
        ("as coded", turns.SkipStepsAsCoded(50), 2, 550, "schedule C as coded, 2 epochs"),
        ("D", turns.schedule_d, 6, 5, "schedule D, 6 epochs of 5 steps"),
        ("one epoch", turns.schedule_a, 1, 3, "a single epoch"),
    ):
        judge.close(label, missed_steps(schedule, epochs, steps), axes=axes, case=case)
    return judge.findings
