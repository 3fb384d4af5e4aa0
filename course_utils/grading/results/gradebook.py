"""The gradebook: one line for each student and lesson, everyone on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..intake.assignment import Item
from ..marking.records import Grade
from . import files


def rows(items: Sequence[Item], grades: Sequence[Grade]) -> list[list[object]]:
    """Header and lines, in the order of lessons and students."""
    exercises = sorted({mark.exercise for grade in grades for mark in grade.marks}, key=_order)
    names = {item.student.id: item.student.name for item in items}
    header: list[object] = ["student", "name", "lesson", "status", "points", "of", *exercises, "notes", "wall"]
    lines = [
        [
            grade.student,
            names.get(grade.student, ""),
            grade.lesson,
            grade.status,
            grade.points,
            grade.of,
            *_points(grade, exercises),
            " ".join(grade.notes),
            grade.wall or "",
        ]
        for grade in grades
    ]
    return [header, *lines]


def write(path: Path, items: Sequence[Item], grades: Sequence[Grade]) -> None:
    """The gradebook as a CSV file."""
    files.write(path, rows(items, grades))


def _points(grade: Grade, exercises: Sequence[str]) -> list[object]:
    points: Mapping[str, float] = {mark.exercise: mark.points for mark in grade.marks}
    return [points.get(exercise, "") for exercise in exercises]


def _order(exercise: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 10**6 for part in exercise.split("."))
