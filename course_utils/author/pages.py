"""The pages in docs/ that are made from lessons and exercises: errata, glossary, misconceptions, outcomes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path

from ..files import write_whole
from . import errata, glossary, misconceptions, outcomes

PAGES: dict[str, Callable[[Path], str]] = {
    "docs/ERRATA.md": errata.page,
    "docs/GLOSSARY.md": glossary.page,
    "docs/MISCONCEPTIONS.md": lambda root: misconceptions.page(),
    "docs/teaching/lessons.md": outcomes.page,
}
"""By its place in the checkout, what makes a page."""
_NUMBER = re.compile(r"-?\d+\.\d+(?:e[+-]\d+)?")


def stale(root: Path) -> list[str]:
    """One sentence for each page that differs from what ``write`` would write, the last digits of numbers apart.

    Raises:
        BuildError: where a row of the errata has lost its home.
    """
    return [
        f"{name} is not what course tables writes: run course tables."
        for name, make in PAGES.items()
        if not (root / name).is_file() or not alike((root / name).read_text(encoding="utf-8"), make(root))
    ]


def write(root: Path) -> list[Path]:
    """Write every page that is not up to date; returns the paths that were written."""
    written = []
    for name, make in PAGES.items():
        path, text = root / name, make(root)
        if not path.is_file() or not alike(path.read_text(encoding="utf-8"), text):
            write_whole(path, text.encode())
            written.append(path)
    return written


def alike(one: str, other: str) -> bool:
    """Whether two texts have the same words, and the same numbers to within a thousandth, as another CPU has them."""
    if _NUMBER.split(one) != _NUMBER.split(other):
        return False
    pairs = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=2e-3, abs_tol=1e-9) for a, b in pairs)
