"""Exercise 2.2: the KL in closed form."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from course_utils import divergences
from course_utils.distributions import STANDARD_NORMAL, Normal

from ..contract import Inputs
from ..drawing import between, uniform
from ..judging import Judge
from .shared import scalar_suspects

TITLE = "the KL in closed form"
NAME = "kl_normal"
POINTS = 2
HINTS = (
    "Four terms: one for the shift, three for the width. At mu = 0, sigma = 1 they must cancel.",
    "KL = (mu^2 + sigma^2 - 1 - ln sigma^2) / 2, and ln sigma^2 = 2 ln sigma.",
    "def kl_normal(mu, sigma):\n    shift = ___\n    width = sigma ** 2 - ___ - 2 * torch.log(___)\n"
    "    return (shift + width) / ___",
)


def reference(mu: Tensor, sigma: Tensor) -> Tensor:
    """KL(N(mu, sigma^2) || N(0, 1)) in nats, elementwise."""
    return divergences.kl(Normal(torch.as_tensor(mu), 2 * torch.log(torch.as_tensor(sigma))), STANDARD_NORMAL)


def inputs(generator: torch.Generator) -> Inputs:
    """Pairs with mu on both sides of 0 and sigma on both sides of 1, down to a hundredth, in three shapes."""
    mu = uniform(generator, 0.5, 2.0, 6) * torch.tensor([1.0, -1, 1, -1, 1, -1])
    wide = between(generator, (1.3, 1.6), (1.6, 2.0), (2.0, 2.5), (2.0, 2.5), (1.6, 2.0), (1.3, 1.6))
    narrow = between(generator, (0.01, 0.02), (0.04, 0.08), (0.1, 0.2), (0.2, 0.3), (0.3, 0.5), (0.6, 0.8))
    return {
        "wide": (mu, wide),
        "narrow": (mu, narrow),
        "far": (
            between(generator, (6.5, 7), (-7, -6.5), (0.05, 0.1), (-0.1, -0.05)),
            between(generator, (0.2, 0.4), (0.2, 0.4), (0.95, 0.975), (1.025, 1.05)),
        ),
        "broad": (between(generator, (-0.1, 0.1)), between(generator, (3.2, 3.3))),
        "table": (mu.view(2, 3), torch.cat([narrow[3:], wide[:3]]).view(2, 3)),
        "number": (mu[1].clone(), wide[4].clone()),
        "prior": (torch.zeros(3), torch.ones(3)),
    }


CASES = (
    ("wide", "mu and sigma of shape (6,), sigma above 1"),
    ("narrow", "mu and sigma of shape (6,), sigma below 1"),
    ("far", "codes far from the prior and close to it"),
    ("table", "mu and sigma of shape (2, 3)"),
    ("number", "mu and sigma of shape ()"),
)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 2.2."""
    for label, case in CASES:
        mu, sigma = (t.double() for t in inputs[label])
        axes = "One value for each pair (mu, sigma): nothing is summed here."
        cause = "The logarithm is of sigma^2, which is positive; mu may be negative."
        judge.finite(label, tuple(mu.shape), cause, axes=axes, case=case)
        at, suspects = {"mu": mu, "sigma": sigma}, scalar_suspects(mu, sigma)
        judge.close(label, reference(mu, sigma), axes=axes, at=at, case=case, suspects=suspects)
    mu, sigma = (t.double() for t in inputs["broad"])
    judge.close("broad", reference(mu, sigma), at={"mu": mu, "sigma": sigma}, case="a broad q", rtol=2e-3)
    judge.close("prior", np.zeros(3), case="mu = 0, sigma = 1", otherwise="At the prior itself the KL must be 0.")
