"""Exercise 1.3: the mean image as a model."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils import objectives

from ..contract import Finding, Inputs, Values
from ..judging import Judge
from .shared import pixels

TITLE = "the mean image as a model"
NAME = "mean_image_nats"
POINTS = 2
HINTS = (
    "Three steps: the mean over the training images, clamp it, then the cross-entropy with each test image.",
    "p = mean over images, clamped to [1e-6, 1 - 1e-6]; the logit of p is ln(p / (1 - p)), torch.logit(p).",
    "def mean_image_nats(train_images, test_images):\n    p = train_images.mean(dim=___).clamp(___, ___)\n"
    "    logits = torch.logit(p).expand_as(___)\n    return bce_from_logits(logits, ___)",
)


SMALLEST_INK = 1e-6


def reference(train_images: Tensor, test_images: Tensor) -> Tensor:
    """Nats of each test image when every pixel's probability is its mean over the training images: -> (N_test,)."""
    p = train_images.mean(0).clamp(SMALLEST_INK, 1 - SMALLEST_INK)
    return objectives.bce(torch.logit(p).expand_as(test_images), test_images)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 1.3: one pixel is never inked in training, one always; some test images differ
    there."""
    train, plain = pixels(generator, 8, 1, 28, 28), pixels(generator, 5, 1, 28, 28)
    for images in (train, plain):
        images[..., 0, 0], images[..., 0, 1] = 0, 1
    never, always = plain.clone(), plain.clone()
    never[..., 0, 0] = always[..., 0, 1] = 0.5
    return {"train": train, "plain": plain, "never inked": never, "always inked": always}


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 1.3."""
    judge = Judge(NAME, values)
    train, plain = inputs["train"].double(), inputs["plain"].double()
    right, grey = reference(train, plain), train.mean().expand(train.shape[1:])
    axes = "One number per test image, (N_test,)."
    judge.close(
        "plain",
        right,
        axes=axes,
        suspects=(
            (
                "own-mean",
                reference(plain, plain),
                "This is the mean of the test images: a model learns from the training images.",
            ),
            ("swapped", reference(plain, train)[: len(plain)], "Training and test images are exchanged."),
            (
                "one-grey",
                reference(grey[None], plain),
                "One grey for all pixels: average over the images only, so that each pixel keeps its own.",
            ),
            ("mean-over-pixels", right / 784, "A mean over the pixels: sum them."),
            (
                "mean-as-logit",
                objectives.bce(train.mean(0).expand_as(plain), plain),
                "The mean image is a probability; it was used as a logit.",
            ),
            (
                "floor-of-the-mean",
                objectives.entropy_floor(train.mean(0)[None]).expand(len(plain)),
                "This is the entropy of the mean image: compare it with each test image.",
            ),
            ("sign", -right, "The sign is turned round: the loss is minus the log-likelihood."),
        ),
        otherwise="Where the average is exactly 0 or 1 the logarithm is infinite: clamp the probabilities (not the "
        "logits) first.",
    )
    for label in ("never inked", "always inked"):
        judge.close(
            label,
            reference(train, inputs[label].double()),
            axes=axes,
            case=f"a pixel that is {label} in training",
            otherwise="Clamp the probabilities to between 1e-6 and 1 - 1e-6, no more and no less, as the text says.",
        )
    judge.close("one", right[:1], axes=axes, case="one test image")
    return judge.findings
