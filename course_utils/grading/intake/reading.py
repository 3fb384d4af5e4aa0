"""From the bytes of a file to the cells of a notebook; every way in which that can fail has a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LARGEST_FILE = 50 * 2**20
MOST_CELLS = 2_000
MOST_TEXT = 4 * 2**20
_CONFLICT = re.compile(r"^(<{7}|={7}|>{7}|\|{7})( |$)", re.MULTILINE)
_KINDS = ("code", "markdown", "raw")
_PICTURE = re.compile(r"data:image/[^)\s\"']+")

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
    if not data.strip():
        raise Unreadable("The file is empty.")
    text, notes = _decoded(data)
    cells = [_cell(cell) for cell in _raw_cells(_parsed(text))]
    if len(cells) > MOST_CELLS:
        raise Unreadable(f"The notebook has {len(cells):,} cells, more than any lesson could have.")
    if (length := sum(len(source) for _, source, _ in cells)) > MOST_TEXT:
        raise Unreadable(f"The notebook's cells have {length:,} characters, more than any lesson could have.")
    ids = [grade_id for _, _, grade_id in cells if grade_id]
    twice = sorted({grade_id for grade_id in ids if ids.count(grade_id) > 1})
    if twice:
        notes.append(f"Several cells have the id {', '.join(twice)}.")
    return Contents(tuple(cells), tuple(notes))


def _decoded(data: bytes) -> tuple[str, list[str]]:
    """The text of a file, and a note where it is not UTF-8."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), ["The file was saved as UTF-16."]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        return data.decode("utf-8", "replace"), [f"The file is not UTF-8: byte {error.start:,} was replaced."]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_int=_whole)
    except RecursionError:
        raise Unreadable("The file is nested too deeply.") from None
    except ValueError as error:
        conflict = _CONFLICT.search(text)
        if conflict:
            line = text.count("\n", 0, conflict.start()) + 1
            raise Unreadable(f"There is a merge conflict marker in line {line}.") from None
        line = getattr(error, "lineno", 0)
        raise Unreadable(f"The file is not JSON, so no notebook: line {line}.") from None


def _whole(digits: str) -> int:
    """A number; nothing that is read from a notebook is one, so those of absurd length may be anything."""
    return int(digits[:20])


def _raw_cells(notebook: Any) -> Sequence[Any]:
    """The cells of a notebook of format 4, or of format 3's first worksheet."""
    if not isinstance(notebook, dict):
        raise Unreadable("The file is JSON, but no notebook.")
    sheets = notebook.get("worksheets")
    if "cells" not in notebook and isinstance(sheets, list) and sheets and isinstance(sheets[0], dict):
        notebook = sheets[0]
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
    return found if isinstance(found, str) else ""
