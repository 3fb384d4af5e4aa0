"""From the bytes of a file to the cells of a notebook; every way in which that can fail has a sentence."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LARGEST_FILE = 50 * 2**20
MOST_CELLS = 2_000
MOST_TEXT = 4 * 2**20
MOST_BRACKETS, MOST_COMMAS = 150_000, 600_000
"""In the text of a file: what these count costs memory and time when JSON is taken apart, so it is counted before."""
_LONGEST_ID = 200
_CONFLICT = re.compile(r"^(<{7}|={7}|>{7}|\|{7})( |$)", re.MULTILINE)
_KINDS = ("code", "markdown", "raw")
_PICTURE = re.compile(r"data:image/[^)\s\"']+")
_OTHERS = {
    b"PK\x03\x04": "a zip file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x1f\x8b": "a gzip archive",
    b"\xd0\xcf\x11\xe0": "a Word or Excel file",
    b"<!doctype": "a web page",
    b"<html": "a web page",
    b"{\\rtf": "a text of a word processor",
}
"""What files begin with, in small letters, that were given a notebook's name."""

RawCell = list[str]
"""Kind, source and nbgrader's id of a cell."""


class Unreadable(ValueError):
    """A file that is no notebook; the message says why, and where."""


@dataclass(frozen=True)
class Contents:
    """A notebook, read.

    Attributes:
        cells: its cells.
        notes: what had to be mended, in sentences.
    """

    cells: tuple[RawCell, ...]
    notes: tuple[str, ...] = ()


def read(data: bytes) -> Contents:
    """The cells of a notebook.

    Raises:
        Unreadable: where it is none, or larger than any lesson could be.
    """
    if len(data) > LARGEST_FILE:
        raise Unreadable(f"The file has {len(data) >> 20} MB; the largest that is read has {LARGEST_FILE >> 20} MB.")
    if not data.strip(b"\0 \t\r\n"):
        raise Unreadable("The file is empty." if not data else "The file holds nothing but blanks or zero bytes.")
    text, notes = _decoded(data)
    raw = _raw_cells(_parsed(text))
    if len(raw) > MOST_CELLS:
        raise Unreadable(f"The notebook has {len(raw):,} cells, more than any lesson could have.")
    cells = [_cell(cell) for cell in raw]
    if (length := sum(len(source) for _, source, _ in cells)) > MOST_TEXT:
        raise Unreadable(f"The notebook's cells have {length:,} characters, more than any lesson could have.")
    counts = Counter(grade_id for _, _, grade_id in cells if grade_id)
    if twice := sorted(grade_id for grade_id, count in counts.items() if count > 1):
        notes.append(f"Several cells have the id {', '.join(twice[:5])}{' and others' if len(twice) > 5 else ''}.")
    return Contents(tuple(cells), tuple(notes))


def _decoded(data: bytes) -> tuple[str, list[str]]:
    """The text of a file, and a note where it is not UTF-8."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), ["The file was saved as UTF-16."]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        begins = data[:20].lower()
        if other := next((name for start, name in _OTHERS.items() if begins.startswith(start.lower())), ""):
            raise Unreadable(f"The file is {other}, though it is called a notebook.") from None
        return data.decode("utf-8", "replace"), [f"The file is not UTF-8: byte {error.start:,} was replaced."]


def _parsed(text: str) -> Any:
    """What the JSON says.

    Raises:
        Unreadable: where it is none, or where taking it apart would cost more than any notebook may.
    """
    brackets = text.count("{") + text.count("[")
    if brackets > MOST_BRACKETS or text.count(",") > MOST_COMMAS:
        raise Unreadable(f"The file has {brackets:,} brackets and {text.count(','):,} commas, more than any lesson.")
    try:
        return json.loads(text, parse_int=_unread, parse_float=_unread)
    except RecursionError:
        raise Unreadable("The file is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise Unreadable(_why_not(text, error)) from None


def _unread(digits: str) -> int:
    """In place of a number, of whatever length: nothing that is read from a notebook is one."""
    return 0


def _why_not(text: str, error: json.JSONDecodeError) -> str:
    """Why a text is not JSON, as far as one can see."""
    begins = text[:20].lower().encode("utf-8", "replace")
    if other := next((name for start, name in _OTHERS.items() if begins.startswith(start.lower())), ""):
        return f"The file is {other}, though it is called a notebook."
    if conflict := _CONFLICT.search(text):
        return f"There is a merge conflict marker in line {text.count(chr(10), 0, conflict.start()) + 1}."
    rest = text[error.pos :].rstrip("\0 \t\r\n")
    if text.lstrip().startswith("{") and (not rest or error.msg.startswith("Unterminated string")):
        return f"The file ends in the middle, in line {error.lineno}: it was cut off when it was saved or sent."
    return f"The file is not JSON, so no notebook: line {error.lineno}."


def _raw_cells(notebook: Any) -> Sequence[Any]:
    """The cells of a notebook of format 4, or of all worksheets of one of format 3."""
    if not isinstance(notebook, dict):
        raise Unreadable("The file is JSON, but no notebook.")
    sheets = notebook.get("worksheets")
    if "cells" not in notebook and isinstance(sheets, list):
        each = [sheet["cells"] for sheet in sheets if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)]
        return [cell for cells in each for cell in cells]
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise Unreadable("The file is JSON, but it has no cells.")
    return cells


def _cell(raw: Any) -> RawCell:
    if not isinstance(raw, dict):
        return ["raw", "", ""]
    source = raw.get("source", raw.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    kind = raw.get("cell_type")
    source = _PICTURE.sub("data:", source) if isinstance(source, str) else ""  # Colab's pasted pictures are large
    return [kind if kind in _KINDS else "raw", source, _grade_id(raw)]


def _grade_id(raw: dict[str, Any]) -> str:
    found = raw.get("metadata")
    for key in ("nbgrader", "grade_id"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) and len(found) <= _LONGEST_ID else ""
