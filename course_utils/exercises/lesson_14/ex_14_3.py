"""Exercise 14.3: what cannot be."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from course_utils.evaluation import ACTIVE_NATS

from ..contract import Inputs
from ..drawing import integer, uniform
from ..judging import Judge

TITLE = "what cannot be"
NAME = "first_fault"
POINTS = 3
HINTS = (
    "Six questions in the order of the table, each an if with a return; what is left at the end is possible.",
    'The last one: run["epoch"] counts from 1, so its validation number is run["validation"][run["epoch"] - 1], and '
    "no other may be less.",
    'def first_fault(run, floor):\n    if abs(run["nats"] - run["bce"] - run["kl"]) > 0.01:\n        return ___\n'
    '    if ___:\n        return ___\n    if ___:\n        return ___\n    if run["iwae"] > ___ or ___ < floor:\n'
    '        return ___\n    if run["active_units"] > ___ or run["kl"] < ___:\n        return ___\n'
    '    if run["validation"][___] > min(run["validation"]):\n        return ___\n    return ___',
)
WORDS = ("sum", "floor", "kl", "bound", "units", "choice", "possible")


def reference(run: dict[str, Any], floor: float) -> str:
    """The first of six faults of a run, or "possible": all its numbers are nats per image, epochs count from 1."""
    if abs(run["nats"] - run["bce"] - run["kl"]) > 0.01:
        return "sum"
    if run["bce"] < floor:
        return "floor"
    if run["kl"] < 0:
        return "kl"
    if run["iwae"] > run["nats"] or run["iwae"] < floor:
        return "bound"
    if run["active_units"] > run["latents"] or run["kl"] < ACTIVE_NATS * run["active_units"]:
        return "units"
    return "possible" if run["validation"][run["epoch"] - 1] <= min(run["validation"]) else "choice"


IN_ORDER = "The questions are asked in the order of the table."


class _Case(NamedTuple):
    """A run: BCE over the floor, KL, IWAE under -ELBO, active units, epochs after the best, error of the sum."""

    bce: float
    kl: float
    gain: float
    active: int
    late: int
    code: str
    cause: str
    extra: float = 0.0


CASES = {
    "an honest run": _Case(33, 20, 3, 11, 0, "possible", "Nothing speaks against it: the last word is possible."),
    "a run whose sum is rounded": _Case(
        33, 20, 3, 11, 0, "rounding", "Up to 0.01 nats are rounding: only more is a fault.", 0.004
    ),
    "a run that adds half of its KL": _Case(33, 20, 3, 11, 0, "sum", "BCE + KL must be the printed nats.", -10),
    "a run that prints a nat too much": _Case(
        33, 20, 3, 11, 0, "sum-above", "The sum may be missed on either side: take the size of the difference.", 1
    ),
    "a BCE half a nat below the floor": _Case(
        -0.5, 20, 2, 11, 0, "floor", "No decoder's BCE gets below the entropy floor."
    ),
    "a BCE 0.3 above the floor": _Case(
        0.3, 20, 2, 11, 0, "floor-margin", "Above the floor is possible, by however little."
    ),
    "a BCE that is the floor": _Case(
        0, 20, 2, 11, 0, "floor-equal", "No decoder gets below the floor; to reach it is possible."
    ),
    "a KL of -0.2": _Case(33, -0.2, 0.1, 0, 0, "kl", "A KL is never below 0."),
    "a collapsed run": _Case(160, 0.0, 0.0, 0, 0, "collapse", "A KL of 0 is a pity, and possible."),
    "a bound that is worse than -ELBO": _Case(
        33, 20, -2, 11, 0, "bound", "More draws never make the bound worse than -ELBO."
    ),
    "a bound from a single draw": _Case(
        33, 20, 0, 11, 0, "bound-equal", "With one draw the bound is -ELBO: equal is possible."
    ),
    "a bound below the floor": _Case(
        2, 20, 22.5, 11, 0, "bound-floor", "-ln p(x) is above the floor, and so is what bounds it from above."
    ),
    "a bound below the BCE": _Case(
        33, 20, 22, 11, 0, "bound-bce", "The bound may fall below the BCE: it is held by -ELBO and by the floor."
    ),
    "a bound that is the floor": _Case(
        2, 20, 22, 11, 0, "bound-floor-equal", "No bound gets below the floor; to reach it is possible."
    ),
    "more active units than latents": _Case(33, 20, 3, 17, 0, "units", "There are fewer latents than that."),
    "all units active": _Case(33, 20, 3, 16, 0, "all-active", "All of them active is possible."),
    "a KL of 0.05 and nine active units": _Case(
        150, 0.05, 0.01, 9, 0, "units-cost", "Each active unit costs more than 0.01 nats: nine of them more than 0.09."
    ),
    "a KL of 0.05 and four active units": _Case(
        150, 0.05, 0.01, 4, 0, "units-cheap", "Four times 0.01 is 0.04, and the KL is 0.05: possible."
    ),
    "an epoch after the best one": _Case(33, 20, 3, 11, 1, "choice", "Validation is not least at the epoch kept."),
    "an epoch before the best one": _Case(
        33, 20, 3, 11, -1, "epoch-from-one", "Epochs count from 1, a list's places from 0: look at epoch - 1."
    ),
    "a wrong sum and a BCE below the floor": _Case(-0.5, 20, 2, 11, 0, "order", IN_ORDER, 5),
    "a BCE and a KL that are both too small": _Case(-0.5, -0.2, 0.1, 0, 0, "order", IN_ORDER),
    "a KL below 0 and a bound that is worse than -ELBO": _Case(33, -0.2, -2, 0, 0, "order", IN_ORDER),
    "a bound that is worse than -ELBO and too many active units": _Case(33, 20, -2, 17, 0, "order", IN_ORDER),
    "too many active units and a wrong epoch": _Case(33, 20, 3, 17, 1, "order", IN_ORDER),
    "a BCE below the floor and a wrong epoch": _Case(-0.5, 20, 2, 11, 1, "order", IN_ORDER),
    "a wrong sum and a KL below 0": _Case(33, -0.2, 0.1, 0, 0, "order", IN_ORDER, 5),
}
TIE = "the second of two epochs that are equally good"
_CAUSES = {
    **{label: (case.code, case.cause) for label, case in CASES.items()},
    TIE: ("tie", "Either of two equal minima is an honest choice: compare numbers, not places."),
}


def inputs(generator: torch.Generator) -> Inputs:
    """A run for each case, a floor of its own in eighths of a nat, whose sums are exact, validation curves that fall
    and turn."""
    floor = integer(generator, 320, 400) / 8
    runs = {label: _run(generator, case, floor) for label, case in CASES.items()}
    tied = dict(runs["an honest run"])
    at = tied["epoch"]
    tied["validation"] = [*tied["validation"][:at], tied["validation"][at - 1], *tied["validation"][at:]]
    return {"floor": floor, "runs": {**runs, TIE: {**tied, "epoch": at + 1}}}


def _run(generator: torch.Generator, case: _Case, floor: float) -> dict[str, Any]:
    best = integer(generator, 3, 6)
    bce = floor + case.bce
    nats = bce + case.kl
    falls = nats + 1 + uniform(generator, 1, 60, best - 1).sort(descending=True).values
    turns = nats + 1 + uniform(generator, 1, 9, 3).sort().values
    return {
        "bce": bce,
        "kl": case.kl,
        "nats": nats + case.extra,
        "iwae": nats - case.gain if case.gain else nats,
        "active_units": case.active,
        "latents": 16,
        "validation": [*falls.tolist(), nats + 1, *turns.tolist()],
        "epoch": best + case.late,
    }


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 14.3."""
    for label, run in inputs["runs"].items():
        judge.word(label, reference(run, inputs["floor"]), WORDS, *_CAUSES[label])
