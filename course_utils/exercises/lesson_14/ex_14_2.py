"""Exercise 14.2: could it be the seeds?"""

from __future__ import annotations

from itertools import combinations

import torch

from ..contract import Inputs
from ..drawing import integer
from ..judging import Judge, Suspect, attempts, told_apart
from .probe_14_2 import PARTS

TITLE = "could it be the seeds?"
NAME = "compare"
POINTS = 2
HINTS = (
    "Put all runs in one pile. Each way to deal them out again, as many to each model as it had, gives a difference.",
    "itertools.combinations(range(n + m), n) lists the ways; count abs(difference) >= abs(the true one) - 1e-9.",
    "def compare(a, b):\n    pile = [*a, *b]\n    true = sum(a) / len(a) - ___\n    hits, ways = 0, 0\n"
    "    for chosen in itertools.combinations(range(len(pile)), ___):\n        one = [pile[i] for i in chosen]\n"
    "        other = [pile[i] for i in range(len(pile)) if ___]\n        dealt = ___\n"
    "        hits, ways = hits + (abs(dealt) >= ___), ways + 1\n    return true, hits / ways",
)
REMEDIES = (
    ("division by zero", "Two runs can have the same nats: leave out places, range(len(pile)), and not values."),
)
CASES = {
    "overlap": "two runs and four that overlap",
    "back": "four runs and two that overlap",
    "apart": "two times four runs far apart",
    "one each": "one run each",
    "repeated": "two runs and four, some with the same nats",
}


def reference(a: list[float], b: list[float]) -> tuple[float, float]:
    """Mean of ``a`` minus mean of ``b``, and the share of ways to deal the runs out with a difference as large."""
    dealt = _dealt(a, b)
    return dealt[0], sum(abs(one) >= abs(dealt[0]) for one in dealt) / len(dealt)


def _dealt(a: list[float], b: list[float]) -> list[float]:
    """The difference of means for each way to deal the runs out, the true one first."""
    pile = [*a, *b]
    found = []
    for chosen in combinations(range(len(pile)), len(a)):
        one = [pile[i] for i in chosen]
        other = [run for i, run in enumerate(pile) if i not in chosen]
        found.append(sum(one) / len(one) - sum(other) / len(other))
    return found


def inputs(generator: torch.Generator) -> Inputs:
    """Runs in quarters of a nat, by twos and fours: means and ties are exact; they overlap, or lie apart."""
    for _ in attempts():
        level = 80 + integer(generator, 0, 160) / 4
        drawn = {
            "overlap": (_runs(generator, level, 2), _runs(generator, level + 1, 4)),
            "back": (_runs(generator, level + 2, 4), _runs(generator, level, 2)),
            "apart": (_runs(generator, level + 40, 4), _runs(generator, level, 4)),
            "one each": (_runs(generator, level, 1), _runs(generator, level + 30, 1)),
            "repeated": ([level, level], [level, *[level + 1] * 3]),
        }
        a, b = drawn["overlap"]
        right, suspects = reference(a, b), _suspects(a, b)
        shares = [right[1], reference(*drawn["back"])[1]]
        told = all(told_apart(right[i], suspects[part]) for i, part in enumerate(PARTS))
        if told and 0.2 < min(shares) and max(shares) < 0.8 and right[0] < 0 < reference(*drawn["back"])[0]:
            return drawn
    raise AssertionError("unreachable")


def _runs(generator: torch.Generator, level: float, count: int) -> list[float]:
    """Different quarters of a nat within five nats above a level."""
    return (level + torch.randperm(20, generator=generator)[:count] / 4).tolist()


def _suspects(a: list[float], b: list[float]) -> dict[str, list[Suspect]]:
    """What the usual slips give, by part."""
    dealt = _dealt(a, b)
    true, ways = dealt[0], len(dealt)
    hits = sum(abs(one) >= abs(true) for one in dealt)
    below, above = sum(one <= true for one in dealt) / ways, sum(one >= true for one in dealt) / ways
    half = (len(a) + len(b)) // 2
    halves = _dealt([*a, *b][:half], [*a, *b][half:])
    pairs = [one - other for one in a for other in b]
    return {
        "difference": [
            ("sign", -true, "It is the mean of a minus the mean of b, with its sign."),
            ("not-averaged", sum(a) - sum(b), "The runs were added up: take their means."),
            ("best-runs", min(a) - min(b), "The best run of each was taken: a best run is luck, a mean is less so."),
        ],
        "share": [
            ("true-left-out", (hits - 1) / (ways - 1), "The true way of dealing is one of the ways: count it, too."),
            ("ties-left-out", sum(abs(one) > abs(true) for one in dealt) / ways, "As large counts: >=, not >."),
            *(
                ("one-sided", share, "Large differences of either sign count: compare sizes, by abs.")
                for share in (below, 1 - below, above)
            ),
            (
                "halved",
                sum(abs(one) >= abs(true) for one in halves) / len(halves),
                "The pile was cut into halves: deal as many runs to each model as it had.",
            ),
            ("count", hits, "This is a count: divide by the number of ways."),
            ("complement", 1 - hits / ways, "This is the share of smaller differences."),
            ("pairs", sum(one < 0 for one in pairs) / len(pairs), "Pairs of runs were counted, not ways to deal."),
        ],
    }


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 14.2."""
    for label, case in CASES.items():
        judge.parts(
            label,
            dict(zip(PARTS, reference(*inputs[label]), strict=True)),
            case=case,
            suspects=_suspects(*inputs[label]) if label == "overlap" else None,
            otherwise="Deal the pile out in every way, n runs to the first model; count differences as large.",
        )
