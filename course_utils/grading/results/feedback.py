"""A page for each student: what was right, what was wrong and why, a hint, the points."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from course_utils.exercises import registry

from ...files import write_whole
from ..marking import statuses
from ..marking.records import NOT_ATTEMPTED, RIGHT, Grade
from .page import page

_KINDS = {RIGHT: "right", NOT_ATTEMPTED: "open"}
"""How an exercise is shown, by the state of its mark; others are wrong."""


def file_name(student: str) -> str:
    """A file name for a student: readable, safe on every system, different for different students."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", student).strip("._-")[:60]
    if plain and plain == student and plain.lower() not in {"con", "prn", "aux", "nul"}:
        return plain
    return f"{plain or 'student'}-{hashlib.sha256(student.encode('utf-8', 'replace')).hexdigest()[:8]}"


def write(folder: Path, names: dict[str, str], grades: Sequence[Grade]) -> None:
    """A page for each student.

    Args:
        folder: for the pages.
        names: of the students, by id.
        grades: of all students and lessons.
    """
    by_student: dict[str, list[Grade]] = {}
    for grade in grades:
        by_student.setdefault(grade.student, []).append(grade)
    for student, own in by_student.items():
        write_whole(folder / f"{file_name(student)}.html", student_page(names.get(student) or student, own))


def student_page(name: str, grades: Sequence[Grade]) -> bytes:
    """The page of one student, all lessons."""
    known = {exercise.id: exercise for grade in grades for exercise in registry.of_lesson(grade.lesson)}
    title = f"Feedback for {name}"
    return page("feedback.html", title=title, grades=grades, exercises=known, kinds=_KINDS, statuses=statuses)
