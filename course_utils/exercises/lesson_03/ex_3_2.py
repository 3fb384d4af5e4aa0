"""Exercise 3.2: the pathwise gradient."""

from __future__ import annotations

import torch
from torch import Tensor

from ..contract import Finding, Inputs, Values
from ..judging import Judge
from .shared import PER_DRAW

TITLE = "the pathwise gradient"
NAME = "pathwise_gradients"
POINTS = 1
HINTS = (
    "Chain rule: df/dmu = f'(z) * dz/dmu, with z = mu + eps.",
    "f'(z) = 2 (z - 3) and dz/dmu = 1.",
    "def pathwise_gradients(mu, eps):\n    z = ___ + ___\n    return 2 * (___)",
)


def reference(mu: Tensor | float, eps: Tensor) -> Tensor:
    """d/dmu of (z - 3)^2 at z = mu + eps, for each eps."""
    return 2 * (mu + eps - 3)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercises 3.2 and 3.3."""
    mu, baseline = 0.5 + torch.rand(2, generator=generator).double()
    return {"mu": mu.item(), "eps": torch.randn(9, generator=generator), "baseline": 5 + baseline.item()}


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 3.2."""
    judge = Judge(NAME, values)
    mu, eps = inputs["mu"], inputs["eps"].double()
    right = reference(mu, eps)
    judge.close(
        "gradients",
        right,
        axes=PER_DRAW,
        at={"mu": mu, "eps": eps},
        suspects=(
            ("two-missing", right / 2, "The derivative of a square brings down a 2."),
            ("sign", -right, "The sign is turned round."),
            ("function-itself", (mu + eps - 3) ** 2, "This is f(z); its derivative is asked for."),
            ("noise-forgotten", 2 * (mu - 3) + 0 * eps, "The draw is z = mu + eps: eps is missing."),
            ("mu-forgotten", 2 * (eps - 3), "The draw is z = mu + eps: mu is missing."),
            ("times-eps", right * eps, "dz/dmu is 1; times eps would be the derivative by sigma."),
            ("score", (mu + eps - 3) ** 2 * eps, "This is the score-function estimator: that is the next exercise."),
            ("plus-three", 2 * (mu + eps + 3), "f is (z - 3)^2, with a minus."),
            ("eps-subtracted", 2 * (mu - eps - 3), "The draw is z = mu + eps, with a plus."),
        ),
        otherwise="By the chain rule: f'(z) dz/dmu, at z = mu + eps, with f(z) = (z - 3)^2.",
    )
    judge.close("tensor", right[:4], axes=PER_DRAW, case="mu as a tensor")
    return judge.findings
