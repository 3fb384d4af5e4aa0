"""Files for the instructor: always whole, and with no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from ...files import write_whole
from ..intake.tables import safe
from .words import bounded


def write(path: Path, rows: Iterable[Iterable[object]]) -> None:
    """A CSV file of safe cells, replaced whole."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    write_whole(path, text.getvalue().encode())


def _cell(value: object) -> str:
    """A number as it is, words safe and of a length that spreadsheets take."""
    return f"{value:g}" if isinstance(value, int | float) else safe(bounded(str(value)))
