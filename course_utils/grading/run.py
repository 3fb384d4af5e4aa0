"""A whole class: what has to be graded, who grades it, and the journal that nothing is lost from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from course_utils import progress

from .intake import capstones
from .intake.assignment import Item
from .intake.helpers import contents
from .intake.lessons import Lesson
from .intake.reading import Unreadable
from .jail.limits import Limits, Wall
from .marking import fingerprints, seeds, statuses
from .marking.one import Work, not_submitted, ungraded, with_notes
from .marking.records import Grade
from .results import manual
from .results.journal import Journal, grades

Pool = Callable[[Iterable[Work]], Iterator[Grade]]
"""Grades works in any order, each once."""


@dataclass(frozen=True)
class Order:
    """What has to be graded, and how.

    Attributes:
        items: everyone with every lesson.
        lessons: all that can be graded, by number.
        secret: of the class.
        limits: what a submission may use.
        wall: what submissions run behind.
        capstone: points of a capstone that stands.
    """

    items: Sequence[Item]
    lessons: Mapping[str, Lesson]
    secret: bytes
    limits: Limits
    wall: Wall
    capstone: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes:
        items: everyone with every lesson.
        grades: theirs.
        fresh: how many were graded now; the others had not changed.
    """

    items: Sequence[Item]
    grades: list[Grade]
    fresh: int


def run(order: Order, journal: Journal, pool: Pool) -> Outcome:
    """Grade what has changed since the journal's last line about it; each grade is on the disk at once.

    Args:
        order: what to grade.
        journal: open.
        pool: who grades.
    """
    known = grades(journal.lines())
    keys = {item.owed: _key(item, order) for item in order.items}
    new = [item for item in order.items if _changed(known.get(item.owed), keys[item.owed])]
    with progress.bar(len(new), "submissions") as bar:
        for grade in _graded(new, keys, order, pool):
            journal.append({"kind": "grade", "grade": grade.plain()})
            known[grade.student, grade.lesson] = grade
            bar.update()
    by_hand = manual.known(journal.lines()).values()
    final = [manual.applied(_noted(known[item.owed], item.notes), by_hand) for item in order.items]
    return Outcome(order.items, final, len(new))


def _changed(grade: Grade | None, key: str) -> bool:
    return grade is None or grade.key != key or grade.status == statuses.GRADER_ERROR


def _noted(grade: Grade, notes: Sequence[str]) -> Grade:
    """The grade with an item's notes, those that it has not yet; and without a sentence that a note says better."""
    return with_notes(grade, [note for note in notes if note not in grade.notes])


def _graded(new: Sequence[Item], keys: Mapping[tuple[str, str], str], order: Order, pool: Pool) -> Iterator[Grade]:
    """What is missing or cannot be had needs nobody to grade it; the rest goes to the pool."""
    there = []
    for item in new:
        _, why = _bytes(item)
        if item.found is None:
            yield not_submitted(item, order.lessons[item.lesson], keys[item.owed], order.capstone)
        elif why:
            yield ungraded(_work(item, keys[item.owed], order), statuses.UNREADABLE, why)
        else:
            there.append(item)
    yield from pool(_work(item, keys[item.owed], order) for item in there)


def _work(item: Item, key: str, order: Order) -> Work:
    lesson, student = order.lessons[item.lesson], item.student.id
    drawn = {exercise.id: seeds.seed(order.secret, exercise.id, student) for exercise in lesson.exercises}
    beside, page = contents(item.helpers), capstones.contents(item.capstone)
    return Work(student, lesson, _bytes(item)[0], drawn, key, beside, page, order.capstone)


def _bytes(item: Item) -> tuple[bytes, str]:
    """A submission's bytes; where they cannot be had, a sentence that says why."""
    try:
        return item.found.read() if item.found else b"", ""
    except Unreadable as error:
        return b"", str(error)


def _key(item: Item, order: Order) -> str:
    """Of all that the grade depends on."""
    (notebook, why), cells = _bytes(item), order.lessons[item.lesson].cells
    return fingerprints.of(
        item.student.id,
        why or notebook.hex() if item.found else "",
        contents(item.helpers),
        cells,
        fingerprints.of_lesson(item.lesson),
        fingerprints.of_named(notebook + json.dumps(cells).encode()),
        fingerprints.of_environment(),
        order.wall,
        vars(order.limits),
        seeds.seed(order.secret, "fingerprint", ""),
        *_of_capstone(item, order),
    )


def _of_capstone(item: Item, order: Order) -> list[object]:
    """What the mark of a capstone depends on; nothing where there is none and none is asked for."""
    page = capstones.contents(item.capstone)
    worth = order.capstone if item.lesson == capstones.LESSON else 0
    return [worth, page.digest() if page else []] if page or worth else []
