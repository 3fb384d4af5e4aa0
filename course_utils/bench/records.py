"""What a benchmark keeps: figures with their machine, a table, a picture; and README, which shows some of the tables.

Machines with and without bfloat16 have records of their own, side by side. Only a whole run replaces a record: a quick
one, or one of a part, prints its table and writes where it is told to.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict

from . import machine
from .machine import Machine


class Record(TypedDict):
    """One file of benchmarks/."""

    machine: Machine
    result: Any


def name_of(benchmark: str, bfloat16: bool) -> str:
    """Name of a benchmark's files, without their suffix."""
    return benchmark if bfloat16 else f"{benchmark}_without_bfloat16"


def load(folder: Path, benchmark: str, bfloat16: bool = True) -> Record:
    """A stored record.

    Raises:
        FileNotFoundError: where none is stored for such machines.
    """
    return json.loads((folder / f"{name_of(benchmark, bfloat16)}.json").read_text(encoding="utf-8"))


def text(record: Record, table: Callable[[Any], str]) -> str:
    """The table with its machine below it."""
    return f"{table(record['result'])}\n\n{machine.line(record['machine'])}"


def keep(
    root: Path,
    benchmark: str,
    record: Record,
    table: Callable[[Any], str],
    picture: Callable[[Any, Path], None] | None = None,
    whole: bool = True,
    out: Path | None = None,
) -> str:
    """Write a record where it belongs, and return its text.

    Args:
        root: the checkout.
        benchmark: such as ``"train"``.
        record: what was measured, and where.
        table: result -> Markdown.
        picture: result, path -> writes a PNG there.
        whole: whether it was the full run, which replaces the stored record.
        out: folder to write to in place of benchmarks/.
    """
    said = text(record, table)
    folder = out or (root / "benchmarks" if whole else None)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        stem = folder / name_of(benchmark, record["machine"]["bfloat16"])
        stem.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        stem.with_suffix(".md").write_text(said + "\n", encoding="utf-8")
        if picture is not None:
            picture(record["result"], stem.with_suffix(".png"))
        if out is None:
            show_in_readme(root / "README.md", stem.name, said)
    return said


def show_in_readme(readme: Path, name: str, said: str) -> None:
    """Put a table between its two marks in README, where it has them."""
    before, after = marks(name)
    page = readme.read_text(encoding="utf-8")
    if before in page:
        head, rest = page.split(before, 1)
        readme.write_text(f"{head}{before}\n{said}\n{after}{rest.split(after, 1)[1]}", encoding="utf-8")


def marks(name: str) -> tuple[str, str]:
    """Comments in README between which the table of benchmarks/``name``.md stands."""
    return f"<!-- benchmarks/{name}.md -->", f"<!-- end of {name}.md -->"
