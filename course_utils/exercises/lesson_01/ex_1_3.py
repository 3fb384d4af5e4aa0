"""Exercise 1.3: the mean image as a model."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils import objectives

from ..contract import Inputs
from ..judging import Judge, Suspect
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
AXES = "One number per test image, (N_test,)."
INFINITE = (
    "Where the average is exactly 0 or 1 the logarithm is infinite: clamp the probabilities (not the logits), at both "
    "ends, and keep what .clamp returns: it changes nothing in place."
)
CASES = (
    ("plain", "7 test images"),
    ("never inked", "a pixel that is never inked in training"),
    ("always inked", "a pixel that is always inked in training"),
)


def reference(train_images: Tensor, test_images: Tensor) -> Tensor:
    """Nats of each test image when every pixel's probability is its mean over the training images: -> (N_test,)."""
    p = train_images.mean(0).clamp(SMALLEST_INK, 1 - SMALLEST_INK)
    return objectives.bce(torch.logit(p).expand_as(test_images), test_images)


def inputs(generator: torch.Generator) -> Inputs:
    """Half a row of pixels is never inked in training, the other half always; some test images differ there."""
    train, plain = pixels(generator, 8, 1, 28, 28), pixels(generator, 7, 1, 28, 28)
    for images in (train, plain):
        images[..., 0, :14], images[..., 0, 14:] = 0, 1
    never, always = plain.clone(), plain.clone()
    never[..., 0, 0] = always[..., 0, 14] = 0.5
    return {"train": train, "plain": plain, "never inked": never, "always inked": always}


def _suspects(train: Tensor, test: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions of the mean image's cost give, (N_test,)."""
    right, mean = reference(train, test), train.mean(0)
    p = mean.clamp(SMALLEST_INK, 1 - SMALLEST_INK)
    logits, grey = torch.logit(p).expand_as(test), train.mean().expand(train.shape[1:])
    swapped = reference(test, train)
    return (
        (
            "own-mean",
            reference(test, test),
            "This is the mean of the test images: a model learns from the training images.",
        ),
        ("swapped", swapped[: len(test)], "Training and test images are exchanged."),
        (
            "one-grey",
            reference(grey[None], test),
            "One grey for all pixels: average over the images only, so that each pixel keeps its own.",
        ),
        ("mean-over-pixels", right / 784, "A mean over the pixels: sum them."),
        ("divided-by-batch", right / len(test), "Divided by the number of test images? Each has its own number."),
        (
            "mean-as-logit",
            objectives.bce(mean.expand_as(test), test),
            "The mean image is a probability; it was used as a logit.",
        ),
        (
            "mean-as-logit",
            objectives.bce(p.expand_as(test), test),
            "The mean image is a probability; it was used as a logit.",
        ),
        (
            "clamped-logits",
            objectives.bce(logits.clamp(SMALLEST_INK, 1 - SMALLEST_INK), test),
            "The logits were clamped: clamp the probabilities, before torch.logit.",
        ),
        *(
            (
                "arguments-swapped",
                (F.softplus(test) - odds * test).flatten(1).sum(1),
                "bce_from_logits was given the test images as logits: the logits come first.",
            )
            for odds in (logits, torch.logit(p.float()).double())
        ),
        (
            "summed",
            reference(train.sum(0)[None], test),
            "A sum over the training images stands where their mean is meant.",
        ),
        (
            "floor-of-the-mean",
            objectives.entropy_floor(mean[None]).expand(len(test)),
            "This is the entropy of the mean image: compare it with each test image.",
        ),
        (
            "floor-of-the-images",
            objectives.entropy_floor(test),
            "This is the entropy of the test images themselves: compare them with the mean image.",
        ),
        ("sign", -right, "The sign is turned round: the loss is minus the log-likelihood."),
    )


def _other_bounds(train: Tensor, test: Tensor) -> tuple[Suspect, ...]:
    """What other bounds than the asked one give, (N_test,)."""
    mean = train.mean(0)
    return tuple(
        (
            "other-bound",
            objectives.bce(torch.logit(mean.clamp(bound, 1 - bound)).expand_as(test), test),
            f"The probabilities seem to be clamped to {bound:.0e} and 1 - {bound:.0e}; the text asks for 1e-6.",
        )
        for bound in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-7, 1e-8, 1e-9, 1e-10)
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 1.3."""
    train = inputs["train"].double()
    for label, case in CASES:
        test = inputs[label].double()
        judge.finite(label, (len(test),), INFINITE, axes=AXES, case=case)
        suspects = (*_suspects(train, test), *_other_bounds(train, test))
        judge.close(label, reference(train, test), axes=AXES, case=case, suspects=suspects)
    right = reference(train, inputs["plain"].double())
    judge.close(
        "one",
        right[:1],
        axes=AXES,
        case="one test image",
        otherwise="A test image's number must not depend on the other test images.",
    )
