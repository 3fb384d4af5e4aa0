"""From a whole notebook to the few statements that define one function.

A lesson trains models and draws figures; none of that is needed to grade a function. What is run is the cell with the
function, and from the other cells the definitions that it needs, found by name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from .cells import Cell
from .names import STAR, bound, goes_on_with, is_check, is_definition, is_stub, needed


@dataclass(frozen=True)
class Part:
    """Statements of one cell, in order; if one fails, the rest of them is skipped, as in Jupyter."""

    cell: Cell
    statements: tuple[ast.stmt, ...]


@dataclass(frozen=True)
class Slice:
    """What to run for one exercise.

    Attributes:
        parts: in the order in which to run them.
        home: the cell that holds the function; ``None`` where no cell does.
        notes: what an instructor may want to know, in sentences.
        spare: whether there is something in it that a lean slice would leave out.
    """

    parts: tuple[Part, ...]
    home: Cell | None
    notes: tuple[str, ...] = ()
    spare: bool = False


class Notebook:
    """A student's cells beside those of the lesson as it was handed out."""

    def __init__(self, cells: Sequence[Cell], skeleton: Sequence[Cell], names: Sequence[str]) -> None:
        given = {cell.source.strip() for cell in skeleton}
        self._cells = [cell for cell in cells if cell.kind == "code"]
        self._others = [cell for cell in cells if cell.kind != "code"]
        self._given = {cell.place for cell in cells if cell.source.strip() in given}
        self._skeleton = [cell for cell in skeleton if cell.kind == "code"]
        self._names = set(names)

    def slice_for(self, name: str, grade_id: str, lean: bool = False) -> Slice:
        """What to run to have the function ``name``.

        Args:
            name: the function's.
            grade_id: of the cell that it belongs into.
            lean: whether to leave out of its cell what the function does not need.
        """
        candidates = [cell for cell in self._cells if _offers(cell, name) and not self._demonstrates(cell, name)]
        if not any(cell.binds(name) and not _only_stub(cell, name) for cell in candidates):
            candidates += [cell for cell in self._others if cell.binds(name)]
        if not candidates:
            return Slice((), None)
        home = max(candidates, key=lambda cell: self._rank(cell, name, grade_id))
        alone = [i for i, statement in enumerate(home.statements) if _gives(statement, name)]
        kept = alone if lean else self._kept_of_home(home, name, alone)
        parts = self._closure(home, name, kept)
        return Slice(parts, home, tuple(self._notes(candidates, home, name, grade_id)), kept != alone)

    def _rank(self, cell: Cell, name: str, grade_id: str) -> tuple[bool, bool, bool, int]:
        """Attempts before untouched stubs, cells that can be read, the right id, then the last one."""
        attempted = bool(cell.trouble) or not _only_stub(cell, name)
        return attempted, not cell.trouble, cell.grade_id == grade_id, cell.place

    def _demonstrates(self, cell: Cell, name: str) -> bool:
        """Whether this is an unchanged cell of the lesson that happens to use the name for something else."""
        return cell.place in self._given and not _only_stub(cell, name)

    def _notes(self, candidates: list[Cell], home: Cell, name: str, grade_id: str) -> list[str]:
        attempts = [cell for cell in candidates if cell.place not in self._given and not _only_stub(cell, name)]
        return [
            note
            for told, note in (
                (
                    len(attempts) > 1,
                    f"{len(attempts)} cells define {name}; the one in cell {home.place + 1} was graded.",
                ),
                (home.kind != "code", f"{name} stood in a {home.kind} cell and was graded all the same."),
                (not home.grade_id, "Cells had lost their ids; they were found by their functions' names."),
                (home.grade_id not in ("", grade_id), f"{name} stood in the cell {home.grade_id!r}."),
            )
            if told
        ]

    def _closure(self, home: Cell, name: str, kept: list[int]) -> tuple[Part, ...]:
        """Statements of the home cell and, for each name they need, the statements that define it."""
        chosen: dict[tuple[bool, int], set[int]] = {(True, home.place): set(kept)}
        waiting = [home.statements[i] for i in kept]
        settled = {name} | _made_by(waiting)
        self._add_star_imports(chosen)
        while waiting:
            for missing in sorted(needed(waiting.pop()) - settled):
                settled.add(missing)
                for place, i, statement in self._definitions_of(missing, home):
                    if i not in chosen.setdefault(place, set()):
                        chosen[place].add(i)
                        waiting.append(statement)
        return tuple(self._part(place, chosen[place]) for place in sorted(chosen))

    def _kept_of_home(self, home: Cell, name: str, alone: list[int]) -> list[int]:
        """Indices of the statements to run: all up to the function, only definitions after it.

        In a cell that holds several exercises' functions, only what binds this one; the rest comes by need.
        """
        others = self._names - {name}
        if any(others & bound(statement) for statement in home.statements):
            return alone
        return [
            i
            for i, statement in enumerate(home.statements)
            if (i <= max(alone, default=-1) or is_definition(statement)) and not is_check(statement)
        ]

    def _add_star_imports(self, chosen: dict[tuple[bool, int], set[int]]) -> None:
        for cell in self._cells:
            for i, statement in enumerate(cell.statements):
                if isinstance(statement, ast.ImportFrom) and STAR in bound(statement):
                    chosen.setdefault((True, cell.place), set()).add(i)

    def _definitions_of(self, name: str, home: Cell) -> list[tuple[tuple[bool, int], int, ast.stmt]]:
        """Statements that define a name: in the home cell, else the student's last before it, else the first after
        it, else the lesson's own; the student's attempt rather than a stub. What only changes a value needs the cell
        that made it as well."""
        before = [cell for cell in reversed(self._cells) if cell.place < home.place]
        after = [cell for cell in self._cells if cell.place > home.place]
        found: list[tuple[tuple[bool, int], int, ast.stmt]] = []
        for own, cells in ((True, [home, *before, *after]), (False, self._skeleton)):
            fitting = [cell for cell in cells if cell.binds(name)]
            for cell in sorted(fitting, key=lambda cell: _only_stub(cell, name)):
                here = [((own, cell.place), i, s) for i, s in enumerate(cell.statements) if _gives(s, name)]
                found += here
                if not goes_on_with(here[0][2], name):
                    return found
        return found

    def _part(self, place: tuple[bool, int], chosen: set[int]) -> Part:
        own, number = place
        cells = [*self._cells, *self._others] if own else self._skeleton
        cell = next(cell for cell in cells if cell.place == number)
        return Part(cell, tuple(cell.statements[i] for i in sorted(chosen)))


def _offers(cell: Cell, name: str) -> bool:
    """Whether a cell defines ``name``, or would if it could be read."""
    if cell.trouble:
        return re.search(rf"^\s*(def\s+{name}\s*\(|{name}\s*=)", cell.source, re.MULTILINE) is not None
    return cell.binds(name)


def _gives(statement: ast.stmt, name: str) -> bool:
    """Whether a statement that is no check gives ``name`` its value, or changes it."""
    return name in bound(statement) and not is_check(statement)


def _made_by(statements: Sequence[ast.stmt]) -> set[str]:
    """Names that statements give a value without needing one from before."""
    made: set[str] = set()
    changed: set[str] = set()
    for statement in statements:
        for name in bound(statement) - made - changed:
            (changed if goes_on_with(statement, name) else made).add(name)
    return made


def _only_stub(cell: Cell, name: str) -> bool:
    binders = [statement for statement in cell.statements if _gives(statement, name)]
    return bool(binders) and all(is_stub(statement) for statement in binders)
