"""Reading and writing notebooks as authors keep them: what cannot be kept whole is refused, by file and cell.

Tools write notebooks in many ways. What can be brought into the one form of the course without a loss is (an older
minor format, missing ids); everything else ends in a sentence that says where it stands and what to do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

MINOR = 5
"""Notebooks are of format 4.5, the first in which a cell has an id."""
BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"

Json = dict[str, Any]


class BuildError(ValueError):
    """A notebook that nothing can be made from; the message says which file and cell, why, and what to do."""


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Put the file's name before the message of a BuildError.

    Raises:
        BuildError: named, in place of one that says only what is wrong.
    """
    try:
        yield
    except BuildError as error:
        raise BuildError(f"{path.name}: {error}") from error


def read(path: Path) -> NotebookNode:
    """A notebook from disk, as format 4.5, valid, with an id for every cell.

    Raises:
        BuildError: where the file is no such notebook, or holds what would not be kept; without the file's name.
    """
    notebook = _parsed(path)
    _require_format(notebook)
    _require_python(notebook)
    for number, cell in enumerate(notebook["cells"], 1):
        for trouble in (look(cell) for look in _LOOKS):
            if trouble:
                raise BuildError(f"{_place(number, cell)} {trouble}.")
    notebook.setdefault("metadata", {})
    notebook["nbformat_minor"] = MINOR
    _give_ids(notebook["cells"])
    made = nbformat.from_dict(notebook)
    for cell in made.cells:
        cell.source = "".join(cell.source)
    return nbformat.reads(serialise(made), as_version=4)


def serialise(notebook: NotebookNode) -> str:
    """The one spelling of a notebook on disk: sorted keys, one space of indent, a newline at the end.

    Raises:
        BuildError: where it is not a valid notebook.
    """
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        where = " ".join(str(step) for step in getattr(error, "absolute_path", ()))
        what = str(error).splitlines()[0]
        raise BuildError(f"it is no valid notebook ({where + ': ' if where else ''}{what}): {_SAVE_AGAIN}.") from None
    return nbformat.writes(notebook, version=4, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


_SAVE_AGAIN = "open it in JupyterLab, run it and save it"


def _parsed(path: Path) -> Json:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        notebook = json.loads(text, parse_constant=_refuse_constant)
    except OSError as error:
        raise BuildError(f"it cannot be read ({error.strerror}): is it a file, and yours to read?") from None
    except UnicodeDecodeError as error:
        raise BuildError(f"byte {error.start} is not UTF-8: save it as UTF-8.") from None
    except RecursionError:
        raise BuildError("it is nested too deeply for a notebook: take it from git again.") from None
    except ValueError as error:
        if "<<<<<<<" in text:
            raise BuildError("it holds the marks of a merge (<<<<<<<): resolve the conflict first.") from None
        raise BuildError(f"it is not JSON ({error}): take it from git again, or save it in JupyterLab.") from None
    if not isinstance(notebook, dict):
        raise BuildError("it is JSON, but no notebook: take it from git again, or save it in JupyterLab.")
    return notebook


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _require_format(notebook: Json) -> None:
    major, minor = notebook.get("nbformat"), notebook.get("nbformat_minor")
    if major != 4 or not isinstance(minor, int) or not 0 <= minor <= MINOR:
        raise BuildError(f"it is of notebook format {major}.{minor}, and 4.0 to 4.{MINOR} are read: {_SAVE_AGAIN}.")
    if not isinstance(notebook.get("cells"), list) or not isinstance(notebook.get("metadata", {}), dict):
        raise BuildError(f"it has no list of cells, or metadata that are none: {_SAVE_AGAIN}.")


def _require_python(notebook: Json) -> None:
    """A lesson runs in Python; another language would be replaced without a word."""
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        said = notebook.get("metadata", {}).get(part, {})
        language = said.get(key, "python") if isinstance(said, dict) else said
        if not isinstance(language, str) or language.lower() not in ("python", "ipython"):
            raise BuildError(f"it belongs to a kernel for {language}: choose a Python kernel in JupyterLab.")


def _place(number: int, cell: object) -> str:
    """A cell as an author finds it: its number, counted from 1 with all cells, and its id."""
    cell_id = cell.get("id") if isinstance(cell, dict) else None
    return f"cell {number}" + (f" ({cell_id})" if isinstance(cell_id, str) else "")


def _not_a_cell(cell: Any) -> str:
    if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        return f"is no code, markdown or raw cell: {_SAVE_AGAIN}"
    return ""


def _no_source(cell: Json) -> str:
    source = cell.get("source")
    if isinstance(source, str) or (isinstance(source, list) and all(isinstance(line, str) for line in source)):
        return ""
    return f"has no source: {_SAVE_AGAIN}, or delete the cell"


def _no_outputs(cell: Json) -> str:
    if cell["cell_type"] == "code" and not isinstance(cell.get("outputs"), list):
        return f"has no list of outputs: {_SAVE_AGAIN}"
    return ""


def _odd_metadata(cell: Json) -> str:
    metadata = cell.get("metadata", {})
    if not isinstance(metadata, dict):
        return f"has metadata that are none: {_SAVE_AGAIN}"
    tags = metadata.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        return 'has tags that are no list of words: write "tags": ["..."]'
    return ""


def _pasted_picture(cell: Json) -> str:
    if cell.get("attachments") or (cell["cell_type"] == "markdown" and "](attachment:" in "".join(cell["source"])):
        return "has a pasted picture, which lessons do not keep: draw it in a code cell, by plots.show"
    return ""


def _half_a_character(cell: Json) -> str:
    try:
        json.dumps(cell, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return "holds half a character (a lone surrogate) that cannot be saved: write it again, and run the cell again"
    return ""


def _solution_in_prose(cell: Json) -> str:
    if cell["cell_type"] != "code" and BEGIN in "".join(cell["source"]):
        return f"is a {cell['cell_type']} cell with a {BEGIN}, which the student would read: make it a code cell"
    return ""


_LOOKS: tuple[Callable[[Any], str], ...] = (
    _not_a_cell,
    _no_source,
    _no_outputs,
    _odd_metadata,
    _pasted_picture,
    _half_a_character,
    _solution_in_prose,
)
"""In this order: each relies on those before it."""


def _give_ids(cells: list[Json]) -> None:
    """An id for every cell that has none, the same at every call.

    Raises:
        BuildError: where two cells have the same one.
    """
    seen: dict[str, int] = {}
    for number, cell in enumerate(cells, 1):
        cell.setdefault("metadata", {})
        if not isinstance(cell.get("id"), str):
            content = f"{number} {''.join(cell['source'])}"
            cell["id"] = f"cell-{hashlib.sha256(content.encode()).hexdigest()[:8]}"
        if cell["id"] in seen:
            raise BuildError(
                f"cells {seen[cell['id']]} and {number} have one id, {cell['id']}: delete one of the two ids."
            )
        seen[cell["id"]] = number
