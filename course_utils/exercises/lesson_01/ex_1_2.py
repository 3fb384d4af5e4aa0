"""Exercise 1.2: the floor under the loss."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from course_utils import objectives

from ..contract import Inputs
from ..judging import Judge
from .shared import PER_IMAGE, pixels

TITLE = "the floor under the loss"
NAME = "entropy_floor"
POINTS = 2
HINTS = (
    "The best output for a pixel is the pixel itself. Put p = x into the cross-entropy, and mind 0 ln 0.",
    "H(x) = -x ln x - (1 - x) ln(1 - x), summed over an image; torch.xlogy(a, b) is a ln b with 0 ln 0 = 0.",
    "def entropy_floor(x):\n    per_pixel = -torch.xlogy(x, ___) - torch.xlogy(1 - x, ___)\n    "
    "return per_pixel.flatten(1).sum(dim=___)",
)

ZERO_LOG_ZERO = (
    "0 ln 0 counts as 0, but 0 * log(0) is nan for a computer: torch.xlogy or torch.special.entr give exactly 0."
)


def reference(x: Tensor) -> Tensor:
    """The least cross-entropy that any output can reach on each image, nats: (N, 1, 28, 28) -> (N,)."""
    return objectives.entropy_floor(x)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 1.2."""
    grey = 0.001 + 0.95 * torch.rand((7, 1, 28, 28), generator=generator) ** 2
    return {
        "grey": grey,
        "one": grey[:1],
        "mixed": pixels(generator, 4, 1, 28, 28),
        "black-and-white": (grey[:2] > 0.3).float(),
    }


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 1.2."""
    x = inputs["grey"].double()
    right = objectives.entropy_floor(x)
    ink, paper = (-(t * t.log()).flatten(1).sum(1) for t in (x, 1 - x))
    judge.close(
        "grey",
        right,
        axes=PER_IMAGE,
        case="7 grey images",
        suspects=(
            ("ink-only", ink, "Only -x ln x: the other half is -(1 - x) ln(1 - x)."),
            ("paper-only", paper, "Only -(1 - x) ln(1 - x): the other half is -x ln x."),
            ("sign", -right, "The sign is turned round: an entropy is never negative."),
            (
                "mean-over-pixels",
                right / 784,
                "A mean over the pixels: the floor of an image is the sum over its pixels.",
            ),
            ("divided-by-batch", right / len(x), "Divided by the batch size? Each image has its own floor."),
            ("bits", right / math.log(2), "These are bits (log2); nats use the natural logarithm."),
            ("decimal-logarithm", right / math.log(10), "These are decimal logarithms (log10); nats are natural ones."),
            (
                "exchanged",
                -(x * (1 - x).log() + (1 - x) * x.log()).flatten(1).sum(1),
                "x stands with ln(1 - x) and 1 - x with ln x: each stands with its own logarithm.",
            ),
            ("half-sign", ink - paper, "The signs of the two halves differ: both are -t ln t."),
            ("half-sign", paper - ink, "The signs of the two halves differ: both are -t ln t."),
            ("quadratic", (x * (1 - x)).flatten(1).sum(1), "This is x (1 - x): the logarithms are missing."),
        ),
    )
    judge.close(
        "one",
        right[:1],
        axes=PER_IMAGE,
        case="a batch of one image",
        otherwise="An image's floor must not depend on its neighbours in the batch.",
    )
    for label, case in (("mixed", "images with white and black pixels"), ("black-and-white", "images without grey")):
        expected = objectives.entropy_floor(inputs[label].double())
        judge.finite(label, tuple(expected.shape), ZERO_LOG_ZERO, axes=PER_IMAGE, case=case)
        judge.close(
            label,
            expected,
            axes=PER_IMAGE,
            case=case,
            otherwise="White and black pixels cost exactly 0; a clamp leaves a little at each of the 784.",
        )
