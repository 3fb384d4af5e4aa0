"""The roster: who belongs to the class, read from whatever columns the file has."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

_IDS = (
    "id",
    "student_id",
    "identifier",
    "user_id",
    "sis_user_id",
    "sis_login_id",
    "id_number",
    "username",
    "login",
    "email",
    "email_address",
)
_NAMES = ("name", "full_name", "student_name", "student")


class BadRoster(ValueError):
    """A roster that cannot be read; the message says why."""


@dataclass(frozen=True)
class Student:
    """A student.

    Attributes:
        id: the roster's first column of ids, or what the submission says.
        name: for people.
        others: other ids, by which a submission may call them.
        notes: sentences.
    """

    id: str
    name: str = ""
    others: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def ids(self) -> set[str]:
        """All ids, in small letters; Moodle's with and without its ``Participant``."""
        own = {name.casefold() for name in (self.id, *self.others) if name}
        return own | {name.removeprefix("participant ") for name in own}

    def names(self) -> set[str]:
        """All spellings of the name, in small letters."""
        return {self.name.casefold(), self.name.casefold().replace(" ", "")} - {""}


def find(students: Iterable[Student], ids: Collection[str], name: str = "") -> Student | None:
    """The one student whom ids mean, else the one whom a name means; nobody where it could be several.

    Args:
        students: among whom.
        ids: that a submission, or a line of a file, gives.
        name: likewise.
    """
    students, wanted = list(students), {each.strip().casefold() for each in ids} - {""}
    for fitting in (
        [s for s in students if wanted & s.ids()],
        [s for s in students if ({name.strip().casefold()} | wanted) & s.names()],
    ):
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
    return None


def table(path: Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV file, whatever program wrote it.

    Raises:
        BadRoster: where it has no header, or is no CSV.
    """
    text = _decoded(path.read_bytes())
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise BadRoster(f"{path} cannot be read as CSV: {error}.") from None
    rows = [row for row in lines if any(cell.strip() for cell in row)]
    if not rows:
        raise BadRoster(f"{path} is empty; a roster has a header with an id column, and a line for each student.")
    return rows[0], rows[1:]


def _decoded(data: bytes) -> str:
    """The text of a file: spreadsheets save UTF-8, UTF-16 (as "Unicode text") or Windows' own alphabet."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def load(path: Path) -> list[Student]:
    """The students of a roster, in its order.

    Raises:
        BadRoster: where no column is one of ids, or two students have the same.
    """
    header, rows = table(path)
    columns = {name.strip().lower().replace(" ", "_"): i for i, name in enumerate(header)}
    ids = [columns[name] for name in _IDS if name in columns]
    if not ids:
        raise BadRoster(f"{path} has no column of ids; name one of its columns id, student_id, username or email.")
    names = [columns[name] for name in _NAMES if name in columns]
    students = []
    for row in rows:
        cells = [cell.strip() for cell in [*row, *[""] * (len(header) - len(row))]]
        own = [cells[i] for i in ids if cells[i]]
        if cells[ids[0]]:  # platforms' files have lines that are nobody's, such as Canvas's "Points Possible"
            students.append(Student(own[0], next((cells[i] for i in names), ""), tuple(own[1:])))
    seen = [student.id for student in students]
    if twice := {student for student in seen if seen.count(student) > 1}:
        raise BadRoster(f"{path} has {sorted(twice)[0]!r} twice.")
    return students
