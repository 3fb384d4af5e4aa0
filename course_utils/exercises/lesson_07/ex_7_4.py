"""Exercise 7.4: when to stop."""

from __future__ import annotations

import math

import torch
from numpy.typing import ArrayLike

from course_utils.training import EarlyStopping

from ..contract import Inputs
from ..judging import Judge, Suspect
from ..probing import NOT_ATTEMPTED
from .probe_7_4 import feed

TITLE = "when to stop"
NAME = "make_stopper"
POINTS = 3
HINTS = (
    "Remember two things only: the least value so far, and its epoch. Both questions can be answered from them.",
    "improved: if value < best, set best and best_epoch and say True, else say False. "
    "should_stop: epoch - best_epoch >= patience. In the beginning, best is infinite.",
    "class Stopper:\n    def __init__(self, patience):\n        self.patience, self.best, "
    "self.best_epoch = patience, ___, 0\n\n"
    "    def improved(self, epoch, value):\n        if not value < ___:\n            return ___\n"
    "        self.best, self.best_epoch = ___, ___\n        return ___\n\n"
    "    def should_stop(self, epoch):\n        return epoch - ___ >= ___\n\n"
    "def make_stopper(patience):\n    return Stopper(patience)",
)

CURVES = {
    "rigged": "a curve with one valley",
    "late": "a new best, a hair below the last, just before patience ends",
    "ties": "a curve with equal values",
    "nan": "a curve with a nan in it",
    "nan first": "a curve that begins with a nan",
    "again": "a curve with a new best after patience has run out",
    "below zero": "a curve that falls below 0",
    "large": "a curve in Report B's units",
    "falling": "a curve that never turns",
    "impatient": "a curve with one valley",
}

PER_EPOCH = "One answer for each epoch."


def reference(patience: int) -> EarlyStopping:
    """An object with improved(epoch, value) and should_stop(epoch), and with attributes best and best_epoch."""
    return EarlyStopping(patience)


def inputs(generator: torch.Generator) -> Inputs:
    """Made-up validation curves of every kind that a training can give."""
    patience, best = (
        4 + int(torch.randint(0, 3, (), generator=generator)),
        8 + int(torch.randint(0, 4, (), generator=generator)),
    )
    down = 100 + 3 * torch.arange(best - 1, -1, -1).double() + torch.rand(best, generator=generator)
    for i in (1, 4):  # two epochs that rise before the best
        down[i], down[i + 1] = down[i + 1].item(), down[i].item()
    up = 103 + torch.tensor([0.0, 2.0, 1.0, *range(3, 18)]) + 0.1 * torch.rand(18, generator=generator)
    rigged = torch.cat([down, up[:14]])
    late = torch.cat([down, up[: patience - 1], down[-1:] - 2e-4, up[: patience + 3]])
    ties = torch.cat([down, down[-1:].expand(2), up[: 2 * patience]])
    nan = torch.cat([down[:3], torch.tensor([math.nan]), down[3:], up[: 2 * patience]])
    falling = torch.cat([down, 90 - torch.arange(8.0)])
    curves = {
        "rigged": rigged.tolist(),
        "late": late.tolist(),
        "ties": ties.tolist(),
        "nan": nan.tolist(),
        "again": [*rigged.tolist(), *(down - 60).tolist(), *up[: patience + 2].tolist()],
        "below zero": (rigged - 110).tolist(),
        "large": (92 * rigged).tolist(),
        "falling": falling.tolist(),
        "impatient": rigged.tolist(),
        "nan first": [math.nan, *rigged.tolist()],
    }
    patiences = {label: 1 if label == "impatient" else patience for label in curves}
    return {"patience": patience, "patiences": patiences, "curves": curves}


class _Slip(EarlyStopping):
    """Early stopping with a slip: what counts as better, and when it is enough."""

    patience: int

    def __init__(self, patience: int, better: str = "best", enough: str = "right", start: float = math.inf) -> None:
        super().__init__(patience, best=start)
        self.better, self.enough, self.last, self.bad, self.rises = better, enough, math.inf, 0, 0
        self.stopped = False

    def improved(self, epoch: int, value: float) -> bool:
        """As the name ``better`` says."""
        against = {
            "best": value < self.best,
            "previous": value < self.last,
            "ties": value <= self.best,
            "always": True,
            "never": False,
            "greatest": value > self.best,
            "nan": not value >= self.best,
            "margin": value < self.best - 0.5,
            "first": value < self.best or epoch == 1,
            "size": abs(value) < abs(self.best),
            "opposite": value < self.best,
        }[self.better]
        self.rises = self.rises + 1 if value >= self.last else 0
        self.bad, self.last = self.bad + (not against), value
        if against:
            self.best, self.best_epoch = value, epoch
        return against != (self.better == "opposite")

    def should_stop(self, epoch: int) -> bool:
        """As the name ``enough`` says."""
        waited = epoch - self.best_epoch
        self.stopped = self.stopped or waited >= self.patience
        return {
            "right": waited >= self.patience,
            "late": waited > self.patience,
            "early": waited >= self.patience - 1,
            "never": False,
            "latched": self.stopped,
            "rises": self.rises >= self.patience,
            "not reset": self.bad >= self.patience,
            "any": waited > 0,
            "once": waited == self.patience,
            "epochs": epoch >= self.patience,
            "opposite": waited < self.patience,
        }[self.enough]


_BETTER = (
    ("compares-with-previous", {"better": "previous"}, "Compared with the epoch before; compare with the best so far."),
    ("ties-count", {"better": "ties"}, "An equal value is not better: <, not <=."),
    ("always-improved", {"better": "always"}, "improved said yes every time: does it set self.best to the new value?"),
    ("opposite", {"better": "opposite"}, "improved says True where the value is better, else False."),
    ("greatest-kept", {"better": "greatest", "start": -math.inf}, "Less is better: these are losses."),
    (
        "start-too-small",
        {"start": 1000.0},
        "No value is better than where best starts: begin at math.inf, not at a number.",
    ),
    ("start-too-small", {"better": "never"}, "No value was ever taken for better: does best begin at math.inf?"),
    (
        "margin-asked",
        {"better": "margin"},
        "Any smaller value is a new best, however little it is smaller: no margin here.",
    ),
    (
        "nan-kept",
        {"better": "nan"},
        "A nan was taken for the best: ask `value < best`, which is False for nan, and not `value >= best`.",
    ),
    (
        "nan-kept",
        {"better": "first"},
        "The first value was taken for the best though it is nan: begin with math.inf, and ask `value < best`.",
    ),
    ("size-compared", {"better": "size"}, "The sizes were compared, without the sign: -3 is less than -2."),
)

_ENOUGH = (
    (
        "latched",
        "latched",
        "Once it said stop it goes on saying so: ask anew in every epoch, from best_epoch, and keep no flag.",
    ),
    (
        "one-late",
        "late",
        "Stop when patience epochs have passed, epoch - best_epoch >= patience: best at 15 and patience 20 stop at 35.",
    ),
    ("one-early", "early", "One epoch too early: best at 15 and patience 20 stop at 35, not at 34."),
    ("never-stops", "never", "It never stops: Report E's counter was raised and never read."),
    (
        "once-only",
        "once",
        "should_stop said so in a single epoch: when patience epochs or more have passed, >= and not ==.",
    ),
    (
        "counts-rises",
        "rises",
        "Rises in a row were counted; count the epochs since the best one, however the curve wiggles.",
    ),
    ("not-reset", "not reset", "Bad epochs were counted from the beginning: start again at 0 with every new best."),
    ("no-patience", "any", "It stops at the first epoch that is not better: patience is not used."),
    ("counts-epochs", "epochs", "It stops after patience epochs of training; count from the best epoch."),
    ("opposite-stop", "opposite", "should_stop says True when it is time to stop."),
)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 7.4."""
    _judge_object(judge)
    shared = (
        "shared",
        "Two stoppers share their memory.",
        "Set best and best_epoch in __init__, on self, and return a new object each time.",
    )
    judge.that(judge.values["shared"] is not True, *shared)
    for label, curve in inputs["curves"].items():
        patience = inputs["patiences"][label]
        right = feed(EarlyStopping(patience), curve)
        at: dict[str, ArrayLike] = {"epoch": range(1, len(curve) + 1), "value": curve}
        case = f"{CURVES[label]} (patience {patience})"
        if isinstance(judge.values[f"{label} run"], dict) and not judge.findings:
            judge.array(f"{label} run", ())
        said = judge.values.get(f"{label} improved", [])
        judge.that(
            -1 not in said,
            "improved-says-nothing",
            "improved returned nothing.",
            "It must return True or False, in both cases.",
        )
        judge.close(
            f"{label} improved",
            right[0],
            axes=PER_EPOCH,
            at=at,
            case=f"improved on {case}",
            suspects=_of_better(patience, curve, 0),
            otherwise="True where the value is less than all before it; remember it then, and its epoch.",
        )
        judge.that(
            -1 not in judge.values.get(f"{label} stops", []),
            "should-stop-says-nothing",
            "should_stop returned nothing.",
            "It must return True or False: return epoch - self.best_epoch >= ...",
        )
        judge.close(
            f"{label} stops",
            right[1],
            axes=PER_EPOCH,
            at=at,
            case=f"should_stop on {case}",
            suspects=_of_enough(patience, curve),
            otherwise="True when patience epochs, or more, have passed since best_epoch.",
        )
        judge.close(
            f"{label} best epoch",
            right[2],
            axes=PER_EPOCH,
            at=at,
            case=f"best_epoch on {case}",
            suspects=_of_better(patience, curve, 2),
            otherwise="Set best_epoch to the epoch of a new best, and only then.",
        )
        judge.close(
            f"{label} best",
            right[3],
            axes=PER_EPOCH,
            at=at,
            case=f"best on {case}",
            otherwise="best is the least value so far.",
        )
    judge.that(judge.values["shared"] is False, *shared)


def _judge_object(judge: Judge) -> None:
    """Whether an object came back that can be asked."""
    made, run = judge.values["made"], judge.values["rigged run"]
    if made is None or isinstance(made, dict) and "raised" in made:
        judge.array("made", ())
    elif isinstance(run, dict) and run["raised"] == NOT_ATTEMPTED:
        judge.that(False, "methods-open", "The object is made, but one of its methods is still to be written.")
    elif isinstance(run, dict) and run["raised"] == "AttributeError":
        judge.that(
            False,
            "attribute-missing",
            f"Using the object stopped with AttributeError: {run['message'].rstrip('.')}.",
            "It needs improved(epoch, value), should_stop(epoch), and the attributes best and best_epoch.",
        )


def _of_better(patience: int, curve: list[float], column: int) -> list[Suspect]:
    return [(code, feed(_Slip(patience, **slip), curve)[column], cause) for code, slip, cause in _BETTER]


def _of_enough(patience: int, curve: list[float]) -> list[Suspect]:
    return [(code, feed(_Slip(patience, enough=enough), curve)[1], cause) for code, enough, cause in _ENOUGH]
