"""Exercise 2.1: how much more surprised."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from course_utils.distributions import STANDARD_NORMAL, Normal

from ..contract import Inputs
from ..drawing import between, uniform
from ..judging import Judge, Suspect

TITLE = "how much more surprised"
NAME = "log_ratio"
POINTS = 1
HINTS = (
    "Write ln q(z) and ln p(z) on two lines of their own; then subtract, q first.",
    "ln N(z; m, s) = -ln(2 pi)/2 - ln s - (z - m)^2 / (2 s^2). For p, m = 0 and s = 1; the ln(2 pi) cancels.",
    "def log_ratio(z, mu, sigma):\n    log_q = -torch.log(___) - (z - mu) ** 2 / (___)\n"
    "    log_p = -(z ** 2) / ___\n    return ___",
)


def reference(z: Tensor, mu: Tensor, sigma: Tensor) -> Tensor:
    """ln q(z) - ln p(z), elementwise in nats, for q = N(mu, sigma^2) and p = N(0, 1)."""
    logvar = 2 * torch.log(torch.as_tensor(sigma))
    return Normal(torch.as_tensor(mu), logvar).log_prob(z) - STANDARD_NORMAL.log_prob(z)


def inputs(generator: torch.Generator) -> Inputs:
    """Points on both sides of mu, mu on both sides of 0, sigma on both sides of 1; and the shapes of the lesson."""
    z = between(generator, (-3, -2), (-2, -1), (-1, -0.1), (0.1, 1), (1, 2), (2, 3))
    mu = between(generator, (0.6, 1.5), (-1.5, -0.6), (0.6, 1.5), (-1.5, -0.6), (1.5, 2), (-0.4, -0.2))
    sigma = between(generator, (1.3, 2), (0.3, 0.45), (0.6, 0.8), (2, 2.5), (0.45, 0.6), (1.2, 1.3))
    far = (
        between(generator, (6.9, 7.1), (0.1, 0.3), (0.3, 0.35), (-7.5, -7)),
        between(generator, (6.9, 7.1), (4.8, 5.0), (0.3, 0.35), (-6.5, -6)),
        between(generator, (1.2, 1.3), (0.5, 0.55), (0.05, 0.09), (3.2, 3.6)),
    )
    return {
        "points": (z, mu, sigma),
        "grid": (uniform(generator, -2, 2, 5, 1), mu, sigma),
        "numbers": (z.double().repeat(3), mu[1].double(), sigma[1].double()),
        "far": far,
        "table": (z.view(2, 3), mu.view(2, 3), sigma.view(2, 3)),
    }


CASES = (
    ("points", "z, mu and sigma of one shape (6,)"),
    ("grid", "z of shape (5, 1), mu and sigma of shape (6,)"),
    ("numbers", "z of shape (18,), mu and sigma of shape ()"),
    ("far", "z, mu and sigma of one shape (4,)"),
    ("table", "z, mu and sigma of one shape (2, 3)"),
)


def _ratio_suspects(z: Tensor, mu: Tensor, sigma: Tensor) -> Iterator[Suspect]:
    """What wrong versions of the log ratio give, elementwise."""
    right = reference(z, mu, sigma)
    log_q, log_p = Normal(mu, 2 * sigma.log()).log_prob(z), STANDARD_NORMAL.log_prob(z)
    square, log_sigma, prior = (z - mu) ** 2, sigma.log(), z**2 / 2
    yield from (
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
        *(
            (
                "constant-left",
                right + sign * math.log(2 * math.pi) / 2,
                "Off by ln(2 pi) / 2 everywhere: it stands in both logarithms and cancels, so leave it out of both "
                "or of none.",
            )
            for sign in (-1, 1)
        ),
        *(
            (
                "prior-moved",
                log_q - Normal(m, 2 * s.log()).log_prob(z),
                "p is the prior N(0, 1), whatever q is: neither mu nor sigma enters ln p.",
            )
            for m, s in ((0 * mu, sigma), (mu, 1 + 0 * sigma))
        ),
        (
            "not-squared",
            prior - (z - mu) / sigma**2 / 2 - log_sigma,
            "(z - mu) enters the exponent squared.",
        ),
        (
            "not-squared",
            z / 2 - square / sigma**2 / 2 - log_sigma,
            "z enters ln p squared.",
        ),
        (
            "decimal-logarithm",
            prior - square / sigma**2 / 2 - sigma.log10(),
            "The logarithm is the natural one, torch.log.",
        ),
        ("mu-missing", prior - z**2 / sigma**2 / 2 - log_sigma, "mu is missing: q is centred there."),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 2.1."""
    for label, case in CASES:
        z, mu, sigma = (t.double() for t in inputs[label])
        judge.close(
            label,
            reference(z, mu, sigma),
            axes="One value for each z: nothing is summed or averaged here.",
            at={"z": z, "mu": mu, "sigma": sigma},
            case=case,
            suspects=_ratio_suspects(z, mu, sigma),
        )
