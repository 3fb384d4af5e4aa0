"""Exercise 12.1: what the discriminator pays."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils import gan

from ..contract import Inputs
from ..judging import Judge, Suspect, attempts, told_apart
from .shared import FLAT, ONE_NUMBER

TITLE = "what the discriminator pays"
NAME = "discriminator_loss"
POINTS = 2
HINTS = (
    'Two cross-entropies: one of real pictures, whose right answer is "real", one of drawn '
    'pictures, whose right answer is "drawn". Each is a mean; add them.',
    "-ln sigmoid(l) = softplus(-l) for real pictures, and -ln(1 - sigmoid(l)) = softplus(l) for drawn ones.",
    "def discriminator_loss(real, drawn):\n    of_real = F.softplus(___).mean()\n    of_drawn = "
    "F.softplus(___).___\n    return of_real + ___",
)

reference = gan.discriminator_loss


def inputs(generator: torch.Generator) -> Inputs:
    """Logits of 5 real and 8 drawn pictures, mostly on the right side but not all, and of a sure discriminator."""
    for _ in attempts():
        real = 0.6 + 0.5 * torch.rand((), generator=generator) + 1.5 * torch.randn(5, generator=generator)
        drawn = -1.4 - 0.5 * torch.rand((), generator=generator) + 1.5 * torch.randn(8, generator=generator)
        if (
            _both_signs(real)
            and _both_signs(drawn)
            and told_apart(reference(real, drawn), _wrong_verdicts(real, drawn))
        ):
            return {"real": real, "drawn": drawn, "sure": 150 + 100 * torch.rand(4, generator=generator)}
    raise AssertionError("unreachable")


def _both_signs(logits: Tensor) -> bool:
    """Whether some logits are clearly positive and some clearly negative."""
    return bool((logits > 0.2).any() and (logits < -0.2).any())


def _wrong_verdicts(real: Tensor, drawn: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions of the discriminator's loss give."""
    r, d = F.softplus(-real), F.softplus(drawn)
    right = r.mean() + d.mean()
    both = torch.cat([r, d])
    return (
        (
            "labels-swapped",
            F.softplus(real).mean() + F.softplus(-drawn).mean(),
            "Real and drawn are exchanged: yours is high where real pictures have high logits; it should be low there.",
        ),
        (
            "one-label",
            r.mean() + F.softplus(-drawn).mean(),
            'Both halves ask for "real": drawn pictures have the label 0.',
        ),
        (
            "one-label",
            F.softplus(real).mean() + d.mean(),
            'Both halves ask for "drawn": real pictures have the label 1.',
        ),
        ("sign", -right, "The sign is turned round: a cross-entropy is never negative."),
        (
            "sign",
            F.logsigmoid(real).mean() + F.logsigmoid(-drawn).mean(),
            "This is the log-likelihood: the loss is its negative.",
        ),
        ("drawn-missing", r.mean(), "Only real pictures are judged: add the half of the drawn ones."),
        ("real-missing", d.mean(), "Only drawn pictures are judged: add the half of the real ones."),
        (
            "halved",
            right / 2,
            "The sum of both means is asked for, not their mean: a discriminator that cannot tell pays 2 ln 2.",
        ),
        ("joint-mean", both.mean(), "One mean over all pictures: take the mean of each kind, then add."),
        (
            "sum-of-batch",
            both.sum(),
            "A sum over the batch: take the mean of each kind, so that the batch size does not matter.",
        ),
        (
            "sum-of-batch",
            both.sum() / len(real),
            "Divided by the number of real pictures only: each kind has a mean of its own.",
        ),
        ("bits", right / math.log(2), "These are bits: use the natural logarithm."),
        (
            "sigmoid-twice",
            F.softplus(-real.sigmoid()).mean() + F.softplus(drawn.sigmoid()).mean(),
            "A sigmoid was applied twice: softplus and the _with_logits functions take the logits themselves.",
        ),
        (
            "probabilities",
            (1 - real.sigmoid()).mean() + drawn.sigmoid().mean(),
            "These are probabilities of a mistake: the loss is a logarithm.",
        ),
        ("wasserstein", drawn.mean() - real.mean(), "These are the logits themselves: the loss is a cross-entropy."),
        (
            "squared",
            (1 - real.sigmoid()).square().mean() + drawn.sigmoid().square().mean(),
            "A squared error: the loss is a cross-entropy.",
        ),
        (
            "mean-first",
            F.softplus(-real.mean()) + F.softplus(drawn.mean()),
            "The logits were averaged first: take the loss of each picture, then the mean.",
        ),
    )


REMEDIES = (
    (
        "size of tensor|broadcast",
        "Real and drawn pictures may differ in number: take the mean of each kind by itself, then add.",
    ),
    (
        "between 0 and 1",
        "F.binary_cross_entropy wants probabilities; logits go into F.binary_cross_entropy_with_logits.",
    ),
)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 12.1."""
    real, drawn, sure = (inputs[name].double() for name in ("real", "drawn", "sure"))
    judge.close(
        "mixed",
        reference(real, drawn),
        axes=ONE_NUMBER,
        case="5 real and 8 drawn pictures",
        suspects=_wrong_verdicts(real, drawn),
        otherwise="Mean of softplus(-real) plus mean of softplus(drawn).",
    )
    judge.close("cannot tell", 2 * math.log(2), axes=ONE_NUMBER, case="logits that are all 0")
    judge.close("sure and right", 0.0, axes=ONE_NUMBER, case="a discriminator that is sure, and right", atol=1e-6)
    judge.close(
        "sure and wrong",
        2 * sure.mean(),
        axes=ONE_NUMBER,
        case="a discriminator that is sure, and wrong",
        suspects=(
            (
                "clamped",
                200.0,
                "F.binary_cross_entropy clamps each logarithm at -100: give the logits to "
                "F.binary_cross_entropy_with_logits.",
            ),
        ),
        otherwise="log(sigmoid(l)) rounds to log(0): stay with the logits, F.softplus or "
        "F.binary_cross_entropy_with_logits.",
    )
    judge.close("one", reference(real[:1], drawn[:1]), axes=ONE_NUMBER, case="one picture of each kind")
    judge.close("more real", reference(-drawn, -real), axes=ONE_NUMBER, case="8 real and 5 drawn pictures")
    judge.close("gradient real", (real.sigmoid() - 1) / len(real), case="the gradient by the logits of real pictures")
    judge.close("gradient drawn", drawn.sigmoid() / len(drawn), case="the gradient by the logits of drawn pictures")
    for label, sign, kind in (("gradient wrong real", -1, "real"), ("gradient wrong", 1, "drawn")):
        judge.close(
            label,
            torch.full((len(sure),), sign / len(sure)),
            case=f"the gradient by the logits of {kind} pictures where it is sure, and wrong",
            otherwise=FLAT,
        )
