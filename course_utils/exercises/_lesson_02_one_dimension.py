"""Lesson 02, exercises 2.1 to 2.3: the KL divergence in one dimension, and a test that refuses wrong formulas."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_utils import divergences
from course_utils.distributions import STANDARD_NORMAL, Normal

from .contract import Finding, Inputs, Values
from .judging import Judge, Suspect
from .probing import Probe


def uniform(generator: torch.Generator, low: float, high: float, *shape: int) -> Tensor:
    """Draws from [low, high)."""
    return low + (high - low) * torch.rand(shape, generator=generator)


# 2.1 ------------------------------------------------------------------------------------------------------------
def log_ratio(z: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    """ln q(z) - ln p(z), elementwise in nats, for q = N(mu, sigma^2) and p = N(0, 1)."""
    logvar = 2 * torch.log(torch.as_tensor(sigma))
    return Normal(torch.as_tensor(mu), logvar).log_prob(z) - STANDARD_NORMAL.log_prob(z)


def ratio_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 2.1."""
    return {
        "z": uniform(generator, -3, 3, 6),
        "mu": uniform(generator, 0.6, 1.5, 6),
        "sigma": uniform(generator, 1.3, 2.5, 6),
        "row": uniform(generator, -2, 2, 5, 1),
    }


def probe_ratio(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 2.1 and collect what comes back."""
    probe = Probe(answer)
    probe.call("points", inputs["z"], inputs["mu"], inputs["sigma"])
    probe.call("grid", inputs["row"], inputs["mu"], inputs["sigma"])
    return probe.values


def _ratio_suspects(z: Tensor, mu: Tensor, sigma: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions of the log ratio give, elementwise."""
    right = log_ratio(z, mu, sigma)
    log_q, log_p = Normal(mu, 2 * sigma.log()).log_prob(z), STANDARD_NORMAL.log_prob(z)
    square, log_sigma, prior = (z - mu) ** 2, sigma.log(), z**2 / 2
    return (
        ("reversed", -right, "This is ln p - ln q: q, from which z is drawn, comes first."),
        ("only-log-q", log_q + 0 * log_p, "This is ln q(z) alone: subtract ln p(z)."),
        ("added", log_q + log_p, "ln p(z) was added: subtract it."),
        ("no-logarithm", right.exp(), "This is the ratio q/p itself: take its logarithm."),
        ("densities-subtracted", log_q.exp() - log_p.exp(), "Densities were subtracted, not their logarithms."),
        (
            "sigma-as-variance",
            Normal(mu, log_sigma).log_prob(z) - log_p,
            "sigma was taken for the variance: it is the standard deviation, so square it.",
        ),
        (
            "variance-as-sigma",
            Normal(mu, 4 * log_sigma).log_prob(z) - log_p,
            "The variance was taken for sigma: one square too many.",
        ),
        (
            "sigma-not-squared",
            prior - square / sigma / 2 - log_sigma,
            "In the exponent the square (z - mu)^2 is divided by sigma^2, not by sigma.",
        ),
        (
            "brackets",
            prior - square / 2 * sigma**2 - log_sigma,
            "Brackets: a / 2 * b multiplies by b; write a / (2 * b).",
        ),
        ("log-sigma-missing", prior - square / sigma**2 / 2, "The term -ln sigma of ln q is missing."),
        (
            "log-sigma-sign",
            prior - square / sigma**2 / 2 + log_sigma,
            "ln q has -ln sigma: a wide density is a low one.",
        ),
        (
            "half-log-sigma",
            prior - square / sigma**2 / 2 - log_sigma / 2,
            "ln q has the term -ln sigma; half of it is the right share only for ln sigma^2.",
        ),
        ("half-missing", z**2 - square / sigma**2 - log_sigma, "The 1/2 in front of the squares is missing."),
    )


def judge_ratio(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 2.1."""
    judge = Judge("log_ratio", values)
    mu, sigma = inputs["mu"].double(), inputs["sigma"].double()
    for label, z in (("points", inputs["z"].double()), ("grid", inputs["row"].double())):
        judge.close(
            label,
            log_ratio(z, mu, sigma),
            axes="One value for each z: nothing is summed or averaged here.",
            at={"z": z, "mu": mu, "sigma": sigma},
            suspects=_ratio_suspects(z, mu, sigma),
        )
    return judge.findings


# 2.2 ------------------------------------------------------------------------------------------------------------
def kl_normal(mu: Tensor, sigma: Tensor) -> Tensor:
    """KL(N(mu, sigma^2) || N(0, 1)) in nats, elementwise."""
    return divergences.kl(Normal(torch.as_tensor(mu), 2 * torch.log(torch.as_tensor(sigma))), STANDARD_NORMAL)


def kl_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 2.2."""
    mu = uniform(generator, 0.5, 2.0, 5) * torch.tensor([1.0, -1, 1, -1, 1])
    return {
        "mu": mu,
        "sigma": uniform(generator, 1.3, 2.5, 5),
        "narrow": uniform(generator, 0.05, 0.5, 5),
        "prior": (torch.zeros(3), torch.ones(3)),
    }


def probe_kl(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 2.2 and collect what comes back."""
    probe = Probe(answer)
    probe.call("wide", inputs["mu"], inputs["sigma"])
    probe.call("narrow", inputs["mu"], inputs["narrow"])
    probe.call("prior", *inputs["prior"])
    return probe.values


def scalar_suspects(mu: Tensor, sigma: Tensor) -> tuple[tuple[str, Tensor, str], ...]:
    """What wrong versions of the one-dimensional formula give, elementwise."""
    variance, right = sigma**2, (mu**2 + sigma**2 - 1 - 2 * sigma.log()) / 2
    return (
        ("half-missing", 2 * right, "The 1/2 in front is missing."),
        ("sign", -right, "The sign is turned round: KL is never negative."),
        ("half-twice", right / 2, "The 1/2 was applied twice?"),
        ("sigma-for-variance", (mu**2 + sigma - 1 - sigma.log()) / 2, "sigma stands where sigma^2 belongs."),
        (
            "half-log",
            (mu**2 + variance - 1 - sigma.log()) / 2,
            "ln sigma^2 = 2 ln sigma: the logarithm is of the variance.",
        ),
        ("mu-not-squared", (mu + variance - 1 - variance.log()) / 2, "mu enters as mu^2."),
        ("mu-missing", (variance - 1 - variance.log()) / 2, "The term mu^2 is missing: a shifted q is not the prior."),
        (
            "log-missing",
            (mu**2 + variance - 1) / 2,
            "The term -ln sigma^2 is missing: a q narrower than p must be charged for it.",
        ),
        ("one-missing", (mu**2 + variance - variance.log()) / 2, "The -1 is missing: at the prior the KL must be 0."),
        ("log-sign", (mu**2 + variance - 1 + variance.log()) / 2, "ln sigma^2 enters with a minus."),
        ("brackets", mu**2 / 2 + variance - 1 - variance.log(), "The 1/2 must reach every term: put them in brackets."),
        (
            "printed-formula",
            -(variance.log() + 1 + (variance.log() + mu**2).exp()) / 2,
            "This is the printed formula with its lost minus signs: at the prior it gives -1.",
        ),
        (
            "reverse-kl",
            (mu**2 / variance + 1 / variance - 1 + variance.log()) / 2,
            "This is KL(p || q): q and p are exchanged.",
        ),
    )


def judge_kl(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 2.2."""
    judge = Judge("kl_normal", values)
    mu = inputs["mu"].double()
    for label, sigma in (("wide", inputs["sigma"].double()), ("narrow", inputs["narrow"].double())):
        judge.close(
            label,
            kl_normal(mu, sigma),
            axes="One value for each pair (mu, sigma): nothing is summed here.",
            at={"mu": mu, "sigma": sigma},
            suspects=scalar_suspects(mu, sigma),
        )
    judge.close("prior", np.zeros(3), case="mu = 0, sigma = 1", otherwise="At the prior itself the KL must be 0.")
    return judge.findings


# 2.3 ------------------------------------------------------------------------------------------------------------
def is_right_kl(kl: Callable[[Any, Any], Tensor]) -> bool:
    """Whether a candidate is 0 at the prior, nowhere negative on a grid, and 2 - ln 2 at mu = 1, sigma = 2."""
    zero, one = torch.tensor(0.0), torch.tensor(1.0)
    mu, sigma = torch.meshgrid(torch.linspace(-2, 2, 9), torch.linspace(0.5, 2, 7), indexing="ij")
    return bool(
        kl(zero, one).abs() < 1e-4
        and (kl(mu, sigma) > -1e-4).all()
        and (kl(one, 2 * one) - (2 - math.log(2))).abs() < 1e-4
    )


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


def probe_candidates(answer: Callable[..., bool], inputs: Inputs) -> Values:
    """Call the answer of exercise 2.3 and collect what comes back."""
    probe = Probe(answer)
    for name in CANDIDATES:
        probe.call(name, _candidate(name))
    return probe.values


def judge_candidates(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 2.3."""
    judge = Judge("is_right_kl", values)
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
