"""Files for the instructor: always whole, and with no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from ...files import write_whole

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def safe(value: object) -> str:
    """A cell's text; words that a spreadsheet would take for a formula are quoted, numbers are not touched."""
    if isinstance(value, int | float):
        return f"{value:g}"
    text = str(value).encode("utf-8", "replace").decode().replace("\0", "")
    return "'" + text if text.lstrip(" ").startswith(_FORMULA) or text.startswith(_FORMULA) else text


def write(path: Path, rows: Iterable[Iterable[object]]) -> None:
    """A CSV file of safe cells, replaced whole."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([safe(cell) for cell in row] for row in rows)
    write_whole(path, text.getvalue().encode())
