"""Gradescope's export: numbered folders, and beside them a file that tells whose they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .files import File
from .identity import Identity, clean
from .reading import Unreadable

_NAME = "submission_metadata.yml"
_SUBMISSION = re.compile(r"(submission_[0-9]+):\s*")
_FACT = re.compile(r"\s*(?P<new>- )?\s*:?(?P<key>name|sid|email):\s*(?P<value>.*?)\s*")


def owners(files: Sequence[File]) -> dict[str, tuple[Identity, ...]]:
    """Who handed in each of the export's folders; several people where a group did.

    Args:
        files: all; only a list that stands above all submissions is believed.
    """
    lists = [file for file in files if file.path.name == _NAME]
    if not lists:
        return {}
    first = min(lists, key=lambda file: len(file.folders))
    if any(file.folders[: len(first.folders)] != first.folders for file in files):
        return {}
    try:
        return _parsed(first.read().decode("utf-8", "replace"))
    except Unreadable:
        return {}


def _parsed(text: str) -> dict[str, tuple[Identity, ...]]:
    people: dict[str, list[dict[str, str]]] = {}
    own: list[dict[str, str]] = []
    for line in text.splitlines():
        if match := _SUBMISSION.fullmatch(line):
            own = people.setdefault(match[1], [])
        elif fact := _FACT.fullmatch(line):
            if fact["new"] or not own:
                own.append({})
            own[-1][fact["key"]] = fact["value"].strip("'\"")
    return {folder: tuple(_identity(facts) for facts in own if any(facts.values())) for folder, own in people.items()}


def _identity(facts: dict[str, str]) -> Identity:
    told = [facts[key] for key in ("sid", "email", "name") if facts.get(key)]
    return Identity(clean(told[0]), clean(facts.get("name", "")), by_platform=True, others=tuple(told[1:]))
