"""Exercise 8.3: what each unit tells."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from course_utils.distributions import STANDARD_NORMAL, Normal
from course_utils.divergences import kl

from ..contract import Inputs
from ..drawing import uniform
from ..judging import Judge, Suspect, attempts, told_apart

TITLE = "what each unit tells"
NAME = "kl_per_unit"
POINTS = 1
HINTS = (
    "Lesson 02's closed form for each image and unit, and then a mean over one axis only.",
    "(mu^2 + sigma^2 - 1 - ln sigma^2) / 2 with sigma^2 = exp(logvar) and ln sigma^2 = logvar; mean over axis 0.",
    "def kl_per_unit(mu, logvar):\n    kl = (mu**2 + ___ - 1 - ___) / 2\n    return kl.mean(dim=___)",
)

PER_UNIT = "One number for each latent unit, (D,): average over the images, keep the units apart."


def reference(mu: Tensor, logvar: Tensor) -> Tensor:
    """Mean over images of each unit's KL to the prior, nats: (N, D), (N, D) -> (D,)."""
    return kl(Normal(mu, logvar), STANDARD_NORMAL).mean(0)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 8.3: units from much narrower to wider than the prior, and one in their midst that
    equals it; means of both signs, some far out."""
    low, high = torch.tensor([[-8.0, 0.0, -3.0, 0.5, -2.0, -6.0, 0.2], [-5.0, 0.0, -0.3, 2.0, 1.0, -1.0, 1.0]])
    for _ in attempts():
        mu = torch.randn((6, 7), generator=generator) * torch.tensor([2.0, 0.0, 1.0, 0.5, 0.3, 1.0, 3.0])
        mu = mu + torch.tensor([0.3, 0.0, -0.4, 0.6, 1.0, -1.5, 0.5])
        mu[:2, 0] = torch.tensor([6.0, -6.0]) + uniform(generator, -0.5, 0.5, 2)
        logvar = low + (high - low) * torch.rand((6, 7), generator=generator)
        logvar[0, 0], logvar[0, 3] = -8.2, 2.4
        if told_apart(reference(mu, logvar), _unit_suspects(mu, logvar)):
            return {"mu": mu, "logvar": logvar}
    raise AssertionError("unreachable")


def _unit_suspects(mu: Tensor, logvar: Tensor) -> tuple[Suspect, ...]:
    right, variance, squares = reference(mu, logvar), logvar.exp(), mu**2
    return (
        (
            "sum-over-images",
            right * len(mu),
            "Summed over the images: take the mean, so that more images do not mean more nats.",
        ),
        ("half-missing", right * 2, "The factor 1/2 is missing."),
        ("sign", -right, "The sign is turned round: a KL is never negative."),
        ("divided-by-units", right / mu.shape[1], "Divided by the number of units: each unit has its own number."),
        ("sigma-is-exp-logvar", reference(mu, 2 * logvar), "exp(2 logvar)? The variance is exp(logvar)."),
        (
            "sigma-for-variance",
            (squares + (logvar / 2).exp() - 1 - logvar).mean(0) / 2,
            "exp(logvar / 2) is sigma; the formula wants sigma^2, exp(logvar).",
        ),
        (
            "logvar-as-variance",
            (squares + logvar - 1 - logvar).mean(0) / 2,
            "logvar was used as the variance: exp(logvar).",
        ),
        ("means-only", squares.mean(0) / 2, "Only the part of the means: (sigma^2 - 1 - ln sigma^2) / 2 is missing."),
        ("spread-only", (variance - 1 - logvar).mean(0) / 2, "Only the part of the spreads: mu^2 / 2 is missing."),
        ("one-missing", (squares + variance - logvar).mean(0) / 2, "The -1 is missing: at the prior the KL must be 0."),
        ("logarithm-missing", (squares + variance - 1).mean(0) / 2, "The term -ln sigma^2 is missing."),
        (
            "absolute-mean",
            (mu.abs() + variance - 1 - logvar).mean(0) / 2,
            "mu enters squared: its absolute value was taken.",
        ),
        ("mu-not-squared", (mu + variance - 1 - logvar).mean(0) / 2, "mu enters squared."),
        ("logarithm-halved", (squares + variance - 1 - logvar / 2).mean(0) / 2, "ln sigma^2 is logvar itself."),
        (
            "averaged-too-early",
            reference(mu.mean(0, keepdim=True), logvar.mean(0, keepdim=True)),
            "The codes were averaged before the KL: take each image's KL first, then the mean.",
        ),
        (
            "variance-of-means",
            mu.var(0),
            "This is the spread of the means, another measure of activity: the mean KL is asked for.",
        ),
        (
            "variance-of-means",
            mu.var(0, correction=0),
            "This is the spread of the means, another measure of activity: the mean KL is asked for.",
        ),
        (
            "reverse",
            ((squares + 1) / variance - 1 + logvar).mean(0) / 2,
            "This is KL(p || q), from the prior to the posterior.",
        ),
        ("bits", right / math.log(2), "These are bits; nats use the natural logarithm."),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 8.3."""
    mu, logvar = inputs["mu"].double(), inputs["logvar"].double()
    right = reference(mu, logvar)
    judge.close(
        "units",
        right,
        axes=PER_UNIT,
        case="6 images and 7 units",
        suspects=_unit_suspects(mu, logvar),
        otherwise="(mu^2 + exp(logvar) - 1 - logvar) / 2 for each image and unit, then the mean over the images.",
    )
    judge.close(
        "one",
        reference(mu[:1], logvar[:1]),
        axes=PER_UNIT,
        case="one image",
        otherwise="The mean over as many images as there are, len(mu): here one.",
    )
    judge.close(
        "twice",
        right,
        axes=PER_UNIT,
        case="the same images twice",
        otherwise="The mean must not change when every image comes twice.",
    )
