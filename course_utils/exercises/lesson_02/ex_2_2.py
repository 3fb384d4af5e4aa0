"""Exercise 2.2: the KL in closed form."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from course_utils import divergences
from course_utils.distributions import STANDARD_NORMAL, Normal

from ..contract import Finding, Inputs, Values
from ..drawing import uniform
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
    """Random inputs of exercise 2.2."""
    mu = uniform(generator, 0.5, 2.0, 5) * torch.tensor([1.0, -1, 1, -1, 1])
    return {
        "mu": mu,
        "sigma": uniform(generator, 1.3, 2.5, 5),
        "narrow": uniform(generator, 0.05, 0.5, 5),
        "prior": (torch.zeros(3), torch.ones(3)),
    }


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 2.2."""
    judge = Judge(NAME, values)
    mu = inputs["mu"].double()
    for label, sigma in (("wide", inputs["sigma"].double()), ("narrow", inputs["narrow"].double())):
        judge.close(
            label,
            reference(mu, sigma),
            axes="One value for each pair (mu, sigma): nothing is summed here.",
            at={"mu": mu, "sigma": sigma},
            suspects=scalar_suspects(mu, sigma),
        )
    judge.close("prior", np.zeros(3), case="mu = 0, sigma = 1", otherwise="At the prior itself the KL must be 0.")
    return judge.findings
