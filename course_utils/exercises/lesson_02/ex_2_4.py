"""Exercise 2.4: one KL per image."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from course_utils import objectives

from ..contract import Inputs
from ..drawing import between, uniform
from ..judging import Judge, Suspect
from .shared import scalar_suspects

TITLE = "one KL per image"
NAME = "kl_diagonal"
POINTS = 2
HINTS = (
    "The latents are independent under q and under p, so their KLs add up. Which axis holds the latents?",
    "KL_n = sum over d of (mu_nd^2 + exp(logvar_nd) - 1 - logvar_nd) / 2.",
    "def kl_diagonal(mu, logvar):\n    per_latent = (mu ** 2 + torch.exp(___) - 1 - ___) / 2\n"
    "    return per_latent.sum(dim=___)",
)


def reference(mu: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(mu, diag exp(logvar)) || N(0, I)) in nats: (N, D) -> (N,)."""
    return objectives.kl_standard_normal(mu, logvar)


def inputs(generator: torch.Generator) -> Inputs:
    """Codes with mu of both signs and logvar from -7 to 3; one latent; the prior; a variance that all but vanishes."""
    mu = uniform(generator, 0.4, 1.5, 7, 4)
    mu[::2] *= -1
    logvar = torch.cat([uniform(generator, -7, -0.6, 4, 4), uniform(generator, 0.6, 3, 3, 4)])
    mu[1], mu[2] = between(generator, (-8, -7.2), (7.2, 8), (-8, -7.2), (7.2, 8)), uniform(generator, -0.1, 0.1, 4)
    logvar[2] = between(generator, (-0.09, -0.05), (0.05, 0.09), (-0.09, -0.05), (0.05, 0.09))
    logvar[0], logvar[-1] = between(generator, (-7, -6), (-5, -3), (0.6, 1), (2, 3)), uniform(generator, 2, 3, 4)
    return {
        "mu": mu,
        "logvar": logvar,
        "tall": (mu[:, :1].clone(), logvar[:, 1:2].clone()),
        "wide": (mu[:4].reshape(2, 8), logvar[:4].reshape(2, 8)),
        "prior": torch.zeros(3, 5),
        "far": torch.full((2, 3), -60.0),
    }


def _diagonal_suspects(mu: Tensor, logvar: Tensor) -> Iterator[Suspect]:
    """What wrong versions of the diagonal formula give, (N,)."""
    right = objectives.kl_standard_normal(mu, logvar)
    one_dimensional = scalar_suspects(mu, (logvar / 2).exp())
    yield from (
        (
            "mean-over-latents",
            right / mu.shape[1],
            "A mean over the latents: the KL of independent parts is their sum.",
        ),
        ("divided-by-batch", right / len(mu), "Divided by the batch size? Each image has its own KL."),
        (
            "sigma-is-exp-logvar",
            (mu**2 + (2 * logvar).exp() - 1 - 2 * logvar).sum(1) / 2,
            "exp(logvar) is already the variance: it was squared once more.",
        ),
        (
            "logvar-taken-as-sigma",
            (mu**2 + logvar**2 - 1 - (logvar**2).log()).sum(1) / 2,
            "logvar was used as sigma: take exp(logvar / 2) first.",
        ),
        (
            "one-outside-sum",
            ((mu**2 + logvar.exp() - logvar).sum(1) - 1) / 2,
            "The -1 belongs inside the sum: each latent brings its own.",
        ),
        (
            "variance-squared",
            (mu**2 + (2 * logvar).exp() - 1 - logvar).sum(1) / 2,
            "exp(logvar) is the variance already: do not square it.",
        ),
        (
            "logvar-taken-as-log-sigma",
            (mu**2 + logvar.exp() - 1 - 2 * logvar).sum(1) / 2,
            "2 * logvar? logvar is ln sigma^2 already.",
        ),
        *((code, value.sum(1), cause) for code, value, cause in one_dimensional),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 2.4."""
    mu, logvar = inputs["mu"].double(), inputs["logvar"].double()
    right = objectives.kl_standard_normal(mu, logvar)
    axes = "One value per image, (N,): sum over the latents (axis 1), never over the batch (axis 0)."
    judge.finite("batch", (7,), "logvar may be negative: no root and no logarithm of it.", axes=axes, case="7 images")
    suspects = _diagonal_suspects(mu, logvar)
    judge.close("batch", right, axes=axes, case="7 images with 4 latents", suspects=suspects)
    judge.close(
        "one",
        right[:1],
        axes=axes,
        case="a batch of one image",
        otherwise="The KL of an image must not depend on its neighbours in the batch.",
    )
    for label, case in (("tall", "7 images with 1 latent"), ("wide", "2 images with 8 latents")):
        pair = [t.double() for t in inputs[label]]
        judge.close(label, objectives.kl_standard_normal(*pair), axes=axes, case=case)
    judge.close("prior", np.zeros(3), axes=axes, case="mu = 0, logvar = 0")
    judge.close(
        "far",
        np.full(2, 88.5),
        axes=axes,
        case="logvar = -60",
        otherwise="Is logvar cut off, or the logarithm of exp(logvar) taken again? The formula holds for every logvar: "
        "use it as it is.",
    )
    judge.close("by mu", mu, case="the gradient by mu")
    judge.close("by logvar", (logvar.exp() - 1) / 2, case="the gradient by logvar")
