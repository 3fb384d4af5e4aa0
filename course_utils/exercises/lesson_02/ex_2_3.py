"""Exercise 2.3: a test that refuses wrong formulas."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..contract import Inputs
from ..drawing import uniform
from ..judging import Judge
from . import ex_2_2
from .probe_2_3 import LOG_SIGMA, MU, formula

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

KNOWN = 2 - math.log(2)
ROOM = 1e-4
ROWS, COLUMNS = 52, 36
"""Chebyshev coefficients along mu and along ln sigma: enough for the fastest candidate, sigma^2 exp(mu^2)."""


def reference(kl: Callable[[Any, Any], Tensor]) -> bool:
    """Whether a candidate is 0 at the prior, nowhere negative on a grid, and 2 - ln 2 at mu = 1, sigma = 2."""
    return not _broken(kl)


def _broken(kl: Callable[[Any, Any], Tensor]) -> dict[str, str]:
    """The demands that a formula does not meet: what it gives instead, in words."""
    grid = torch.cartesian_prod(torch.linspace(-2, 2, 9), torch.linspace(0.5, 2, 7))
    mu, sigma = torch.cat([torch.tensor([[0.0, 1.0], [1.0, 2.0]]), grid]).unbind(1)
    values = kl(mu, sigma)
    at_prior, known, on_grid = values[0], values[1], values[2:]
    least = int(on_grid.argmin())
    found = {}
    if at_prior.abs() > ROOM:
        found["prior"] = f"{at_prior:.4g} at the prior"
    if on_grid.min() < -ROOM:
        found["negative"] = f"{on_grid.min():.4g} at mu = {grid[least, 0]:.4g}, sigma = {grid[least, 1]:.4g}"
    if (known - KNOWN).abs() > ROOM:
        found["value"] = f"{known:.5g} at mu = 1, sigma = 2"
    return found


def _table(candidate: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """A candidate as Chebyshev coefficients, from its values at the Chebyshev nodes: (ROWS, COLUMNS)."""
    (_, along_mu), (_, along_sigma) = _nodes(MU, ROWS), _nodes(LOG_SIGMA, COLUMNS)
    return along_mu @ candidate(*_places()) @ along_sigma.T


@cache
def _places() -> tuple[Tensor, Tensor]:
    """mu, (ROWS, 1), and sigma, (1, COLUMNS), at which every table is taken."""
    (mu, _), (log_sigma, _) = _nodes(MU, ROWS), _nodes(LOG_SIGMA, COLUMNS)
    return mu[:, None], log_sigma.exp()[None, :]


@cache
def _nodes(interval: tuple[float, float], count: int) -> tuple[Tensor, Tensor]:
    """Chebyshev nodes of an interval, and the matrix that turns values there into coefficients."""
    low, high = interval
    angles = (torch.arange(count).double() + 0.5) * math.pi / count
    matrix = 2 / count * torch.cos(torch.arange(count).double()[:, None] * angles)
    matrix[0] /= 2
    return (low + high) / 2 + (high - low) / 2 * angles.cos(), matrix


def _candidates(generator: torch.Generator) -> list[Callable[[Tensor, Tensor], Tensor]]:
    """Formulas, right and wrong, with drawn amounts; several fail in one demand only, on one side only."""

    def amount(low: float, high: float) -> float:
        return uniform(generator, low, high).item()

    right = cache(ex_2_2.reference)  # all tables are taken at the same places

    def scaled(factor: float) -> Callable[[Tensor, Tensor], Tensor]:
        return lambda mu, sigma: factor * right(mu, sigma)

    def shifted(by: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
        return lambda mu, sigma: right(mu, sigma) + by(mu, sigma)

    def raised(height: float) -> Callable[[Tensor, Tensor], Tensor]:
        return shifted(lambda mu, sigma: height * (1 - mu * sigma.log() / math.log(2)) ** 2)

    def constant(height: float) -> Callable[[Tensor, Tensor], Tensor]:
        return shifted(lambda mu, sigma: height + 0 * mu * sigma)

    left, narrow, wide, near = amount(0.6, 1), amount(0.7, 0.9), amount(1.5, 1.8), amount(1, 1.3)
    return [
        right,
        right,
        constant(-amount(2e-7, 9e-7)),
        constant(amount(2e-7, 9e-7)),
        lambda mu, sigma: -(2 * sigma.log() + 1 + sigma**2 * (mu**2).exp()) / 2,
        lambda mu, sigma: -right(mu, sigma),
        lambda mu, sigma: 0 * mu * sigma,
        scaled(2),
        scaled(0.5),
        scaled(1 + amount(0.002, 0.003)),
        scaled(1 - amount(0.002, 0.003)),
        scaled(amount(1.1, 3)),
        scaled(amount(0.1, 0.9)),
        constant(amount(0.1, 0.5)),
        raised(amount(0.004, 0.006)),
        raised(amount(0.05, 0.2)),
        shifted(lambda mu, sigma: left * (mu - mu**2)),
        shifted(lambda mu, sigma: narrow * sigma.log() * (1 - mu)),
        shifted(lambda mu, sigma: -wide * sigma.log() * (1 - mu)),
        shifted(lambda mu, sigma: near * mu * (sigma.log() - math.log(2))),
    ]


def inputs(generator: torch.Generator) -> Inputs:
    """The candidates in a drawn order, as tables: nothing tells a right one from a wrong one but its values."""
    tables = [_table(candidate) for candidate in _candidates(generator)]
    order = torch.randperm(len(tables), generator=generator).tolist()
    return {"tables": [tables[i] for i in order]}


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 2.3."""
    broken = {str(i): _broken(formula(table)) for i, table in enumerate(inputs["tables"])}
    _judge_answers(judge, list(broken))
    if judge.findings:
        return
    said = {label: bool(np.asarray(judge.values[label]).item()) for label in broken}
    wrong = [label for label in broken if broken[label]]
    right = [label for label in broken if not broken[label]]
    judge.that(
        any(said.values()),
        "refuses-right",
        "is_right_kl said False to every formula, also to the right one.",
        "Never ==, for computers round: is there room of 1e-4 in each demand, and is each the right way round?",
    )
    judge.that(
        not all(said.values()),
        "accepts-all",
        f"is_right_kl said True to all {len(said)} formulas, of which {len(wrong)} are wrong.",
        "Does it call kl, the function that it is given, and return what it finds?",
    )
    judge.that(
        any(said[label] for label in right),
        "refuses-right",
        "is_right_kl said False to the right formula, and True to wrong ones.",
        "Are the demands turned round?",
    )
    judge.that(
        all(said[label] for label in right),
        "refuses-rounded",
        "is_right_kl said False to the right formula with a rounding error of less than 1e-6.",
        "Rounding gives -1e-7 where 0 is right, and 1.30685 has only five decimals: leave room of 1e-4 everywhere.",
    )
    _judge_wrong(judge, {label: broken[label] for label in wrong if said[label]})


def _judge_answers(judge: Judge, labels: list[str]) -> None:
    """Whether each formula got one answer, and none stopped the test."""
    for label in labels:
        value = judge.values[label]
        if isinstance(value, dict) and value.get("raised") == "AssertionError":
            judge.that(
                False,
                "raised",
                "is_right_kl stopped with AssertionError at a formula.",
                "A test that is asked for True or False must not stop: return False where a demand does not hold.",
            )
        judge.array(label, (), "One answer, True or False, for the formula as a whole: .all() joins many.")


_CHECKED = {
    "prior": "Two of the demands hold there. The first does not: 0 at the prior, whatever the sign, to within 1e-4.",
    "negative": "Two of the demands hold there. The second does not: nowhere negative, for mu and sigma on a grid.",
    "value": "Two of the demands hold there. The third does not: 1.30685 to within 1e-4, not more and not less: abs().",
}


def _judge_wrong(judge: Judge, accepted: dict[str, dict[str, str]]) -> None:
    """Which demand the answer does not make, by the wrong formulas that it accepts: those first that break but one."""
    for broken in sorted(accepted.values(), key=lambda demands: (len(demands), list(demands))):
        one = next(iter(broken)) if len(broken) == 1 else ""
        judge.that(
            False,
            f"misses-{one}" if one else "misses-several",
            f"is_right_kl said True to a formula that gives {' and '.join(broken.values())}.",
            _CHECKED.get(one, "Join the demands with `and`: a formula that breaks any of them is wrong."),
        )
