"""Cells as they come out of a submission, made ready for Python's parser."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from .names import bound, is_check, needed, one_by_one, written

_MAGIC = re.compile(r"^(\s*)(%|!|\?|\w+\s*=\s*[%!]|[\w.]+\?{1,2}\s*$).*$")
_TIMED = re.compile(r"^(\s*(?:\w+\s*=\s*)?)%time\s+(.+)$")
_CELL_MAGIC = re.compile(r"^\s*%%(\w+)(.*)")
_HARMLESS_CELL_MAGICS = {"time", "timeit", "capture", "prun"}


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook.

    Attributes:
        place: its position, from 0.
        kind: ``"code"``, ``"markdown"`` or ``"raw"``.
        source: its text, as it stands in the notebook.
        grade_id: nbgrader's id; empty where there is none.
        statements: its top-level statements; empty where it is no Python.
        trouble: why it is no Python: a sentence; empty otherwise.
    """

    place: int
    kind: str
    source: str
    grade_id: str = ""
    statements: tuple[ast.stmt, ...] = field(default=(), compare=False)
    trouble: str = ""

    @property
    def filename(self) -> str:
        """What tracebacks call it."""
        return f"<cell {self.place + 1}>"

    def binds(self, name: str) -> bool:
        """Whether a statement of this cell, other than a check, gives ``name`` a value."""
        return any(name in bound(statement) and not is_check(statement) for statement in self.statements)


def parsed(place: int, kind: str, source: str, grade_id: str) -> Cell:
    """A cell with its statements, IPython's magics taken out."""
    source = source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    source = source.encode("utf-8", "replace").decode()
    return Cell(place, kind, source, grade_id, *_statements(source))


def read_once(sources: Iterable[str]) -> None:
    """Parse sources before a worker forks, so that its children find them parsed."""
    for source in sources:
        for statement in parsed(0, "code", source, "").statements:
            bound(statement), needed(statement), written(statement)


@cache
def _statements(source: str) -> tuple[tuple[ast.stmt, ...], str]:
    """The statements of a source, and why there are none."""
    try:
        tree = _parse(source)
    except SyntaxError as error:
        return (), f"{type(error).__name__}: {error.msg}" + (f" in line {error.lineno}" if error.lineno else "")
    except (RecursionError, MemoryError, ValueError) as error:
        return (), f"{type(error).__name__}: too deeply nested to be read"
    return tuple(part for statement in tree.body for part in one_by_one(statement)), ""


def _parse(source: str) -> ast.Module:
    """The source's tree; a line that stops the parser and is meant for IPython is taken out, and the rest is tried."""
    first = _CELL_MAGIC.match(source)
    if first and first.group(1) not in _HARMLESS_CELL_MAGICS:
        return _in_another_language(first.group(1), first.group(2).split(), source.partition("\n")[2])
    lines = source.split("\n")
    while True:
        try:
            return ast.parse("\n".join(lines))
        except SyntaxError as error:
            place = (error.lineno or 0) - 1
            if not 0 <= place < len(lines) or not (magic := _MAGIC.match(lines[place])):
                raise
            timed = _TIMED.match(lines[place])
            lines[place] = timed.group(1) + timed.group(2) if timed else magic.group(1) + "pass"


def _in_another_language(magic: str, words: list[str], text: str) -> ast.Module:
    """What a cell that is no Python does: it may write a file, which others import."""
    if magic not in ("writefile", "file") or not words:
        return ast.Module([], [])
    mode = "a" if words[0] == "-a" else "w"
    return ast.parse(f"with open({words[-1]!r}, {mode!r}) as file:\n    file.write({text!r})")
