"""Lesson 12, exercise 12.1: the discriminator's loss from logits, and 12.2: the generator's."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils import gan

from .contract import Finding, Inputs, Values
from .judging import Judge, Suspect, attempts, told_apart
from .probing import Probe

ONE_NUMBER = "One number for the batch: the mean over its pictures."
FLAT = "No useful slope where the discriminator is sure: the loss was clamped, or a probability was rounded."
discriminator_loss = gan.discriminator_loss
generator_loss = gan.generator_loss


# 12.1 -----------------------------------------------------------------------------------------------------------
def judged_inputs(generator: torch.Generator) -> Inputs:
    """Logits of 5 real and 8 drawn pictures, mostly on the right side but not all, and of a sure discriminator."""
    for _ in attempts():
        real = 0.6 + 0.5 * torch.rand((), generator=generator) + 1.5 * torch.randn(5, generator=generator)
        drawn = -1.4 - 0.5 * torch.rand((), generator=generator) + 1.5 * torch.randn(8, generator=generator)
        if told_apart(discriminator_loss(real, drawn), _wrong_verdicts(real, drawn)):
            return {"real": real, "drawn": drawn, "sure": 150 + 100 * torch.rand(4, generator=generator)}
    raise AssertionError("unreachable")


def probe_judged(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 12.1 and collect what comes back."""
    probe = Probe(answer)
    real, drawn, sure = (inputs[name] for name in ("real", "drawn", "sure"))
    probe.call("mixed", real, drawn)
    probe.call("cannot tell", torch.zeros(3), torch.zeros(7))
    probe.call("sure and right", sure, -sure)
    probe.call("sure and wrong", -sure, sure)
    probe.call("one", real[:1], drawn[:1])
    probe.gradient("gradient real", real, drawn, wrt=0)
    probe.gradient("gradient drawn", real, drawn, wrt=1)
    probe.gradient("gradient wrong", -sure, sure, wrt=1)
    return probe.values


def _wrong_verdicts(real: Tensor, drawn: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions of the discriminator's loss give."""
    r, d = F.softplus(-real), F.softplus(drawn)
    right = r.mean() + d.mean()
    both = torch.cat([r, d])
    return (
        (
            "labels-swapped",
            F.softplus(real).mean() + F.softplus(-drawn).mean(),
            "Real and drawn are exchanged: the loss is low where real pictures have high logits.",
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


def judge_judged(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 12.1."""
    judge = Judge("discriminator_loss", values)
    real, drawn, sure = (inputs[name].double() for name in ("real", "drawn", "sure"))
    judge.close(
        "mixed",
        discriminator_loss(real, drawn),
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
    judge.close("one", discriminator_loss(real[:1], drawn[:1]), axes=ONE_NUMBER, case="one picture of each kind")
    judge.close("gradient real", (real.sigmoid() - 1) / len(real), case="the gradient by the logits of real pictures")
    judge.close("gradient drawn", drawn.sigmoid() / len(drawn), case="the gradient by the logits of drawn pictures")
    judge.close(
        "gradient wrong",
        torch.full((len(sure),), 1 / len(sure)),
        case="the gradient where it is sure, and wrong",
        otherwise=FLAT,
    )
    return judge.findings


# 12.2 -----------------------------------------------------------------------------------------------------------
def fooled_inputs(generator: torch.Generator) -> Inputs:
    """Logits of drawn pictures that are mostly seen through, and of a discriminator that is sure."""
    for _ in attempts():
        drawn = -1.2 - torch.rand((), generator=generator) + 1.5 * torch.randn(6, generator=generator)
        if told_apart(generator_loss(drawn), _wrong_hopes(drawn)):
            return {"drawn": drawn, "sure": 150 + 100 * torch.rand(4, generator=generator)}
    raise AssertionError("unreachable")


def probe_fooled(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 12.2 and collect what comes back."""
    probe = Probe(answer)
    probe.call("mixed", inputs["drawn"])
    probe.call("cannot tell", torch.zeros(7))
    probe.call("seen through", -inputs["sure"])
    probe.call("one", inputs["drawn"][:1])
    probe.gradient("gradient", inputs["drawn"])
    probe.gradient("gradient seen through", -inputs["sure"])
    return probe.values


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


def judge_fooled(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 12.2."""
    judge = Judge("generator_loss", values)
    drawn, sure = inputs["drawn"].double(), inputs["sure"].double()
    judge.close(
        "mixed",
        generator_loss(drawn),
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
    judge.close("one", generator_loss(drawn[:1]), axes=ONE_NUMBER, case="a single picture")
    judge.close("gradient", (drawn.sigmoid() - 1) / len(drawn), case="the gradient by the logits")
    judge.close(
        "gradient seen through",
        torch.full((len(sure),), -1 / len(sure)),
        case="the gradient where it is seen through",
        otherwise=FLAT,
    )
    return judge.findings
