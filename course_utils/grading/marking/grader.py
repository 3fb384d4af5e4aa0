"""One submission, from its cells to its marks: as many children behind the wall as it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from course_utils.exercises.contract import Exercise

from ..intake.reading import RawCell
from ..jail import wire
from ..jail.workers import Worker
from . import judging, statuses
from .records import NOT_ATTEMPTED, RIGHT, WRONG, Mark

_LOUD = 1 << 16
_ENDS = {
    "timeout": statuses.TIMEOUT,
    "flood": statuses.TOO_MUCH_OUTPUT,
    "garbled": statuses.TAMPERING,
    "died": statuses.CRASHED,
}
_SIGNALS = 128
_SAYS = {
    statuses.TIMEOUT: "{name} did not finish in {seconds:g} s.",
    statuses.TOO_MUCH_OUTPUT: "{name} printed more than {printed} MB.",
    statuses.TAMPERING: "Something was written where only the grader writes, while {name} ran.",
    statuses.CRASHED: "The process ended while {name} ran ({how}).",
}


class NoWall(RuntimeError):
    """The kernel refused to build a wall; the message has its reason."""


@dataclass
class Examination:
    """What came of one submission.

    Attributes:
        marks: by exercise.
        statuses: what happened on the way.
        notes: sentences.
        alone: exercises that were tried again in a child of their own.
        lean: exercises that were tried again without what their function does not need.
    """

    marks: dict[str, Mark] = field(default_factory=dict)
    statuses: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    alone: set[str] = field(default_factory=set)
    lean: set[str] = field(default_factory=set)


def examine(
    worker: Worker,
    cells: Sequence[RawCell],
    skeleton: Sequence[RawCell],
    exercises: Sequence[Exercise],
    seeds: Mapping[str, int],
) -> Examination:
    """Run all exercises in one child; where one ends it, go on in the next child.

    An exercise that ended a child is tried again, alone or without the rest of its cell, and then given up.

    Args:
        worker: the warm process.
        cells: of the submission.
        skeleton: cells of the lesson as it was handed out.
        exercises: of the lesson.
        seeds: of the inputs, by exercise.

    Raises:
        NoWall: where the kernel refuses.
        WorkerLost: where the worker failed.
    """
    found, waiting = Examination(), list(exercises)
    while waiting:
        wanted = [[e.id, seeds[e.id], e.id in found.lean] for e in waiting]
        report = worker.run({"cells": list(cells), "skeleton": list(skeleton), "exercises": wanted})
        if report["end"] == "no wall":
            raise NoWall(report["says"])
        graded, spare = _take_in(found, report, waiting, seeds)
        waiting = waiting[graded:]
        if waiting and not _once_more(found, waiting[0], report["end"], graded, spare):
            _give_up(found, waiting.pop(0), report, worker)
    _note(found, exercises)
    return found


def _once_more(found: Examination, exercise: Exercise, end: str, graded: int, spare: bool) -> bool:
    """Whether the exercise that ended a child is tried again, and how."""
    if end == "died" and graded and exercise.id not in found.alone:
        found.alone.add(exercise.id)  # what an earlier exercise left behind may have ended it
    elif end == "timeout" and spare and exercise.id not in found.lean:
        found.lean.add(exercise.id)  # it may train something beside its function
    else:
        return False
    return True


def _take_in(
    found: Examination, report: dict[str, Any], waiting: Sequence[Exercise], seeds: Mapping[str, int]
) -> tuple[int, bool]:
    """Mark the exercises that sent their message, in the order in which they were asked.

    Returns how many, and whether the next one's cell holds something that its function does not need.
    """
    try:
        plan, *messages = [wire.unpack(raw.tobytes()) for raw in report["messages"]] or [{"plan": []}]
        messages = [message for message in messages if "exercise" in message]
        planned = [([str(note) for note in each["notes"]], bool(each["spare"])) for each in plan["plan"]]
        fits = not messages or len(planned) == len(waiting)
        fits = fits and all(m["exercise"] == e.id for m, e in zip(messages, waiting, strict=False))
    except (wire.Garbled, KeyError, TypeError, ValueError):
        fits = False
    if not fits or len(messages) > len(waiting) or (report["end"] == "done" and len(messages) < len(waiting)):
        report["end"] = "garbled"
        return 0, False
    for exercise, message in zip(waiting, messages, strict=False):
        found.marks[exercise.id] = judging.mark(exercise, seeds[exercise.id], message)
    for exercise, (notes, _) in zip(waiting[: len(messages) + 1], planned, strict=False):  # the failed one's too
        if exercise.id not in found.marks or found.marks[exercise.id].state != NOT_ATTEMPTED:
            found.notes += [note for note in notes if note not in found.notes]
    if report.get("garbled"):
        found.statuses.add(statuses.TAMPERING)
    if report["printed"] > _LOUD and report["end"] != "flood":
        found.notes.append(f"The submission printed {report['printed'] / 1e6:.1f} MB.")
    return len(messages), len(messages) < len(planned) and planned[len(messages)][1]


def _give_up(found: Examination, exercise: Exercise, report: dict[str, Any], worker: Worker) -> None:
    """The mark of the exercise at which a child ended."""
    status, code = _ENDS[report["end"]], report["status"]
    how = f"signal {code - _SIGNALS}" if code > _SIGNALS else f"exit status {code}"
    limits = worker.limits
    says = _SAYS[status].format(name=exercise.name, how=how, seconds=limits.seconds, printed=limits.printed)
    found.marks[exercise.id] = judging.failed(exercise, status, says)


def _note(found: Examination, exercises: Sequence[Exercise]) -> None:
    found.notes += [
        f"{e.name} ran without the rest of its cell, which did not come to an end."
        for e in exercises
        if e.id in found.lean and found.marks[e.id].state in (RIGHT, WRONG)
    ]
    found.statuses |= {mark.state for mark in found.marks.values() if mark.state in statuses.MEANING}
    if found.notes:
        found.statuses.add(statuses.WITH_NOTES)
