"""Exercise 12.6: steps without the discriminator."""

from __future__ import annotations

import numpy as np
import torch

from course_utils import turns
from course_utils.turns import TurnSchedule

from ..contract import Inputs
from ..judging import Judge, Suspect

TITLE = "steps without the discriminator"
NAME = "missed_steps"
POINTS = 1
HINTS = (
    "Two loops, over epochs from 1 and over steps from 1; ask the schedule each time; count "
    "where the discriminator does not train.",
    "For each epoch: the number of steps s in 1, ..., steps for which schedule(epoch, s).discriminator is False.",
    "def missed_steps(schedule, epochs, steps):\n    missed = []\n    for epoch in range(1, ___):\n"
    "        rests = [not schedule(___, step).discriminator for step in range(1, ___)]\n        "
    "missed.append(___)\n    return missed",
)


def reference(schedule: TurnSchedule, epochs: int, steps: int) -> list[int]:
    """In how many steps of each epoch the discriminator does not train, (epochs,)."""
    return [sum(not schedule(epoch, step)[0] for step in range(1, steps + 1)) for epoch in range(1, epochs + 1)]


def inputs(generator: torch.Generator) -> Inputs:
    """A schedule drawn at random: 7 epochs of 9 steps; the networks' turns differ in number in every epoch.

    The discriminator rests in the whole first epoch, and in the very last step.
    """
    rests = torch.stack([torch.randperm(9, generator=generator) < k for k in (9, 2, 0, 5, 4, 6, 3)])
    rests[-1] = rests[-1].roll(-int(rests[-1].int().argmax()) - 1)
    other = torch.stack([torch.randperm(9, generator=generator) < k for k in (1, 4, 5, 7, 2, 8, 6)])
    return {"discriminator": ~rests, "generator": ~other}


def _counted_nothing(rests: np.ndarray, of_schedule_c: object) -> Suspect:
    """No rest at all: of any schedule, or of none but Report D's, whose rule was written down instead."""
    if np.array_equal(np.asarray(of_schedule_c, dtype=object), [11, 11]):
        return (
            "schedule-not-asked",
            0 * rests,
            "A rule of your own was counted: ask the schedule that is given, schedule(epoch, step).discriminator.",
        )
    return (
        "zero",
        0 * rests,
        'Nothing was counted. A pair is never "not": take its first entry, .discriminator.',
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 12.6."""
    rests, other = (~inputs[name].numpy() for name in ("discriminator", "generator"))
    axes = "One number for each epoch."
    judge.close(
        "listed",
        rests.sum(1),
        axes=axes,
        case="a schedule of 7 epochs with 9 steps",
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
            _counted_nothing(rests.sum(1), judge.values.get("C")),
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
        ("long", turns.schedule_d, 6, 60, "schedule D, 6 epochs of 60 steps"),
        ("single steps", turns.schedule_d, 6, 1, "schedule D, 6 epochs of one step"),
        ("even", turns.SkipSteps(3), 3, 8, "a schedule that skips every third step, 3 epochs of 8 steps"),
        ("one epoch", turns.schedule_a, 1, 3, "a single epoch"),
    ):
        judge.close(label, reference(schedule, epochs, steps), axes=axes, case=case)
