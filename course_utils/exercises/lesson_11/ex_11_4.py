"""Exercise 11.4: a support that cannot leave."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..contract import Finding, Inputs, Values
from ..drawing import uniform
from ..judging import Judge

TITLE = "a support that cannot leave"
NAME = "support_inside"
POINTS = 2
HINTS = (
    "Give the width first, as a share of [0, 1]. What room is left for the place?",
    "Bound both free numbers, to b and w. The width is the share sigmoid(w) of [0, 1], the left "
    "end the share sigmoid(b) of the room that the width leaves.",
    "def support_inside(place, width):\n    share = torch.sigmoid(width.clamp(-8, ___))\n"
    "    room = 1 - ___\n    low = torch.sigmoid(place.clamp(-8, ___)) * room\n    return low, low + ___",
)


PAIR = "return low, high: two tensors, each of the shape of place."


TARGETS = ((0.02, 0.1), (0.9, 0.98), (0.05, 0.95), (0.4, 0.6))


def reference(place: Tensor, width: Tensor) -> tuple[Tensor, Tensor]:
    """Ends of an interval inside [0, 1], never empty, for any two real numbers; every interval can be reached."""
    place, width = 8 * torch.tanh(place / 8), 8 * torch.tanh(width / 8)
    share = torch.sigmoid(width)
    low = torch.sigmoid(place) * (1 - share)
    return low, low + share


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 11.4, two of them where an interval may be wide and to one side; grids, and extreme
    ones."""
    grid = torch.linspace(-7.75, 7.75, 32)
    steps = torch.logspace(-2, 3.4, 20)
    wide = torch.cat([-steps, torch.zeros(1), steps])
    aside = torch.tensor([-1.4, 1.4])
    ends = torch.tensor([-1e4, -200.0, -30.0, 0.0, 30.0, 200.0, 1e4])
    return {
        "place": torch.cat([aside, uniform(generator, -1.5, 1.5, 5)]),
        "width": torch.cat([aside.abs(), uniform(generator, -1.5, 1.5, 5)]),
        "wide": torch.cartesian_prod(wide, wide).T.contiguous(),
        "grid": torch.cartesian_prod(grid, grid).T.contiguous(),
        "ends": torch.cartesian_prod(ends, ends).T.contiguous(),
    }


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 11.4."""
    judge = Judge(NAME, values)
    if "points low" not in values:
        raised = values.get("points")
        if raised is None or isinstance(raised, dict) and "raised" in raised:
            judge.array("points", (2, 7), PAIR)
        judge.that(False, "not-a-pair", "support_inside did not return two things.", PAIR)
        return judge.findings
    for label, places in (("points", inputs["place"]), ("grid", inputs["grid"][0])):
        _judge_ends(judge, label, len(places), "")
    _judge_reach(judge, inputs)
    _judge_ends(judge, "ends", inputs["ends"].shape[1], " for free numbers as large as 10,000")
    _judge_slopes(judge)
    return judge.findings


def _judge_ends(judge: Judge, label: str, count: int, where: str) -> None:
    """Whether 0 <= low < high <= 1 for every pair of free numbers."""
    low, high = judge.array(f"{label} low", (count,), PAIR), judge.array(f"{label} high", (count,), PAIR)
    if low is None or high is None:
        return
    far = (
        "Where nothing stands behind the comma, a 32-bit sigmoid(-200) is 0 and sigmoid(30) is 1: keep "
        "the free numbers "
        "within -8 and 8 first, by clamp or tanh."
    )
    judge.that(
        f"{label}:changed" not in judge.values,
        "changed-input",
        "support_inside changed one of its own inputs.",
        "Make new tensors instead.",
    )
    judge.that(
        bool(np.isfinite(low).all() and np.isfinite(high).all()),
        "not-finite",
        f"support_inside returned an end that is not a finite number{where}.",
        "exp of a large number overflows.",
    )
    judge.that(
        low.min() >= 0,
        "outside-left",
        f"low goes down to {low.min():.4g}{where}, below 0.",
        "A sigmoid keeps any number between 0 and 1.",
    )
    judge.that(
        high.max() <= 1,
        "outside-right",
        f"high goes up to {high.max():.4g}{where}, above 1.",
        "low + something may pass 1: let that something be a share of the room that is left.",
    )
    judge.that(
        not (low > high).any(),
        "turned-round",
        f"low lies above high{where}: {_worst_pair(low, high)}.",
        "Two numbers of their own do not know which of them is larger: build high from low, or both from the width.",
    )
    judge.that(
        not (low == high).any(),
        "empty" if not where else "empty-far-out",
        f"low equals high{where}: {_worst_pair(low, high)}.",
        far
        if where
        else "An empty interval costs ln(1 / 0), infinite: its width must be positive, also where both free "
        "numbers are equal.",
    )


def _worst_pair(low: np.ndarray, high: np.ndarray) -> str:
    at = (high - low).argmin()
    return f"({low[at]:.4g}, {high[at]:.4g})"


def _judge_reach(judge: Judge, inputs: Inputs) -> None:
    """Whether narrow and wide intervals anywhere can be had, some of them perhaps only by large free numbers."""
    found = [
        judge.array(f"{label} {end}", inputs[label][0].shape, PAIR)
        for end in ("low", "high")
        for label in ("grid", "wide")
    ]
    ends = [end for end in found if end is not None]
    if judge.findings:
        return
    low, high = np.concatenate(ends[:2]), np.concatenate(ends[2:])
    for target in TARGETS:
        distance = np.maximum(np.abs(low - target[0]), np.abs(high - target[1]))
        near = distance.argmin()
        judge.that(
            distance[near] < 0.08,
            "out-of-reach",
            f"No free numbers give an interval near {target}; the nearest is ({low[near]:.2f}, {high[near]:.2f}).",
            "One free number for the width, one for the place in the room "
            "that is left: every interval inside [0, 1] should be possible.",
        )


def _judge_slopes(judge: Judge) -> None:
    """Whether both free numbers move the interval, each in a way of its own."""
    slopes = judge.array("slopes", (4, 7))
    if slopes is None:
        return
    judge.that(bool(np.isfinite(slopes).all()), "gradient-not-finite", "A derivative of low or high is not finite.")
    turns = np.abs(slopes[0] * slopes[3] - slopes[1] * slopes[2])
    judge.that(
        bool((turns > 1e-4).all()),
        "no-slope",
        "At some free numbers the interval cannot be moved and stretched by gradients.",
        "A clamp, a round or a .detach() cuts the gradient off; low and high must depend on both numbers together.",
    )
