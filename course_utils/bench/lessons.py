"""``course bench lessons``: how long a reader waits in each lesson, and how much memory its kernel takes."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypedDict

import nbclient
import nbformat
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

LONGEST_CELL, LONGEST_LESSON, MOST_MEMORY = 60, 180, 1300
"""Limits on two cores without bfloat16: seconds, seconds, MB."""
KINDS = {"lessons": "untouched", "solutions": "solved"}
_TIMEOUT = 1800
_MEMORY = "from course_utils.bench.memory import peak_mb\nprint(peak_mb())"


class Waiting(TypedDict):
    """One notebook: seconds to its first picture, in all (kernel start included), and of its longest cell; MB.

    ``first_picture`` is None where there is no picture; ``failed`` says why a notebook did not run to its end, and is
    empty where it did.
    """

    notebook: str
    kind: str
    first_picture: float | None
    seconds: float
    longest: float
    longest_cell: str
    memory: float
    failed: str


class _Watched(nbclient.NotebookClient):
    """A client that notes when the first picture arrives, and how long each cell takes."""

    def __init__(self, notebook: NotebookNode, folder: Path) -> None:
        super().__init__(
            notebook,
            timeout=_TIMEOUT,
            kernel_name="python3",
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(folder)}},
        )
        self.start = time.perf_counter()
        self.first_picture: float | None = None
        self.interrupted = False
        self.begun: dict[int, float] = {}
        self.took: dict[int, float] = {}
        self.on_cell_execute, self.on_cell_executed = self._begin, self._end

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        if self.first_picture is None and "image/png" in msg["content"].get("data", {}):
            self.first_picture = time.perf_counter() - self.start
        return super().process_message(msg, cell, cell_index)

    @asynccontextmanager
    async def async_setup_kernel(self, **options: Any) -> AsyncIterator[None]:
        task = asyncio.current_task()
        async with super().async_setup_kernel(**options):
            with suppress(RuntimeError):  # Windows has no such handlers, nor have other threads
                # in place of nbclient's, which ends the kernel only, as if the lesson had failed
                asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self._interrupt, task)
            yield

    def _interrupt(self, task: asyncio.Task[Any] | None) -> None:
        self.interrupted = True
        if task is not None:
            task.cancel()

    def _begin(self, cell: NotebookNode, cell_index: int) -> None:
        self.begun[cell_index] = time.perf_counter()

    def _end(self, cell: NotebookNode, cell_index: int, execute_reply: Any) -> None:
        self.took[cell_index] = time.perf_counter() - self.begun[cell_index]


def numbers(root: Path) -> list[str]:
    """Two-digit numbers of all lessons of a checkout."""
    return sorted(path.name[:2] for path in (root / "solutions").glob("*.ipynb"))


def run(
    root: Path, chosen: Iterable[str], environment: dict[str, str], done: Iterable[Waiting] = ()
) -> Iterator[Waiting]:
    """Execute lessons, untouched and solved, each in a kernel of its own; one after the other.

    Args:
        root: the checkout.
        chosen: two-digit numbers.
        environment: set for the kernels beside this process's own.
        done: what was measured before; it is not measured again, unless it failed.
    """
    chosen = set(chosen)
    before = {(waiting["notebook"], waiting["kind"]): waiting for waiting in done if not waiting["failed"]}
    for path in sorted((root / "solutions").glob("*.ipynb")):
        if path.name[:2] in chosen:
            for kind in KINDS:
                yield before.get((path.stem, kind)) or measure(root / kind / path.name, environment)


def measure(path: Path, environment: dict[str, str]) -> Waiting:
    """Execute one notebook as Jupyter would, in its folder; nothing is written, and nothing raised where it fails.

    Raises:
        KeyboardInterrupt: where Ctrl-C was pressed; the kernel has ended then.
    """
    waiting = Waiting(
        notebook=path.stem,
        kind=path.parent.name,
        first_picture=None,
        seconds=0.0,
        longest=0.0,
        longest_cell="",
        memory=0.0,
        failed="",
    )
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:  # whatever is wrong with one file, the others are to be measured
        return {**waiting, "failed": f"{type(error).__name__} before its first cell"}
    measured = len(notebook.cells)
    notebook.cells.append(nbformat.v4.new_code_cell(_MEMORY))
    client = _Watched(notebook, path.parent)
    try:
        client.execute(env={**os.environ, **environment})
    except (Exception, asyncio.CancelledError) as error:
        if client.interrupted:
            raise KeyboardInterrupt from None
        # a cell's own, a dead kernel, no kernel at all, too long: a row of the table each
        waiting["failed"] = _why(error, notebook, client)
    else:
        waiting["memory"] = float(
            next(said.text for said in notebook.cells[-1].outputs if said.output_type == "stream")
        )
    took = {index: seconds for index, seconds in client.took.items() if index < measured}
    if took:
        longest = max(took, key=lambda index: took[index])
        waiting["longest"], waiting["longest_cell"] = took[longest], _place(notebook, longest)
        waiting["seconds"] = max(client.begun[index] + seconds for index, seconds in took.items()) - client.start
    return {**waiting, "first_picture": client.first_picture}


def _place(notebook: NotebookNode, index: int) -> str:
    return f"{index + 1} ({notebook.cells[index].get('id', '')})"


def _why(error: BaseException, notebook: NotebookNode, client: _Watched) -> str:
    """What went wrong, and in which cell."""
    name = error.ename if isinstance(error, CellExecutionError) else type(error).__name__
    where = f"in cell {_place(notebook, max(client.begun))}" if client.begun else "before its first cell"
    return f"{name} {where}"


def says(waiting: Waiting) -> str:
    """One notebook in a line, for the terminal."""
    name = f"{waiting['notebook']}, {KINDS[waiting['kind']]}"
    if waiting["failed"]:
        return f"{name}: {waiting['failed']}"
    return (
        f"{name}: first picture {_picture(waiting)} s, in all {waiting['seconds']:.0f} s, "
        f"longest cell {waiting['longest']:.0f} s, {waiting['longest_cell']}, memory {waiting['memory']:,.0f} MB"
    )


def table(result: list[Waiting]) -> str:
    """One row for each lesson, untouched / solved, in Markdown; what is over a limit is bold."""
    lines = [
        "| lesson, untouched / solved | first picture, s | in all, s | longest cell, s (its number) | memory, MB |",
        "|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(waiting["notebook"] for waiting in result):
        cells = [_cells(waiting) for waiting in result if waiting["notebook"] == name]
        lines.append(f"| {name[:2]} | " + " | ".join(" / ".join(column) for column in zip(*cells, strict=True)) + " |")
    limits = f"{LONGEST_LESSON} s for a lesson, {LONGEST_CELL} s for its longest cell, {MOST_MEMORY:,} MB"
    return "\n".join(lines) + f"\n\nLimits on two cores without bfloat16: {limits}; **bold** is over."


def _cells(waiting: Waiting) -> tuple[str, str, str, str]:
    """What one notebook puts into the four columns of its lesson's row."""
    if waiting["failed"]:
        return _picture(waiting), f"**{waiting['failed']}**", "–", "–"
    longest = f"{_held(waiting['longest'], LONGEST_CELL)} ({waiting['longest_cell'].partition(' ')[0]})"
    return _picture(waiting), _held(waiting["seconds"], LONGEST_LESSON), longest, _held(waiting["memory"], MOST_MEMORY)


def _picture(waiting: Waiting) -> str:
    return "–" if waiting["first_picture"] is None else f"{waiting['first_picture']:.1f}"


def _held(value: float, limit: float) -> str:
    return f"**{value:,.0f}**" if value > limit else f"{value:,.0f}"
