"""Exercise 3.4: uniform draws."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils.distributions import Uniform

from ..contract import Inputs
from ..drawing import between
from ..judging import Judge
from .shared import PER_NOISE, judge_noise

TITLE = "uniform draws"
NAME = "sample_uniform"
POINTS = 1
HINTS = (
    "Where must u = 0 land, where u = 1, and where u = 1/2?",
    "z = low + (high - low) * u.",
    "def sample_uniform(low, high, u):\n    width = ___ - ___\n    return ___ + width * ___",
)

CLAMPED = "u seems to be kept away from 0 and 1; here every u in [0, 1] has its place."
HALF_DETACHED = "One of the two mentions of low is cut off from the graph (.detach(), .item())."


def reference(low: Tensor | float, high: Tensor | float, u: Tensor) -> Tensor:
    """The z of U(low, high) below which a fraction u lies."""
    return Uniform(torch.as_tensor(low, dtype=u.dtype), torch.as_tensor(high, dtype=u.dtype)).icdf(u)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 3.4."""
    low = between(generator, (-7, -6), (-3, -2), (-1, -0.5), (-0.5, -0.1), (0.2, 0.5), (1, 2), (5.5, 6), (-2, -1))
    width = between(generator, (0.3, 0.6), (3, 5), (0.2, 0.4), (1, 2), (0.2, 0.5), (0.6, 0.9), (6, 7), (5, 6))
    u = between(
        generator, (0.02, 0.1), (0.2, 0.3), (0.3, 0.5), (0.9, 0.98), (0.6, 0.8), (0.01, 0.03), (0.8, 0.9), (0.4, 0.6)
    )
    return {"low": low, "high": low + width, "u": u, "edges": torch.tensor([0.0, 1.0])}


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 3.4."""
    low, high, u = (inputs[name].double() for name in ("low", "high", "u"))
    judge_noise(judge, tuple(u.shape))
    judge.close(
        "draws",
        low + (high - low) * u,
        axes=PER_NOISE,
        at={"low": low, "high": high, "u": u},
        suspects=(
            ("high-for-width", low + high * u, "u is stretched by the width, high - low, not by high."),
            (
                "falling",
                high - (high - low) * u,
                "This falls with u: an inverse CDF rises, from low at u = 0 to high at u = 1.",
            ),
            ("low-for-high", high + (high - low) * u, "The draw starts at low, not at high."),
            ("around-the-middle", (low + high) / 2 + (high - low) * u, "The draw starts at low, not in the middle."),
            ("width-only", (high - low) * u, "low is missing: the draw starts at 0."),
            ("no-width", low + u, "The width, high - low, is missing."),
            ("cdf", (u - low) / (high - low), "This is the CDF, from z to u: turn it round."),
            ("midpoint", (low + high) / 2 + 0 * u, "This is the mean: u is missing."),
            ("sum-for-width", low + (high + low) * u, "The width is high - low, with a minus."),
            (
                "first-interval",
                low[0] + (high[0] - low[0]) * u,
                "Each u has an interval of its own: low and high are tensors, too.",
            ),
            *(("u-clamped", low + (high - low) * u.clamp(c, 1 - c), CLAMPED) for c in (0.05, 0.1)),
            ("twice-the-width", (low + high) / 2 + (high - low) * (2 * u - 1), "This runs over twice the width."),
        ),
    )
    judge.close("table", (low + (high - low) * u).view(2, 4), axes=PER_NOISE, case="u of shape (2, 4)")
    judge.close("edges", torch.stack([low[0], high[1]]), case="u = 0 and u = 1")
    judge.close(
        "slope",
        1 - u,
        case="the gradient by low",
        suspects=(
            ("half-detached", -u, HALF_DETACHED),
            ("half-detached", torch.ones_like(u), HALF_DETACHED),
        ),
    )
    judge.close("slope-high", u, case="the gradient by high")
