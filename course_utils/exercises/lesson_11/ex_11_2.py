"""Exercise 11.2: the KL of two Laplace densities."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from course_utils.distributions import Laplace
from course_utils.divergences import kl

from ..contract import Inputs
from ..drawing import uniform
from ..judging import Judge, Suspect
from .shared import PER_ELEMENT, ROOT_2

TITLE = "the KL of two Laplace densities"
NAME = "kl_laplace"
POINTS = 2
HINTS = (
    "Two pieces: the average distance of a draw from 0, and the difference of the two entropies.",
    "KL = |mu| + b e^(-|mu| / b) - 1 - ln b.",
    "def kl_laplace(mu, b):\n    distance = mu.abs() + b * torch.exp(___)\n    return distance - ___ - torch.log(___)",
)

FLOWS = "Every mu and b in the formula must pass its gradient on: no detach, no clamp."


def reference(mu: Tensor, b: Tensor) -> Tensor:
    """KL(Laplace(mu, b) || Laplace(0, 1)) in nats, elementwise."""
    return kl(Laplace(mu, b), Laplace(torch.tensor(0.0), torch.tensor(1.0)))


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 11.2: both signs of mu, wide and narrow b."""
    signs = torch.tensor([1.0, -1, 1, -1, 1, -1])
    return {
        "mu": uniform(generator, 0.6, 2.2, 6) * signs,
        "b": uniform(generator, 1.4, 2.6, 6),
        "narrow": uniform(generator, 0.05, 0.5, 6),
        "table": uniform(generator, -2, 2, 3, 4),
    }


def _laplace_suspects(mu: Tensor, b: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions of the KL give, elementwise."""
    far, log_b = mu.abs(), b.log()
    right = far + b * torch.exp(-far / b) - 1 - log_b
    return (
        ("sign", -right, "The sign is turned round: a KL is never negative."),
        (
            "abs-missing",
            mu + b * torch.exp(-mu / b) - 1 - log_b,
            "|mu| is meant: left of the prior costs as much as right of it.",
        ),
        ("abs-missing", mu + b * torch.exp(-far / b) - 1 - log_b, "The first mu lacks its | |."),
        ("abs-missing", far + b * torch.exp(-mu / b) - 1 - log_b, "The mu in the exponent lacks its | |."),
        ("one-missing", right + 1, "The 1 is missing: at the prior the terms must cancel."),
        ("one-sign", right + 2, "The 1 is subtracted: at the prior the terms must cancel."),
        (
            "two-missing",
            right - b / 2 * torch.exp(-far / b),
            "No half before the exponential: step 3 takes the integral of step 4 twice.",
        ),
        ("log-missing", right + log_b, "The term -ln b is missing."),
        ("log-sign", right + 2 * log_b, "ln b is subtracted: a narrow posterior costs more."),
        ("two-left-over", right - math.log(2), "The ln 2 of both densities cancels: ln b, not ln 2b."),
        ("mu-missing", b - 1 - log_b + 0 * mu, "mu is missing: E|z| is b only for a density around 0."),
        ("mean-alone", far - 1 - log_b, "E|z| is more than |mu|: draws on the other side of 0 count, too."),
        ("exponential-missing", far + b - 1 - log_b, "E|z| is less than |mu| + b: the b comes with e^(-|mu|/b)."),
        ("exponent-sign", far + b * torch.exp(far / b) - 1 - log_b, "The exponent is negative: -|mu| / b."),
        ("b-missing", far + torch.exp(-far / b) - 1 - log_b, "The factor b before the exponential is missing."),
        ("exponent", far + b * torch.exp(-far) - 1 - log_b, "In the exponent, |mu| is divided by b."),
        (
            "exponent",
            far + b * torch.exp(-far * b) - 1 - log_b,
            "In the exponent, |mu| is divided by b, not multiplied.",
        ),
        *_other_densities(mu, b),
        ("half", right / 2, "No half here: it belongs to the normal density's square."),
        ("log-b-doubled", right - log_b, "ln b, not ln b^2."),
        ("no-logarithm", far + b * torch.exp(-far / b) - 1 - b, "The last term is ln b, not b."),
    )


def _other_densities(mu: Tensor, b: Tensor) -> tuple[Suspect, ...]:
    """Right formulas for other pairs of densities."""
    far, log_b = mu.abs(), b.log()
    return (
        (
            "reverse-kl",
            (far + torch.exp(-far)) / b - 1 + log_b,
            "This is KL(prior || posterior): the draws come from the posterior.",
        ),
        ("normal-formula", (mu**2 + b**2 - 1 - 2 * log_b) / 2, "This is the KL of two normal densities."),
        (
            "b-as-sd",
            reference(mu, b / ROOT_2),
            "b is the scale in the density, not the standard deviation: no root of 2.",
        ),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 11.2."""
    mu, b, narrow = (inputs[name].double() for name in ("mu", "b", "narrow"))
    table = inputs["table"].double()
    for label, m, scale in (("wide", mu, b), ("narrow", mu, narrow), ("table", table, table.abs() + 0.3)):
        judge.close(
            label,
            reference(m, scale),
            at={"mu": m, "b": scale},
            axes=PER_ELEMENT,
            suspects=_laplace_suspects(m, scale),
            otherwise="KL = |mu| + b e^(-|mu|/b) - 1 - ln b.",
        )
    near, hardly = mu / 40, 1 + (b - 2) / 20
    judge.close(
        "near",
        reference(near, hardly),
        at={"mu": near, "b": hardly},
        axes=PER_ELEMENT,
        case="posteriors near the prior",
        rtol=2e-3,
        atol=2e-6,
    )
    judge.close("broad", reference(9 * mu, 9 * b), at={"mu": 9 * mu, "b": 9 * b}, axes=PER_ELEMENT)
    judge.close("prior", torch.zeros(2), axes=PER_ELEMENT, case="the prior itself", atol=1e-5)
    judge.close("far", reference(100 * mu, narrow / 50), case="a far, narrow posterior", axes=PER_ELEMENT)
    judge.close(
        "slope-mu",
        mu.sign() * (1 - torch.exp(-mu.abs() / narrow)),
        case="the derivative by mu",
        atol=1e-4,
        otherwise=FLOWS,
    )
    share = mu.abs() / narrow
    judge.close(
        "slope-b", (1 + share) * torch.exp(-share) - 1 / narrow, case="the derivative by b", atol=1e-3, otherwise=FLOWS
    )
    judge.close(
        "slope-0",
        torch.zeros(6),
        case="the derivative by mu at mu = 0",
        otherwise="At mu = 0 the slope is 0: mu.abs() knows that, the root of mu**2 does not.",
    )
