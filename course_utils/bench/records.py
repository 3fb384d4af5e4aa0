"""What a benchmark keeps: figures with their machine, a table, a picture; and README, which shows some of the tables.

Machines with and without bfloat16 have records of their own, side by side. Only a whole run replaces a record: a quick
one, or one of a part, prints its table and writes where it is told to.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from ..files import write_whole
from . import machine
from .machine import Machine


class Record(TypedDict):
    """One file of benchmarks/."""

    machine: Machine
    result: Any


@dataclass(frozen=True)
class Shown:
    """How a result looks.

    Attributes:
        table: result -> Markdown.
        headline: result -> the sentence that README has of it.
        picture: result, path -> writes a PNG there.
    """

    table: Callable[[Any], str]
    headline: Callable[[Any], str] | None = None
    picture: Callable[[Any, Path], None] | None = None


def name_of(benchmark: str, bfloat16: bool) -> str:
    """Name of a benchmark's files, without their suffix."""
    return benchmark if bfloat16 else f"{benchmark}_without_bfloat16"


def load(folder: Path, benchmark: str, bfloat16: bool = True) -> Record:
    """A stored record.

    Raises:
        FileNotFoundError: where none is stored for such machines.
    """
    return json.loads((folder / f"{name_of(benchmark, bfloat16)}.json").read_text(encoding="utf-8"))


def save(folder: Path, benchmark: str, record: Record) -> Path:
    """Write a record, and return its path without the suffix."""
    stem = folder / name_of(benchmark, record["machine"]["bfloat16"])
    write_whole(stem.with_suffix(".json"), (json.dumps(record, indent=1) + "\n").encode())
    return stem


def text(record: Record, says: Callable[[Any], str]) -> str:
    """What is said of a result, its table or its headline, with its machine below."""
    return f"{says(record['result'])}\n\n{machine.line(record['machine'])}"


def keep(
    root: Path, benchmark: str, record: Record, shown: Shown, whole: bool = True, out: Path | None = None
) -> Path | None:
    """Write a record where it belongs, and return the folder; none where it belongs nowhere.

    Args:
        root: the checkout.
        benchmark: such as ``"train"``.
        record: what was measured, and where.
        shown: how it looks.
        whole: whether it was the full run, which replaces the stored record, and which alone may.
        out: folder to write to in place of benchmarks/.
    """
    stored = root / "benchmarks"
    folder = out or stored
    here = folder.resolve() == stored.resolve()
    if here and not whole:
        return None
    stem = save(folder, benchmark, record)
    write_whole(stem.with_suffix(".md"), (text(record, shown.table) + "\n").encode())
    if shown.picture is not None:
        shown.picture(record["result"], stem.with_suffix(".png"))
    if here:
        show_in_readme(root / "README.md", f"{stem.name}.md", text(record, shown.table))
        if shown.headline is not None:
            show_in_readme(root / "README.md", f"{stem.name}.json", text(record, shown.headline))
    return folder


def show_in_readme(readme: Path, name: str, said: str) -> None:
    """Put what is said of a file of benchmarks/ between its two marks in README, where it has them."""
    before, after = marks(name)
    page = readme.read_text(encoding="utf-8")
    if before in page:
        head, rest = page.split(before, 1)
        write_whole(readme, f"{head}{before}\n{said}\n{after}{rest.split(after, 1)[1]}".encode())


def marks(name: str) -> tuple[str, str]:
    """Comments in README between which stands the table of a ``.md`` of benchmarks/, or the headline of a ``.json``."""
    return f"<!-- benchmarks/{name} -->", f"<!-- end of {name} -->"
