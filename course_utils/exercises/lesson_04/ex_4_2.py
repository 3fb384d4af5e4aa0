"""Exercise 4.2: the loss of each image."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils import objectives

from ..contract import Finding, Inputs, Values
from ..judging import Judge, Suspect

TITLE = "the loss of each image"
NAME = "loss_per_image"
POINTS = 2
HINTS = (
    "Two numbers per image: the BCE, summed over 784 pixels, and the KL, summed over the "
    "latents. Then weigh the second.",
    'BCE: F.binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(1); '
    "KL: (mu^2 + exp(logvar) - 1 - logvar) / 2, summed over axis 1.",
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


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 4.2: far from 0, so that the KL is of the order of the BCE's differences."""
    logits = 2 * torch.randn((6, 1, 28, 28), generator=generator) - 1
    mu = 1 + 2 * torch.rand((6, 9), generator=generator)
    logvar = -1.5 - 2 * torch.rand((6, 9), generator=generator)
    sign = torch.where(torch.rand(logits.shape, generator=generator) < 0.5, -1.0, 1.0)
    return {
        "logits": logits,
        "x": (torch.rand(logits.shape, generator=generator) * 1.6 - 0.3).clamp(0, 1),
        "mu": mu,
        "logvar": logvar,
        "weight": 0.3 + 0.4 * torch.rand((), generator=generator).item(),
        "extreme": 1000 * sign,
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
            "The term exp(logvar) of the KL is missing, or far too small.",
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


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 4.2."""
    judge = Judge(NAME, values)
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
        otherwise="BCE of the pixels, summed, plus weight times (mu^2 + exp(logvar) - 1 - logvar) / 2, summed.",
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
    judge.close("gradient logits", torch.sigmoid(logits) - x, case="the gradient by the logits")
    judge.close("gradient mu", w * mu, case="the gradient by mu")
    judge.close("gradient logvar", w * (logvar.exp() - 1) / 2, case="the gradient by logvar")
    return judge.findings
