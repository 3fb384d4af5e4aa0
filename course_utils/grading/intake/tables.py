"""Tables as spreadsheets, registrars and platforms save them: read whole, and written back with nothing lost."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

_FORMULA = re.compile(
    r"(^|[;\t\r\n])((?:[^\S\t\r\n]|[\"'])*)(?=[=+\-@|%\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b])"
)
"""Where a formula would begin: at the start of a cell, or behind a sign at which some spreadsheets divide it."""


class BadTable(ValueError):
    """A file that cannot be read, or not for what it is wanted; the message says why, and what to do."""


@dataclass(frozen=True)
class Table:
    """A CSV file.

    Attributes:
        path: of the file.
        lines: all of it, blank lines too; to be changed in place.
        start: which line is the header.
        encoding: as Python calls it.
        delimiter: between cells.
        newline: at the end of a line.
    """

    path: Path
    lines: list[list[str]]
    start: int
    encoding: str
    delimiter: str
    newline: str

    @property
    def header(self) -> list[str]:
        """What the columns are called."""
        return self.lines[self.start]

    @property
    def rows(self) -> list[list[str]]:
        """The lines below the header."""
        return self.lines[self.start + 1 :]

    def written(self) -> bytes:
        """The bytes of the file, in its own alphabet and with its own signs."""
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self.delimiter, lineterminator=self.newline).writerows(self.lines)
        return text.getvalue().encode(self.encoding, "replace")


def load(path: Path) -> Table:
    """A CSV file, whatever program wrote it.

    Raises:
        BadTable: where it has no header, or is no CSV.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadTable(f"{path} cannot be read: {error.strerror}.") from None
    if data.startswith((b"PK\3\4", b"\xd0\xcf\x11\xe0")):
        raise BadTable(f"{path} is a spreadsheet; save it as CSV.")
    text, encoding = _decoded(data)
    first = next((line for line in text.splitlines() if line.strip() and not _names_delimiter(line)), "")
    delimiter = max(",;\t", key=re.sub(r'"[^"]*"', "", first).count)
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise BadTable(f"{path} cannot be read as CSV: {error}.") from None
    start = next((i for i, line in enumerate(lines) if "".join(line).strip() and not _names_delimiter(line[0])), None)
    if start is None:
        raise BadTable(f"{path} is empty; it needs a header, and a line for each student.")
    return Table(path, lines, start, encoding, delimiter, "\r\n" if "\r\n" in text else "\n")


def _names_delimiter(line: str) -> bool:
    """Whether it is the line in which Excel says what stands between cells."""
    return bool(re.fullmatch(r"sep=.?\s*", line, re.IGNORECASE))


def _decoded(data: bytes) -> tuple[str, str]:
    """The text of a file and its alphabet: UTF-8, UTF-16 (as "Unicode text") or Windows' own."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace"), "utf-16"
    encoding = "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), "cp1252"


def cell(row: list[str], place: int | None) -> str:
    """A cell without blanks around it; empty where the row is too short, or there is no such column."""
    return row[place].strip() if place is not None and place < len(row) else ""


def number(text: str) -> float | None:
    """A number as people and platforms write it: 1000, 1,000.00, 1.000,00, 1 000,00; ``None`` where it is none."""
    text = re.sub(r"[\s'\u2019]", "", text)
    if not re.fullmatch(r"[+-]?([0-9][0-9.,]*|[.,][0-9]+)", text):
        return None
    point = max(".,", key=text.rfind)
    other = "," if point == "." else "."
    thousands = text.count(point) > 1 or re.fullmatch(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}", text)
    if thousands:
        return float(text.replace(point, "")) if other not in text else None
    return float(text.replace(other, "").replace(point, ".").rstrip("."))


def safe(text: str) -> str:
    """A cell's text, with quotes before what a spreadsheet would take for a formula."""
    text = text.encode("utf-8", "replace").decode().replace("\0", "")
    quoted = _FORMULA.sub(r"\1'\2", text)
    return "'" + quoted if quoted.startswith(("\t", "\r", "\n")) else quoted
