"""Which submissions share what hardly anybody else has: a reason to look, never a verdict.

A submission is reduced to hashes of five successive tokens of the code that its author wrote; what stood in the lesson
already, and what many have found by themselves, does not count.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from ..intake.reading import RawCell
from .records import Grade

LENGTH = 5
MOST = 2_000
COMMON = 3
"""Shingles that more authors than this share tell nothing."""
FEWEST = 12
"""Two submissions share at least so many before they are named."""
_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Pair:
    """Two students whose code shares ``shared`` rare shingles, ``share`` of the smaller one's rare ones."""

    one: str
    other: str
    lesson: str
    shared: int
    share: float


def shingles(cells: Iterable[RawCell], skeleton: Iterable[RawCell]) -> tuple[int, ...]:
    """Hashes of every five successive tokens of code lines that the lesson did not have."""
    given = {line.strip() for _, source, _ in skeleton for line in source.splitlines()}
    found: set[int] = set()
    for kind, source, _ in cells:
        lines = [line for line in source.splitlines() if line.strip() and line.strip() not in given]
        tokens = _TOKEN.findall("\n".join(line.partition("#")[0] for line in lines)) if kind == "code" else []
        found |= {
            zlib.crc32(" ".join(tokens[i : i + LENGTH]).encode("utf-8", "replace"))
            for i in range(len(tokens) - LENGTH + 1)
        }
    return tuple(sorted(found)[:MOST])


def same_weights(grades: Sequence[Grade]) -> list[tuple[str, str, int]]:
    """Students whose capstones have the same files of weights, and how many; the most first."""
    owners: dict[str, list[str]] = {}
    for grade in sorted(grades, key=lambda grade: grade.student):
        for own in sorted(set(grade.weights)):
            owners.setdefault(own, []).append(grade.student)
    shared = Counter(pair for students in owners.values() for pair in combinations(students, 2))
    return sorted(((*pair, count) for pair, count in shared.items()), key=lambda each: (-each[2], each))


def pairs(grades: Sequence[Grade]) -> list[Pair]:
    """Pairs of one lesson's submissions that share most of what is rare in them, the most alike first."""
    counts = Counter(shingle for grade in grades for shingle in grade.shingles)
    rare = {grade.student: {s for s in grade.shingles if counts[s] <= COMMON} for grade in grades}
    owners: dict[int, list[str]] = {}
    for student, own in sorted(rare.items()):
        for shingle in own:
            owners.setdefault(shingle, []).append(student)
    shared = Counter(pair for students in owners.values() for pair in combinations(students, 2))
    found = [
        Pair(a, b, grades[0].lesson, n, n / min(len(rare[a]), len(rare[b])))
        for (a, b), n in shared.items()
        if n >= FEWEST
    ]
    return sorted((pair for pair in found if pair.share >= 0.5), key=lambda pair: (-pair.share, pair.one, pair.other))
