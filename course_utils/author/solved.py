"""Reading and writing notebooks as authors keep them: what cannot be kept whole is refused, by file and cell.

Tools write notebooks in many ways. What can be brought into the one form of the course without a loss is (an older
minor format, missing ids); everything else ends in a sentence that says where it stands and what to do.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
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
def naming(place: str) -> Iterator[None]:
    """Put a place, a file or a cell, before the message of what goes wrong there.

    Raises:
        BuildError: in one printable line, for a BuildError and for what any file can do to its reader.
    """
    try:
        yield
    except BuildError as error:
        said = str(error)
    except RecursionError:
        said = "it is nested too deeply for a notebook: take it from git again."
    except OSError as error:
        said = f"it cannot be read or written ({error.strerror}): is it a file, and yours to change?"
    else:
        return
    line = " ".join(f"{place}: {said}".splitlines())
    raise BuildError(line.encode(errors="backslashreplace").decode())


def file_name(path: Path) -> str:
    """A notebook as sentences name it: solutions/00_start_here.ipynb."""
    return f"{path.parent.name}/{path.name}"


def clip(text: str, most: int = 200) -> str:
    """The first line, or as much of it as a sentence can hold."""
    line = text.strip().partition("\n")[0]
    return line if len(line) <= most else f"{line[:most]} ..."


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
                raise BuildError(f"{cell_name(number, cell)} {trouble}.")
    notebook.setdefault("metadata", {})
    notebook["nbformat_minor"] = MINOR
    _complete(notebook["cells"])
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
        raise BuildError(_invalid(notebook, list(getattr(error, "absolute_path", ())), clip(str(error)))) from None
    return nbformat.writes(notebook, version=4, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


_SAVE_AGAIN = "open it in JupyterLab, run it and save it"
_TAKE_AGAIN = "take it from git again, or save it in JupyterLab"


def _invalid(notebook: NotebookNode, steps: list[str | int], what: str) -> str:
    """What nbformat has against a notebook, with the cell in place of its index."""
    place, mend = "it", _SAVE_AGAIN
    match steps:
        case ["cells", int(index), *steps]:
            place, mend = cell_name(index + 1, notebook.cells[index]), "copy its text to a new cell and delete it"
    where = " ".join(str(step) for step in steps)
    return f"{place} is not valid ({where + ': ' if where else ''}{what}): {mend}."


def _parsed(path: Path) -> Json:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        notebook = json.loads(
            text, parse_constant=_refuse_number, parse_float=_finite, object_pairs_hook=_with_each_key_once
        )
    except UnicodeDecodeError as error:
        raise BuildError(f"byte {error.start} is not UTF-8: save it as UTF-8.") from None
    except ValueError as error:
        if "<<<<<<<" in text:
            raise BuildError("it holds the marks of a merge (<<<<<<<): resolve the conflict first.") from None
        raise BuildError(f"it is not JSON ({clip(str(error))}): {_TAKE_AGAIN}.") from None
    if not isinstance(notebook, dict):
        raise BuildError(f"it is JSON, but no notebook: {_TAKE_AGAIN}.")
    return notebook


def _refuse_number(digits: str) -> None:
    raise ValueError(f"{digits} is no number of JSON")


def _finite(digits: str) -> float:
    """A number that can be written again: 1e999 would come back as Infinity, which is not JSON."""
    number = float(digits)
    if math.isinf(number):
        _refuse_number(digits)
    return number


def _with_each_key_once(pairs: list[tuple[str, Any]]) -> Json:
    """An object of JSON; where a key stands twice, as after a careless merge, the first value would be lost."""
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"{max(keys, key=keys.count)} stands twice in one object")
    return made


def _require_format(notebook: Json) -> None:
    major, minor = notebook.get("nbformat"), notebook.get("nbformat_minor")
    if type(major) is not int or major != 4 or type(minor) is not int or not 0 <= minor <= MINOR:
        raise BuildError(f"it is of notebook format {major}.{minor}, and 4.0 to 4.{MINOR} are read: {_SAVE_AGAIN}.")
    if not isinstance(notebook.get("cells"), list) or not isinstance(notebook.get("metadata", {}), dict):
        raise BuildError(f"it has no list of cells, or metadata that are none: {_SAVE_AGAIN}.")


def _require_python(notebook: Json) -> None:
    """A lesson runs in Python; another language would be replaced without a word."""
    said = []
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        metadata = notebook.get("metadata", {}).get(part, {})
        if not isinstance(metadata, dict):
            raise BuildError(f"its {part} is no object: {_PYTHON}.")
        said += [metadata[key]] if key in metadata else []
    # A kernel that does not say its language is known by its name alone.
    for language in said or [notebook.get("metadata", {}).get("kernelspec", {}).get("name", "python")]:
        if str(language).lower() not in ("python", "python3", "ipython"):
            raise BuildError(f"it belongs to a kernel for {language}: {_PYTHON}.")


_PYTHON = "choose a Python kernel in JupyterLab"


def cell_name(number: int, cell: object) -> str:
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
    linked = cell["cell_type"] == "markdown" and re.search(r"\battachment:\S", "".join(cell["source"]))
    if cell.get("attachments") or linked:
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


def _another_language(cell: Json) -> str:
    """VS Code keeps the language of one cell in its metadata, which lessons do not keep."""
    editor = cell.get("metadata", {}).get("vscode", {})
    language = editor.get("languageId", "python") if isinstance(editor, dict) else "python"
    if cell["cell_type"] == "code" and language != "python":
        return f"is in {language}, not in Python: choose Python as its language in VS Code"
    return ""


def _merge_marks(cell: Json) -> str:
    if re.search("<<<<<<< |>>>>>>> ", "".join(cell["source"])):
        return "holds the marks of a merge (<<<<<<< or >>>>>>>): resolve the conflict first"
    return ""


_LOOKS: tuple[Callable[[Any], str], ...] = (
    _not_a_cell,
    _no_source,
    _no_outputs,
    _odd_metadata,
    _pasted_picture,
    _half_a_character,
    _solution_in_prose,
    _another_language,
    _merge_marks,
)
"""In this order: each relies on those before it."""


def _complete(cells: list[Json]) -> None:
    """Metadata, a count and an id for every cell that should have one and has none; the same ids at every call.

    Raises:
        BuildError: where two cells have the same one.
    """
    seen: dict[str, int] = {}
    for number, cell in enumerate(cells, 1):
        cell.setdefault("metadata", {})
        if cell["cell_type"] == "code":
            cell.setdefault("execution_count", None)
        if not isinstance(cell.get("id"), str):
            content = f"{number} {''.join(cell['source'])}"
            cell["id"] = f"cell-{hashlib.sha256(content.encode()).hexdigest()[:8]}"
        if cell["id"] in seen:
            raise BuildError(
                f"cells {seen[cell['id']]} and {number} have one id, {cell['id']}: delete one of the two ids."
            )
        seen[cell["id"]] = number
