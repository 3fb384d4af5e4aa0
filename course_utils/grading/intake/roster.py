"""The roster: who belongs to the class, read from whatever columns the file has."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .tables import BadTable, cell
from .tables import load as load_table

_IDS = (
    "id",
    "studentid",
    "identifier",
    "identifiant",
    "identificador",
    "userid",
    "sisuserid",
    "sisloginid",
    "orgdefinedid",
    "idnumber",
    "idnummer",
    "numérodidentification",
    "númerodeid",
    "studentnumber",
    "sid",
    "matrikelnummer",
    "matriculationnumber",
    "netid",
    "username",
    "benutzername",
    "anmeldename",
    "nomdutilisateur",
    "nombredeusuario",
    "login",
    "loginid",
    "email",
    "mail",
    "emailaddress",
    "emailadresse",
    "adressedecourriel",
    "adresseemail",
    "correo",
    "correoelectrónico",
    "direccióndecorreo",
    "direccióndeemail",
    "direcciónemail",
)
_NAMES = (
    "name",
    "fullname",
    "studentname",
    "student",
    "displayname",
    "vollständigername",
    "nomcomplet",
    "nombrecompleto",
    "nombrecompletodelusuario",
)
_FIRST_NAMES = ("firstname", "givenname", "vorname", "prénom", "nombre")
_LAST_NAMES = ("lastname", "surname", "familyname", "nachname", "nom", "apellidos", "apellido", "apellidoa")
TEST_STUDENTS = {"student, test", "test student"}
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Student:
    """A student.

    Attributes:
        id: the roster's first column of ids, or what the submission says.
        name: for people.
        others: other ids by which a submission may call them, each with the name of its column.
        notes: sentences.
    """

    id: str
    name: str = ""
    others: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """Name and id, for people."""
        return f"{self.name} ({self.id})" if self.name and self.name != self.id else self.id


def load(path: Path) -> list[Student]:
    """The students of a roster, in its order.

    Raises:
        BadTable: where no column is one of ids, or two students have the same.
    """
    table = load_table(path)
    columns = {_plain(name): i for i, name in reversed(list(enumerate(table.header)))}
    ids = [columns[name] for name in _IDS if name in columns]
    if not ids:
        raise BadTable(f"{path} has no column of ids; name one of its columns id, student_id, username or email.")
    of_canvas = "sisuserid" in columns or "sisloginid" in columns
    made = []
    for row in table.rows:
        own = [(table.header[i].strip(), cell(row, i)) for i in ids if cell(row, i)]
        name = _name(row, columns)
        if not own and name and not of_canvas:  # of Canvas's lines without ids, none is a student's
            own = [("name", name)]
        if own and not (of_canvas and name.casefold() in TEST_STUDENTS):
            made.append(Student(own[0][1], name, tuple(own[1:])))
    counts = Counter(student.id for student in made)
    if twice := next((student for student, count in counts.items() if count > 1), None):
        raise BadTable(f"{path} has {twice!r} twice in its column of ids.")
    if not made:
        raise BadTable(f"{path} names no student.")
    return made


def _plain(heading: str) -> str:
    return "".join(_WORDS.findall(unicodedata.normalize("NFC", heading).casefold()))


def _name(row: list[str], columns: Mapping[str, int]) -> str:
    """A student's name, of one column or of two."""
    first, last = (
        next((cell(row, columns[name]) for name in names if name in columns), "")
        for names in (_FIRST_NAMES, _LAST_NAMES)
    )
    whole = next((cell(row, columns[name]) for name in _NAMES if name in columns), "")
    return f"{first} {last}" if first and last else whole or first or last
