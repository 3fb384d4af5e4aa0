"""One submission, from its cells to its marks: as many children behind the wall as it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from course_utils.exercises.contract import Exercise, Inputs

from ..intake.reading import RawCell
from ..jail.inputs import packed
from ..jail.messages import Closing, Ending, Job, Outcome, Plan, Planned, Report, Submission, Wanted, decode
from ..jail.wire import Garbled
from ..jail.workers import Worker
from . import judging, statuses
from .records import NOT_ATTEMPTED, RIGHT, WRONG, Mark

_LOUD = 1 << 16
_ENDS = {
    Ending.TIMEOUT: statuses.TIMEOUT,
    Ending.FLOOD: statuses.TOO_MUCH_OUTPUT,
    Ending.GARBLED: statuses.TAMPERING,
    Ending.DIED: statuses.CRASHED,
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
    inputs = {e.id: judging.draw(e, seeds[e.id]) for e in exercises}
    while waiting:
        wanted = [Wanted(e.id, e.name, seeds[e.id], packed(inputs[e.id]), e.id in found.lean) for e in waiting]
        job = Job(list(skeleton), [exercise.name for exercise in exercises], wanted)
        report = worker.run(job, Submission(list(cells)))
        if report.end is Ending.NO_WALL:
            raise NoWall(report.says)
        try:
            graded, spare = _take_in(found, report, waiting, inputs)
        except Garbled:
            report, graded, spare = replace(report, end=Ending.GARBLED), 0, False
        waiting = waiting[graded:]
        if waiting and not _once_more(found, waiting[0], report.end, graded, spare):
            _give_up(found, waiting.pop(0), report, worker)
    _note(found, exercises)
    return found


def _once_more(found: Examination, exercise: Exercise, end: Ending, graded: int, spare: bool) -> bool:
    """Whether the exercise that ended a child is tried again, and how."""
    if end is Ending.DIED and graded and exercise.id not in found.alone:
        found.alone.add(exercise.id)  # what an earlier exercise left behind may have ended it
    elif end is Ending.TIMEOUT and spare and exercise.id not in found.lean:
        found.lean.add(exercise.id)  # it may train something beside its function
    else:
        return False
    return True


def _take_in(
    found: Examination, report: Report, waiting: Sequence[Exercise], inputs: Mapping[str, Inputs]
) -> tuple[int, bool]:
    """Mark the exercises that sent their message, in the order in which they were asked.

    Returns how many, and whether the next one's cell holds something that its function does not need.

    Raises:
        Garbled: where the messages are not those that were asked for; nothing is marked then.
    """
    planned, outcomes = _read(report, [exercise.id for exercise in waiting])
    for exercise, outcome in zip(waiting, outcomes, strict=False):
        found.marks[exercise.id] = judging.mark(exercise, inputs[exercise.id], outcome)
    for exercise, part in zip(waiting[: len(outcomes) + 1], planned, strict=False):  # the failed one's too
        if exercise.id not in found.marks or found.marks[exercise.id].state != NOT_ATTEMPTED:
            found.notes += [note for note in part.notes if note not in found.notes]
    if report.cut_off:
        found.statuses.add(statuses.TAMPERING)
    if report.printed > _LOUD and report.end is not Ending.FLOOD:
        found.notes.append(f"The submission printed {report.printed / 1e6:.1f} MB.")
    return len(outcomes), len(outcomes) < len(planned) and planned[len(outcomes)].spare


def _read(report: Report, wanted: Sequence[str]) -> tuple[list[Planned], list[Outcome]]:
    """What a child said of the exercises that were asked for: of all of them at first, then of each when it was done.

    Raises:
        Garbled: where it said anything else, or too little for one that came to its end.
    """
    if not report.messages:
        return [], []
    planned = decode(report.messages[0], Plan).plan
    said = [decode(raw, Outcome, Closing) for raw in report.messages[1:]]
    outcomes = [message for message in said if isinstance(message, Outcome)]
    names = [outcome.exercise for outcome in outcomes]
    if names != list(wanted[: len(names)]) or (outcomes and len(planned) != len(wanted)):
        raise Garbled("another exercise than was asked for")
    if report.end is Ending.DONE and len(names) < len(wanted):
        raise Garbled("it came to an end without an outcome for each")
    return planned, outcomes


def _give_up(found: Examination, exercise: Exercise, report: Report, worker: Worker) -> None:
    """The mark of the exercise at which a child ended."""
    status, code = _ENDS[report.end], report.status
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
