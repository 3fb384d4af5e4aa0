"""Running the solved notebooks and storing outputs that another machine gets too."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbclient
import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from ..files import write_whole
from ..widgets import WIDGET_MIME
from .build import annotate, student_copy
from .solved import BuildError, cell_name, clip, file_name, naming, read, serialise

CELL_SECONDS = 300


def run(path: Path) -> None:
    """Execute a solved notebook in place; where that fails, the file stays as it was.

    Raises:
        BuildError: where no lesson can be made from it, or a cell fails, takes too long or ends the kernel.
    """
    with naming(file_name(path)):
        notebook = read(path)
        student_copy(notebook)  # what is refused is refused before minutes of running
        fill(notebook, path.parent)
        for cell in _code_cells(notebook):
            cell.outputs = [_portable(output) for output in cell.outputs]
        write_whole(path, serialise(annotate(notebook)).encode())


def fill(notebook: NotebookNode, folder: Path) -> None:
    """Execute a notebook in a folder, and fill in its outputs and counts.

    Raises:
        BuildError: where the kernel does not start, or a cell does not end well.
    """
    reached: list[int] = []
    client = nbclient.NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        store_widget_state=False,
        coalesce_streams=True,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    client.on_cell_start = lambda cell, cell_index: reached.append(cell_index)
    # What cells print comes by messages. What the kernel itself says, 20 lines at a timeout, would hide the sentence.
    with tempfile.TemporaryFile() as heard:
        try:
            # Started on its own, for nbclient's execute leaves a second traceback behind where a kernel does not start.
            with client.setup_kernel(stderr=heard, env={**os.environ, "COURSE_QUIET": "1"}):
                client.execute(cleanup_kc=False)
        except NoSuchKernel:
            raise BuildError("there is no kernel named python3 here: pip install ipykernel.") from None
        except (CellExecutionError, nbformat.ValidationError, OSError, RuntimeError, ValueError) as error:
            if reached:
                cell = notebook.cells[reached[-1]]
                raise BuildError(f"{cell_name(reached[-1] + 1, cell)} {_trouble(cell, error)}") from None
            heard.seek(0)
            said = heard.read().decode(errors="replace").strip().splitlines() or [str(error)]
            raise BuildError(
                f"its kernel does not start ({clip(said[-1])}): pip install ipykernel, "
                f"then python -m ipykernel install --sys-prefix."
            ) from None


def _trouble(cell: NotebookNode, error: Exception) -> str:
    """What became of a cell that did not end well, and what to do."""
    match error:
        case CellTimeoutError():
            return f"ran for more than {CELL_SECONDS} s: make it smaller."
        case DeadKernelError():
            return "ended its kernel: too much memory, or a crash in a library?"
        case nbformat.ValidationError():
            return f"shows what no notebook can hold ({clip(str(error))}): mend what it displays."
        case CellExecutionError():
            return f"stopped{_line(cell)} with {clip(f'{error.ename}: {error.evalue}')}"
    return f"stopped with {clip(f'{type(error).__name__}: {error}')}"


def _line(cell: NotebookNode) -> str:
    """Where in the cell, as far as the traceback tells."""
    told = "\n".join(line for output in cell.outputs for line in output.get("traceback", ()))
    lines = re.findall(r"Cell In\[\d+\], line (\d+)", re.sub(r"\x1b\[[\d;]*m", "", told))
    return f" at line {lines[0]}" if lines else ""


def _code_cells(notebook: NotebookNode) -> Iterator[NotebookNode]:
    return (cell for cell in notebook.cells if cell.cell_type == "code")


def _portable(output: NotebookNode) -> NotebookNode:
    """The output without widget models, which mean nothing once their kernel is gone."""
    if "data" in output:
        output.data.pop(WIDGET_MIME, None)
    output.pop("transient", None)
    return output
