"""Exercise 10.5: what an image costs a variational auto-decoder."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from course_utils.distributions import LN_2PI, STANDARD_NORMAL, Normal
from course_utils.divergences import kl

from ..contract import Inputs
from ..drawing import between
from ..judging import Judge, Suspect, attempts, told_apart
from .probe_10_1 import SIDE
from .probe_10_5 import SCALE, SHARP, WIDE

TITLE = "what an image costs a variational auto-decoder"
NAME = "vad_loss"
POINTS = 2
HINTS = (
    "Two sums for each image. First minus the logarithm of a Gaussian density for each pixel, "
    "added up; then lesson 02's KL for each latent, added up. flatten(1).sum(1) adds up "
    "everything but the first axis.",
    "sum over pixels of [((x - picture) / s)^2 + ln(2 pi) + 2 ln s] / 2, plus sum over latents "
    "of (mu^2 + exp(logvar) - 1 - logvar) / 2.",
    "def vad_loss(pictures, images, mu, logvar, s):\n    squares = ((images - pictures) / ___) ** 2\n"
    "    reconstruction = (squares + ___ + 2 * math.log(s)) / 2\n    kl = (mu**2 + ___ - 1 - ___) / 2\n"
    "    return reconstruction.flatten(1).___ + kl.___",
)

PER_IMAGE = "One number for each image, (N,): sum over its pixels, sum over its latents, no mean over images."


def reference(pictures: Tensor, images: Tensor, mu: Tensor, logvar: Tensor, s: float) -> Tensor:
    """-ELBO of each image, nats, (N,): pixels are N(picture, s^2), the prior of the code is N(0, I)."""
    squares = ((images - pictures) / s).square().flatten(1).sum(1)
    constant = images[0].numel() * (LN_2PI / 2 + math.log(s))
    return squares / 2 + constant + kl(Normal(mu, logvar), STANDARD_NORMAL).sum(1)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 10.5: seven images of 36 pixels with 3 latents, from narrow to wider than the prior,
    and pictures so near that the loss is negative."""
    for _ in attempts():
        images = torch.rand((7, 1, SIDE, SIDE), generator=generator)
        inputs: Inputs = {
            "images": images,
            "pictures": images + 0.3 * torch.randn(images.shape, generator=generator),
            "near": images + SHARP * torch.randn(images.shape, generator=generator),
            "s": 0.2 + 0.1 * torch.rand((), generator=generator).item(),
            "mu": 1.5 * torch.randn((7, 3), generator=generator),
            "logvar": torch.tensor([-8.0, -3.0, 0.5]) + 1.5 * torch.rand((7, 3), generator=generator),
        }
        inputs["mu"][:2, 0] = between(generator, (6.0, 7.0), (-7.0, -6.0))
        inputs["logvar"][0, 2] = 2.4
        pictures, mu, logvar, s = (inputs[name] for name in ("pictures", "mu", "logvar", "s"))
        suspects = _loss_suspects(pictures, images, mu, logvar, s)
        if told_apart(reference(pictures, images, mu, logvar, s), suspects):
            return inputs
    raise AssertionError("unreachable")


def _pixel_suspects(pictures: Tensor, images: Tensor, mu: Tensor, logvar: Tensor, s: float) -> tuple[Suspect, ...]:
    """What goes wrong with the pixels."""
    right, pixels = reference(pictures, images, mu, logvar, s), images[0].numel()
    squares, price = (
        ((images - pictures) / s).square().flatten(1).sum(1),
        kl(Normal(mu, logvar), STANDARD_NORMAL).sum(1),
    )
    rest = right - price
    constant = rest - squares / 2
    return (
        (
            "grey-levels",
            right + squares * (255**2 - 1) / 2,
            "The errors were multiplied by 255: pictures, images and s are on one scale already.",
        ),
        ("half-missing", right + squares / 2, "The factor 1/2 of the squares is missing."),
        ("half-missing", right + price, "The factor 1/2 of the KL is missing."),
        ("half-missing", right + rest, "The factor 1/2 of the reconstruction is missing."),
        ("half-missing", right + pixels * LN_2PI / 2, "The factor 1/2 of ln(2 pi) is missing."),
        (
            "constant-missing",
            right - pixels * LN_2PI / 2,
            "ln(2 pi) / 2 for each pixel is missing: the density of a pixel must integrate to 1.",
        ),
        (
            "spread-missing",
            right - pixels * math.log(s),
            "ln s for each pixel is missing: a narrow density is a high one.",
        ),
        ("only-the-squares", squares / 2 + price, "Only the exponent: ln s + ln(2 pi) / 2 for each pixel is missing."),
        (
            "constant-once",
            squares / 2 + constant / pixels + price,
            "ln s + ln(2 pi) / 2 was counted once; every pixel has it.",
        ),
        (
            "pixels-fixed",
            right + (784 - pixels) / pixels * constant,
            "784 pixels were counted: not every picture has as many. images[0].numel() counts them.",
        ),
        (
            "s-is-the-variance",
            squares * s / 2 + pixels * (LN_2PI + math.log(s)) / 2 + price,
            "s is a standard deviation: the variance is s^2.",
        ),
        ("s-is-the-variance", squares * s / 2 + constant + price, "The squares are divided by s^2, not by s."),
        ("s-forgotten", squares * s**2 / 2 + constant + price, "The squares are divided by s^2."),
        (
            "variance-for-spread",
            right + pixels * math.log(s),
            "The logarithm of s stands there once for each pixel: ln s = ln(s^2) / 2.",
        ),
        (
            "mean-over-pixels",
            rest / pixels + price,
            "The pixels were averaged: add them up, or the KL weighs as many times too much as there are pixels.",
        ),
        (
            "mean-over-pixels",
            squares / 2 / pixels + constant + price,
            "The pixels were averaged: add up their squares.",
        ),
    )


def _latent_suspects(right: Tensor, price: Tensor, mu: Tensor, logvar: Tensor) -> tuple[Suspect, ...]:
    """What goes wrong with the KL, the signs and the unit."""
    rest = right - price
    return (
        ("one-sign", right + mu.shape[1], "The 1 in the KL is subtracted: at mu = 0 and sigma = 1 the KL is 0."),
        ("one-sign", right + mu.shape[1] / 2, "The 1 in the KL is missing: at mu = 0 and sigma = 1 the KL is 0."),
        ("mean-over-latents", rest + price / mu.shape[1], "The KL was averaged over the latents: add it up."),
        ("kl-missing", rest, "The KL is missing."),
        ("kl-only", price, "The reconstruction is missing."),
        ("kl-sign", rest - price, "The KL is paid, not earned: add it."),
        ("sign", -right, "This is the ELBO: the loss is minus that."),
        ("sign-of-log-likelihood", price - rest, "ln p(x | z) was added: the loss has minus ln p(x | z)."),
        (
            "sigma-for-variance",
            rest + (mu**2 + (logvar / 2).exp() - 1 - logvar).sum(1) / 2,
            "exp(logvar / 2) is sigma: the KL wants sigma^2, exp(logvar).",
        ),
        (
            "sigma-is-exp-logvar",
            rest + kl(Normal(mu, 2 * logvar), STANDARD_NORMAL).sum(1),
            "exp(logvar) is the variance, not sigma: the KL wants mu^2 + exp(logvar) - 1 - logvar.",
        ),
        (
            "logvar-as-variance",
            rest + (mu**2 - 1).sum(1) / 2,
            "logvar was used as the variance: in the KL, sigma^2 is exp(logvar).",
        ),
        (
            "logvar-as-sigma",
            rest + (mu**2 + logvar**2 - 1 - (logvar**2).log()).sum(1) / 2,
            "logvar was used as sigma: in the KL, sigma^2 is exp(logvar).",
        ),
        (
            "logarithm-missing",
            rest + (mu**2 + logvar.exp() - 1).sum(1) / 2,
            "The term -ln sigma^2, which is -logvar, is missing in the KL.",
        ),
        ("bits", right / math.log(2), "These are bits; nats use the natural logarithm."),
    )


def _loss_suspects(pictures: Tensor, images: Tensor, mu: Tensor, logvar: Tensor, s: float) -> tuple[Suspect, ...]:
    right, price = reference(pictures, images, mu, logvar, s), kl(Normal(mu, logvar), STANDARD_NORMAL).sum(1)
    return (*_pixel_suspects(pictures, images, mu, logvar, s), *_latent_suspects(right, price, mu, logvar))


REMEDIES = (
    (
        "size of tensor|broadcast",
        "Is the sum over the pixels one number for each image, (N,)? Images may have several axes: "
        "flatten(1).sum(1) adds up everything but the first.",
    ),
)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 10.5."""
    s = inputs["s"]
    pictures, images, mu, logvar = (inputs[name].double() for name in ("pictures", "images", "mu", "logvar"))
    judge.close(
        "batch",
        reference(pictures, images, mu, logvar, s),
        axes=PER_IMAGE,
        case="7 images of 36 pixels and 3 latents",
        suspects=_loss_suspects(pictures, images, mu, logvar, s),
        otherwise="Over the pixels: ((x - picture)^2 / s^2 + ln(2 pi s^2)) / 2, added up; plus the KL of lesson "
        "02, added up over the latents.",
    )
    judge.close("one", reference(pictures[:1], images[:1], mu[:1], logvar[:1], s), axes=PER_IMAGE, case="one image")
    judge.close(
        "flat",
        reference(pictures, images, mu, logvar, 0.05),
        axes=PER_IMAGE,
        case="flat images and s = 0.05",
        otherwise="Is s used everywhere?",
    )
    near = inputs["near"].double()
    judge.close(
        "near",
        reference(near, images, 0 * mu, 0 * logvar, SHARP),
        axes=PER_IMAGE,
        case=f"pictures that are nearly the images, codes that equal the prior, and s = {SHARP}",
        otherwise="A density may be above 1: then the loss is negative, and nothing keeps it at 0.",
    )
    judge.close(
        "wide",
        reference(SCALE * (pictures - 0.5), SCALE * (images - 0.5), mu, logvar, WIDE),
        axes=PER_IMAGE,
        case=f"pixels from -{SCALE // 2} to {SCALE // 2} and s = {WIDE}",
        otherwise="Is s used everywhere, also where it is above 1?",
    )
    for label, slope, by in (
        ("slope", (pictures - images) / s**2, "pictures"),
        ("slope-mu", mu, "mu"),
        ("slope-logvar", (logvar.exp() - 1) / 2, "logvar"),
    ):
        judge.close(
            label,
            slope,
            case=f"the gradient by {by}",
            otherwise=f"Something between {by} and the loss is cut or counted twice.",
        )
