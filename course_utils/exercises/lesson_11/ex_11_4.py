"""Exercise 11.4: a support that cannot leave."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..contract import Inputs
from ..drawing import uniform
from ..judging import Judge
from .probe_11_4 import ORDER

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


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 11.4."""
    if "points low" not in judge.values:
        raised = judge.values.get("points")
        if raised is None or isinstance(raised, dict) and "raised" in raised:
            judge.array("points", (2, 7), PAIR)
        judge.that(False, "not-a-pair", "support_inside did not return two things.", PAIR)
        return
    _judge_exchanged(judge)
    for label, shape in (("points", inputs["place"].shape), ("grid", inputs["grid"][0].shape), ("table", (2, 3))):
        _judge_ends(judge, label, shape, "")
    _judge_order(judge)
    _judge_reach(judge, inputs)
    _judge_ends(judge, "ends", inputs["ends"][0].shape, " for free numbers as large as 10,000")
    _judge_slopes(judge)


_NOT_FINITE = (
    "support_inside returned an end that is not a finite number for free numbers far from 0.",
    "exp of a large number overflows.",
)


def _judge_exchanged(judge: Judge) -> None:
    """Whether both ends come in the wrong order, and all else may be right."""
    pairs = [(judge.values.get(f"{label} low"), judge.values.get(f"{label} high")) for label in ("points", "grid")]
    turned = all(
        isinstance(low, np.ndarray) and isinstance(high, np.ndarray) and low.shape == high.shape and (low > high).all()
        for low, high in pairs
    )
    judge.that(
        not turned,
        "exchanged",
        "The first of the two tensors lies above the second everywhere.",
        "Are the two exchanged? low comes first: return low, high.",
    )


def _judge_ends(judge: Judge, label: str, shape: tuple[int, ...], where: str) -> None:
    """Whether 0 <= low < high <= 1 for every pair of free numbers."""
    low, high = judge.array(f"{label} low", shape, PAIR), judge.array(f"{label} high", shape, PAIR)
    if low is None or high is None:
        return
    far = (
        "In 32 bits sigmoid(-200) is exactly 0 and sigmoid(30) exactly 1: are the free numbers kept within -8 and 8 "
        "first, by clamp or tanh?"
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
        *_NOT_FINITE,
    )
    judge.that(
        low.min() >= 0,
        "outside-left",
        f"low goes down to {low.min():.4g}{where}, below 0.",
        "A sigmoid keeps any number between 0 and 1; an end that is a middle less half a width needs a middle that "
        "keeps half a width away from 0.",
    )
    judge.that(
        high.max() <= 1,
        "outside-right",
        f"high goes up to {high.max():.4g}{where}, above 1.",
        "What is added to the other end may pass 1: let it be a share of the room that is left.",
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


def _judge_order(judge: Judge) -> None:
    """Whether every pair of free numbers has an interval of its own, wherever it stands among others."""
    for end in ("low", "high"):
        first = judge.array(f"points {end}", (7,), PAIR)
        again = judge.array(f"in another order {end}", (7,), PAIR)
        judge.that(
            first is None or again is None or np.allclose(first[ORDER], again, atol=1e-5),
            "not-elementwise",
            f"{end} of the same free numbers changes with the order in which they come.",
            "Each pair of free numbers has an interval of its own: no sort, mean or maximum over them.",
        )


def _worst_pair(low: np.ndarray, high: np.ndarray) -> str:
    at = (high - low).argmin()
    return f"({low.flat[at]:.4g}, {high.flat[at]:.4g})"


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
    judge.that(bool(np.isfinite([low, high]).all()), "not-finite", *_NOT_FINITE)
    for target in TARGETS:
        distance = np.maximum(np.abs(low - target[0]), np.abs(high - target[1]))
        near = distance.argmin()
        judge.that(
            distance[near] < 0.06,
            "out-of-reach",
            f"No free numbers give an interval near {target}; the nearest is ({low[near]:.2f}, {high[near]:.2f}).",
            "One free number for the width, one for the place in the room "
            "that is left: every interval inside [0, 1] should be possible.",
        )
    narrow, wide = (high - low).min(), (high - low).max()
    judge.that(
        narrow < 0.03 and wide > 0.97,
        "out-of-reach",
        f"Over all free numbers that were tried, the width runs from {narrow:.3f} to {wide:.3f}.",
        "Every width between 0 and 1 should be possible, or nearly: is it bounded somewhere?",
    )


def _judge_slopes(judge: Judge) -> None:
    """Whether both free numbers move the interval, each in a way of its own."""
    slopes = judge.array("slopes", (4, 7))
    if slopes is None:
        return
    judge.that(bool(np.isfinite(slopes).all()), "gradient-not-finite", "A derivative of low or high is not finite.")
    for name, by in (("place", slopes[[0, 2]]), ("width", slopes[[1, 3]])):
        judge.that(
            bool(np.abs(by).max() > 0),
            "no-slope",
            f"No gradient reaches {name}: neither low nor high changes with it.",
            f"Is {name} used, and in torch alone? A .detach(), a round or numpy cuts the gradient off.",
        )
    turns = np.abs(slopes[0] * slopes[3] - slopes[1] * slopes[2])
    judge.that(
        bool((turns > 1e-4).all()),
        "no-slope",
        "At some free numbers the interval cannot be moved and stretched by gradients.",
        "Two numbers, two ways to move: gradients must reach both, and no change of one may do what the other does. "
        "A clamp or a .detach() cuts a way off.",
    )
