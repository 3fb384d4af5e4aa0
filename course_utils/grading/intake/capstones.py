"""What a student of lesson 14 hands in beside the notebook: a results file, and the weights that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from course_utils import capstone

from .files import File
from .identity import shown
from .reading import Unreadable

LESSON = "14"
LARGEST = 64 * 2**20
"""Bytes of all weights of one student."""
_RESULTS = re.compile(r".*results.*\.json", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Capstone:
    """A results file and its weights, read.

    Attributes:
        name: of the results file.
        page: its bytes.
        weights: bytes of the files that it names and that lie beside it.
        missing: a sentence for each of the others that cannot be had.
        trouble: why the results file itself cannot be had; empty where it can.
    """

    name: str
    page: bytes = field(repr=False)
    weights: dict[str, bytes] = field(default_factory=dict, repr=False)
    missing: dict[str, str] = field(default_factory=dict)
    trouble: str = ""

    def digest(self) -> list[object]:
        """All of it in a few hashes."""
        files = {name: sha256(raw).hexdigest() for name, raw in sorted(self.weights.items())}
        return [self.name, sha256(self.page).hexdigest(), files, self.missing, self.trouble]


def beside(notebook: File, others: Iterable[File]) -> tuple[tuple[File, ...], tuple[str, ...]]:
    """A student's results file and after it the weights in its folder, and notes; the one nearest to the notebook.

    Args:
        notebook: of lesson 14.
        others: what else the student has handed in.
    """
    others, folder = list(others), notebook.path.parent
    pages = [file for file in others if _RESULTS.fullmatch(file.path.name)]
    if not pages:
        return (), ()
    page = min(pages, key=lambda file: (not file.path.is_relative_to(folder), len(file.path.parts), str(file.path)))
    notes = [f"{len(pages):,} results files were found; {shown(page.path)[-80:]!r} was looked at."] * (len(pages) > 1)
    weights = [file for file in others if file.path.parent == page.path.parent and file.path.suffix == ".safetensors"]
    return (page, *weights), tuple(notes)


def contents(found: tuple[File, ...]) -> Capstone | None:
    """The bytes of a results file, and of no more weights than it names; ``None`` where there is none."""
    if not found:
        return None
    page, *others = found
    name = shown(page.path.name)
    try:
        raw = page.read()
    except Unreadable as error:
        return Capstone(name, b"", trouble=str(error))
    given = Capstone(name, raw[: capstone.LARGEST_FILE + 1])
    named, left = _named(given), LARGEST
    for file in sorted(others, key=lambda file: str(file.path)):
        if file.path.name in named:
            left -= _take(given, file, left)
    return given


def _named(given: Capstone) -> set[str]:
    """Names of the weights, of as many runs as a results file may have."""
    try:
        results = capstone.parse(given.page, given.name)
    except capstone.ResultsError:
        return set()
    return set([run.weights for model in results.models for run in model.runs][: capstone.MOST_RUNS])


def _take(given: Capstone, file: File, left: int) -> int:
    """Read a file of weights, if so many bytes may be read; returns how many were."""
    name = file.path.name
    try:
        raw = file.read()
    except Unreadable as error:
        given.missing[name] = f"{name} cannot be read: {error}"
        return 0
    if len(raw) > min(left, capstone.LARGEST_WEIGHTS):
        most = f"{capstone.LARGEST_WEIGHTS:,} bytes" if left >= capstone.LARGEST_WEIGHTS else "64 MB with the others"
        given.missing[name] = f"{name} has more than {most}: store float16."
        return 0
    given.weights[name] = raw
    return len(raw)
