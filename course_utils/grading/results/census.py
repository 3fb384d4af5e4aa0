"""What became of every file, and who is missing: a table to correct, and sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..intake.assignment import Class, Place
from ..intake.files import Kind
from ..intake.identity import shown
from ..intake.layouts import SAYS
from ..intake.mapping import COLUMNS, NOBODY, key
from . import files
from .words import bounded, in_a_row, untwisted

_MOST_FILES = 10


def write(path: Path, places: Iterable[Place]) -> None:
    """Every file with its student: a mapping file, to be corrected and given back."""
    rows = [(key(p.file.path), _owner(p), p.student.name if p.student else "", p.lesson, _became(p)) for p in places]
    files.write(path, [COLUMNS, *rows])


def _owner(place: Place) -> str:
    if place.student:
        return place.student.id
    return NOBODY if place.by else ""


def _became(place: Place) -> str:
    return f"{place.says} Found by {place.by}." if place.student and place.by else place.says


def sentences(found: Class, has_roster: bool) -> Iterator[str]:
    """How the class was read, what became of its files, whom the roster knows, and from whom there is nothing.

    Args:
        found: the class.
        has_roster: whether somebody has said who belongs to it.
    """
    if found.layout:
        yield f"Read as: {SAYS[found.layout]}."
    kinds = Counter(_kind(place) for place in found.places)
    yield f"{len({p.file for p in found.places}):,} files: {', '.join(f'{n:,} {kind}' for kind, n in kinds.items())}."
    odd = [place for place in found.places if _kind(place) in (_NOT_READ, _LEFT_OUT)]
    for place in odd[:_MOST_FILES]:
        yield untwisted(bounded(f"{shown(place.file.path)[-200:]!r}: {place.says or place.file.says}"))
    if len(odd) > _MOST_FILES:
        yield f"{len(odd) - _MOST_FILES:,} more such files are in mapping.csv."
    if has_roster:
        by = Counter({p.student.id: p.by for p in found.places if p.student and p.by}.values())
        yield "On the roster: " + (", ".join(f"{count} by {column}" for column, count in by.items()) or "nobody") + "."
    if strangers := [student.called for student in found.strangers]:
        yield f"Not on the roster, or not clear who: {in_a_row(strangers)}."
    if missing := [student.called for student in found.missing]:
        yield f"Nothing from: {in_a_row(missing)}."


_GRADED, _NOT_READ, _LEFT_OUT = "to be graded", "cannot be read", "left out"


def _kind(place: Place) -> str:
    if place.says.startswith("Taken") or place.says == "":
        return _GRADED
    if place.file.kind is Kind.NOTEBOOK and place.says.startswith(("Unreadable", "Not read")):
        return _NOT_READ
    if place.file.kind is Kind.NOTEBOOK:
        return "notebooks of other lessons, older, or nobody's"
    return _LEFT_OUT if place.file.kind is Kind.LEFT_OUT else "no notebooks"
