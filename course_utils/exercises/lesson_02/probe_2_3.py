"""What is tried on an answer to exercise 2.3; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def _closed_form(mu: Tensor, sigma: Tensor) -> Tensor:
    return (mu**2 + sigma**2 - 1 - 2 * sigma.log()) / 2


# Name: (candidate, whether it is right, how the card calls it). Several pass two of the three demands.
CANDIDATES: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], bool, str]] = {
    "right": (_closed_form, True, "the right formula"),
    "rounded": (
        lambda mu, sigma: _closed_form(mu, sigma) - 1e-7,
        True,
        "the right formula with a rounding error of 1e-7",
    ),
    "printed": (
        lambda mu, sigma: -(2 * sigma.log() + 1 + sigma**2 * (mu**2).exp()) / 2,
        False,
        "Report E's printed formula, -1 at the prior",
    ),
    "negated": (lambda mu, sigma: -_closed_form(mu, sigma), False, "a formula with the sign turned round"),
    "zero": (lambda mu, sigma: 0 * mu * sigma, False, "a formula that is 0 everywhere"),
    "doubled": (lambda mu, sigma: 2 * _closed_form(mu, sigma), False, "a formula without the 1/2"),
    "sometimes-negative": (
        lambda mu, sigma: _closed_form(mu, sigma) + (mu - mu**2) / 2,
        False,
        "a formula with mu for mu^2, negative at mu = -1, sigma = 1",
    ),
    "slightly-off": (lambda mu, sigma: 1.002 * _closed_form(mu, sigma), False, "a formula that is 0.2 % too large"),
    "clamped": (
        lambda mu, sigma: _closed_form(mu, sigma).clamp_min(0.05),
        False,
        "a formula that gives 0.05 at the prior",
    ),
}


def _candidate(name: str) -> Callable[[Any, Any], Tensor]:
    """The candidate as a student's test calls it: with tensors or plain numbers, and the same dtype back."""
    formula, default = CANDIDATES[name][0], torch.get_default_dtype()
    return lambda mu, sigma: formula(
        *(t if t.is_floating_point() else t.to(default) for t in (torch.as_tensor(mu), torch.as_tensor(sigma)))
    )


def probe(answer: Callable[..., bool], inputs: Inputs) -> Values:
    """Call the answer of exercise 2.3 and collect what comes back."""
    probe = Probe(answer)
    for name in CANDIDATES:
        probe.call(name, _candidate(name))
    return probe.values
