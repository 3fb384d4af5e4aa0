"""Whose each file is, as a table that a person can correct and give back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .identity import shown
from .tables import BadTable, cell, load, safe

COLUMNS = ("file", "student", "name", "lesson", "what became of it")
NOBODY = "(nobody)"
"""In the column of students: the file is left out."""


@dataclass(frozen=True)
class Owner:
    """What the table says of a file: an id, nobody's if empty, and a lesson's two digits, or nothing."""

    student: str
    lesson: str = ""


def read(path: Path, lessons: Mapping[str, object]) -> dict[str, Owner]:
    """The owners that a table names, by the file's path as :func:`key` writes it; lines without a student say nothing.

    Args:
        path: of a CSV file with the columns ``file`` and ``student``, and perhaps ``lesson``.
        lessons: all that there are, by number.

    Raises:
        BadTable: where a column is missing, a file stands twice, or a lesson is none.
    """
    table = load(path)
    places = {name.strip().casefold(): i for i, name in enumerate(table.header)}
    if missing := [name for name in COLUMNS[:2] if name not in places]:
        raise BadTable(f"{path} has no column {missing[0]!r}; it needs file and student.")
    found: dict[str, Owner] = {}
    for number, row in enumerate(table.rows, table.start + 2):
        file, student, lesson = (cell(row, places.get(name)) for name in ("file", "student", "lesson"))
        lesson = lesson.zfill(2) if lesson else ""
        if lesson and lesson not in lessons:
            raise BadTable(f"Line {number} of {path}: there is no lesson {lesson!r}; there are {', '.join(lessons)}.")
        if not file or not student:
            continue
        if file in found:
            raise BadTable(f"Line {number} of {path}: {file!r} stands there twice.")
        found[file] = Owner("" if student == NOBODY else student, lesson)
    return found


def key(path: PurePosixPath) -> str:
    """How the table writes the path of a file."""
    return safe(shown(path))
