"""Whose notebook is it? Read from folders and file names as Canvas, Moodle, nbgrader and people write them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath

_CANVAS = re.compile(r"^(?P<name>[^_]+)_(?P<late>LATE_)?(?P<id>\d+)_\d+_(?P<rest>.+)$")
_MOODLE_FOLDER = re.compile(r"^(?P<name>.+)_(?P<id>\d+)_assignsubmission_(file|onlinetext)_?$")
_MOODLE_FILE = re.compile(r"^(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(file|onlinetext)_")
"""A folder's name ends with the platform's words; a file's begins with them, and the rest is the student's own choice,
which may imitate those words with somebody else's number."""
_ENDING = re.compile(r"(\.ipynb)?\.[A-Za-z0-9]+$", re.IGNORECASE)
_LONGEST = 300
_COPIES = re.compile(r"([ _-]*(copy|kopie|final|solution|new)\s*\d*|\s*\(\d+\)|-\d+)+$", re.IGNORECASE)


@dataclass(frozen=True)
class Identity:
    """Who handed something in.

    Attributes:
        student: an id: the learning platform's number, a folder's name, or a file's.
        name: as the file says it; empty where it does not.
        late: whether the platform marked it so.
    """

    student: str
    name: str = ""
    late: bool = False


def of_path(path: PurePosixPath, slugs: Collection[str], known: Collection[str] = ()) -> Identity:
    """The identity that a path relative to the folder of submissions tells.

    Args:
        path: such as ``alice/02_the_kl.ipynb`` or ``doejane_12345_67890_02_the_kl.ipynb``.
        slugs: names of lessons, without their endings.
        known: ids on the roster.
    """
    if platform := of_platform(path):
        return platform
    first = _first(path)
    if len(path.parts) > 1:
        return Identity(_clean(first))
    for student in sorted(known, key=len, reverse=True):
        if re.search(rf"(?<![^\W_]){re.escape(student)}(?![^\W_])", first, re.IGNORECASE):
            return Identity(student)
    return Identity(_clean(_without_lesson(first, slugs)) or _clean(first))


def of_platform(path: PurePosixPath) -> Identity | None:
    """The identity that Canvas or Moodle wrote into a path; ``None`` where neither did."""
    for pattern in (_MOODLE_FOLDER, _CANVAS, _MOODLE_FILE) if len(path.parts) > 1 else (_CANVAS, _MOODLE_FILE):
        if match := pattern.match(_first(path)):
            return Identity(_clean(match["id"]), _clean(match["name"]), bool(match.groupdict().get("late")))
    return None


def _first(path: PurePosixPath) -> str:
    """The folder's name, or the file's without its ending."""
    return (path.parts[0] if len(path.parts) > 1 else _ENDING.sub("", path.name))[:_LONGEST]


def _without_lesson(stem: str, slugs: Collection[str]) -> str:
    for slug in slugs:
        stem = stem.replace(slug, "")
    return _COPIES.sub("", stem).strip(" _-.") or stem


def _clean(text: str) -> str:
    """Printable, on one line, of a length that fits a file name."""
    text = text.encode("utf-8", "replace").decode()
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:100]


def is_lesson(path: PurePosixPath, slugs: Collection[str]) -> str:
    """The two digits of the lesson whose name a file bears, or the empty string."""
    return next((slug[:2] for slug in slugs if slug in path.name), "")
