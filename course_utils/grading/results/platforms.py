"""Points into the files of learning platforms: exports that the instructor supplies are filled in, and nothing else."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...files import write_whole
from ..intake.register import Register
from ..intake.roster import TEST_STUDENTS, Student
from ..intake.tables import BadTable, Table, cell, load, number
from ..marking import statuses
from ..marking.records import Grade

_UNMARKED = {statuses.GRADER_ERROR, statuses.NOT_SUBMITTED, statuses.UNREADABLE}
_EXCUSED = {"ex", "excused"}
_CANVAS_IDS = ("ID", "SIS User ID", "SIS Login ID", "Integration ID")
_COMMENTS = re.compile("feedback|comment|kommentar|coment|retroal|rückmeld", re.IGNORECASE)


@dataclass(frozen=True)
class Sheet:
    """An export that can be filled in.

    Attributes:
        table: the file.
        grade: place of the column of points.
        ids: places of the columns that may name a student by an id.
        names: places of the columns with a name.
        most: place of the column with the points that can be had; ``None`` where a line above has them.
        possible: the points that can be had, of all; ``None`` where they are not known.
        comments: place of the column for a line of feedback, if there is one.
    """

    table: Table
    grade: int
    ids: tuple[int, ...]
    names: tuple[int, ...]
    most: int | None = None
    possible: float | None = None
    comments: int | None = None

    def whose(self, row: list[str], register: Register) -> tuple[str, str]:
        """The id of the student whom a line is about, and the column that tells; empty for nobody's."""
        name = " ".join(cell(row, place) for place in self.names)
        match = register.find([cell(row, place) for place in self.ids if cell(row, place)], name.strip())
        return (match.student.id, match.by) if match.student else ("", "")

    def students(self) -> list[Student]:
        """Whom it lists, with all their ids."""
        header, found = self.table.header, []
        for row in self.table.rows:
            own = [(header[place], cell(row, place)) for place in self.ids if cell(row, place)]
            name = " ".join(cell(row, place) for place in self.names).strip()
            if own and name.casefold() not in TEST_STUDENTS:
                found.append(Student(own[0][1], name, tuple(own[1:])))
        return found

    @property
    def comma(self) -> bool:
        """Whether the file writes decimals with a comma."""
        place = self.grade if self.most is None else self.most
        return any(re.search(r"\d,\d{1,2}$|\d,\d{4,}$", cell(row, place)) for row in self.table.rows)


@dataclass(frozen=True)
class Filled:
    """What came of filling in.

    Attributes:
        students: ids of those whose points were written.
        kept: ids of those who are excused, or have no mark, whose cells were left as they were.
        several: ids of those on whom several lines fit; nothing was written there.
    """

    students: set[str]
    kept: set[str]
    several: set[str]


def canvas(path: Path, lesson: str, column: str | None) -> Sheet:
    """Canvas's gradebook export.

    Args:
        path: the file.
        lesson: two digits.
        column: the assignment's heading, or a part of it that no other has, or its number; default: the one heading
            with the lesson's number, such as ``Lesson 02 (901234)``.

    Raises:
        BadTable: where no column, or more than one, fits.
    """
    table = load(path)
    header = [name.strip() for name in table.header]
    names = next((own for own in (("Student",), ("FirstName", "LastName")) if set(own) <= set(header)), ())
    if not names or "ID" not in header:
        raise BadTable(
            f"{path} is no gradebook export of Canvas: it has columns Student (or LastName, FirstName) and ID."
        )
    assignments = {i: name for i, name in enumerate(header) if re.search(r"\(\d+\)$", name)}
    place = _chosen(path, assignments, lesson, column)
    ids = tuple(header.index(name) for name in _CANVAS_IDS if name in header)
    above = [row for row in table.rows if not any(cell(row, i) for i in ids)]
    possible = next((points for row in above if (points := number(cell(row, place)))), None)
    return Sheet(table, place, ids, tuple(header.index(name) for name in names), possible=possible)


def _chosen(path: Path, assignments: dict[int, str], lesson: str, column: str | None) -> int:
    """The one column: of several that fit words, the one that is called so."""
    titles = {i: re.sub(r"\s*\(\d+\)$", "", name) for i, name in assignments.items()}
    if column is None:
        fitting = [i for i, title in titles.items() if re.search(rf"(?<!\d)0*{int(lesson)}(?!\d)", title)]
    else:
        wanted = column.strip().casefold()
        whole = [i for i, name in assignments.items() if wanted in (name.casefold(), name[name.rindex("(") + 1 : -1])]
        exact = [i for i, title in titles.items() if wanted == title.casefold()]
        fitting = whole or exact or [i for i, title in titles.items() if wanted in title.casefold()]
    if len(fitting) == 1:
        return fitting[0]
    which = ", ".join(repr(assignments[i]) for i in fitting or assignments) or "none at all"
    found = f"{len(fitting)} columns of {path} fit" if fitting else f"No column of {path} fits; there are"
    raise BadTable(f"{found}: {which}. Name one with --canvas-column, by its whole heading if need be.")


def moodle(path: Path) -> Sheet:
    """Moodle's grading worksheet, in any language: told by what stands in its columns, not by what they are called.

    A column of numbers that are all the same is the maximum; before it are the grades, behind it yes or no.

    Raises:
        BadTable: where it is none.
    """
    table = load(path)
    rows = [row for row in table.rows if "".join(row).strip()]
    width = len(table.header)
    fitting = [place for place in range(2, width - 1) if rows and _is_maximum(rows, place)]
    if len(fitting) != 1 or not all(re.search(r"\d\s*$", cell(row, 0)) for row in rows):
        raise BadTable(
            f"{path} is no grading worksheet of Moodle, or of an assignment without points: it has columns for an "
            "identifier, a grade, and behind it the maximum grade."
        )
    most = fitting[0]
    comments = width - 1 if _COMMENTS.search(table.header[-1]) else None
    telling = (i for i in range(2, most - 1) if _tells_apart([cell(row, i) for row in rows]))
    return Sheet(table, most - 1, (0, *telling), (1,), most, comments=comments)


def _tells_apart(cells: Sequence[str]) -> bool:
    """Whether a column says something else of everybody, as one of ids does, and one of states does not."""
    filled = [text for text in cells if text]
    return bool(filled) and len(set(filled)) == len(filled)


def _is_maximum(rows: Sequence[list[str]], place: int) -> bool:
    values = {number(text) for row in rows if (text := cell(row, place))}
    grades = [cell(row, place - 1) for row in rows]
    answers = {text for row in rows if (text := cell(row, place + 1))}
    (value,) = values if len(values) == 1 else (None,)
    blank = all(not grade or grade == "-" or number(grade) is not None for grade in grades)
    return (
        bool(value) and blank and 0 < len(answers) <= 2 and all(re.fullmatch(r"[^\W\d]+", answer) for answer in answers)
    )


def fill(sheet: Sheet, out: Path, register: Register, grades: Sequence[Grade]) -> Filled:
    """Write a copy with points in it, scaled to what the platform gives for the assignment and never more than that.

    Args:
        sheet: the export.
        out: the copy.
        register: of the students whose grades these are.
        grades: of one lesson; who has no mark keeps the cell that is there.
    """
    by_student = {grade.student: grade for grade in grades}
    lines: dict[str, list[tuple[list[str], str]]] = defaultdict(list)
    for row in sheet.table.rows:
        student, by = sheet.whose(row, register)
        if student in by_student:
            lines[student].append((row, by))
    filled = Filled(set(), set(), set())
    for student, own in lines.items():
        clear = own if len(own) == 1 else [line for line in own if line[1] != "name"]
        if len(clear) != 1:
            filled.several.add(student)
        elif is_marked(by_student[student]) and cell(clear[0][0], sheet.grade).casefold() not in _EXCUSED:
            _write(clear[0][0], sheet, by_student[student])
            filled.students.add(student)
        else:
            filled.kept.add(student)
    write_whole(out, sheet.table.written())
    return filled


def is_marked(grade: Grade) -> bool:
    """Whether something of a submission was looked at, by the grader or by a person."""
    return grade.status not in _UNMARKED or any(mark.by_hand for mark in grade.marks)


def _write(row: list[str], sheet: Sheet, grade: Grade) -> None:
    row += [""] * (len(sheet.table.header) - len(row))
    possible = sheet.possible if sheet.most is None else number(cell(row, sheet.most))
    points = grade.points * possible / grade.of if possible and grade.of else grade.points
    text = f"{max(0.0, min(points, possible or points)):.10g}"
    row[sheet.grade] = text.replace(".", ",") if sheet.comma else text
    if sheet.comments is not None:
        row[sheet.comments] = "; ".join(f"{m.exercise}: {m.points:g} of {m.of:g}, {m.state}" for m in grade.marks)


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
