"""Marks and comments that a person gives, for prose or in place of the grader's; they survive every regrading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..intake.register import Register
from ..intake.tables import BadTable, cell, number
from ..intake.tables import load as load_table
from ..marking.records import RIGHT, WRONG, Grade, Mark

_COLUMNS = ("student", "lesson", "exercise", "points", "of", "comment")


@dataclass(frozen=True)
class ManualMark:
    """A person's mark.

    Attributes:
        student: their id in the gradebook.
        lesson: two digits.
        exercise: an exercise's id, or any name for what no exercise asks, such as ``essay``.
        points: given; ``None`` for a comment alone.
        of: what could be had; ``None`` to keep the exercise's.
        comment: for the student.
    """

    student: str
    lesson: str
    exercise: str
    points: float | None
    of: float | None
    comment: str

    def plain(self) -> dict[str, Any]:
        """As a line of the journal."""
        return {"kind": "manual", **vars(self)}


def load(path: Path, register: Register, exercises: Mapping[str, Mapping[str, float]]) -> list[ManualMark]:
    """The marks of a CSV file with the columns student, lesson, exercise, points, of, comment.

    Args:
        path: of the file.
        register: of everybody in the class; the file may name them by any id.
        exercises: their points, by lesson and id.

    Raises:
        BadTable: where a column is missing, or a line is about nobody, about no exercise, or gives what cannot be had.
    """
    table = load_table(path)
    places = {name.strip().lower(): i for i, name in enumerate(table.header)}
    missing = [name for name in _COLUMNS[:4] if name not in places]
    if missing:
        raise BadTable(f"{path} has no column {missing[0]!r}; it needs {', '.join(_COLUMNS)}.")
    marks = []
    for line, row in enumerate(table.rows, table.start + 2):
        cells = {name: cell(row, places.get(name)) for name in _COLUMNS}
        if any(cells.values()):
            try:
                marks.append(_read(cells, register, exercises))
            except _Refused as refused:
                raise BadTable(f"Line {line} of {path}: {refused}") from None
    return marks


class _Refused(ValueError):
    """A line that cannot be; the message says why."""


def _read(cells: Mapping[str, str], register: Register, exercises: Mapping[str, Mapping[str, float]]) -> ManualMark:
    student = register.find([cells["student"]], cells["student"]).student
    if student is None:
        raise _Refused(f"{cells['student']!r} is nobody in this class, or several; take the id of the gradebook.")
    lesson, exercise = cells["lesson"].zfill(2), cells["exercise"]
    if lesson not in exercises:
        raise _Refused(f"there is no lesson {cells['lesson']!r}; there are {', '.join(exercises)}.")
    known = exercises[lesson]
    if not exercise or re.fullmatch(r"[\d.,\s]+", exercise) and exercise not in known:
        raise _Refused(f"{exercise!r} is no exercise of lesson {lesson}; these are: {', '.join(known)}.")
    points, of = (_number(name, cells[name]) for name in ("points", "of"))
    most = known.get(exercise) if of is None else of
    if points is not None and most is not None and points > most:
        raise _Refused(f"{points:g} points of {most:g}: nobody can have more than all.")
    return ManualMark(student.id, lesson, exercise, points, of, cells["comment"])


def _number(name: str, text: str) -> float | None:
    value = number(text)
    if text and (value is None or value < 0):
        raise _Refused(f"{name} is {text!r}; it is a number that is not negative, or empty.")
    return value


def known(lines: Iterable[dict[str, Any]]) -> dict[tuple[str, str, str], ManualMark]:
    """The last mark by hand of each student, lesson and exercise."""
    found = {}
    for line in lines:
        if line.get("kind") == "manual":
            mark = ManualMark(**{name: line[name] for name in _COLUMNS})
            found[mark.student, mark.lesson, mark.exercise] = mark
    return found


def applied(grade: Grade, by_hand: Iterable[ManualMark]) -> Grade:
    """The grade with a person's marks in it; they win over the grader's."""
    marks = {mark.exercise: mark for mark in grade.marks}
    for given in by_hand:
        if (given.student, given.lesson) == (grade.student, grade.lesson):
            marks[given.exercise] = _merged(marks.get(given.exercise), given)
    return replace(grade, marks=tuple(marks.values()))


def _merged(mark: Mark | None, given: ManualMark) -> Mark:
    mark = mark or Mark(given.exercise, WRONG, 0, given.of or given.points or 0)
    of = (mark.of or given.points or 0) if given.of is None else given.of
    if given.points is not None:
        state = RIGHT if given.points >= of else mark.state
        mark = replace(mark, points=given.points, of=of, state=state, by_hand=True)
    return replace(mark, comment=given.comment)
