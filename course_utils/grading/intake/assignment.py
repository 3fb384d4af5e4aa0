"""Who owes what, and what is there: one item of work for each student and lesson."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .identity import Identity, is_lesson
from .lessons import Lesson
from .reading import Unreadable, read
from .roster import Student, find
from .submissions import Folder, Found

_COPY = re.compile(r"copy|kopie|\(\d+\)", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """A lesson of a student.

    Attributes:
        student: as the roster has it, or as the submission says.
        lesson: two digits.
        found: the notebook; ``None`` where there is none.
        notes: sentences.
    """

    student: Student
    lesson: str
    found: Found | None
    notes: tuple[str, ...] = ()

    @property
    def owed(self) -> tuple[str, str]:
        """Student and lesson."""
        return self.student.id, self.lesson


def items(folder: Folder, roster: Sequence[Student], lessons: Mapping[str, Lesson], only: str | None) -> list[Item]:
    """An item for each student and lesson: everyone on the roster, and whoever handed something in.

    Args:
        folder: what was found.
        roster: may be empty.
        lessons: all that can be graded, by number.
        only: number of the one lesson to grade; default: all of which at least one notebook was found.
    """
    chosen: dict[tuple[str, str], list[Found]] = {}
    students = {student.id: student for student in roster}
    for found in folder.found:
        student = _on_roster(found.who, roster)
        students.setdefault(student.id, student)
        lesson = lesson_of(found, lessons, only)
        if lesson and only in (None, lesson):
            chosen.setdefault((student.id, lesson), []).append(found)
    for who in folder.present:
        student = _on_roster(who, roster)
        students.setdefault(student.id, student)
    wanted = [only] if only else sorted({lesson for _, lesson in chosen})
    return [
        _item(students[student], lesson, chosen.get((student, lesson), []))
        for lesson in wanted
        for student in sorted(students)
    ]


def _on_roster(who: Identity, roster: Sequence[Student]) -> Student:
    strange = ("Not on the roster.",) if roster else ()
    return find(roster, [who.student], who.name) or Student(who.student, who.name, notes=strange)


def lesson_of(found: Found, lessons: Mapping[str, Lesson], only: str | None) -> str:
    """Which lesson a notebook is: by its name, else by what is in it; if neither tells, the one that is graded."""
    by_name = is_lesson(found.path, [lesson.slug for lesson in lessons.values()])
    if by_name:
        return by_name
    try:
        cells = read(found.read()).cells
    except Unreadable:
        return only or next(iter(lessons), "")
    scores = {number: lesson.recognises(cells) for number, lesson in lessons.items()}
    best = max(scores, key=lambda number: scores[number], default="")
    return best if best and scores[best] else only or ""


def _item(student: Student, lesson: str, notebooks: list[Found]) -> Item:
    """The newest of several notebooks; copies that editors make come last."""
    notes = list(student.notes)
    if not notebooks:
        return Item(student, lesson, None, tuple(notes))
    last = max(
        notebooks, key=lambda found: (found.modified, not _COPY.search(found.path.name), _by_number(str(found.path)))
    )
    if len(notebooks) > 1:
        notes.append(f"{len(notebooks)} notebooks were found; {last.path.name[:80]!r}, the newest, was graded.")
    if last.who.late:
        notes.append("Handed in late.")
    return Item(student, lesson, last, tuple(notes))


def _by_number(name: str) -> list[str | tuple[int, str]]:
    """A name to sort by, in which ``-10`` comes after ``-9``."""
    parts = re.split(r"([0-9]+)", name)
    return [(len(part.lstrip("0")), part) if i % 2 else part for i, part in enumerate(parts)]
