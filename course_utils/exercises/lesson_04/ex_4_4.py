"""Exercise 4.4: what Report D's draws cost."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from course_utils import objectives

from ..contract import Inputs
from ..judging import Judge, Suspect

TITLE = "what Report D's draws cost"
NAME = "true_kl"
POINTS = 2
HINTS = (
    "The draws are z = s + s * eps. What is their mean, and what is their standard deviation, which is never negative?",
    "(mu^2 + sigma^2 - 1 - ln sigma^2) / 2 with mu = s and sigma = |s|: two squares, and the logarithm of a square.",
    "def true_kl(s):\n    square = s**2\n    per_latent = 0.5 * (___ + square - 1 - "
    "torch.log(___))\n    return per_latent.sum(dim=___)",
)


def reference(s: Tensor) -> Tensor:
    """KL(N(s, s^2) || N(0, 1)) of each image, nats: (N, latent) -> (N,)."""
    return objectives.kl_standard_normal(s, torch.log(s**2))


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 4.4, of both signs; first all positive, so that a forgotten |s| is found apart."""
    s = torch.linspace(0.2, 4.4, 6) + 0.4 * torch.rand((7, 6), generator=generator)
    sign = torch.where(torch.arange(6) % 2 == 0, 1.0, -1.0)
    return {
        "positive": s,
        "both signs": s * sign,
        "small": 0.02 + 0.05 * torch.rand((3, 4), generator=generator),
        "cheap": torch.tensor([[0.7], [-0.8], [0.6]]) + 0.05 * torch.rand((3, 1), generator=generator),
    }


def _wrong_prices(s: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions of the true KL give for s > 0, (N,)."""
    log, right = torch.log(s), reference(s)

    def price(square: Tensor, variance: Tensor, log_variance: Tensor) -> Tensor:
        return (square + variance - 1 - log_variance).sum(1) / 2

    return (
        (
            "report-formula",
            price(s**2, s.exp(), s),
            "That is the report's own formula, which takes s for a log-variance: the draws have sigma = |s|.",
        ),
        ("variance-is-s", price(s**2, s, log), "Here s is the standard deviation: the variance is s squared."),
        ("sign", -right, "The sign is turned round: a KL is never negative."),
        ("half-missing", 2 * right, "A factor of one half is missing."),
        ("half-twice", right / 2, "One half too many: mu^2 and sigma^2 are both s^2, and together they leave s^2."),
        ("log-sigma-for-variance", price(s**2, s**2, log), "ln sigma^2 = 2 ln |s|."),
        ("one-square-missing", price(0 * s, s**2, 2 * log), "The draws have mean s and sigma |s|: mu^2 and sigma^2."),
        ("constant-missing", right + s.shape[1] / 2, "The constant, -1/2 per latent, is missing."),
        ("log-sign", (s**2 + log - 0.5).sum(1), "The logarithm is subtracted: narrow codes are dear."),
        ("log-missing", (s**2 - 0.5).sum(1), "The logarithm is missing."),
        ("mean-over-latents", right / s.shape[1], "A mean over latents: sum them."),
        ("divided-by-batch", right / len(s), "Divided by the batch size? Each image has its own number."),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 4.4."""
    s = inputs["positive"].double()
    judge.close(
        "positive",
        reference(s),
        axes="One number per image, (N,): the sum over its latents.",
        suspects=_wrong_prices(s),
        otherwise="Put mu = s and sigma = |s| into (mu^2 + sigma^2 - 1 - ln sigma^2) / 2, and sum over the latents.",
    )
    both = inputs["both signs"].double()
    with np.errstate(all="ignore"):
        judge.close(
            "both signs",
            reference(both),
            case="s of both signs",
            otherwise="s may be negative, a standard deviation may not: sigma = |s|, so ln |s|, or ln(s^2) / 2.",
        )
    judge.close(
        "small",
        reference(inputs["small"].double()),
        case="s near 0",
        rtol=1e-3,
        otherwise="Near 0 the KL grows without bound: no clamp, and nothing added to s.",
    )
    judge.close("cheap", reference(inputs["cheap"].double()), case="a single latent, and s of both signs near 0.7")
    judge.close("one", reference(both[:1]), case="a batch of one image")
