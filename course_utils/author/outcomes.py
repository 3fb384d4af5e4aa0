"""``docs/teaching/lessons.md``: what each lesson teaches, needs and takes, read from its card and its exercises."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from nbformat import NotebookNode

from ..exercises import registry
from .solved import BuildError, read

_HEAD = """# Outcomes, prerequisites and minutes

`course tables` makes this page from the lessons' own cards; do not edit it. Minutes are for reading with the exercises,
as each card estimates them; nobody has measured a class. In all {hours:.0f} hours and {points} points.

| lesson | you will be able to | builds on | minutes | exercises (points) |
|---|---|---|---|---|
"""
_ROW = re.compile(r"^\| \*\*(.+?)\*\* \| (.+) \|$", re.MULTILINE)


def card(cells: Iterable[NotebookNode]) -> dict[str, str]:
    """The card that a lesson opens with: what stands in its rows, by their heads.

    Raises:
        BuildError: where there is none that says what the lesson teaches, needs and takes.
    """
    rows = dict(_ROW.findall(next((cell.source for cell in cells if cell.cell_type == "markdown"), "")))
    if not {"You will be able to", "Builds on", "Reading"} <= set(rows) or not rows["Reading"][:1].isdigit():
        raise BuildError("it does not open with a card: copy the rows of lesson 00, the reading time in minutes.")
    return rows


def minutes(rows: dict[str, str]) -> int:
    """The minutes that a card gives for reading, with the exercises."""
    return int(rows["Reading"].split()[0])


def page(root: Path) -> str:
    """The page in Markdown.

    Raises:
        BuildError: where a lesson has no card.
    """
    cards = {path: card(read(path).cells) for path in sorted((root / "solutions").glob("*.ipynb"))}
    points = sum(exercise.points for number in registry.lessons() for exercise in registry.of_lesson(number))
    lines = [_line(path, rows) for path, rows in cards.items()]
    return _HEAD.format(hours=sum(map(minutes, cards.values())) / 60, points=points) + "\n".join(lines) + "\n"


def _line(path: Path, rows: dict[str, str]) -> str:
    exercises = ", ".join(f"{e.id} {e.title} ({e.points})" for e in registry.of_lesson(path.name[:2]))
    needs = re.sub(r"\]\((\d\d_)", r"](../../lessons/\1", rows["Builds on"])
    lesson = f"[{path.name[:2]}](../../lessons/{path.name})"
    return f"| {lesson} | {rows['You will be able to']} | {needs} | {minutes(rows)} | {exercises} |"
