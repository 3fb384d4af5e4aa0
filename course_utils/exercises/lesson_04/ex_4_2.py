"""Exercise 4.2: the loss of each image."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils import objectives

from ..contract import Inputs, Values
from ..judging import Judge, Suspect, attempts, told_apart
from .probe_4_2 import SURE

TITLE = "the loss of each image"
NAME = "loss_per_image"
POINTS = 2
HINTS = (
    "Two numbers per image: the BCE, summed over 784 pixels, and the KL, summed over the "
    "latents. Then weigh the second.",
    "BCE: one number for each pixel, then .flatten(1).sum(1). KL: 1/2 (mu^2 + sigma^2 - 1 - ln sigma^2), summed over "
    "axis 1; logvar is ln sigma^2, so what is sigma^2?",
    "def loss_per_image(logits, x, mu, logvar, weight=1.0):\n"
    "    pixels = F.binary_cross_entropy_with_logits(logits, x, reduction=___)\n"
    "    kl = 0.5 * (mu**2 + ___ - 1 - ___)\n    return pixels.flatten(1).sum(___) + weight * kl.sum(___)",
)

PER_IMAGE = "One number per image, (N,): sum over pixels and over latents, keep the images apart."

PIXELS = 784


def reference(logits: Tensor, x: Tensor, mu: Tensor, logvar: Tensor, weight: float = 1.0) -> Tensor:
    """BCE + weight * KL of each image, nats, (N,)."""
    halves = objectives.negative_elbo(logits, x, mu, logvar)
    return halves.reconstruction + weight * halves.kl


REMEDIES = (
    (
        "must match the size of tensor",
        "Each half is one number per image, (N,): .flatten(1).sum(1) adds up pixels, .sum(1) latents.",
    ),
    ("expected scalar type", "Take logits and x as they come: both are float32."),
)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 4.2, of both signs and all sizes that occur, until no two known slips look alike."""
    for _ in attempts():
        inputs = _drawn(generator)
        logits, x, mu, logvar = (inputs[name].double() for name in ("logits", "x", "mu", "logvar"))
        w = inputs["weight"]
        if told_apart(reference(logits, x, mu, logvar, w), _loss_suspects(logits, x, mu, logvar, w)):
            return inputs
    raise AssertionError("unreachable")


def _drawn(generator: torch.Generator) -> Inputs:
    """One draw: every latent has means of both signs; log-variances run from well below 0 to well above."""
    sign = torch.where(torch.rand((6, 1, 28, 28), generator=generator) < 0.5, -1.0, 1.0)
    mu = torch.linspace(0.5, 5.5, 9) + 0.5 * torch.rand((6, 9), generator=generator)
    return {
        "logits": 2 * torch.randn(sign.shape, generator=generator) - 1,
        "x": (torch.rand(sign.shape, generator=generator) * 1.6 - 0.3).clamp(0, 1),
        "mu": mu * torch.where((torch.arange(6)[:, None] + torch.arange(9)) % 2 == 0, 1.0, -1.0),
        "logvar": torch.linspace(-7, 3, 9).repeat(6, 1) + torch.rand((6, 9), generator=generator),
        "weight": 0.3 + 0.4 * torch.rand((), generator=generator).item(),
        "large weight": 2 + torch.rand((), generator=generator).item(),
        "extreme": 1000 * sign,
        "sure": (sign + 1) / 2,
    }


def _loss_suspects(logits: Tensor, x: Tensor, mu: Tensor, logvar: Tensor, w: float) -> tuple[Suspect, ...]:
    """What wrong versions of the weighted loss give, (N,)."""
    bce, kl = objectives.bce(logits, x), objectives.kl_standard_normal(mu, logvar)
    return (*_wrong_sums(bce, kl, w, mu.shape[1]), *_wrong_halves(logits, x, mu, logvar, w))


def _wrong_sums(bce: Tensor, kl: Tensor, w: float, latents: int) -> tuple[Suspect, ...]:
    """Both halves are right, (N,) each, and put together in a wrong way."""
    return (
        (
            "mean-over-pixels",
            bce / PIXELS + w * kl,
            "The BCE is a mean over 784 pixels: sum them, or the KL weighs 784 times too much.",
        ),
        (
            "mean-over-pixels",
            bce / PIXELS + w * kl / latents,
            "Both halves are means here: sum over pixels, and sum over latents.",
        ),
        (
            "mean-of-batch",
            bce.mean() / PIXELS + w * kl,
            'The BCE is PyTorch\'s default, one mean for all: reduction="none", then sum each image.',
        ),
        ("sum-of-batch", bce.sum() + w * kl, "The BCE is summed over the whole batch: keep the images apart."),
        ("mean-over-latents", bce + w * kl / latents, "The KL is a mean over latents: sum them."),
        ("divided-by-batch", (bce + w * kl) / len(bce), "Divided by the batch size? Each image has its own number."),
        ("sum-of-batch", bce + w * kl.sum(), "The KL is summed over the whole batch: keep the images apart."),
        ("mean-of-batch", bce + w * kl.mean(), "The KL is a mean over the images: keep them apart."),
        ("weight-squared", bce + w**2 * kl, "weight multiplies the KL twice."),
        ("weight-ignored", bce + kl, "weight is not used: BCE + weight * KL."),
        ("weight-on-both", w * (bce + kl), "weight multiplies the KL only."),
        ("weight-on-bce", w * bce + kl, "weight multiplies the KL, not the BCE."),
        ("weight-divides", bce + kl / w, "The KL is multiplied by the weight, not divided."),
        ("weight-shared-out", (1 - w) * bce + w * kl, "The BCE keeps its full weight of 1."),
        (
            "kl-subtracted",
            bce - w * kl,
            "The KL is added: both halves are costs. (Or its sign is turned round inside.)",
        ),
        ("bce-sign", w * kl - bce, "The BCE is a cost: its sign is plus."),
        ("kl-missing", bce, "This is the BCE alone: add weight times the KL."),
        ("bce-missing", w * kl, "This is the KL alone: add the BCE."),
        ("half-missing", bce + 2 * w * kl, "The half in front of the KL's bracket is missing."),
    )


def _wrong_halves(logits: Tensor, x: Tensor, mu: Tensor, logvar: Tensor, w: float) -> tuple[Suspect, ...]:
    """One half is wrong by itself."""
    bce, kl = objectives.bce(logits, x), objectives.kl_standard_normal(mu, logvar)

    def price(square: Tensor, variance: Tensor, log_variance: Tensor) -> Tensor:
        return (square + variance - 1 - log_variance).sum(1) / 2

    return (
        ("square-missing", bce + w * price(mu, logvar.exp(), logvar), "mu is squared in the KL."),
        ("square-missing", bce + w * price(mu.abs(), logvar.exp(), logvar), "mu is squared in the KL."),
        ("mu-missing", bce + w * price(0 * mu, logvar.exp(), logvar), "The term mu^2 of the KL is missing."),
        ("heads-exchanged", bce + w * price(logvar**2, mu.exp(), mu), "mu and logvar are exchanged in the KL."),
        (
            "variance-squared",
            bce + w * price(mu**2, (2 * logvar).exp(), logvar),
            "exp(logvar) is the variance already: it is not squared once more.",
        ),
        (
            "logvar-for-variance",
            bce + w * price(mu**2, logvar**2, logvar),
            "logvar is a logarithm: the variance is exp(logvar).",
        ),
        (
            "logvar-for-variance",
            bce + w * price(mu**2, logvar, logvar),
            "logvar is a logarithm: the variance is exp(logvar).",
        ),
        (
            "logvar-as-sigma",
            bce + w * price(mu**2, logvar**2, torch.log(logvar**2)),
            "logvar was taken for sigma: it is ln sigma^2.",
        ),
        (
            "sigma-for-variance",
            bce + w * price(mu**2, (logvar / 2).exp(), logvar),
            "exp(logvar) is the variance; exp(logvar / 2) is sigma.",
        ),
        ("log-missing", bce + w * price(mu**2, logvar.exp(), 0 * logvar), "The term - logvar of the KL is missing."),
        (
            "log-sign",
            bce + w * price(mu**2, logvar.exp(), -logvar),
            "logvar is subtracted in the KL: narrow codes are dear.",
        ),
        (
            "ln-sigma",
            bce + w * price(mu**2, logvar.exp(), logvar / 2),
            "logvar is ln sigma^2 already: no further half.",
        ),
        ("one-missing", bce + w * price(mu**2, logvar.exp() + 1, logvar), "The - 1 of the KL is missing."),
        (
            "variance-missing",
            bce + w * price(mu**2, 0 * logvar, logvar),
            "The term exp(logvar) of the KL is missing.",
        ),
        (
            "sigmoid-twice",
            objectives.bce(torch.sigmoid(logits), x) + w * kl,
            "A sigmoid was applied twice: the _with_logits functions apply their own.",
        ),
        (
            "arguments-swapped",
            (F.softplus(x) - logits * x).flatten(1).sum(1) + w * kl,
            "Logits and images are exchanged: the logits come first.",
        ),
        (
            "squared-error",
            ((torch.sigmoid(logits) - x) ** 2).flatten(1).sum(1) + w * kl,
            "This is a squared error: the BCE is asked for.",
        ),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 4.2."""
    logits, x, mu, logvar = (inputs[name].double() for name in ("logits", "x", "mu", "logvar"))
    w = inputs["weight"]
    right = reference(logits, x, mu, logvar, w)
    bce, kl = objectives.bce(logits, x), objectives.kl_standard_normal(mu, logvar)
    judge.close(
        "weighted",
        right,
        axes=PER_IMAGE,
        case=f"6 images and weight {w:.2f}",
        suspects=_loss_suspects(logits, x, mu, logvar, w),
        otherwise=_which_half(judge.values, bce, w * kl),
    )
    judge.close(
        "by default",
        bce + kl,
        axes=PER_IMAGE,
        case="no weight given",
        otherwise="Without a weight, it is 1: def ...(..., weight=1.0).",
    )
    judge.close("weight 0", bce, axes=PER_IMAGE, case="weight 0", otherwise="With weight 0, only the BCE is left.")
    judge.close(
        "one",
        right[:1],
        axes=PER_IMAGE,
        case="a batch of one image",
        otherwise="An image's loss must not depend on its neighbours in the batch.",
    )
    judge.close(
        "at the prior", bce, axes=PER_IMAGE, case="mu = 0 and logvar = 0", otherwise="At the prior itself the KL is 0."
    )
    judge.close(
        "extreme",
        reference(inputs["extreme"].double(), x, mu, logvar, w),
        axes=PER_IMAGE,
        case="logits of +1000 and -1000",
        otherwise="log(sigmoid(l)) rounds to log(0): stay with the logits, F.binary_cross_entropy_with_logits.",
    )
    w = inputs["large weight"]
    judge.close(
        "sure",
        w * kl,
        axes=PER_IMAGE,
        case=f"black and white images that the logits know for sure, and weight {w:.2f}",
        otherwise=f"There the BCE is 0: what is left is weight * KL. ({SURE:.0f} and -{SURE:.0f} are the logits.)",
    )
    w = inputs["weight"]
    judge.close("gradient logits", torch.sigmoid(logits) - x, case="the gradient by the logits")
    judge.close("gradient mu", w * mu, case="the gradient by mu")
    judge.close("gradient logvar", w * (logvar.exp() - 1) / 2, case="the gradient by logvar")


def _which_half(values: Values, bce: Tensor, weighted_kl: Tensor) -> str:
    """Which half is right, as the answer without a KL shows it; nothing where neither is."""
    alone, both = values.get("weight 0"), values.get("weighted")
    if not (isinstance(alone, np.ndarray) and isinstance(both, np.ndarray) and alone.shape == both.shape == bce.shape):
        return ""
    if np.allclose(alone, bce, rtol=1e-4):
        return "With weight 0 it is right, so the BCE is: look at the KL, term by term."
    if np.allclose(both - alone, weighted_kl, rtol=1e-3, atol=1e-2):
        return "What the weight multiplies is right, so the KL is: look at the BCE."
    return ""
