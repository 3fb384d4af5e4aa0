"""Exercise 9.1: a diagnosis from a history."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ..contract import Inputs
from ..drawing import between, uniform
from ..judging import Judge

TITLE = "a diagnosis from a history"
NAME = "diagnose"
POINTS = 3
HINTS = (
    "Ask the five questions of the table in their order, each of the last epoch; the first yes is the answer.",
    "bce, kl, weight = history[-1]. A fall is (bce + kl) of the epoch before minus (bce + kl) of the last; a single "
    "epoch has none before it and is not yet trained.",
    "def diagnose(history, ceiling):\n    bce, kl, weight = history[-1].tolist()\n    if kl < 0.1 and bce < ___:\n"
    "        return ___\n    nats = history[:, 0] + ___\n    if len(nats) < 2 or nats[-2] - nats[-1] > 5:\n"
    '        return ___\n    if ___:\n        return ___\n    return "over-regularised" if ___ else "healthy"',
)
WORDS = ("leaking", "not yet trained", "collapsed", "over-regularised", "healthy")


def reference(history: Tensor, ceiling: float) -> str:
    """One of five words for a history (E, 3) of BCE, KL and the weight of the KL, epoch by epoch, nats per image."""
    bce, kl, weight = history[-1].tolist()
    if kl < 0.1 and bce < ceiling - 10:
        return "leaking"
    nats = history[:, 0] + history[:, 1]
    if len(history) < 2 or nats[-2] - nats[-1] > 5:
        return "not yet trained"
    if kl < 0.1:
        return "collapsed"
    return "over-regularised" if weight > 1 else "healthy"


class _Case(NamedTuple):
    """How a run ends, in epochs before the last and in the last, and what to say to who reads it wrongly."""

    bce: tuple[float, float]  # over the ceiling
    kl: tuple[float, float]
    weight: tuple[float, float]
    code: str
    cause: str


CASES = {
    "a BCE of half the ceiling, a KL of 22 and weight 1": _Case(
        (-99, -100), (22.3, 22), (1, 1), "healthy", "A KL above 0.1, a weight of 1 and no more fall: healthy."
    ),
    "a KL of 0.01 at the ceiling": _Case(
        (3, 2), (0.02, 0.01), (1, 1), "collapsed", "The KL ends below 0.1 and nothing falls any more: collapsed."
    ),
    "a KL of 0.003 far above the ceiling": _Case(
        (392, 390),
        (0.005, 0.003),
        (784, 784),
        "high-bce",
        "A collapsed run need not have reached the ceiling: Report A's first decoder cannot. The KL decides.",
    ),
    "a weight of 4 and a KL of 5": _Case(
        (-41, -42), (5.1, 5), (4, 4), "weight", "The code is alive, and each nat was charged 4: over-regularised."
    ),
    "a weight of 8 and a KL of 0.3": _Case(
        (-14, -15), (0.3, 0.3), (8, 8), "kl-threshold", "A KL of 0.3 is small, but it is above 0.1: not collapsed."
    ),
    "a KL of 0.02 and half the ceiling": _Case(
        (-99, -100),
        (0.02, 0.02),
        (1, 1),
        "leaking",
        "The code says nothing and the image comes back: it reaches the decoder by another way.",
    ),
    "a KL of 0.02 and a BCE 12 below the ceiling": _Case(
        (-11, -12), (0.02, 0.02), (1, 1), "margin", "More than 10 nats below the ceiling is leaking, 12 is."
    ),
    "a KL of 0.05 and a BCE 8 below the ceiling": _Case(
        (-7, -8), (0.06, 0.05), (1, 1), "margin", "Fewer than 10 nats below the ceiling is no leak: collapsed."
    ),
    "a KL of 0.02, half the ceiling, and a loss that still falls": _Case(
        (-90, -100),
        (0.02, 0.02),
        (1, 1),
        "order",
        "The questions are asked in the order of the table: a leak is a leak however far the run has come.",
    ),
    "a KL of 0.01 and a loss that still falls": _Case(
        (40, 28),
        (0.01, 0.01),
        (1, 1),
        "collapsed-too-early",
        "The second question comes before the third: what still falls is not yet trained.",
    ),
    "a weight of 4, a KL of 5 and a loss that still falls": _Case(
        (-30, -42),
        (5.1, 5),
        (4, 4),
        "weight-too-early",
        "The second question comes before the fourth: what still falls is not yet trained, whatever the weight.",
    ),
    "a -ELBO that fell by 12": _Case(
        (-60, -74), (16, 18), (1, 1), "still-falling", "It fell by more than 5 nats in the last epoch: not yet trained."
    ),
    "a BCE that fell by 9 while the KL rose by 8": _Case(
        (-91, -100), (14, 22), (1, 1), "bce-alone", "The fall is that of BCE + KL; here it is 1 nat."
    ),
    "a weight that went down from 3 to 1": _Case(
        (-100, -100.5),
        (22, 21.8),
        (3, 1),
        "weighted",
        "The fall is that of BCE + KL without the weight, and the weight that counts is the last one.",
    ),
    "a -ELBO that rose by 9": _Case(
        (-100, -91), (22, 22), (1, 1), "rising", "Question 2 asks whether it fell; here it rose by 9 nats."
    ),
    "a weight of 0.5": _Case(
        (-100, -100.5), (22, 21.8), (0.5, 0.5), "cheap-code", "Only a weight above 1 makes a nat too dear: healthy."
    ),
    "a weight that rose from 0.3 to 0.8": _Case(
        (-81, -90), (20, 20.5), (0.3, 0.8), "weighted", "The fall is that of BCE + KL, without the weight: 8.5 nats."
    ),
}
SINGLE = "a single epoch"
_CAUSES = {
    **{label: (case.code, case.cause) for label, case in CASES.items()},
    SINGLE: ("single-epoch", "One epoch has none before it: not yet trained."),
}


def inputs(generator: torch.Generator) -> Inputs:
    """Runs that begin anywhere, end as each case says within a tenth or so, and a ceiling of their own."""
    ceiling = float(between(generator, (215.0, 290.0)))
    histories = {label: _history(generator, case, ceiling) for label, case in CASES.items()}
    histories[SINGLE] = histories["a KL of 0.01 at the ceiling"][-1:]
    return {"ceiling": ceiling, "histories": histories}


def _history(generator: torch.Generator, case: _Case, ceiling: float) -> Tensor:
    """A run (E, 3) whose early epochs would each get another diagnosis than its end."""
    early = int(torch.randint(2, 6, (), generator=generator))
    kl = 15 * torch.rand(early, generator=generator) * torch.arange(early)  # 0 at first, in every run
    start = torch.stack([ceiling + 40 + uniform(generator, 0, 200, early).sort(descending=True).values, kl], dim=1)
    end = torch.tensor([case.bce, case.kl]).T + torch.tensor([ceiling, 0.0])
    end = end + uniform(generator, -0.4, 0.4, 1) * torch.tensor([1.0, 0.0])
    weight = torch.tensor([case.weight[0]] * (early + 1) + [case.weight[1]])
    return torch.cat([torch.cat([start, end]), weight[:, None]], dim=1)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 9.1."""
    for label, history in inputs["histories"].items():
        judge.word(label, reference(history, inputs["ceiling"]), WORDS, *_CAUSES[label])
