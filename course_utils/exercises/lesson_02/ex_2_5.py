"""Exercise 2.5: the KL with a full covariance."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils import divergences

from ..contract import Finding, Inputs, Values
from ..drawing import uniform
from ..judging import Judge, Suspect

TITLE = "the KL with a full covariance"
NAME = "kl_full"
POINTS = 2
HINTS = (
    "The same four terms as in one dimension, each replaced by its matrix relative.",
    "KL = (trace(cov) + mu . mu - d - ln det(cov)) / 2, with torch.logdet for the last term.",
    "def kl_full(mu, cov):\n    d = len(mu)\n    return (torch.trace(___) + mu @ ___ - ___ - torch.logdet(___)) / 2",
)


def reference(mu: Tensor, cov: Tensor) -> Tensor:
    """KL(N(mu, cov) || N(0, I)) in nats, one number."""
    return divergences.kl_full_normal(mu, cov, torch.zeros_like(mu), torch.eye(len(mu), dtype=mu.dtype))


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 2.5."""
    factor = torch.eye(3).double() + 0.7 * torch.tril(uniform(generator, 0.4, 1.0, 3, 3).double())
    mu = uniform(generator, 0.5, 1.5, 3).double()
    return {
        "mu": mu,
        "cov": factor @ factor.T,
        "diagonal": torch.diag(uniform(generator, 1.5, 3.0, 2).double()),
        "small": 1e-6 * torch.eye(64).double(),
    }


def _full_suspects(mu: Tensor, cov: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions of the formula with a full covariance give."""
    trace, square, logdet, d = cov.trace(), mu @ mu, torch.logdet(cov), len(mu)
    return (
        ("half-missing", trace + square - d - logdet, "The 1/2 in front is missing."),
        ("sign", -(trace + square - d - logdet) / 2, "The sign is turned round: KL is never negative."),
        (
            "off-diagonal-ignored",
            (trace + square - d - cov.diagonal().log().sum()) / 2,
            "Only the variances on the diagonal entered: ln det needs the whole matrix.",
        ),
        (
            "dimension",
            (trace + square - 1 - logdet) / 2,
            "Subtract the dimension d, not 1: each dimension brings its own 1.",
        ),
        ("dimension", (trace + square - 2 - logdet) / 2, "Subtract the dimension d = len(mu), not always 2."),
        ("log-missing", (trace + square - d) / 2, "The term -ln det is missing."),
        (
            "det-not-log",
            (trace + square - d - cov.det()) / 2,
            "The logarithm of the determinant is meant, not the determinant.",
        ),
        ("log-sign", (trace + square - d + logdet) / 2, "ln det enters with a minus."),
        (
            "sum-for-trace",
            (cov.sum() + square - d - logdet) / 2,
            "The trace is the sum of the diagonal, not of all entries.",
        ),
        ("mu-missing", (trace - d - logdet) / 2, "The term mu^T mu is missing."),
        (
            "mu-not-squared",
            (trace + mu.norm() - d - logdet) / 2,
            "mu^T mu is the squared length of mu, not its length.",
        ),
        (
            "reverse-kl",
            divergences.kl_full_normal(torch.zeros_like(mu), torch.eye(d).double(), mu, cov),
            "This is KL(p || q): q and p are exchanged.",
        ),
    )


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 2.5."""
    judge = Judge(NAME, values)
    mu, cov = inputs["mu"], inputs["cov"]
    judge.close(
        "full",
        reference(mu, cov),
        axes="One number is asked for; mu @ mu adds up the squares, mu * mu does not.",
        case="a 3 x 3 covariance",
        suspects=_full_suspects(mu, cov),
    )
    judge.close("diagonal", reference(mu[:2], inputs["diagonal"]), case="a diagonal covariance")
    judge.close("prior", 0.0, case="mu = 0, covariance I")
    judge.close(
        "small",
        reference(torch.zeros(64).double(), inputs["small"]),
        case="64 dimensions of variance 1e-6",
        otherwise="det underflows to 0 there: ask for its logarithm directly, torch.logdet.",
    )
    return judge.findings
