"""Exercise 1.1: cross-entropy from logits."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils import objectives

from ..contract import Inputs
from ..judging import Judge, Suspect
from .shared import PER_IMAGE, pixels

TITLE = "cross-entropy from logits"
NAME = "bce_from_logits"
POINTS = 2
HINTS = (
    "Two steps: one number per pixel, then add the pixels of each image. Which function gives softplus?",
    "loss per pixel = softplus(l) - x * l; F.softplus(l) is safe for every l; t.flatten(1) puts "
    "an image's pixels in a row.",
    "def bce_from_logits(logits, x):\n    per_pixel = F.softplus(___) - x * ___\n    return "
    "per_pixel.flatten(1).sum(dim=___)",
)

OVERFLOW = (
    "log(sigmoid(l)) becomes log(0) there, and exp(l) overflows: rewrite the formula so that neither is computed, as "
    "section 3 does."
)
CUT = "Is something cut off (clamp, a little number that is added)? That hides what such a logit costs."
WHERE = "torch.where chooses between values, but 0 * inf stays in the gradient of the branch that was not taken."


def reference(logits: Tensor, x: Tensor) -> Tensor:
    """Cross-entropy of each image in nats: (N, 1, 28, 28) twice -> (N,)."""
    return objectives.bce(logits, x)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 1.1."""
    logits = 2 * torch.randn((6, 1, 28, 28), generator=generator) - 1.0
    sign = torch.where(torch.rand((3, 1, 28, 28), generator=generator) < 0.5, -1.0, 1.0)
    large = 180 * torch.rand((3, 1, 28, 28), generator=generator) - 90
    return {
        "logits": logits,
        "x": pixels(generator, 6, 1, 28, 28),
        "extreme": 1000 * sign,
        "large": large,
        "any": pixels(generator, 3, 1, 28, 28),
    }


def _bce_suspects(logits: Tensor, x: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions of the cross-entropy give, (N,)."""
    right, p, soft = objectives.bce(logits, x), torch.sigmoid(logits), F.softplus(logits).flatten(1).sum(1)
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
        ("decimal-logarithm", right / math.log(10), "These are decimal logarithms (log10); nats use the natural one."),
        ("swapped", (F.softplus(x) - x * logits).flatten(1).sum(1), "Logits and image are exchanged."),
        ("logit-missing", soft - x.flatten(1).sum(1), "The pixel was subtracted alone: it multiplies the logit."),
        (
            "logit-subtracted",
            soft - logits.flatten(1).sum(1),
            "The logit was subtracted alone, as if every pixel were black: the pixel multiplies it.",
        ),
        (
            "sigmoid-twice",
            objectives.bce(p, x),
            "A sigmoid was applied twice: the _with_logits functions apply their own.",
        ),
        ("squared-error", ((p - x) ** 2).flatten(1).sum(1), "This is a squared error, not a cross-entropy."),
        ("logit-sign", objectives.bce(-logits, x), "The sign of the logits is turned round, or ink and paper are."),
        ("linear-term-sign", soft + (x * logits).flatten(1).sum(1), "x l is subtracted, not added."),
        (
            "softplus-sign",
            F.softplus(-logits).flatten(1).sum(1) - (x * logits).flatten(1).sum(1),
            "softplus takes l, not -l.",
        ),
        ("linear-term-missing", soft, "A term is missing: x does not enter at all."),
        ("softplus-missing", -(x * logits).flatten(1).sum(1), "The softplus is missing: this is its companion alone."),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 1.1."""
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
    x = inputs["any"].double()
    for label, case in (("large", "logits between -90 and 90"), ("extreme", "logits of +1000 and -1000")):
        judge.finite(label, (3,), OVERFLOW, axes=PER_IMAGE, case=case)
        judge.close(label, objectives.bce(inputs[label].double(), x), axes=PER_IMAGE, case=case, otherwise=CUT)
    judge.close("gradient", torch.sigmoid(logits) - inputs["x"].double(), case="the gradient by the logits")
    case = "the gradient by logits of +1000 and -1000"
    judge.finite("extreme gradient", tuple(x.shape), WHERE, case=case)
    judge.close("extreme gradient", torch.sigmoid(inputs["extreme"].double()) - x, case=case, otherwise=CUT)
