"""``course bench lessons``: how long a reader waits in each lesson, and how much memory its kernel takes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict

import nbclient
import nbformat
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

LONGEST_CELL, LONGEST_LESSON, MOST_MEMORY = 60, 180, 1300
"""Limits on two cores without bfloat16: seconds, seconds, MB."""
KINDS = {"lessons": "untouched", "solutions": "solved"}
_TIMEOUT = 1800
_MEMORY = """
import resource, sys
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1 if sys.platform == "linux" else 1024))
"""


class Waiting(TypedDict):
    """One notebook: seconds to its first picture, in all (kernel start included), and of its longest cell; MB."""

    notebook: str
    kind: str
    first_picture: float
    seconds: float
    longest: float
    longest_cell: str
    memory: float
    failed: str


class _Watched(nbclient.NotebookClient):
    """A client that notes when the first picture arrives, and how long each cell takes."""

    start = 0.0
    first_picture = float("nan")

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        if self.first_picture != self.first_picture and "image/png" in msg["content"].get("data", {}):
            self.first_picture = time.perf_counter() - self.start
        return super().process_message(msg, cell, cell_index)


def run(root: Path, chosen: list[str], environment: dict[str, str]) -> Iterator[Waiting]:
    """Execute every lesson, untouched and solved, in a kernel of its own; one after the other.

    Args:
        root: the checkout.
        chosen: two-digit numbers; none for all.
        environment: set for the kernels beside this process's own.
    """
    for path in sorted((root / "solutions").glob("*.ipynb")):
        if not chosen or path.name[:2] in chosen:
            for folder in KINDS:
                yield measure(root / folder / path.name, environment)


def measure(path: Path, environment: dict[str, str]) -> Waiting:
    """Execute one notebook as Jupyter would; nothing is written."""
    notebook = nbformat.read(path, as_version=4)
    measured = len(notebook.cells)
    notebook.cells.append(nbformat.v4.new_code_cell(_MEMORY))
    client = _Watched(
        notebook, timeout=_TIMEOUT, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    )
    begun: dict[int, float] = {}
    took: dict[int, float] = {}
    client.on_cell_execute = lambda cell, cell_index: begun.__setitem__(cell_index, time.perf_counter())
    client.on_cell_executed = lambda cell, cell_index, execute_reply: took.__setitem__(
        cell_index, time.perf_counter() - begun[cell_index]
    )
    client.start, failed = time.perf_counter(), ""
    try:
        client.execute(env={**os.environ, **environment})
    except (CellExecutionError, DeadKernelError) as error:
        failed = f"{type(error).__name__} in cell {max(begun, default=0) + 1}"
    ends = [begun[index] + seconds for index, seconds in took.items() if index < measured]
    longest = max((index for index in took if index < measured), key=lambda index: took[index], default=0)
    memory = "" if failed else notebook.cells[-1].outputs[0].text
    return Waiting(
        notebook=path.stem,
        kind=path.parent.name,
        first_picture=client.first_picture,
        seconds=max(ends, default=client.start) - client.start,
        longest=took.get(longest, 0.0),
        longest_cell=f"{longest + 1} ({notebook.cells[longest].get('id', '')})",
        memory=float(memory or 0) / 1024,
        failed=failed,
    )


def says(found: Waiting) -> str:
    """One notebook in a line, for the terminal."""
    if found["failed"]:
        return f"{found['notebook']}, {KINDS[found['kind']]}: {found['failed']}"
    return (
        f"{found['notebook']}, {KINDS[found['kind']]}: first picture {found['first_picture']:.1f} s, "
        f"in all {found['seconds']:.0f} s, longest cell {found['longest']:.0f} s, {found['memory']:,.0f} MB"
    )


def table(result: list[Waiting]) -> str:
    """One row for each lesson, untouched / solved, in Markdown; what is over a limit is bold."""
    lines = [
        "| lesson, untouched / solved | first picture, s | all cells, s | longest cell, s | memory, MB |",
        "|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(found["notebook"] for found in result):
        pair = [found for found in result if found["notebook"] == name]
        if failures := "; ".join(found["failed"] for found in pair if found["failed"]):
            lines.append(f"| {name[:2]} | **{failures}** | | | |")
            continue
        columns = (
            [f"{found['first_picture']:.1f}" for found in pair],
            [_held(found["seconds"], LONGEST_LESSON) for found in pair],
            [_held(found["longest"], LONGEST_CELL) for found in pair],
            [_held(found["memory"], MOST_MEMORY) for found in pair],
        )
        lines.append(f"| {name[:2]} | " + " | ".join(" / ".join(column) for column in columns) + " |")
    limits = f"{LONGEST_LESSON} s for a lesson, {LONGEST_CELL} s for its longest cell, {MOST_MEMORY:,} MB"
    return "\n".join(lines) + f"\n\nLimits on two cores without bfloat16: {limits}; **bold** is over."


def _held(value: float, limit: float) -> str:
    return f"**{value:,.0f}**" if value > limit else f"{value:,.0f}"
