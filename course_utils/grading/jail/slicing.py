"""From a whole notebook to the statements that give one function, in two readings.

A lesson trains models and draws figures; little of that is needed to grade a function. The first reading runs the cell
with the function and, from the other cells, the definitions that it needs, found by name. Where what that gives is not
right, the notebook is read from top to bottom: all that gives a value to a name that is needed, and whatever else the
student has written beside the lesson, in the order in which it stands there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from .cells import Cell
from .names import BUILTIN, STAR, bound, goes_on_with, handed_over, is_check, is_definition, is_stub, needed, written

_SHOWS = {
    "display",
    "figure",
    "hint",
    "plots",
    "plt",
    "predict",
    "preview",
    "print",
    "quiz",
    "reveal",
    "score",
    "widgets",
}
"""Names of what only shows something."""
_TOP_DOWN = "{name} was graded in the state that a run from top to bottom gives{below}."


class Place(NamedTuple):
    """Where a statement stands: the lesson's own cells first, then the student's."""

    own: bool
    cell: int
    number: int


@dataclass(frozen=True)
class Part:
    """Statements of one cell, in order."""

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
        needs: names that the function needs, and its own.
        top_down: whether it is a run from top to bottom, in which what fails or takes long is left out.
        checked: whether what ``check`` was given counts, and not what the function's name stands for in the end.
    """

    parts: tuple[Part, ...]
    home: Cell | None
    notes: tuple[str, ...] = ()
    spare: bool = False
    needs: frozenset[str] = frozenset()
    top_down: bool = False
    checked: bool = False


class Notebook:
    """A student's cells beside those of the lesson as it was handed out.

    Args:
        cells: the student's.
        skeleton: the lesson's.
        names: of all functions that the lesson asks for, by exercise.
    """

    def __init__(self, cells: Sequence[Cell], skeleton: Sequence[Cell], names: Mapping[str, str]) -> None:
        given = {cell.source.strip() for cell in skeleton}
        self._asked = {cell.source.strip() for cell in skeleton if cell.grade_id.startswith("ex-")}
        self._names = set(names.values())
        self._checks: dict[str, int] = {}
        self._cells = {cell.place: self._with_checks(cell, names) for cell in cells if cell.kind == "code"}
        self._others = {cell.place: cell for cell in cells if cell.kind != "code"}
        self._given = {cell.place for cell in cells if cell.source.strip() in given}
        self._skeleton = {cell.place: cell for cell in skeleton if cell.kind == "code"}
        self._giving = _index(True, self._cells.values()), _index(False, self._skeleton.values())
        self._unchanged = {written(statement) for cell in self._skeleton.values() for statement in cell.statements}

    def _with_checks(self, cell: Cell, names: Mapping[str, str]) -> Cell:
        """The cell, in which what is handed to ``check`` has the name of the lesson's function, too."""
        told = [handed_over(statement, names) for statement in cell.statements]
        self._checks |= {name: cell.place for name, _ in told if name}
        return replace(cell, statements=tuple(statement for _, statement in told))

    def readings(self, name: str, number: str, lean: bool = False) -> list[Slice]:
        """The ways in which to come by the function ``name``, each with something that those before it leave out.

        Args:
            name: the function's.
            number: as its exercise's cells have it in their ids, ``"2-1"``.
            lean: whether the first one leaves out of the function's cell what it does not need.
        """
        found = [self._slice(name, number, lean)]
        seen = [{(part.cell.place, *part.statements) for part in found[0].parts}]
        check, last = self._checks.get(name, -1), max(self._cells, default=0)
        for until, below in ((check, ""), (last, ", cells below its check among it")):
            reading = self._top_down(name, until if until >= 0 else last, found[0].home, below if check >= 0 else "")
            runs = {(part.cell.place, *part.statements) for part in reading.parts}
            if runs not in seen or (len(found) == 1 and self._computes(found[0])):
                found.append(reading)
                seen.append(runs)
        return found

    def _computes(self, chosen: Slice) -> bool:
        """Whether it runs more than definitions outside of the function's own cell: they may fail, or take long."""
        return any(
            not is_definition(statement)
            for part in chosen.parts
            if part.cell is not chosen.home and part.cell.place not in self._given
            for statement in part.statements
        )

    def _slice(self, name: str, number: str, lean: bool) -> Slice:
        """The first reading."""
        candidates = [cell for cell in self._cells.values() if _offers(cell, name) and not self._demonstrates(cell)]
        if not any(cell.binds(name) and not _only_stub(cell, name) for cell in candidates):
            candidates += [cell for cell in self._others.values() if cell.binds(name)]
        if not candidates:
            return Slice((), None)
        home = max(candidates, key=lambda cell: self._rank(cell, name, number))
        alone = [i for i, statement in enumerate(home.statements) if _gives(statement, name)]
        kept = alone if lean else self._kept_of_home(home, name, alone)
        parts, _ = self._closure(home, name, kept)
        _, needs = self._closure(home, name, alone)
        return Slice(parts, home, tuple(self._notes(candidates, home, name, number)), kept != alone, needs)

    def _rank(self, cell: Cell, name: str, number: str) -> tuple[bool, bool, bool, bool, int]:
        """Attempts before untouched stubs, cells that can be read, those above the check, the right id, the last."""
        attempted = bool(cell.trouble) or not _only_stub(cell, name)
        check = self._checks.get(name)
        right_id = check is None and cell.grade_id == f"ex-{number}"
        return attempted, not cell.trouble, check is None or cell.place <= check, right_id, cell.place

    def _demonstrates(self, cell: Cell) -> bool:
        """Whether this is an unchanged cell of the lesson that asks for nothing, and uses a name for something else."""
        return cell.place in self._given and cell.source.strip() not in self._asked

    def _notes(self, candidates: list[Cell], home: Cell, name: str, number: str) -> list[str]:
        attempts = [cell for cell in candidates if cell.place not in self._given and not _only_stub(cell, name)]
        ids = any(cell.grade_id for cell in self._cells.values())
        return [
            note
            for told, note in (
                (
                    len(attempts) > 1,
                    f"{len(attempts)} cells define {name}; the one in cell {home.place + 1} was graded.",
                ),
                (home.kind != "code", f"{name} stood in a {home.kind} cell and was graded all the same."),
                (not home.grade_id and not ids, "Cells had lost their ids; they were found by their functions' names."),
                (not home.grade_id and ids, f"{name} stood in cell {home.place + 1}, which has no id."),
                (
                    home.grade_id not in ("", f"ex-{number}", f"check-{number}"),
                    f"{name} stood in the cell {home.grade_id!r}.",
                ),
            )
            if told
        ]

    def _closure(self, home: Cell, name: str, kept: list[int]) -> tuple[tuple[Part, ...], frozenset[str]]:
        """Statements of the home cell and, for each name they need, those that define it; and all these names."""
        chosen = {Place(True, home.place, i) for i in kept} | set(self._star_imports(home.place))
        waiting = [(home.statements[i], home.place) for i in kept]
        made = {(each, home.place) for each in {name} | _made_by([statement for statement, _ in waiting])}
        while waiting:
            statement, seen_from = waiting.pop()
            for missing in {(each, seen_from) for each in needed(statement)} - made:
                made.add(missing)
                for place, found in self._definitions_of(*missing):
                    if place not in chosen:
                        chosen.add(place)
                        # a function looks its names up when it is called, all else when it stands there
                        waiting.append((found, home.place if is_definition(found) or not place.own else place.cell))
        return self._parts(chosen, home), frozenset(each for each, _ in made)

    def _kept_of_home(self, home: Cell, name: str, alone: list[int]) -> list[int]:
        """Indices of the statements to run: all up to the function, only definitions after it.

        In a cell that holds several exercises' functions, only what binds this one; the rest comes by need. A stub is
        left out where another cell has what it stands for.
        """
        others = self._names - {name}
        if any(others & bound(statement) for statement in home.statements):
            return alone
        return [
            i
            for i, statement in enumerate(home.statements)
            if (i <= max(alone, default=-1) or is_definition(statement))
            and not is_check(statement)
            and not (i not in alone and is_stub(statement) and self._is_written_elsewhere(statement, home))
        ]

    def _is_written_elsewhere(self, stub: ast.stmt, home: Cell) -> bool:
        own = (found for name in bound(stub) for found in self._giving[0].get(name, ()))
        return any(place.cell != home.place and not is_stub(statement) for place, statement in own)

    def _star_imports(self, until: int) -> Iterator[Place]:
        """Those of the cells up to one: a later one gives no name to what stands above it."""
        yield from (place for place, _ in self._giving[0].get(STAR, ()) if place.cell <= until)

    def _definitions_of(self, name: str, seen_from: int) -> list[tuple[Place, ast.stmt]]:
        """Statements that define a name: in the cell it is seen from, else the student's last before it, else the first
        after it, else the lesson's own; the student's attempt rather than a stub. What only changes a value needs the
        cell that made it as well."""
        found: list[tuple[Place, ast.stmt]] = []
        for own in self._giving:
            cells: dict[int, list[tuple[Place, ast.stmt]]] = {}
            for place, statement in own.get(name, ()):
                if place.cell <= seen_from or name not in BUILTIN:
                    cells.setdefault(place.cell, []).append((place, statement))
            for _, here in sorted(cells.items(), key=lambda item: _nearness(item[0], item[1], seen_from)):
                found += here
                if not goes_on_with(here[0][1], name):
                    return found
        return found

    def _top_down(self, name: str, until: int, home: Cell | None, below: str) -> Slice:
        """All that gives a value to a needed name, up to a cell, and what else the student wrote that may do so."""
        note = _TOP_DOWN.format(name=name, below=below)
        start = {place: s for place, s in self._giving[0].get(name, ()) if place.cell <= until}
        _, needs = self._all_giving(start, name, until)
        start |= {
            Place(True, cell.place, i): statement
            for cell in self._cells.values()
            if cell.place <= until and cell.place not in self._given
            for i, statement in enumerate(cell.statements)
            if not is_definition(statement) and not _shows(statement) and written(statement) not in self._unchanged
        }
        chosen, _ = self._all_giving(start, name, until)
        parts = self._parts(chosen | set(self._star_imports(until)), None)
        return Slice(parts, home, (note,), False, needs, top_down=True, checked=not below)

    def _all_giving(self, start: Mapping[Place, ast.stmt], name: str, until: int) -> tuple[set[Place], frozenset[str]]:
        """Everything up to a cell that gives a value to what these statements need, and to what that needs in turn."""
        chosen, waiting, made = set(start), list(start.values()), {name}
        while waiting:
            for missing in needed(waiting.pop()) - made:
                made.add(missing)
                own, lessons = (each.get(missing, ()) for each in self._giving)
                found = [(place, statement) for place, statement in own if place.cell <= until]
                for place, statement in found or ([] if missing in BUILTIN else lessons):
                    if place not in chosen:
                        chosen.add(place)
                        waiting.append(statement)
        return chosen, frozenset(made)

    def _parts(self, chosen: Iterable[Place], home: Cell | None) -> tuple[Part, ...]:
        by_cell: dict[tuple[bool, int], list[int]] = {}
        for place in sorted(chosen):
            by_cell.setdefault((place.own, place.cell), []).append(place.number)
        return tuple(self._part(*cell, numbers, home) for cell, numbers in by_cell.items())

    def _part(self, own: bool, place: int, numbers: list[int], home: Cell | None) -> Part:
        if home is not None and own and place == home.place:
            return Part(home, tuple(home.statements[i] for i in numbers))
        cell = self._cells[place] if own else self._skeleton[place]
        return Part(cell, tuple(cell.statements[i] for i in numbers))

    def could_define(self, name: str) -> bool:
        """Whether something in the notebook gives ``name`` a value, or runs what cannot be seen from here."""
        return name in self._giving[0] or any(
            re.search(r"^\s*%{1,2}(run|cython|load|pylab|store)\b", cell.source, re.MULTILINE)
            for cell in self._cells.values()
        )


def _index(own: bool, cells: Iterable[Cell]) -> dict[str, list[tuple[Place, ast.stmt]]]:
    """By name, the statements that give it a value, in the order in which they stand."""
    found: dict[str, list[tuple[Place, ast.stmt]]] = {}
    for cell in cells:
        for i, statement in enumerate(cell.statements):
            for name in () if is_check(statement) else bound(statement):
                found.setdefault(name, []).append((Place(own, cell.place, i), statement))
    return found


def _nearness(cell: int, giving: list[tuple[Place, ast.stmt]], seen_from: int) -> tuple[bool, bool, int]:
    """Attempts before stubs; this cell and those before it, the last first; then those after it, the first first."""
    stubs = all(is_stub(statement) for _, statement in giving)
    return stubs, cell > seen_from, -cell if cell <= seen_from else cell


def _offers(cell: Cell, name: str) -> bool:
    """Whether a cell defines ``name``, or would if it could be read."""
    if cell.trouble:
        return re.search(rf"^\s*(def\s+{name}\s*\(|{name}\s*=)", cell.source, re.MULTILINE) is not None
    return cell.binds(name)


def _gives(statement: ast.stmt, name: str) -> bool:
    """Whether a statement that is no check gives ``name`` its value, or changes it."""
    return name in bound(statement) and not is_check(statement)


def _shows(statement: ast.stmt) -> bool:
    """Whether a statement only shows something, ``plt.show()``."""
    node: ast.AST = statement
    while isinstance(node, ast.Expr | ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return isinstance(statement, ast.Expr) and isinstance(node, ast.Name) and node.id in _SHOWS


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
