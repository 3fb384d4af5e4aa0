"""Words of students, before people see them: of a length that fits a cell, and in the direction they seem to run."""

from __future__ import annotations

import re

_LONGEST = 5_000
_TURNS = re.compile("[\u061c\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of what follows them, on the rest of a page."""


def bounded(text: str) -> str:
    """A text, or its beginning."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"


def untwisted(text: str) -> str:
    """A text in which the characters that turn directions are written out."""
    return _TURNS.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def in_a_row(names: list[str], most: int = 50) -> str:
    """Names in a sentence, as many as one reads."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
