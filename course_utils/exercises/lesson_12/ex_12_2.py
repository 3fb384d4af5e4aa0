"""Exercise 12.2: what the generator pays."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils import gan

from ..contract import Inputs
from ..judging import Judge, Suspect, attempts, told_apart
from .shared import FLAT, ONE_NUMBER

TITLE = "what the generator pays"
NAME = "generator_loss"
POINTS = 1
HINTS = (
    "The generator wants its pictures to be called real. So it pays what the discriminator pays for a real picture.",
    "The mean of -ln sigmoid(l) = softplus(-l) over the drawn pictures.",
    "def generator_loss(drawn):\n    return F.softplus(___).___",
)

reference = gan.generator_loss


def inputs(generator: torch.Generator) -> Inputs:
    """Logits of drawn pictures that are mostly seen through, and of a discriminator that is sure."""
    for _ in attempts():
        drawn = -1.2 - torch.rand((), generator=generator) + 1.5 * torch.randn(6, generator=generator)
        fooled = bool((drawn > 0.2).any() and (drawn < -0.2).any())
        if fooled and told_apart(reference(drawn), _wrong_hopes(drawn)):
            return {"drawn": drawn, "sure": 150 + 100 * torch.rand(4, generator=generator)}
    raise AssertionError("unreachable")


def _wrong_hopes(drawn: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions of the generator's loss give."""
    each = F.softplus(-drawn)
    return (
        (
            "saturating",
            -F.softplus(drawn).mean(),
            "This is +ln(1 - p), the game's own form: it is flat where the generator is worst. Minimise -ln p.",
        ),
        (
            "label-drawn",
            F.softplus(drawn).mean(),
            'This is the discriminator\'s half: the generator wants the label 1, "real".',
        ),
        ("sign", -each.mean(), "The sign is turned round: minimise -ln p, which is never negative."),
        ("sum-of-batch", each.sum(), "A sum over the batch: take the mean."),
        ("bits", each.mean() / math.log(2), "These are bits: use the natural logarithm."),
        ("halved", each.mean() / 2, "Half of what is asked for: a generator that fools every second time pays ln 2."),
        (
            "sigmoid-twice",
            F.softplus(-drawn.sigmoid()).mean(),
            "A sigmoid was applied twice: softplus and the _with_logits functions take the logits themselves.",
        ),
        ("probabilities", (1 - drawn.sigmoid()).mean(), "This is a probability: the loss is its logarithm."),
        ("probabilities", drawn.sigmoid().mean(), "This is p itself: the loss is -ln p."),
        ("wasserstein", -drawn.mean(), "These are the logits themselves: the loss is a cross-entropy."),
        (
            "mean-first",
            -drawn.sigmoid().mean().log(),
            "The probabilities were averaged first: take the loss of each picture, then the mean.",
        ),
        (
            "mean-first",
            F.softplus(-drawn.mean()),
            "The logits were averaged first: take the loss of each picture, then the mean.",
        ),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 12.2."""
    drawn, sure = inputs["drawn"].double(), inputs["sure"].double()
    judge.close(
        "mixed",
        reference(drawn),
        axes=ONE_NUMBER,
        case="6 drawn pictures",
        suspects=_wrong_hopes(drawn),
        otherwise="The mean of -ln sigmoid(logit), which is softplus(-logit).",
    )
    judge.close("cannot tell", math.log(2), axes=ONE_NUMBER, case="logits that are all 0")
    judge.close(
        "seen through",
        sure.mean(),
        axes=ONE_NUMBER,
        case="pictures that are surely seen through",
        suspects=(
            (
                "clamped",
                100.0,
                "F.binary_cross_entropy clamps each logarithm at -100: give the logits to "
                "F.binary_cross_entropy_with_logits.",
            ),
        ),
        otherwise="log(sigmoid(l)) rounds to log(0): stay with the logits, F.softplus or "
        "F.binary_cross_entropy_with_logits.",
    )
    judge.close("fools", reference(3 - drawn), axes=ONE_NUMBER, case="pictures that fool the discriminator", atol=1e-7)
    judge.close("one", reference(drawn[:1]), axes=ONE_NUMBER, case="a single picture")
    judge.close("gradient", (drawn.sigmoid() - 1) / len(drawn), case="the gradient by the logits")
    judge.close(
        "gradient seen through",
        torch.full((len(sure),), -1 / len(sure)),
        case="the gradient where it is seen through",
        otherwise=FLAT,
    )
