"""Exercise 0.2: the mean image."""

from __future__ import annotations

import torch
from torch import Tensor

from ..contract import Inputs
from ..judging import Judge

TITLE = "the mean image"
NAME = "mean_image"
POINTS = 1
HINTS = (
    "Which of the four axes counts the images? Only that one disappears.",
    "mean[c, row, column] = (1/N) * sum over n of images[n, c, row, column].",
    "def mean_image(images):\n    return images.mean(dim=___)",
)


def reference(images: Tensor) -> Tensor:
    """Average over the batch: (N, 1, 28, 28) -> (1, 28, 28)."""
    return images.mean(dim=0)


def inputs(generator: torch.Generator) -> Inputs:
    """Images with white, grey and black: seventy, five and one."""
    many = (1.6 * torch.rand((70, 1, 28, 28), generator=generator) - 0.3).clamp(0, 1)
    return {"many": many, "few": many[:5] ** 2, "one": many[-1:] ** 3}


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 0.2."""
    axes = "The images are (N, 1, 28, 28) and only the first axis, N, is averaged away."
    for label, case in (("many", "70 images"), ("few", "5 images"), ("one", "a batch of one image")):
        images = inputs[label].double()
        right = images.mean(0)
        judge.close(
            label,
            right,
            case=case,
            axes=axes,
            suspects=(
                ("summed", images.sum(0), "A sum over the images: divide by how many there are."),
                ("wrong-count", images.sum(0) / (len(images) - 1 or 1), "Divided by N - 1? A mean divides by N."),
                ("first-image", images[0], "This is the first image alone."),
                (
                    "white-left-out",
                    images.sum(0) / (images > 0).sum(0).clamp(min=1),
                    "White pixels were left out of the mean: they count as 0, and an image is an image.",
                ),
                ("maximum", images.amax(0), "This is the largest value of each pixel; the mean is asked for."),
                ("median", images.median(0).values, "This is the median; the mean is asked for."),
                ("transposed", right.transpose(1, 2), "Rows and columns are exchanged: the picture lies on its side."),
            ),
        )
