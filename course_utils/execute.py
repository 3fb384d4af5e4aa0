"""Running the solved notebooks and storing outputs that another machine gets too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbclient
from nbformat import NotebookNode

from . import build
from .widgets import WIDGET_MIME

CELL_SECONDS = 300


def run(path: Path) -> None:
    """Execute a solved notebook in place.

    Raises:
        nbclient.exceptions.CellExecutionError: where a cell fails; the file is then left as it was.
    """
    notebook = build.read(path)
    client = nbclient.NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        store_widget_state=False,
        coalesce_streams=True,
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    for cell in _code_cells(notebook):
        cell.outputs = [_portable(output) for output in cell.outputs]
    path.write_bytes(build.serialise(build.annotate(notebook)).encode())


def _code_cells(notebook: NotebookNode) -> Iterator[NotebookNode]:
    return (cell for cell in notebook.cells if cell.cell_type == "code")


def _portable(output: NotebookNode) -> NotebookNode:
    """The output without widget models, which mean nothing once their kernel is gone."""
    if "data" in output:
        output.data.pop(WIDGET_MIME, None)
    output.pop("transient", None)
    return output
