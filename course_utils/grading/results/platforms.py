"""Points into the files of learning platforms: exports that the instructor supplies are filled in, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...files import write_whole
from ..intake.roster import Student, find, table
from ..marking.records import Grade
from ..marking.statuses import GRADER_ERROR

_CANVAS_IDS = ("ID", "SIS User ID", "SIS Login ID", "Student")
_MOODLE_IDS = ("identifier", "id number", "username", "email address", "full name")


class BadExport(ValueError):
    """An export that cannot be filled in; the message says why, and what to do."""


def fill_canvas(
    path: Path, out: Path, known: Mapping[str, Student], grades: Sequence[Grade], column: str | None
) -> int:
    """Fill in a copy of Canvas's gradebook export; returns how many students were found in it.

    Args:
        path: the export.
        out: the copy.
        known: the students, by id.
        grades: of one lesson.
        column: words in the assignment's heading; default: the lesson's number, as in ``Lesson 02 (901234)``.

    Raises:
        BadExport: where no column, or more than one, fits.
    """
    header, rows = table(path)
    if header[0].strip() != "Student" or "ID" not in header:
        raise BadExport(f"{path} is no gradebook export of Canvas: its first columns are Student and ID.")
    words = column or rf"(?<!\d){grades[0].lesson}(?!\d)" if grades else ""
    pattern = re.compile(re.escape(column) if column else words, re.IGNORECASE)
    fitting = [i for i, name in enumerate(header) if re.search(r"\(\d+\)\s*$", name) and pattern.search(_title(name))]
    place = _only(fitting, [header[i] for i in fitting], path, "--canvas-column")
    ids = [header.index(name) for name in _CANVAS_IDS if name in header]
    finder = _Finder(known, grades, ids)
    found = sum(_fill(row, place, finder) for row in rows)
    _write_as_it_was(out, [header, *rows])
    return found


def _title(heading: str) -> str:
    """An assignment's heading without the number that Canvas puts behind it."""
    return re.sub(r"\s*\(\d+\)\s*$", "", heading)


def _only(fitting: Sequence[int], names: Sequence[str], path: Path, option: str) -> int:
    if len(fitting) == 1:
        return fitting[0]
    found = f"{len(fitting)} columns of {path} fit: {', '.join(names)}" if fitting else f"No column of {path} fits"
    raise BadExport(f"{found}; name one with {option}.")


def fill_moodle(path: Path, out: Path, known: Mapping[str, Student], grades: Sequence[Grade]) -> int:
    """Fill in a copy of Moodle's grading worksheet; returns how many students were found in it.

    Points are scaled where the worksheet's maximum is another one than ours.

    Raises:
        BadExport: where it is no grading worksheet.
    """
    header, rows = table(path)
    places = {name.strip().lower(): i for i, name in enumerate(header)}
    missing = [name for name in ("identifier", "grade") if name not in places]
    if missing:
        raise BadExport(f"{path} is no grading worksheet of Moodle: it has no column {missing[0].capitalize()!r}.")
    ids = [places[name] for name in _MOODLE_IDS if name in places]
    finder, found = _Finder(known, grades, ids), 0
    for row in rows:
        row += [""] * (len(header) - len(row))
        if _fill(row, places["grade"], finder, places.get("maximum grade")):
            found += 1
            if "feedback comments" in places:
                row[places["feedback comments"]] = _summary(finder(row))
    _write_as_it_was(out, [header, *rows])
    return found


def _summary(grade: Grade | None) -> str:
    """A line for each exercise."""
    marks = grade.marks if grade else ()
    return "; ".join(f"{mark.exercise}: {mark.points:g} of {mark.of:g}, {mark.state}" for mark in marks)


class _Finder:
    """Finds the grade of the student whom a line is about; nobody's where several fit, none where there is no mark."""

    def __init__(self, known: Mapping[str, Student], grades: Sequence[Grade], ids: Sequence[int]) -> None:
        self._grades = {grade.student: grade for grade in grades if grade.status != GRADER_ERROR}
        self._students = [known.get(student, Student(student)) for student in self._grades]
        self._ids = ids

    def __call__(self, row: Sequence[str]) -> Grade | None:
        cells = [row[i] for i in self._ids if i < len(row)]
        student = find(self._students, [part.strip().removeprefix("Participant ") for part in cells])
        return self._grades[student.id] if student else None


def _fill(row: list[str], place: int, finder: _Finder, most: int | None = None) -> bool:
    """Put the points of the row's student into a place; whether there were any."""
    grade = finder(row)
    if grade is None:
        return False
    scale = 1.0
    if most is not None and grade.of:
        number = row[most].strip().replace(",", ".")
        scale = float(number) / grade.of if re.fullmatch(r"\d+(\.\d+)?", number) else 1.0
    row[place : place + 1] = [f"{grade.points * scale:.10g}"]
    return True


def _write_as_it_was(out: Path, rows: Sequence[Sequence[str]]) -> None:
    """The platform's own cells go back unchanged, as it would not know quoted ones again."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    write_whole(out, text.getvalue().encode("utf-8", "replace"))


def write_gradescope(path: Path, grade: Grade) -> None:
    """The results.json that Gradescope reads, for one submission."""
    tests = [
        {
            "name": f"Exercise {mark.exercise}",
            "number": mark.exercise,
            "score": mark.points,
            "max_score": mark.of,
            "output": "\n".join([f"{f['says']} {f['cause']}".strip() for f in mark.findings] or [mark.state]),
            "visibility": "visible",
        }
        for mark in grade.marks
    ]
    words = [grade.status, *grade.notes, *(["Graded without a wall."] if grade.trusted else [])]
    result = {
        "score": grade.points,
        "output": " ".join(words),
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }
    write_whole(path, json.dumps(result, indent=1).encode())
