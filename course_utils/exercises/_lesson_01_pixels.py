"""Lesson 01, exercises 1.1 to 1.3: cross-entropy from logits, its floor, and the mean image as a baseline."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils import objectives

from .contract import Finding, Inputs, Values
from .judging import Judge, Suspect
from .probing import Probe

PER_IMAGE = "One number per image, (N,): sum over the pixels, keep the images apart."
SMALLEST_INK = 1e-6


def _pixels(generator: torch.Generator, *shape: int) -> Tensor:
    """Grey images with some pixels at exactly 0 and 1."""
    return (torch.rand(shape, generator=generator) * 1.6 - 0.3).clamp(0, 1)


# 1.1 ------------------------------------------------------------------------------------------------------------
def bce_from_logits(logits: Tensor, x: Tensor) -> Tensor:
    """Cross-entropy of each image in nats: (N, 1, 28, 28) twice -> (N,)."""
    return objectives.bce(logits, x)


def logits_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 1.1."""
    logits = 2 * torch.randn((6, 1, 28, 28), generator=generator) - 1.0
    sign = torch.where(torch.rand((3, 1, 28, 28), generator=generator) < 0.5, -1.0, 1.0)
    return {
        "logits": logits,
        "x": _pixels(generator, 6, 1, 28, 28),
        "extreme": 1000 * sign,
        "white": torch.zeros(3, 1, 28, 28),
    }


def probe_logits(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 1.1 and collect what comes back."""
    probe = Probe(answer)
    logits, x = inputs["logits"], inputs["x"]
    probe.call("batch", logits, x)
    probe.call("one", logits[:1], x[:1])
    probe.call("extreme", inputs["extreme"], inputs["white"])
    probe.gradient("gradient", logits, x)
    return probe.values


def _bce_suspects(logits: Tensor, x: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions of the cross-entropy give, (N,)."""
    right, p = objectives.bce(logits, x), torch.sigmoid(logits)
    ink, paper = (x * F.softplus(-logits)).flatten(1).sum(1), ((1 - x) * F.softplus(logits)).flatten(1).sum(1)
    return (
        (
            "mean-over-pixels",
            right / 784,
            "A mean over the 784 pixels: an image's surprise is the sum of its pixels' surprises.",
        ),
        ("divided-by-batch", right / len(x), "Divided by the batch size? Each image has its own number."),
        ("sign", -right, "The sign is turned round: this is the log-likelihood; the loss is minus that."),
        ("ink-only", ink, "Only the term x ln p: white pixels cost something too, (1 - x) ln(1 - p)."),
        ("paper-only", paper, "Only the term (1 - x) ln(1 - p): ink costs something too, x ln p."),
        ("bits", right / math.log(2), "These are bits (log2); nats use the natural logarithm."),
        (
            "sigmoid-twice",
            objectives.bce(p, x),
            "A sigmoid was applied twice: the _with_logits functions apply their own.",
        ),
        ("squared-error", ((p - x) ** 2).flatten(1).sum(1), "This is a squared error, not a cross-entropy."),
        ("logit-sign", objectives.bce(-logits, x), "The sign of the logits is turned round: softplus(l) - x l."),
        (
            "linear-term-sign",
            F.softplus(logits).flatten(1).sum(1) + (x * logits).flatten(1).sum(1),
            "x l is subtracted, not added.",
        ),
        (
            "softplus-sign",
            F.softplus(-logits).flatten(1).sum(1) - (x * logits).flatten(1).sum(1),
            "softplus takes l, not -l.",
        ),
        ("linear-term-missing", F.softplus(logits).flatten(1).sum(1), "The term - x l is missing."),
        ("softplus-missing", -(x * logits).flatten(1).sum(1), "The term softplus(l) is missing."),
    )


def judge_logits(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 1.1."""
    judge = Judge("bce_from_logits", values)
    logits, x = inputs["logits"].double(), inputs["x"].double()
    right = objectives.bce(logits, x)
    judge.close("batch", right, axes=PER_IMAGE, case="6 images", suspects=_bce_suspects(logits, x))
    judge.close(
        "one",
        right[:1],
        axes=PER_IMAGE,
        case="a batch of one image",
        otherwise="An image's loss must not depend on its neighbours in the batch.",
    )
    extreme = objectives.bce(inputs["extreme"].double(), inputs["white"].double())
    judge.close(
        "extreme",
        extreme,
        axes=PER_IMAGE,
        case="logits of +1000 and -1000",
        otherwise="log(sigmoid(l)) rounds to log(0), exp(1000) overflows, and clamping hides the true cost: "
        "F.softplus(l) - x l.",
    )
    judge.close("gradient", torch.sigmoid(logits) - x, case="the gradient with respect to the logits")
    return judge.findings


# 1.2 ------------------------------------------------------------------------------------------------------------
def entropy_floor(x: Tensor) -> Tensor:
    """The least cross-entropy that any output can reach on each image, nats: (N, 1, 28, 28) -> (N,)."""
    return objectives.entropy_floor(x)


def grey_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 1.2."""
    grey = 0.05 + 0.6 * torch.rand((5, 1, 28, 28), generator=generator)
    return {"grey": grey, "mixed": _pixels(generator, 4, 1, 28, 28), "black-and-white": (grey[:2] > 0.3).float()}


def probe_grey(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 1.2 and collect what comes back."""
    probe = Probe(answer)
    for label, images in inputs.items():
        probe.call(label, images)
    return probe.values


def judge_grey(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 1.2."""
    judge = Judge("entropy_floor", values)
    x = inputs["grey"].double()
    right = objectives.entropy_floor(x)
    ink, paper = (-(t * t.log()).flatten(1).sum(1) for t in (x, 1 - x))
    judge.close(
        "grey",
        right,
        axes=PER_IMAGE,
        case="5 grey images",
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
        ),
    )
    zero_log_zero = (
        "0 ln 0 counts as 0, but 0 * log(0) is nan for a computer, and a clamp leaves a little at each of 784 pixels: "
        "torch.xlogy or torch.special.entr give exactly 0."
    )
    for label, case in (("mixed", "images with white and black pixels"), ("black-and-white", "images without grey")):
        judge.close(
            label, objectives.entropy_floor(inputs[label].double()), axes=PER_IMAGE, case=case, otherwise=zero_log_zero
        )
    return judge.findings


# 1.3 ------------------------------------------------------------------------------------------------------------
def mean_image_nats(train_images: Tensor, test_images: Tensor) -> Tensor:
    """Nats of each test image when every pixel's probability is its mean over the training images: -> (N_test,)."""
    p = train_images.mean(0).clamp(SMALLEST_INK, 1 - SMALLEST_INK)
    return objectives.bce(torch.logit(p).expand_as(test_images), test_images)


def piles(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 1.3: one pixel is never inked in training, one always; some test images differ
    there."""
    train, plain = _pixels(generator, 8, 1, 28, 28), _pixels(generator, 5, 1, 28, 28)
    for images in (train, plain):
        images[..., 0, 0], images[..., 0, 1] = 0, 1
    never, always = plain.clone(), plain.clone()
    never[..., 0, 0] = always[..., 0, 1] = 0.5
    return {"train": train, "plain": plain, "never inked": never, "always inked": always}


def probe_piles(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 1.3 and collect what comes back."""
    probe = Probe(answer)
    for label in ("plain", "never inked", "always inked"):
        probe.call(label, inputs["train"], inputs[label])
    probe.call("one", inputs["train"], inputs["plain"][:1])
    return probe.values


def judge_piles(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 1.3."""
    judge = Judge("mean_image_nats", values)
    train, plain = inputs["train"].double(), inputs["plain"].double()
    right, grey = mean_image_nats(train, plain), train.mean().expand(train.shape[1:])
    axes = "One number per test image, (N_test,)."
    judge.close(
        "plain",
        right,
        axes=axes,
        suspects=(
            (
                "own-mean",
                mean_image_nats(plain, plain),
                "This is the mean of the test images: a model learns from the training images.",
            ),
            ("swapped", mean_image_nats(plain, train)[: len(plain)], "Training and test images are exchanged."),
            (
                "one-grey",
                mean_image_nats(grey[None], plain),
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
            mean_image_nats(train, inputs[label].double()),
            axes=axes,
            case=f"a pixel that is {label} in training",
            otherwise="Clamp the probabilities to between 1e-6 and 1 - 1e-6, no more and no less, as the text says.",
        )
    judge.close("one", right[:1], axes=axes, case="one test image")
    return judge.findings
