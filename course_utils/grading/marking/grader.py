"""One submission, from its cells to its marks: as many children behind the wall as it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from course_utils.exercises.contract import Exercise

from ..intake.reading import RawCell
from ..jail.messages import Ending, Job, Lesson, Planned, Report, Submission, Wanted
from ..jail.wire import Garbled
from ..jail.workers import Worker
from . import judging, statuses
from .marker import Marker
from .records import NOT_ATTEMPTED, RIGHT, WRONG, Mark

_LOUD = 1 << 16
ENDS = {
    Ending.TIMEOUT: statuses.TIMEOUT,
    Ending.FLOOD: statuses.TOO_MUCH_OUTPUT,
    Ending.GARBLED: statuses.TAMPERING,
    Ending.DIED: statuses.CRASHED,
}
_AGAIN = {WRONG, NOT_ATTEMPTED, statuses.LOOK, statuses.TIMEOUT}
"""States of a mark for which another reading of the notebook may find a better one."""
_READINGS = 3
_TELLING = {"2.3", "13.5"}
"""Exercises whose inputs would help with others: a child is given them last, when all else has been sent."""
_MERCY = 3
"""How many times an exercise's time a submission may spend in waiting for a core that others keep busy."""
_SPARE_TIMES = 3
"""How many exercises' times a submission has beside one for each of its exercises."""
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
        readings: how many ways there are to come by an exercise's function.
        spent: seconds.
        forgiven: seconds of waiting for a core that were given back.
    """

    marks: dict[str, Mark] = field(default_factory=dict)
    statuses: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    alone: set[str] = field(default_factory=set)
    lean: set[str] = field(default_factory=set)
    readings: dict[str, int] = field(default_factory=dict)
    spent: float = 0.0
    forgiven: float = 0.0


def examine(
    worker: Worker,
    marker: Marker,
    submission: Submission,
    skeleton: Sequence[RawCell],
    exercises: Sequence[Exercise],
    seeds: Mapping[str, int],
) -> Examination:
    """Run all exercises in one child; where one ends it, go on in the next child; read those not right once more.

    An exercise that ended a child is tried again, alone or without the rest of its cell, and then given up. Where
    another reading of the notebook gives a right answer, that one counts, and a note says so.

    Args:
        worker: the warm process.
        marker: draws inputs and gives marks.
        submission: the student's cells, and the modules beside them.
        skeleton: cells of the lesson as it was handed out.
        exercises: of the lesson.
        seeds: of the inputs, by exercise.

    Raises:
        NoWall: where the kernel refuses.
        WorkerLost: where the worker failed.
        Lost: where the marker failed.
    """
    lesson = Lesson(list(skeleton), {exercise.id: exercise.name for exercise in exercises})
    ask = _Asking(worker, marker, lesson, submission, seeds)
    found = Examination()
    ask.all(found, exercises, 0)
    for reading in range(1, _READINGS):
        left = [e for e in exercises if found.marks[e.id].state in _AGAIN and found.readings.get(e.id, 1) > reading]
        if left:
            other = Examination(spent=found.spent, forgiven=found.forgiven)
            ask.all(other, left, reading)
            _take_over(found, other)
    found.statuses |= {mark.state for mark in found.marks.values() if mark.state in statuses.MEANING}
    if found.notes:
        found.statuses.add(statuses.WITH_NOTES)
    return found


def _take_over(found: Examination, other: Examination) -> None:
    """Take what another reading found and is better."""
    better = {key: mark for key, mark in other.marks.items() if mark.points > found.marks[key].points}
    found.marks |= better
    found.spent, found.forgiven = other.spent, other.forgiven
    found.statuses |= other.statuses & {statuses.TAMPERING}
    if better:
        found.notes += [note for note in other.notes if note not in found.notes]


@dataclass(frozen=True)
class _Asking:
    """What stays the same while one submission is examined."""

    worker: Worker
    marker: Marker
    lesson: Lesson
    submission: Submission
    seeds: Mapping[str, int]

    def all(self, found: Examination, exercises: Sequence[Exercise], reading: int) -> None:
        """Run exercises in as many children as it takes, until all have a mark."""
        waiting, limits = sorted(exercises, key=lambda e: e.id in _TELLING), self.worker.limits
        while waiting:
            if found.spent > limits.seconds * (len(self.lesson.names) + _SPARE_TIMES):
                late = waiting.pop(0)
                says = f"The submission used up the time of all its exercises before {late.name}."
                found.marks[late.id] = judging.failed(late, statuses.TIMEOUT, says)
                continue
            report = self._once(found, waiting, reading)
            try:
                graded, spare = self._take_in(found, report, waiting)
            except Garbled:
                report, graded, spare = replace(report, end=Ending.GARBLED), 0, False
            waiting = waiting[graded:]
            if waiting and not _once_more(found, waiting[0], report.end, graded, spare):
                _give_up(found, waiting.pop(0), report, self.worker)
        found.notes += [
            f"{e.name} ran without the rest of its cell, which did not come to an end."
            for e in exercises
            if e.id in found.lean and found.marks[e.id].state in (RIGHT, WRONG)
        ]

    def _once(self, found: Examination, waiting: Sequence[Exercise], reading: int) -> Report:
        """Run exercises in one child."""
        drawn = [self.seeds[e.id] for e in waiting]
        wanted = [
            Wanted(e.id, e.name, seed, e.id in found.lean, reading) for e, seed in zip(waiting, drawn, strict=True)
        ]
        mercy = max(0.0, _MERCY * self.worker.limits.seconds - found.forgiven)
        inputs = self.marker.draw(waiting, drawn)
        report = self.worker.run(self.lesson, Job(wanted, mercy), self.submission, inputs)
        if report.end is Ending.NO_WALL:
            raise NoWall(report.says)
        found.spent += report.seconds
        found.forgiven += report.forgiven
        return report

    def _take_in(self, found: Examination, report: Report, waiting: Sequence[Exercise]) -> tuple[int, bool]:
        """Mark the exercises that sent their message, in the order in which they were asked.

        Returns how many, and whether the next one's cell holds something that its function does not need.

        Raises:
            Garbled: where the messages are not those that were asked for; nothing is marked then.
        """
        said = self.marker.read(waiting, [self.seeds[e.id] for e in waiting], report)
        found.marks |= {mark.exercise: mark for mark in said.marks}
        found.readings |= {e.id: part.readings for e, part in zip(waiting, said.planned, strict=False)}
        notes = list(said.notes)
        for exercise, part in zip(waiting[: len(said.marks) + 1], said.planned, strict=False):  # the failed one's too
            if exercise.id not in found.marks or found.marks[exercise.id].state != NOT_ATTEMPTED:
                notes += part.notes
        if report.cut_off:
            found.statuses.add(statuses.TAMPERING)
        if report.printed > _LOUD and report.end is not Ending.FLOOD:
            notes.append(f"The submission printed {report.printed / 1e6:.1f} MB.")
        found.notes += [note for note in dict.fromkeys(notes) if note not in found.notes]
        return len(said.marks), _spare(said.planned, len(said.marks))


def _spare(planned: Sequence[Planned], number: int) -> bool:
    return number < len(planned) and planned[number].spare


def _once_more(found: Examination, exercise: Exercise, end: Ending, graded: int, spare: bool) -> bool:
    """Whether the exercise that ended a child is tried again, and how."""
    if end is Ending.DIED and graded and exercise.id not in found.alone:
        found.alone.add(exercise.id)  # what an earlier exercise left behind may have ended it
    elif end is Ending.TIMEOUT and spare and exercise.id not in found.lean:
        found.lean.add(exercise.id)  # it may train something beside its function
    else:
        return False
    return True


def _give_up(found: Examination, exercise: Exercise, report: Report, worker: Worker) -> None:
    """The mark of the exercise at which a child ended."""
    status, code = ENDS[report.end], report.status
    how = f"signal {code - _SIGNALS}" if code > _SIGNALS else f"exit status {code}"
    limits = worker.limits
    says = _SAYS[status].format(name=exercise.name, how=how, seconds=limits.seconds, printed=limits.printed)
    found.marks[exercise.id] = judging.failed(exercise, status, says)
