"""Lesson 10, exercises 10.1 and 10.5: Report C's metric, and the loss of a variational auto-decoder in nats."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.distributions import LN_2PI, STANDARD_NORMAL, Normal
from course_utils.divergences import kl
from course_utils.reconstruction import GREY_LEVELS, frobenius_metric

from .contract import Finding, Inputs, Values
from .judging import Judge, Suspect, attempts, told_apart
from .probing import Probe

ONE_NUMBER = "One number for all images: the mean over the batches."
PER_IMAGE = "One number for each image, (N,): sum over its pixels, sum over its latents, no mean over images."
BATCH, SIDE = 4, 6


# 10.1 -----------------------------------------------------------------------------------------------------------
def picture_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 10.1: ten pictures, so that batches of four leave two, with errors that differ by
    image."""
    size = (0.05 + 0.04 * torch.arange(10)).flip(0)[:, None, None, None]
    for _ in attempts():
        images = torch.rand((10, 1, SIDE, SIDE), generator=generator)
        pictures = images + size * (0.3 + torch.rand(images.shape, generator=generator))
        if told_apart(frobenius_metric(pictures, images, BATCH), _metric_suspects(pictures, images)):
            return {"images": images, "pictures": pictures}
    raise AssertionError("unreachable")


def probe_metric(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 10.1 and collect what comes back."""
    probe = Probe(answer)
    pictures, images = inputs["pictures"], inputs["images"]
    probe.call("ragged", pictures, images, BATCH)
    probe.call("single", pictures, images, 1)
    probe.call("whole", pictures, images, len(images))
    probe.call("wide", pictures[:, :, :2], images[:, :, :2], 5)
    probe.call("equal", images, images, BATCH)
    return probe.values


def _metric_suspects(pictures: Tensor, images: Tensor) -> tuple[Suspect, ...]:
    errors = (pictures.double() - images.double()).flatten(1) * GREY_LEVELS
    parts, pixels = errors.split(BATCH), errors.shape[1]
    norms = torch.stack([part.norm() for part in parts])
    each, sizes = norms / torch.tensor([part.numel() for part in parts]), torch.tensor([len(part) for part in parts])
    right = each.mean()
    return (
        ("not-grey-levels", right / GREY_LEVELS, "Pixels here run from 0 to 1; the report's run from 0 to 255."),
        (
            "rmse",
            errors.square().mean().sqrt(),
            "This is the root mean square error: the report divides the norm by n_b * 784, not by its root.",
        ),
        (
            "rmse",
            (norms / (sizes * pixels).sqrt()).mean(),
            "The norm was divided by the root of the number of pixels: the report divides by the number itself.",
        ),
        (
            "one-batch",
            errors.norm() / errors.numel(),
            "All images were taken as one batch: split them into batches first.",
        ),
        (
            "image-by-image",
            (errors.norm(dim=1) / pixels).mean(),
            "This takes the norm of each image: the report takes that of the whole batch.",
        ),
        (
            "last-divided-by-a-full-batch",
            (norms / (BATCH * pixels)).mean(),
            "The last batch is smaller: divide by its own number of pixels.",
        ),
        ("last-dropped", each[:-1].mean(), "The last, smaller batch is missing."),
        (
            "weighed-by-size",
            (each * sizes).sum() / sizes.sum(),
            "The batches were weighed by their size: in the report each counts the same.",
        ),
        ("sum-over-batches", each.sum(), "The batches are averaged, not added."),
        (
            "batches-miscounted",
            each.sum() / (len(parts) - 1),
            "The mean runs over all batches, the smaller last one among them: N // batch is one too few.",
        ),
        (
            "squared",
            (norms**2 / torch.tensor([part.numel() for part in parts])).mean(),
            "This is the mean squared error: the root is missing.",
        ),
        (
            "absolute",
            torch.stack([part.abs().mean() for part in parts]).mean(),
            "These are mean absolute errors: the norm is the root of the sum of squares.",
        ),
        ("not-divided", norms.mean(), "The norms must be divided by the number of pixels of their batch."),
        (
            "pixels-fixed",
            (norms / (sizes * 784)).mean(),
            "Divided by 784 pixels an image: not every picture has as many. Count them, part.numel().",
        ),
        ("divided-by-images", (norms / sizes).mean(), "Divide by images times pixels, not by images alone."),
        ("divided-by-pixels", norms.mean() / pixels, "Divide by images times pixels, not by the pixels of one image."),
    )


def judge_metric(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 10.1."""
    judge = Judge("report_metric", values)
    pictures, images = inputs["pictures"], inputs["images"]
    judge.close(
        "ragged",
        frobenius_metric(pictures, images, BATCH),
        axes=ONE_NUMBER,
        suspects=_metric_suspects(pictures, images),
        case="10 images in batches of 4, 4 and 2",
        otherwise="For each batch: 255 times the errors, their norm, divided by their number; then the mean over "
        "batches.",
    )
    judge.close(
        "single",
        frobenius_metric(pictures, images, 1),
        axes=ONE_NUMBER,
        case="batches of one image",
        otherwise="Is batch used, or a number of your own?",
    )
    judge.close(
        "whole", frobenius_metric(pictures, images, len(images)), axes=ONE_NUMBER, case="one batch of all images"
    )
    judge.close(
        "wide",
        frobenius_metric(pictures[:, :, :2], images[:, :, :2], 5),
        axes=ONE_NUMBER,
        case="smaller pictures",
        otherwise="Count the pixels: not every picture has as many as the first ones.",
    )
    judge.close("equal", 0.0, axes=ONE_NUMBER, case="pictures without an error")
    return judge.findings


# 10.5 -----------------------------------------------------------------------------------------------------------
def vad_loss(pictures: Tensor, images: Tensor, mu: Tensor, logvar: Tensor, s: float) -> Tensor:
    """-ELBO of each image, nats, (N,): pixels are N(picture, s^2), the prior of the code is N(0, I)."""
    squares = ((images - pictures) / s).square().flatten(1).sum(1)
    constant = images[0].numel() * (LN_2PI / 2 + math.log(s))
    return squares / 2 + constant + kl(Normal(mu, logvar), STANDARD_NORMAL).sum(1)


def posterior_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 10.5: five images of 36 pixels with 3 latents."""
    images = torch.rand((5, 1, SIDE, SIDE), generator=generator)
    s = 0.2 + 0.1 * torch.rand((), generator=generator).item()
    return {
        "images": images,
        "pictures": images + 0.3 * torch.randn(images.shape, generator=generator),
        "s": s,
        "mu": 1.5 * torch.randn((5, 3), generator=generator),
        "logvar": -0.5 - 2 * torch.rand((5, 3), generator=generator),
    }


def probe_loss(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 10.5 and collect what comes back."""
    probe = Probe(answer)
    given = [inputs[name] for name in ("pictures", "images", "mu", "logvar")]
    probe.call("batch", *given, inputs["s"])
    probe.call("one", *(tensor[:1] for tensor in given), inputs["s"])
    probe.call("flat", given[0].flatten(1), given[1].flatten(1), given[2], given[3], 0.05)
    probe.gradient("slope", *given, inputs["s"])
    return probe.values


def _pixel_suspects(pictures: Tensor, images: Tensor, mu: Tensor, logvar: Tensor, s: float) -> tuple[Suspect, ...]:
    """What goes wrong with the pixels."""
    right, pixels = vad_loss(pictures, images, mu, logvar, s), images[0].numel()
    squares, price = (
        ((images - pictures) / s).square().flatten(1).sum(1),
        kl(Normal(mu, logvar), STANDARD_NORMAL).sum(1),
    )
    rest = right - price
    constant = rest - squares / 2
    return (
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
            "The pixels were averaged: add them up, or the KL weighs 784 times too much.",
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
        ("bits", right / math.log(2), "These are bits; nats use the natural logarithm."),
    )


def _loss_suspects(pictures: Tensor, images: Tensor, mu: Tensor, logvar: Tensor, s: float) -> tuple[Suspect, ...]:
    right, price = vad_loss(pictures, images, mu, logvar, s), kl(Normal(mu, logvar), STANDARD_NORMAL).sum(1)
    return (*_pixel_suspects(pictures, images, mu, logvar, s), *_latent_suspects(right, price, mu, logvar))


def judge_loss(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 10.5."""
    judge, s = Judge("vad_loss", values), inputs["s"]
    pictures, images, mu, logvar = (inputs[name].double() for name in ("pictures", "images", "mu", "logvar"))
    judge.close(
        "batch",
        vad_loss(pictures, images, mu, logvar, s),
        axes=PER_IMAGE,
        case="5 images of 36 pixels and 3 latents",
        suspects=_loss_suspects(pictures, images, mu, logvar, s),
        otherwise="Over the pixels: ((x - picture)^2 / s^2 + ln(2 pi s^2)) / 2, added up; plus the KL of lesson "
        "02, added up over the latents.",
    )
    judge.close("one", vad_loss(pictures[:1], images[:1], mu[:1], logvar[:1], s), axes=PER_IMAGE, case="one image")
    judge.close(
        "flat",
        vad_loss(pictures, images, mu, logvar, 0.05),
        axes=PER_IMAGE,
        case="flat images and s = 0.05",
        otherwise="Is s used everywhere?",
    )
    judge.close(
        "slope",
        (pictures - images) / s**2,
        case="the gradient at the pictures",
        otherwise="Something between the pictures and the loss is cut or counted twice.",
    )
    return judge.findings
