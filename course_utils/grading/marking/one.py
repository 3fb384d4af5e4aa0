"""Grading one item, on this machine or on another one: everything it needs comes with it, no secret among it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..intake.assignment import Item
from ..intake.capstones import Capstone
from ..intake.lessons import Lesson
from ..intake.reading import Unreadable, read
from ..jail.limits import Wall
from ..jail.messages import Submission
from ..jail.workers import Worker, WorkerLost
from . import capstones, similarity, statuses
from .grader import NoWall, examine
from .judging import failed
from .marker import Marker
from .records import Grade, Mark


@dataclass(frozen=True)
class Work:
    """One submission as it is handed to whoever grades it.

    Attributes:
        student: their id.
        lesson: what they worked on.
        data: the bytes of the notebook.
        seeds: of their inputs, by exercise.
        key: see :class:`course_utils.grading.marking.records.Grade`.
        helpers: text of modules beside it, by file name.
        capstone: the results file beside it, and weights; ``None`` where there is none.
        worth: points of a capstone that stands.
    """

    student: str
    lesson: Lesson
    data: bytes
    seeds: Mapping[str, int]
    key: str
    helpers: Mapping[str, str] = field(default_factory=dict)
    capstone: Capstone | None = None
    worth: float = 0.0


def grade(work: Work, worker: Worker, marker: Marker, wall: Wall) -> Grade:
    """The grade of a submission; never raises because of the submission.

    Args:
        work: what to grade.
        worker: the warm process.
        marker: draws inputs and gives marks.
        wall: its wall, for the record.
    """
    lesson = work.lesson
    try:
        contents = read(work.data)
        submission = Submission(list(contents.cells), [[*pair] for pair in work.helpers.items()])
        found = examine(worker, marker, submission, lesson.cells, lesson.exercises, work.seeds)
        page = capstones.examine(work.capstone, work.worth, worker) if work.capstone else None
    except Unreadable as error:
        return ungraded(work, statuses.UNREADABLE, str(error), wall)
    except (NoWall, WorkerLost) as error:
        return ungraded(work, statuses.GRADER_ERROR, str(error), wall)
    except Exception as error:  # ours, whatever it is: no mark, and the class goes on
        return ungraded(work, statuses.GRADER_ERROR, f"{type(error).__name__}: {error}", wall)
    notes = (*contents.notes, *found.notes, *(page.notes if page else ()))
    beside = [page.mark] if page else capstones.unmarked(lesson.number, work.worth)
    happened = found.statuses | {mark.state for mark in beside if mark.state in statuses.MEANING}
    status = statuses.gravest(happened | ({statuses.WITH_NOTES} if notes else set()))
    marks = (*(found.marks[exercise.id] for exercise in lesson.exercises), *beside)
    shingles, weights = similarity.shingles(contents.cells, lesson.cells), page.weights if page else ()
    return Grade(work.student, lesson.number, status, marks, notes, work.key, wall, shingles, weights)


def ungraded(work: Work, status: str, says: str, wall: Wall | None = None) -> Grade:
    """The grade of a submission of which no exercise could be looked at: no points, and a status that says why."""
    marks = [failed(exercise, status, says) for exercise in work.lesson.exercises]
    marks += capstones.unmarked(work.lesson.number, work.worth, status)
    return Grade(work.student, work.lesson.number, status, tuple(marks), (says,), work.key, wall)


def not_submitted(item: Item, lesson: Lesson, key: str, worth: float = 0.0) -> Grade:
    """The grade of somebody who handed in nothing, where a capstone is worth so many points."""
    status = statuses.NOT_SUBMITTED
    marks = [Mark(e.id, status, 0, e.points) for e in lesson.exercises]
    marks += capstones.unmarked(lesson.number, worth, status)
    return Grade(item.student.id, lesson.number, status, tuple(marks), ("No notebook was handed in.",), key)


def with_notes(grade: Grade, notes: Iterable[str]) -> Grade:
    """The grade with more notes, and with the status that notes give."""
    notes = (*notes, *grade.notes)
    status = statuses.WITH_NOTES if notes and grade.status == statuses.GRADED else grade.status
    return replace(grade, notes=notes, status=status)
