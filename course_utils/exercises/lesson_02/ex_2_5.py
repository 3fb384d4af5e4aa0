"""Exercise 2.5: the KL with a full covariance."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from course_utils import divergences

from ..contract import Inputs
from ..drawing import between, uniform
from ..judging import Judge, Suspect, attempts, told_apart

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


def _full_suspects(mu: Tensor, cov: Tensor) -> Iterator[Suspect]:
    """What wrong versions of the formula with a full covariance give."""
    trace, square, logdet, d = cov.trace(), mu @ mu, torch.logdet(cov), len(mu)
    yield from (
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
        *(
            ("dimension", (trace + square - n - logdet) / 2, f"Subtract the dimension d = len(mu), not always {n}.")
            for n in (2, 3, d * d)
            if n != d
        ),
        ("dimension-missing", (trace + square - logdet) / 2, "The term -d is missing: at the prior the KL must be 0."),
        (
            "sum-for-square",
            (trace + mu.sum() - d - logdet) / 2,
            "mu^T mu adds up the squares of mu, not its entries.",
        ),
        (
            "decimal-logarithm",
            (trace + square - d - logdet / math.log(10)) / 2,
            "The logarithm is the natural one, as in torch.logdet.",
        ),
        (
            "signs-lost",
            (trace + square - d - torch.logdet(cov.abs())) / 2,
            "Covariances may be negative: the determinant needs their signs.",
        ),
        ("trace-missing", (square - d - logdet) / 2, "The trace of the covariance is missing."),
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


def inputs(generator: torch.Generator) -> Inputs:
    """Covariances of 3 and 6 dimensions, drawn until each suspect has a value of its own; and some plain ones."""
    for _ in attempts():
        three, six = _drawn(generator, 3, 1.5), _drawn(generator, 6, 0.5)
        if all(told_apart(reference(*pair), _full_suspects(*pair)) for pair in (three, six)):
            break
    return {
        "full": three,
        "six": six,
        "far": (
            torch.tensor([-4.0, 6.0]).double() + uniform(generator, -0.5, 0.5, 2).double(),
            torch.tensor([[25.0, -14.0], [-14.0, 22.0]]).double() + uniform(generator, 0, 1, 1).double(),
        ),
        "diagonal": (three[0][:2].clone(), torch.diag(uniform(generator, 0.2, 3.0, 2).double())),
        "one": (six[0][:1].clone(), six[1][:1, :1].clone()),
        "prior": (torch.zeros(4).double(), torch.eye(4).double()),
        "small": (torch.zeros(64).double(), 1e-6 * torch.eye(64).double()),
    }


def _drawn(generator: torch.Generator, d: int, scale: float) -> tuple[Tensor, Tensor]:
    """A mean of both signs and a covariance with correlations of both signs, in double precision."""
    factor = torch.eye(d).double() + 0.7 * torch.tril(uniform(generator, -1.0, 1.0, d, d).double(), -1)
    factor[1, 0] = -factor[1, 0].abs() - 0.2
    mu = uniform(generator, 0.5, 1.5, d).double() * (-1.0) ** torch.arange(d)
    variances = between(generator, (1.1, 1.6), *[(0.4, 1.6)] * (d - 1)).double()
    return mu, scale * factor @ torch.diag(variances) @ factor.T


CASES = (
    ("full", "a 3 x 3 covariance"),
    ("six", "a 6 x 6 covariance with small variances"),
    ("far", "a mean far from 0 and variances above 20"),
    ("diagonal", "a diagonal covariance, 2 x 2"),
    ("one", "one dimension"),
    ("prior", "mu = 0, covariance I"),
)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 2.5."""
    for label, case in CASES:
        judge.close(
            label,
            reference(*inputs[label]),
            axes="One number is asked for; mu @ mu adds up the squares, mu * mu does not.",
            case=case,
            suspects=_full_suspects(*inputs[label]),
        )
    case = "64 dimensions of variance 1e-6"
    judge.finite("small", (), "det underflows to 0 there: ask for its logarithm directly, torch.logdet.", case=case)
    judge.close("small", reference(*inputs["small"]), case=case)
