"""A whole class: what has to be graded, who grades it, and the journal that nothing is lost from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from course_utils import progress

from .intake import submissions
from .intake.assignment import Item, items
from .intake.lessons import Lesson
from .intake.reading import Unreadable
from .intake.roster import Student
from .jail.limits import Limits, Wall
from .marking import fingerprints, seeds, statuses
from .marking.one import Work, not_submitted, with_notes
from .marking.records import Grade
from .results import manual
from .results.journal import Journal, grades

Pool = Callable[[Iterable[Work]], Iterator[Grade]]
"""Grades works in any order, each once."""


@dataclass(frozen=True)
class Order:
    """What an instructor asks for.

    Attributes:
        submissions: folder, archive, or notebook.
        out: where journal, gradebook and pages go.
        lessons: all that can be graded, by number.
        roster: may be empty.
        only: number of the one lesson to grade.
        secret: of the class.
        limits: what a submission may use.
        wall: what submissions run behind.
    """

    submissions: Path
    out: Path
    lessons: Mapping[str, Lesson]
    roster: Sequence[Student]
    only: str | None
    secret: bytes
    limits: Limits
    wall: Wall


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes:
        items: everyone with every lesson.
        grades: theirs.
        fresh: how many were graded now; the others had not changed.
        notes: sentences about the folder of submissions.
    """

    items: list[Item]
    grades: list[Grade]
    fresh: int
    notes: list[str]


def run(order: Order, journal: Journal, pool: Pool) -> Outcome:
    """Grade what has changed since the journal's last line about it; each grade is on the disk at once.

    Args:
        order: what to grade.
        journal: open.
        pool: who grades.
    """
    folder = submissions.look(
        order.submissions, [lesson.slug for lesson in order.lessons.values()], [student.id for student in order.roster]
    )
    wanted = items(folder, order.roster, order.lessons, order.only)
    known = grades(journal.lines())
    keys = {item.owed: _key(item, order) for item in wanted}
    new = [item for item in wanted if _changed(known.get(item.owed), keys[item.owed])]
    with progress.bar(len(new), "submissions") as bar:
        for grade in _graded(new, keys, order, pool):
            journal.append({"kind": "grade", "grade": grade.plain()})
            known[grade.student, grade.lesson] = grade
            bar.update()
    by_hand = manual.known(journal.lines()).values()
    final = [manual.applied(with_notes(known[item.owed], item.notes), by_hand) for item in wanted]
    return Outcome(wanted, final, len(new), folder.notes)


def _changed(grade: Grade | None, key: str) -> bool:
    return grade is None or grade.key != key or grade.status == statuses.GRADER_ERROR


def _graded(new: Sequence[Item], keys: Mapping[tuple[str, str], str], order: Order, pool: Pool) -> Iterator[Grade]:
    """What is missing needs nobody to grade it; the rest goes to the pool."""
    there = []
    for item in new:
        if item.found is None:
            yield not_submitted(item, order.lessons[item.lesson], keys[item.owed])
        else:
            there.append(item)
    yield from pool(_work(item, keys[item.owed], order) for item in there)


def _work(item: Item, key: str, order: Order) -> Work:
    lesson, student = order.lessons[item.lesson], item.student.id
    drawn = {exercise.id: seeds.seed(order.secret, exercise.id, student) for exercise in lesson.exercises}
    return Work(student, lesson, _bytes(item), drawn, key)


def _bytes(item: Item) -> bytes:
    """A submission's bytes; where they cannot be had, a text that says why and is no notebook."""
    try:
        return item.found.read() if item.found else b""
    except Unreadable as error:
        return f"unreadable: {error}".encode()


def _key(item: Item, order: Order) -> str:
    """Of all that the grade depends on."""
    notebook, cells = _bytes(item), order.lessons[item.lesson].cells
    return fingerprints.of(
        item.student.id,
        notebook.hex() if item.found else "",
        cells,
        fingerprints.of_lesson(item.lesson),
        fingerprints.of_named(notebook + json.dumps(cells).encode()),
        fingerprints.of_environment(),
        order.wall,
        vars(order.limits),
        seeds.seed(order.secret, "fingerprint", ""),
    )
