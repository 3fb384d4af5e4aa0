"""A page for each student: what was right, what was wrong and why, a hint, the points."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from course_utils.exercises import registry
from course_utils.exercises.contract import Exercise

from ...files import write_whole
from ..marking import statuses
from ..marking.records import NOT_ATTEMPTED, RIGHT, Grade, Mark
from .page import page, tag, text

_KINDS = {RIGHT: "right", NOT_ATTEMPTED: "open"}
_SIGNS = {"right": "✓", "wrong": "✗", "open": "○"}


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
    return page(f"Feedback for {name}", *(_lesson(grade) for grade in grades))


def _lesson(grade: Grade) -> str:
    known = {exercise.id: exercise for exercise in registry.of_lesson(grade.lesson)}
    head = tag("h2", text(f"Lesson {grade.lesson}: {grade.points:g} of {grade.of:g} points"))
    says = "" if grade.status == statuses.GRADED else tag("p", text(statuses.MEANING[grade.status]))
    notes = tag("ul", *(tag("li", text(note)) for note in grade.notes)) if grade.notes else ""
    marks = [_exercise(mark, known.get(mark.exercise)) for mark in grade.marks]
    wall = tag("p", text("Graded without a wall, as trusted submissions."), of="small") if grade.trusted else ""
    return head + says + notes + "\n".join(marks) + wall


def _exercise(mark: Mark, exercise: Exercise | None) -> str:
    kind = _KINDS.get(mark.state, "wrong")
    title = f"Exercise {mark.exercise} · {exercise.title}" if exercise else mark.exercise
    head = tag(
        "p",
        tag("b", text(f"{_SIGNS[kind]} {title}: {mark.state.replace('_', ' ')}")),
        text(f", {mark.points:g} of {mark.of:g}" + (", marked by hand" if mark.by_hand else "")),
    )
    findings = [tag("p", text(f"{finding['says']} {finding['cause']}".strip())) for finding in mark.findings]
    comment = [tag("p", tag("i", text(mark.comment)))] if mark.comment else []
    hints = [_hint(exercise)] if exercise and kind != "right" else []
    return tag("section", head, *findings, *comment, *hints, of=kind)


def _hint(exercise: Exercise) -> str:
    nudge, formula, skeleton = exercise.hints
    return tag(
        "details", tag("summary", "Hints"), tag("p", text(nudge)), tag("p", text(formula)), tag("pre", text(skeleton))
    )
