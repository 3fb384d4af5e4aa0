"""Running the solved notebooks and storing outputs that another machine gets too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbclient
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from .build import annotate
from .files import write_whole
from .solved import BuildError, naming, read, serialise
from .widgets import WIDGET_MIME

CELL_SECONDS = 300


def run(path: Path) -> None:
    """Execute a solved notebook in place; where that fails, the file stays as it was.

    Raises:
        BuildError: where it cannot be read, or a cell fails, takes too long or ends the kernel; it is named.
    """
    with naming(path):
        notebook = read(path)
        _execute(notebook, path.parent)
        for cell in _code_cells(notebook):
            cell.outputs = [_portable(output) for output in cell.outputs]
        write_whole(path, serialise(annotate(notebook)).encode())


def _execute(notebook: NotebookNode, folder: Path) -> None:
    """Fill in outputs and counts.

    Raises:
        BuildError: where a cell does not end well.
    """
    reached = [0]
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
    try:
        client.execute()
    except NoSuchKernel:
        raise BuildError("there is no kernel named python3 here: pip install ipykernel.") from None
    except CellTimeoutError:
        raise BuildError(
            f"{_place(notebook, reached[-1])} ran for more than {CELL_SECONDS} s: make it smaller."
        ) from None
    except DeadKernelError:
        raise BuildError(
            f"{_place(notebook, reached[-1])} ended its kernel: too much memory, or a crash in a library?"
        ) from None
    except CellExecutionError as error:
        said = f"{error.ename}: {error.evalue}".strip().splitlines()[0]
        raise BuildError(f"{_place(notebook, reached[-1])} stopped{_line(error)} with {said}") from None


def _place(notebook: NotebookNode, index: int) -> str:
    return f"cell {index + 1} ({notebook.cells[index].id})"


def _line(error: CellExecutionError) -> str:
    """Where in the cell, as far as the traceback tells."""
    lines = re.findall(r"Cell.*?line (\d+)", re.sub(r"\x1b\[[\d;]*m", "", error.traceback))
    return f" at line {lines[0]}" if lines else ""


def _code_cells(notebook: NotebookNode) -> Iterator[NotebookNode]:
    return (cell for cell in notebook.cells if cell.cell_type == "code")


def _portable(output: NotebookNode) -> NotebookNode:
    """The output without widget models, which mean nothing once their kernel is gone."""
    if "data" in output:
        output.data.pop(WIDGET_MIME, None)
    output.pop("transient", None)
    return output
