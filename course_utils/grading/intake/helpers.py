"""Modules that a student wrote beside the notebook: what an answer imports travels with it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .files import File
from .reading import Unreadable

_MODULE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}\.py")
_MOST, _LARGEST = 20, 2**18


def beside(notebook: File, others: Iterable[File]) -> tuple[File, ...]:
    """The files in a notebook's own folder that it could import, the first twenty by name."""
    here = [file for file in others if file.path.parent == notebook.path.parent and _MODULE.fullmatch(file.path.name)]
    return tuple(sorted(here, key=lambda file: file.path.name)[:_MOST])


def contents(found: Iterable[File]) -> dict[str, str]:
    """The text of each, by name; without those that cannot be read or have more than 256 KiB."""
    texts = {}
    for file in found:
        try:
            data = file.read()
        except Unreadable:
            continue
        if len(data) <= _LARGEST:
            texts[file.path.name] = data.decode("utf-8", "replace")
    return texts
