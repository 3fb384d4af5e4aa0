"""Exercise 3.5: Laplace draws."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from course_utils.distributions import Laplace

from ..contract import Inputs
from ..drawing import between
from ..judging import Judge, Suspect
from .shared import PER_NOISE, judge_noise

TITLE = "Laplace draws"
NAME = "sample_laplace"
POINTS = 2
HINTS = (
    "Clamp u first. Then one formula for both halves, with v = u - 1/2 and its sign.",
    "z = mu - b * sign(v) * ln(1 - 2|v|), v = u - 1/2; torch.sign and torch.log1p help.",
    "def sample_laplace(mu, b, u):\n    v = u.clamp(1e-7, ___) - 0.5\n"
    "    return mu - b * torch.sign(___) * torch.log1p(-2 * ___)",
)


def reference(mu: Tensor | float, b: Tensor | float, u: Tensor) -> Tensor:
    """The z of Laplace(mu, b) below which a fraction u lies; finite at the edges too."""
    return Laplace(torch.as_tensor(mu, dtype=u.dtype), torch.as_tensor(b, dtype=u.dtype)).icdf(u)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 3.5."""
    mu = between(
        generator, (0.3, 1.3), (-1.3, -0.3), (0.3, 1.3), (-1.3, -0.3), (6, 7), (-7, -6), (0.3, 1.3), (-1.3, -0.3)
    )
    b = between(
        generator, (1.4, 2.4), (0.2, 0.4), (0.5, 0.8), (1.4, 2.4), (0.05, 0.08), (1.4, 2.4), (5.5, 6.5), (0.5, 0.8)
    )
    low, high = ((1e-4, 2e-4), (0.02, 0.05), (0.1, 0.25), (0.3, 0.45)), ((0.55, 0.7), (0.8, 0.9), (0.95, 0.98))
    u = between(generator, *low, *high, (1 - 2e-4, 1 - 1e-4))
    order = torch.tensor([3, 0, 6, 1, 7, 4, 2, 5])
    return {"mu": mu[order], "b": b[order], "u": u[order], "edges": torch.tensor([0.0, 0.5, 1 - 2**-24, 1.0])}


def _laplace_suspects(mu: Tensor, b: Tensor, u: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions of the inverse CDF give."""
    v = u - 0.5
    magnitude = -torch.log1p(-2 * v.abs())
    return (
        ("falling", mu - b * v.sign() * magnitude, "This falls with u: the signs of the two halves are exchanged."),
        *(
            (
                "edges-cut",
                reference(mu, b, u.clamp(c, 1 - c)),
                "The clamp cuts off too much: 1e-7 from the edge is enough.",
            )
            for c in (0.1, 0.05, 0.01, 1e-3)
        ),
        ("b-missing", mu + v.sign() * magnitude, "The stretch b is missing."),
        ("mu-missing", b * v.sign() * magnitude, "mu is missing."),
        ("sign-missing", mu + b * magnitude, "All draws lie on one side: below u = 1/2 the draw lies left of mu."),
        ("exponential", mu - b * torch.log(1 - u), "-b ln(1 - u) is an exponential distribution, one side only."),
        ("two-missing", mu + b * v.sign() * -torch.log(1 - v.abs()), "Inside the logarithm stands 2|v|, not |v|."),
        ("two-missing", mu + b * torch.where(v < 0, u.log(), -(1 - u).log()), "Inside the logarithm stands 2u, not u."),
        ("sign-in-logarithm", mu - b * v.sign() * torch.log1p(2 * v.abs()), "Inside stands 1 - 2|v|, with a minus."),
        ("b-squared", mu + b**2 * v.sign() * magnitude, "b enters once, not squared."),
        ("b-divides", mu + v.sign() * magnitude / b, "b stretches: multiply by it."),
        (
            "density",
            torch.exp(-(u - mu).abs() / b) / (2 * b),
            "This is the density at u; the inverse of the CDF is asked for.",
        ),
        (
            "cdf",
            torch.where(u < mu, torch.exp((u - mu) / b) / 2, 1 - torch.exp(-(u - mu) / b) / 2),
            "This is the CDF, from z to u: solve it for z.",
        ),
        ("normal", mu + b * torch.special.ndtri(u), "This is the inverse CDF of a normal distribution."),
        (
            "variance-for-scale",
            mu + b / 2**0.5 * v.sign() * magnitude,
            "b is the scale in the density, not the standard deviation: no root of 2.",
        ),
        (
            "decimal-logarithm",
            mu + b * v.sign() * magnitude / math.log(10),
            "The logarithm is the natural one: torch.log, torch.log1p.",
        ),
        ("one-added-twice", mu - b * v.sign() * torch.log1p(1 - 2 * v.abs()), "log1p adds the 1 itself: log1p(-2|v|)."),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 3.5."""
    mu, b, u = (inputs[name].double() for name in ("mu", "b", "u"))
    right = reference(mu, b, u)
    judge_noise(judge, tuple(u.shape))
    judge.close(
        "draws",
        right,
        axes=PER_NOISE,
        at={"mu": mu, "b": b, "u": u},
        suspects=_laplace_suspects(mu, b, u),
    )
    judge.close("table", right.view(2, 4), axes=PER_NOISE, case="u of shape (2, 4)")
    _judge_edges(judge)
    judge.close("slope-mu", torch.ones_like(u), case="the gradient by mu")
    judge.close("slope", (right - mu) / b, case="the gradient by b")
    for label, argument in (("edge-slope-mu", "mu"), ("edge-slope", "b")):
        slopes = judge.array(label, (4,))
        if slopes is not None:
            judge.that(
                bool(np.isfinite(slopes).all()),
                "gradient-not-finite",
                f"At the edges the draw is finite, but its gradient by {argument} is not.",
                "An infinity that is cut off afterwards leaves 0 * inf in the gradient: clamp u before the logarithm.",
            )


def _judge_edges(judge: Judge) -> None:
    """Whether u = 0, 1/2, nearly 1 and 1 land at finite places, and far enough out."""
    edges = judge.array("edges", (4,), PER_NOISE)
    if edges is None:
        return
    at = f"sample_laplace returned {np.array2string(edges, precision=2)} at u = 0, 1/2, nearly 1 and 1"
    judge.that(
        bool(np.isfinite(edges).all()),
        "not-finite",
        f"{at}.",
        "Keep u away from 0 and 1 first, u.clamp(1e-7, 1 - 1e-7), and go on with what .clamp returns. "
        "(Closer than 6e-8 to an edge, a 32-bit u - 0.5 rounds onto it.)"
        if np.isfinite(edges[1])
        else "At u = 1/2 stands v = 0: nothing may be divided by v or |v|.",
    )
    judge.that(abs(edges[1]) < 1e-5, "median", f"{at}; u = 1/2 lands at mu, here 0.", "Half of all draws lie below mu.")
    far_out = np.array([-1, 1, 1]) * edges[[0, 2, 3]]
    judge.that(
        bool((far_out > math.log(1e4)).all()),
        "edges-cut",
        f"{at}.",
        "The clamp cuts off too much: 1e-7 from the edge is enough.",
    )
