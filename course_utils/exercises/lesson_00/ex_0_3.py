"""Exercise 0.3: how many pixels are grey?."""

from __future__ import annotations

import torch
from torch import Tensor

from ..contract import Finding, Inputs, Values
from ..judging import Judge

TITLE = "how many pixels are grey?"
NAME = "grey_fraction"
POINTS = 1
HINTS = (
    "A comparison such as images > 0 gives True and False; a mean of those counts 1 and 0.",
    "fraction = (number of pixels with 0 < x < 1) / (number of pixels).",
    "def grey_fraction(images):\n    grey = (images > 0) & (___)\n    return grey.float().___().item()",
)


def reference(images: Tensor) -> float:
    """Fraction of all pixels that are strictly between 0 and 1."""
    return ((images > 0) & (images < 1)).float().mean().item()


def inputs(generator: torch.Generator) -> Inputs:
    """Images with grey, black and white pixels, and some with no grey at all."""
    images = torch.rand((5, 1, 28, 28), generator=generator) * 2.5 - 1.0
    return {"mixed": images.clamp(0, 1), "black-and-white": (images > 0.2).float()}


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 0.3."""
    judge = Judge(NAME, values)
    for label, case in (
        ("mixed", "5 images with white, grey and black"),
        ("black-and-white", "images without any grey"),
    ):
        images = inputs[label].double()
        right = reference(images)
        judge.close(
            label,
            right,
            case=case,
            axes="One number for the whole batch is asked for.",
            suspects=(
                ("percent", 100 * right, "A percentage? The fraction lies between 0 and 1."),
                ("count", right * images.numel(), "This counts the pixels: divide by how many pixels there are."),
                ("per-image", right * 784, "This is a number per image: divide by 784 pixels as well."),
                ("black-counted", (images > 0).double().mean(), "Fully black pixels (exactly 1) were counted as grey."),
                ("white-counted", (images < 1).double().mean(), "White paper (exactly 0) was counted as grey."),
                (
                    "all-counted",
                    ((images >= 0) & (images <= 1)).double().mean(),
                    "Are the comparisons strict? 0 and 1 are not grey.",
                ),
                ("mean-value", images.mean(), "This is the average brightness; count the grey pixels instead."),
                ("complement", 1 - right, "This is the fraction that is not grey."),
            ),
        )
    return judge.findings
