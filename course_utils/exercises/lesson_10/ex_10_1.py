"""Exercise 10.1: the report's metric."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils.reconstruction import GREY_LEVELS, frobenius_metric

from ..contract import Inputs
from ..judging import Judge, Suspect, attempts, told_apart
from .probe_10_1 import BATCH, SIDE, faint

TITLE = "the report's metric"
NAME = "report_metric"
POINTS = 1
HINTS = (
    "A loop over batches: split(batch) cuts pictures and images alike; each batch gives one "
    "number, and the mean of these is the answer.",
    "For a batch of n_b images: 255 |x - x_rec|_F / (n_b P), with P pixels in an image, so n_b P "
    "numbers in the batch; then the mean over batches, each counting the same.",
    "def report_metric(pictures, images, batch):\n    numbers = []\n    for some, others in "
    "zip(pictures.split(batch), images.split(batch)):\n"
    "        error = ___ * (some - others)\n        numbers.append(error.___() / error.___())\n  "
    "  return torch.stack(numbers).___()",
)

reference = frobenius_metric

ONE_NUMBER = "One number for all images: the mean over the batches."


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 10.1: ten pictures, so that batches of four leave two, with errors of both signs that
    differ by image."""
    size = (0.05 + 0.04 * torch.arange(10)).flip(0)[:, None, None, None]
    for _ in attempts():
        images = torch.rand((10, 1, SIDE, SIDE), generator=generator)
        signs = torch.where(torch.rand(images.shape, generator=generator) < 0.4, -1.0, 1.0)
        pictures = images + size * signs * (0.3 + torch.rand(images.shape, generator=generator))
        if told_apart(frobenius_metric(pictures, images, BATCH), _metric_suspects(pictures, images)):
            return {"images": images, "pictures": pictures}
    raise AssertionError("unreachable")


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
            "chunks",
            torch.stack([part.norm() / part.numel() for part in errors.chunk(BATCH)]).mean(),
            "chunk(batch) cuts into that many parts: split(batch) cuts into parts of that many images.",
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


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 10.1."""
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
    judge.close(
        "flat",
        frobenius_metric(pictures.flatten(1), images.flatten(1), BATCH),
        axes=ONE_NUMBER,
        case="images that are rows of pixels, (N, P)",
        otherwise="For as many axes as there are: x.norm() and x.numel() count over all of them.",
    )
    judge.close(
        "few",
        frobenius_metric(pictures, images, 64),
        axes=ONE_NUMBER,
        case="a batch larger than the 10 images",
        otherwise="Fewer images than a batch holds are one batch: divide by their own number of pixels.",
    )
    judge.close(
        "faint",
        frobenius_metric(*faint(pictures, images), BATCH),
        axes=ONE_NUMBER,
        case="errors of less than half a grey level",
        rtol=1e-3,
        otherwise="Errors count as they are: no rounding.",
    )
    judge.close(
        "opposite",
        frobenius_metric(1 - images.round(), images.round(), 1),
        axes=ONE_NUMBER,
        case="white where the image is black, in batches of one image",
        otherwise="An error counts 255 grey levels there.",
    )
    judge.close("equal", 0.0, axes=ONE_NUMBER, case="pictures without an error")
