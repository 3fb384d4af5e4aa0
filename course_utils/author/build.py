"""solutions/ -> lessons/: the student's copy is made from the solved notebook, the same bytes every time.

An exercise in a solved notebook is a code cell with a ``### BEGIN SOLUTION`` ... ``### END SOLUTION`` region,
followed by a code cell with ``check("2.1", ...)``. The nbgrader metadata (schema 3) of both follow from that and
from the exercise's points; nobody writes them by hand.
"""

from __future__ import annotations

import copy
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from ..exercises import registry
from ..files import write_whole
from .solved import BEGIN, END, BuildError, file_name, naming, read, serialise

STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")
_CHECK = re.compile(r"""^(?!\s*#).*\bcheck\(\s*["'](\d+\.\d+)["']""", re.MULTILINE)
_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def clear_solution(source: str) -> str:
    """Source with every solution region replaced by the stub, as nbgrader does.

    Raises:
        BuildError: for nested, unopened or unclosed regions.
    """
    lines, inside = [], False
    for line in source.split("\n"):
        if BEGIN in line:
            if inside:
                raise BuildError(f"A {BEGIN} stands inside another solution region: {line.strip()!r}")
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            lines += [indent + part for part in STUB]
        elif END in line:
            if not inside:
                raise BuildError(f"An {END} has no {BEGIN} before it.")
            inside = False
        elif not inside:
            lines.append(line)
    if inside:
        raise BuildError(f"A {BEGIN} is never closed by {END}.")
    return "\n".join(lines)


def checked_exercise(cell: NotebookNode) -> str | None:
    """Id of the exercise that a code cell checks, or ``None``."""
    match = _CHECK.search(cell.source) if cell.cell_type == "code" else None
    return match.group(1) if match else None


def annotate(notebook: NotebookNode) -> NotebookNode:
    """A copy of a solved notebook with its metadata in order: nbgrader's, kernel, tags, folded cells, nothing else.

    Raises:
        BuildError: where a solution region has no check after it, or a check no exercise, or one that had its own.
    """
    notebook = copy.deepcopy(notebook)
    notebook.metadata = nbformat.from_dict(_METADATA)
    waiting: NotebookNode | None = None
    checked: set[str] = set()
    for cell in notebook.cells:
        cell.metadata = _kept(cell.metadata)
        if cell.cell_type == "code" and BEGIN in cell.source:
            if waiting is not None:
                raise BuildError(f"The solution in cell {waiting.id!r} has no check(...) cell after it.")
            waiting = cell
        elif (exercise_id := checked_exercise(cell)) is not None:
            if exercise_id in checked:
                raise BuildError(f"cell {cell.id} checks exercise {exercise_id} a second time: delete one of the two.")
            _annotate_pair(waiting, cell, exercise_id)
            checked.add(exercise_id)
            waiting = None
    if waiting is not None:
        raise BuildError(f"The solution in cell {waiting.id!r} has no check(...) cell after it.")
    return notebook


def _kept(metadata: NotebookNode) -> NotebookNode:
    """Of a cell's metadata, what authors write: its tags, and that it is folded."""
    kept: dict[str, object] = {}
    if tags := metadata.get("tags"):
        kept["tags"] = tags
    if metadata.get("jupyter", {}).get("source_hidden"):
        kept["jupyter"] = {"source_hidden": True}
    return nbformat.from_dict(kept)


def _annotate_pair(solution: NotebookNode | None, check: NotebookNode, exercise_id: str) -> None:
    if solution is None:
        raise BuildError(f"check({exercise_id!r}) in cell {check.id!r} has no solution region before it.")
    try:
        points = registry.find(exercise_id).points
    except KeyError as unknown:
        raise BuildError(f"cell {check.id}: {unknown.args[0]}") from unknown
    slug = exercise_id.replace(".", "-")
    solution.metadata["nbgrader"] = _nbgrader(f"ex-{slug}", solution=True)
    check.metadata["nbgrader"] = _nbgrader(f"check-{slug}", grade=True, locked=True, points=points)


def _nbgrader(grade_id: str, **differences: object) -> dict[str, object]:
    """nbgrader's cell metadata, schema 3: a plain cell but for ``differences``."""
    plain = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    return {**plain, "grade_id": grade_id, **differences}


def student_copy(notebook: NotebookNode) -> NotebookNode:
    """The lesson made from a solved notebook: stubs for solutions, no outputs, no counts, the same cell ids."""
    lesson = annotate(notebook)
    for cell in lesson.cells:
        if cell.cell_type == "code":
            cell.source = _stub(cell)
            cell.outputs, cell.execution_count = [], None
    return lesson


def _stub(cell: NotebookNode) -> str:
    """The student's cell: with the stub in place of the solution, if it has one.

    Raises:
        BuildError: where a region is broken, or the cell with its solution or without it is no Python.
    """
    with naming(f"cell {cell.id}"):
        stub = clear_solution(cell.source)
    if stub != cell.source:
        _require_valid(cell.source, f"cell {cell.id}", "mend it and run it")
        _require_valid(stub, f"cell {cell.id} without its solution", "let the region hold whole statements")
    return stub


def _require_valid(source: str, name: str, mend: str) -> None:
    try:
        compile(source, name, "exec")
    except SyntaxError as error:
        raise BuildError(f"{name} is no valid Python ({error.msg}, line {error.lineno}): {mend}.") from None


def expected_files(root: Path) -> dict[Path, str]:
    """Every notebook of solutions/ and lessons/ under ``root`` with the text it must have."""
    files: dict[Path, str] = {}
    for path in sorted((root / "solutions").glob("*.ipynb")):
        with naming(file_name(path)):
            solved = annotate(read(path))
            files[path] = serialise(solved)
            files[root / "lessons" / path.name] = serialise(student_copy(solved))
    return files


def stale(root: Path) -> list[str]:
    """One sentence for each notebook that differs from what ``build`` would write, or should not be there."""
    files = expected_files(root)
    problems = [
        f"{path.relative_to(root)} is not what course build writes: edit solutions/{path.name}, then run course build."
        for path, text in files.items()
        if _differs(path, text)
    ]
    strangers = [path for path in (root / "lessons").glob("*") if path not in files and path.is_file()]
    return problems + [
        f"{path.relative_to(root)} has no solved notebook: delete it or add the solution." for path in sorted(strangers)
    ]


def build(root: Path) -> list[Path]:
    """Write every notebook that is not up to date; returns the paths that were written."""
    written = []
    for path, text in expected_files(root).items():
        if _differs(path, text):
            with naming(file_name(path)):
                write_whole(path, text.encode())
            written.append(path)
    return written


def _differs(path: Path, text: str) -> bool:
    with naming(file_name(path)):
        return not path.exists() or path.read_bytes() != text.encode()
