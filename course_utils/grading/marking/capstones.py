"""A capstone, from a results file to its mark: weights are read and measured behind the wall, and compared here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np
import torch

from course_utils import capstone, checkpoints
from course_utils.capstone import Results, ResultsError
from course_utils.exercises.contract import Finding
from course_utils.exercises.lesson_14.shared import refusals

from ..intake.capstones import LESSON, Capstone
from ..jail import wire
from ..jail.inputs import packed
from ..jail.messages import Ending, Job, Kind, Lesson, Outcome, Report, Submission, Wanted, decode
from ..jail.task import OWN
from ..jail.workers import Worker
from . import judging, statuses
from .grader import ENDS, NoWall
from .records import NOT_ATTEMPTED, RIGHT, WRONG, Mark

NAME = "capstone"
"""What stands in place of an exercise's id."""
_TIMES, _MERCY = 60, 3
"""How many exercises' times all runs of a capstone have together, and what of it waiting for a core gives back."""
_MOST_FINDINGS, _LONGEST = 10, 300
_LARGEST_TREE = 2**14
_OURS = """
from course_utils import capstone

def measured(builds, settings, name, raw, images, samples):
    try:
        return capstone.measured_again(builds, tuple(settings), name, raw.numpy().tobytes(), images, samples)
    except capstone.ResultsError as error:
        return {"fault": str(error)}
"""
"""All that runs behind the wall: nothing of the student's but numbers."""
_SAYS = {
    statuses.TIMEOUT: "{name} took too long: all runs together have {seconds:g} s. Measure fewer images or draws.",
    statuses.MEMORY: "{name} asked for too much memory.",
    statuses.CRASHED: "The process ended while {name} was measured.",
    statuses.TOO_MUCH_OUTPUT: "Much was printed while {name} was measured.",
    statuses.TAMPERING: "What came back while {name} was measured is nothing that our code sends.",
}


@dataclass
class Examined:
    """What came of a capstone.

    Attributes:
        mark: of it.
        notes: sentences.
        weights: hashes of those that are not the course's own.
    """

    mark: Mark
    notes: list[str] = field(default_factory=list)
    weights: tuple[str, ...] = ()


class _Ended(Exception):
    """A child that did not come to its end, or sent what it cannot have measured; the status that says so."""


def unmarked(lesson: str, worth: float, state: str = NOT_ATTEMPTED) -> list[Mark]:
    """The mark of somebody of whom no capstone was looked at; none where it is worth nothing."""
    return [_mark(state, 0, worth)] if worth and lesson == LESSON else []


def examine(given: Capstone, worth: float, worker: Worker) -> Examined:
    """Read a results file, look for what cannot be in it, and compute its numbers again.

    Args:
        given: what was handed in.
        worth: points of a capstone that stands.
        worker: the warm process.

    Raises:
        NoWall: where the kernel refuses.
        WorkerLost: where the worker failed.
    """
    asking = _Asking(worker, given)
    try:
        results = _read(given)
        code, against = "refused", refusals(results)
        if not against:
            code, against = "not-found-again", capstone.disagreements(results, asking.raw, asking.again)
    except ResultsError as error:
        code, against = "unreadable", [str(error)]
    except _Ended as ended:
        (status,) = ended.args
        says = _SAYS[status].format(name=asking.now, seconds=_TIMES * worker.limits.seconds)
        return Examined(_mark(status, 0, worth, [Finding(status.replace("_", "-"), says)]), [f"Capstone: {says}"])
    notes = [f"Capstone: {name} has the weights of the course's own {own}." for name, own in asking.known.items()]
    mine = tuple(sha256(raw).hexdigest()[:32] for name, raw in given.weights.items() if name not in asking.known)
    if not against:
        return Examined(_mark(RIGHT, worth, worth), [_stands(results), *notes], mine)
    more = f"And {len(against) - _MOST_FINDINGS:,} more." if len(against) > _MOST_FINDINGS else ""
    findings = [Finding(code, sentence) for sentence in against[:_MOST_FINDINGS]]
    findings += [Finding(code, more)] * bool(more)
    return Examined(_mark(WRONG, 0, worth, findings), [f"Capstone: {against[0][:_LONGEST]}", *notes], mine)


def _read(given: Capstone) -> Results:
    if given.trouble:
        raise ResultsError(f"{given.name}: {given.trouble}")
    return capstone.parse(given.page, given.name)


def _mark(state: str, points: float, worth: float, findings: Sequence[Finding] = ()) -> Mark:
    return Mark(NAME, state, points, worth, tuple(map(judging.plain, findings)))


def _stands(results: Results) -> str:
    runs = sum(len(model.runs) for model in results.models)
    numbers = runs * (len(capstone.TOLERANCES) + 1)
    claim = results.claim
    found = f"{numbers} numbers of {runs} runs came out again"
    return f"Capstone: row {results.row} stands: {found}. Claim {claim.verdict}: {claim.says}"


@dataclass
class _Asking:
    """One capstone on its way through the wall, run by run.

    Attributes:
        worker: the warm process.
        given: what was handed in.
        spent: seconds.
        now: name of the weights that are measured.
        known: names of weights that are the course's own, and of the checkpoint.
    """

    worker: Worker
    given: Capstone
    spent: float = 0.0
    now: str = ""
    known: dict[str, str] = field(default_factory=dict)

    def raw(self, name: str) -> bytes:
        """A file of weights."""
        if name not in self.given.weights:
            none = f"there is no file of weights {name!r} beside {self.given.name}: hand in all of it in one zip file."
            raise ResultsError(self.given.missing.get(name, none))
        return self.given.weights[name]

    def again(
        self, builds: str, settings: tuple[tuple[str, int], ...], name: str, raw: bytes, images: int, samples: int
    ) -> dict[str, Any]:
        """The numbers of a model with these weights, measured behind the wall."""
        self.now = name
        numbers = torch.from_numpy(np.frombuffer(raw, np.uint8).copy())
        asked = {"builds": builds, "settings": settings, "name": name, "raw": numbers, "images": images}
        values = self._values({**asked, "samples": samples})
        if "fault" in values:
            raise ResultsError(str(values["fault"])[:_LONGEST])
        if not all(type(values.get(part)) in (int, float) for part in (*capstone.TOLERANCES, "active_units")):
            raise _Ended(statuses.TAMPERING)
        if values.get("course") in checkpoints.names():
            self.known[name] = values["course"]
        return values

    def _values(self, asked: dict[str, Any]) -> dict[str, Any]:
        limits = self.worker.limits
        times = _TIMES - self.spent / limits.seconds
        if times <= 0:
            raise _Ended(statuses.TIMEOUT)
        lesson, job = Lesson([], {OWN: "measured"}), Job([Wanted(OWN, "measured", 0)], _MERCY * limits.seconds, times)
        report = self.worker.run(lesson, job, Submission([["code", _OURS, ""]]), [wire.pack(packed(asked))])
        self.spent += report.seconds
        if report.end is Ending.NO_WALL:
            raise NoWall(report.says)
        if report.end is not Ending.DONE:
            raise _Ended(ENDS[report.end])
        outcome = _outcome(report)
        if outcome.kind is Kind.VALUES:
            return outcome.values
        if judging.says_memory(outcome.says):
            raise _Ended(statuses.MEMORY)
        raise ResultsError(f"{asked['name']} cannot be measured ({outcome.says[:_LONGEST]}).")


def _outcome(report: Report) -> Outcome:
    """What a child said of its run; it is small, or nothing of ours."""
    try:
        if wire.tree_size(report.messages[1]) > _LARGEST_TREE:
            raise wire.Garbled("more than our message has")
        return decode(report.messages[1], Outcome)
    except wire.Garbled:
        raise _Ended(statuses.TAMPERING) from None
