"""Exercise 14.4: confirmed, refuted, undecided."""

from __future__ import annotations

from typing import NamedTuple

import torch

from ..contract import Inputs
from ..drawing import integer
from ..judging import Judge
from .shared import decide

TITLE = "confirmed, refuted, undecided"
NAME = "decide"
POINTS = 2
HINTS = (
    "Count the seeds first. Then every pair of runs has a say: one of each model.",
    "A pair says yes if worse[j] - better[i] >= least. All yes: confirmed; none: refuted; some: undecided.",
    "def decide(better, worse, least):\n    if min(len(better), ___) < 3:\n        return ___\n"
    "    says = [w - b >= ___ for b in better for w in ___]\n    if all(says):\n        return ___\n"
    '    return ___ if any(says) else "refuted"',
)
WORDS = ("confirmed", "refuted", "undecided")
reference = decide


class _Case(NamedTuple):
    """Runs of both models as nats above a level, by how much the claim says they differ, and who reads it wrongly."""

    better: tuple[float, ...]
    worse: tuple[float, ...]
    least: float
    code: str
    cause: str


CASES = {
    "three runs clearly below three": _Case(
        (0, 0.5, 0.25), (4, 4.5, 5), 1, "confirmed", "Every pair differs by more than a nat: confirmed."
    ),
    "three runs clearly above three": _Case(
        (4, 4.5, 5), (0, 0.5, 0.25), 0, "direction", "The first argument is said to cost less; here it costs more."
    ),
    "runs half a nat below, where two nats are claimed": _Case(
        (0, 0.25, 0.5), (0.75, 1, 1.25), 2, "least", "Half a nat is less than the two that are claimed: refuted."
    ),
    "means two nats apart and one pair turned round": _Case(
        (0, 0.25, 3.5), (3, 4, 4.5), 0, "means", "One pair says no, so it is undecided, whatever the means are."
    ),
    "means that fall short of the claim and pairs that do not": _Case(
        (0, 1, 3.5), (2, 3, 4.5), 2, "not-all-no", "Some pairs say yes: undecided. Refuted takes a no from all of them."
    ),
    "a claim that some pairs reach": _Case(
        (0, 0.25, 0.5),
        (3.25, 3.5, 3.75),
        3,
        "not-all-no",
        "Some pairs are three nats apart and some are not: undecided.",
    ),
    "a mean on the wrong side and a pair on the right one": _Case(
        (2, 3, 4), (0, 0.5, 2.5), 0, "not-all-no", "One pair says yes: undecided, whatever the means are."
    ),
    "three runs clearly below four": _Case(
        (0, 0.5, 0.25), (4, 4.5, 5, 6), 1, "unequal", "Every pair says yes, be they as many or not: confirmed."
    ),
    "four runs clearly below three": _Case(
        (0, 0.5, 0.25, 1), (4, 4.5, 5), 1, "unequal", "Every pair says yes, be they as many or not: confirmed."
    ),
    "two seeds of one model": _Case(
        (0, 0.5), (4, 4.5, 5), 0, "two-seeds", "With fewer than three seeds of either model nothing is decided."
    ),
    "two seeds of the other model": _Case(
        (0, 0.5, 1), (4, 4.5), 0, "two-seeds", "With fewer than three seeds of either model nothing is decided."
    ),
    "two seeds and four": _Case(
        (0, 0.5), (4, 4.5, 5, 6), 1, "two-seeds", "Each model needs three runs; six together are not enough."
    ),
    "two seeds of each, the wrong way round": _Case(
        (4, 5), (0, 0.5), 0, "two-seeds", "With fewer than three seeds of either model nothing is decided."
    ),
    "one run each": _Case((0,), (9,), 1, "two-seeds", "With fewer than three seeds nothing is decided."),
    "runs that agree seed by seed and not crosswise": _Case(
        (0, 2, 4), (1, 3, 5), 0.5, "seed-by-seed", "Each run of one meets each of the other, not its own seed alone."
    ),
    "three runs and four, the fourth in between": _Case(
        (1, 1.5, 2), (3, 3.5, 4, 0.25), 0, "fourth", "All runs count: do not stop where the shorter list ends."
    ),
    "pairs that differ by exactly what is claimed": _Case(
        (0, 0, 0), (1, 1, 1), 1, "exactly", "At least one nat: exactly one is enough."
    ),
    "a claim of less than nothing": _Case(
        (1, 1.25, 1.5), (0.5, 0.75, 1), -2, "sign-of-least", "A claim may allow a loss: two nats worse at most."
    ),
    "a claim that one pair just reaches": _Case(
        (0, 1, 1), (2, 1.5, 1), 2, "not-all-no", "One pair of nine says yes: undecided."
    ),
}


def inputs(generator: torch.Generator) -> Inputs:
    """The cases at a level of their own, in quarters of a nat; seeds in any order, but where the order is the case."""
    level = 80 + integer(generator, 0, 160) / 4
    claims = {}
    for label, case in CASES.items():
        better, worse = ([level + run for run in runs] for runs in (case.better, case.worse))
        claims[label] = (better, worse, case.least)
    return {"claims": claims}


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 14.4."""
    for label, claim in inputs["claims"].items():
        case = CASES[label]
        judge.word(label, reference(*claim), WORDS, case.code, case.cause)
