"""Exercise 2.3: a test that refuses wrong formulas."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..contract import Finding, Inputs, Values
from ..judging import Judge
from .probe_2_3 import CANDIDATES

TITLE = "a test that refuses wrong formulas"
NAME = "is_right_kl"
POINTS = 2
HINTS = (
    "Write one line for each of the three demands, each giving True or False; join them with "
    "and. Many answers become one with .all().",
    "abs(kl(0, 1)) < 1e-4;  (kl(grid_mu, grid_sigma) > -1e-4).all();  abs(kl(1, 2) - 1.30685) < 1e-4.",
    "def is_right_kl(kl):\n    at_prior = abs(kl(___, ___)) < 1e-4\n"
    "    never_negative = (kl(grid_mu, grid_sigma) > ___).all()\n    known_value = abs(kl(1.0, "
    "2.0) - ___) < 1e-4\n"
    "    return bool(at_prior and ___ and ___)",
)


def reference(kl: Callable[[Any, Any], Tensor]) -> bool:
    """Whether a candidate is 0 at the prior, nowhere negative on a grid, and 2 - ln 2 at mu = 1, sigma = 2."""
    zero, one = torch.tensor(0.0), torch.tensor(1.0)
    mu, sigma = torch.meshgrid(torch.linspace(-2, 2, 9), torch.linspace(0.5, 2, 7), indexing="ij")
    return bool(
        kl(zero, one).abs() < 1e-4
        and (kl(mu, sigma) > -1e-4).all()
        and (kl(one, 2 * one) - (2 - math.log(2))).abs() < 1e-4
    )


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 2.3."""
    judge = Judge(NAME, values)
    for name, (_, right, description) in CANDIDATES.items():
        got = judge.array(name, (), "One answer, True or False, for the candidate as a whole.")
        if got is not None and right:
            judge.that(
                bool(got),
                f"refuses-{name}",
                f"is_right_kl said False to {description}.",
                "Rounding gives -1e-7 where 0 is right, and 1.30685 has only five decimals: leave room "
                "of 1e-4 everywhere.",
            )
        elif got is not None:
            judge.that(
                not bool(got),
                f"misses-{name}",
                f"is_right_kl said True to {description}.",
                "Three demands: 0 at the prior, nowhere negative on a grid, 1.30685 at mu = 1, sigma = "
                "2, to within 1e-4.",
            )
    return judge.findings


def inputs(generator: torch.Generator) -> Inputs:
    """None: what is handed to the answer are formulas, and the probe has them."""
    return {}
