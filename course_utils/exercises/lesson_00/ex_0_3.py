"""Exercise 0.3: how many pixels are grey?."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..contract import Inputs
from ..judging import Judge, Suspect

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
    """Images with grey, black and white pixels, the palest and the darkest grey among them; some have no grey."""
    images = (torch.rand((7, 1, 28, 28), generator=generator) * 2.5 - 1.0).clamp(0, 1)
    images[:, :, 0, :8], images[:, :, 0, 8:16] = 1e-3, 1 - 1e-3
    light = images[:2] ** 3 * (torch.rand((2, 1, 28, 28), generator=generator) < 0.4)
    grey = 0.1 + 0.8 * torch.rand((3, 1, 28, 28), generator=generator)
    return {"mixed": images, "black-and-white": (images[:3] > 0.2).float(), "light": light, "grey": grey}


CASES = (
    ("mixed", "7 images with white, grey and black"),
    ("black-and-white", "3 images without any grey"),
    ("light", "2 images, mostly white"),
    ("grey", "3 images in which every pixel is grey"),
)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 0.3."""
    for label, case in CASES:
        images = inputs[label].double()
        _judge_one_number(judge, label, case)
        judge.close(
            label,
            reference(images),
            case=case,
            axes="One number for the whole batch is asked for.",
            rtol=1e-5,
            atol=1e-6,
            suspects=_suspects(images),
        )


def _judge_one_number(judge: Judge, label: str, case: str) -> None:
    """Whether it is a number, and not a table that holds one: the lesson prints it as a percentage."""
    got = judge.array(label, ())
    if got is not None:
        shape = np.shape(judge.values[label])
        judge.that(
            shape == (),
            "shape",
            f"grey_fraction returned shape {shape} for {case}, expected one number, shape ().",
            "A mean without dim, over all pixels, is one number; .item() makes a plain one of it.",
        )


def _suspects(images: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions of the fraction give."""
    grey, right = (images > 0) & (images < 1), reference(images)
    inked = int((images > 0).sum())
    return (
        ("percent", 100 * right, "A percentage? The fraction lies between 0 and 1."),
        ("count", right * images.numel(), "This counts the pixels: divide by how many pixels there are."),
        ("per-image", right * 784, "This is a number per image: divide by 784 pixels as well."),
        ("images-forgotten", right * len(images), "Divided by the 784 pixels of one image: the batch has several."),
        ("black-counted", (images > 0).double().mean(), "Fully black pixels (exactly 1) were counted as grey."),
        ("white-counted", (images < 1).double().mean(), "White paper (exactly 0) was counted as grey."),
        (
            "all-counted",
            ((images >= 0) & (images <= 1)).double().mean(),
            "Are the comparisons strict, and joined by `and`? 0 and 1 are not grey.",
        ),
        ("mean-value", images.mean(), "This is the average brightness; count the grey pixels instead."),
        (
            "grey-value",
            images[grey].mean() if grey.any() else 0.0,
            "This is how dark the grey pixels are on average; count them instead.",
        ),
        ("complement", 1 - right, "This is the fraction that is not grey."),
        (
            "share-of-ink",
            int(grey.sum()) / inked,
            "Divided by the pixels that are not white: the fraction is of all pixels.",
        ),
        (
            "odds",
            int(grey.sum()) / max(int((~grey).sum()), 1),
            "Divided by the pixels that are not grey: the fraction is of all pixels.",
        ),
        ("too-narrow", _between(images, 0.01, 0.99), "Every value between 0 and 1 is grey, the very pale ones too."),
    )


def _between(images: Tensor, low: float, high: float) -> Tensor:
    return ((images > low) & (images < high)).double().mean()
