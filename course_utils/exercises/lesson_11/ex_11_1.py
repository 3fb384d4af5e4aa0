"""Exercise 11.1: the same spread."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from ..contract import Inputs
from ..drawing import uniform
from ..judging import Judge, Suspect, shown
from .probe_11_1 import PARTS
from .shared import PER_ELEMENT, ROOT_2, ROOT_3

TITLE = "the same spread"
NAME = "same_spread"
POINTS = 1
HINTS = (
    "The variance is sd squared. Set it equal to each family's variance, and solve.",
    "2 b^2 = sd^2, and w^2 / 12 = sd^2 for the width w; half of w lies on each side of the mean.",
    "def same_spread(mean, sd):\n    b = sd / ___\n    half_width = ___ * sd\n    return b, mean - ___, mean + ___",
)


def reference(mean: Tensor, sd: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Scale b of the Laplace, ends low and high of the uniform density with this mean and standard deviation."""
    return sd / ROOT_2, mean - ROOT_3 * sd, mean + ROOT_3 * sd


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 11.1; every sd is above 1, so that a square or a root shows; then small ones, and a
    table of far larger ones, whose ends lie on both sides of 0 or on one."""
    return {
        "mean": uniform(generator, 0.4, 1.2, 6) * torch.tensor([1.0, -1, 1, -1, 1, -1]),
        "sd": uniform(generator, 1.5, 2.5, 6),
        "small": uniform(generator, 1e-3, 1e-2, 3),
        "far": uniform(generator, 20, 30, 2, 3) * torch.tensor([-6.0, 6, -1]),
        "wide": uniform(generator, 20, 60, 2, 3),
    }


def _edge_suspects(mean: Tensor, sd: Tensor, side: int) -> tuple[Suspect, ...]:
    """What wrong widths give for the end on this side, -1 or 1."""

    def end(half: Tensor | float) -> Tensor:
        return mean + side * half

    return (
        ("half-width-is-sd", end(sd), "The ends lie further out than one sd: the width w has w^2 / 12 = sd^2."),
        (
            "width-for-half",
            end(2 * ROOT_3 * sd),
            "The whole width was laid on each side of the mean: half of it belongs there.",
        ),
        ("width-is-sd", end(sd / 2), "The width is larger than the sd: w^2 / 12 = sd^2."),
        ("root-missing", end(6 * sd), "w^2 = 12 sd^2: take the root of 12, too."),
        ("root-missing", end(3 * sd), "(w / 2)^2 = 3 sd^2: take the root of 3, too."),
        ("sd-as-variance", end(torch.sqrt(3 * sd)), "sd is the standard deviation: its square is the variance."),
        ("variance-as-sd", end(ROOT_3 * sd**2), "One square too many: w = sqrt(12) sd."),
        ("divided", end(sd / ROOT_3), "Turned round: sqrt(3) multiplies the sd."),
        ("mean-missing", side * ROOT_3 * sd, "The interval lies around 0: move it to the mean."),
        ("width-for-end", 2 * ROOT_3 * sd, "This is the width of the interval: its end is asked for."),
        ("wrong-side", end(-ROOT_3 * sd), "This is the other end: low lies below the mean, high above it."),
        ("starts-at-mean", mean, "The mean lies in the middle of the interval, not at its end."),
        (
            "starts-at-mean",
            mean - side * 2 * ROOT_3 * sd,
            "The mean lies in the middle of the interval, not at its end.",
        ),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 11.1."""
    if "all b" not in judge.values:
        _refuse_not_three(judge)
        return
    for label, mean, sd in (
        ("all", inputs["mean"].double(), inputs["sd"].double()),
        ("small", inputs["mean"][:3].double(), inputs["small"].double()),
        ("wide", inputs["far"].double(), inputs["wide"].double()),
    ):
        _judge_three(judge, label, mean, sd)


def _judge_three(judge: Judge, label: str, mean: Tensor, sd: Tensor) -> None:
    """Whether b and both ends are right for these means and standard deviations."""
    for name in PARTS:
        judge.array(f"{label} {name}", tuple(sd.shape), f"{PER_ELEMENT} This is {name}.")
    judge.that(
        f"{label}:changed" not in judge.values,
        "changed-input",
        "same_spread changed one of its own inputs.",
        "Make new tensors instead.",
    )
    at: dict[str, ArrayLike] = {"mean": mean, "sd": sd}
    judge.close(
        f"{label} b",
        sd / ROOT_2,
        at=at,
        axes=PER_ELEMENT,
        case="b",
        atol=1e-6,
        suspects=(
            ("b-is-sd", sd, "The variance of Laplace(mu, b) is 2 b^2, not b^2."),
            ("mean-added", mean + sd / ROOT_2, "b is a scale: the mean does not enter it."),
            ("inverse", sd * ROOT_2, "Turned round: b is smaller than the standard deviation."),
            ("root-missing", sd / 2, "2 b^2 = sd^2: take the root of 2, too."),
            ("root-missing", sd**2 / 2, "This is b^2: take the root."),
            ("sd-as-variance", torch.sqrt(sd / 2), "sd is the standard deviation: its square is the variance."),
            ("variance-as-sd", sd**2 / ROOT_2, "One square too many: b = sd / sqrt(2)."),
        ),
        otherwise="Solve 2 b^2 = sd^2 for b.",
    )
    _judge_together(judge, label, mean, sd)
    for name, side in (("low", -1), ("high", 1)):
        judge.close(
            f"{label} {name}",
            mean + side * ROOT_3 * sd,
            at=at,
            axes=PER_ELEMENT,
            case=name,
            suspects=_edge_suspects(mean, sd, side),
            atol=1e-6,
            otherwise="Solve w^2 / 12 = sd^2 for the width w.",
        )


def _judge_together(judge: Judge, label: str, mean: Tensor, sd: Tensor) -> None:
    """Slips that only both ends together give away."""
    if judge.findings:
        return
    low, high = (np.asarray(judge.values[f"{label} {name}"], dtype=np.float64) for name in ("low", "high"))
    exchanged = np.allclose(low, mean + ROOT_3 * sd, rtol=1e-4) and np.allclose(high, mean - ROOT_3 * sd, rtol=1e-4)
    judge.that(
        not exchanged,
        "swapped",
        f"same_spread returned {shown(low)} for low and {shown(high)} for high.",
        "low and high are exchanged: b, low, high is the order.",
    )


def _refuse_not_three(judge: Judge) -> None:
    """A finding for an answer that is not three things."""
    raised = judge.values.get("all")
    if raised is None or isinstance(raised, dict) and "raised" in raised:
        judge.array("all", (3,))
    judge.that(False, "not-three", "same_spread did not return three things.", "return b, low, high")
