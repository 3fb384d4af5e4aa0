"""Marks and comments that a person gives, for prose or in place of the grader's; they survive every regrading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..intake.roster import table
from ..marking.records import RIGHT, WRONG, Grade, Mark

_COLUMNS = ("student", "lesson", "exercise", "points", "of", "comment")


class BadMarks(ValueError):
    """A file of marks that cannot be read; the message says which line."""


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


def load(path: Path) -> list[ManualMark]:
    """The marks of a CSV file with the columns student, lesson, exercise, points, of, comment.

    Raises:
        BadMarks: where a column is missing or a number is none.
    """
    header, rows = table(path)
    places = {name.strip().lower(): i for i, name in enumerate(header)}
    missing = [name for name in _COLUMNS[:4] if name not in places]
    if missing:
        raise BadMarks(f"{path} has no column {missing[0]!r}; it needs {', '.join(_COLUMNS)}.")
    return [
        _read(path, number, {name: _cell(row, places, name) for name in _COLUMNS}) for number, row in enumerate(rows, 2)
    ]


def _cell(row: Sequence[str], places: Mapping[str, int], name: str) -> str:
    place = places.get(name, len(row))
    return row[place].strip() if place < len(row) else ""


def _read(path: Path, number: int, cells: dict[str, str]) -> ManualMark:
    try:
        points, of = (float(cells[name].replace(",", ".")) if cells[name] else None for name in ("points", "of"))
    except ValueError:
        raise BadMarks(f"Line {number} of {path}: points and of are numbers, or empty.") from None
    return ManualMark(cells["student"], cells["lesson"].zfill(2), cells["exercise"], points, of, cells["comment"])


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
    of = mark.of if given.of is None else given.of
    if given.points is not None:
        state = RIGHT if given.points >= of else mark.state
        mark = replace(mark, points=given.points, of=of, state=state, by_hand=True)
    return replace(mark, comment=given.comment)
