"""A lesson's page: the solved notebook with its exercises open, hints and answers folded, pictures in files."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from html import escape
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from ..author.build import checked_exercise, clear_solution
from ..author.solved import BEGIN, END
from ..exercises import registry
from ..exercises.contract import Exercise
from ..files import write_whole

_STEPS = (
    "a nudge; it costs you little",
    "the formula; it costs you the finding of it",
    "a skeleton; it costs you most of it",
)
_PICTURE = re.compile(r'<img (.*?)src="data:image/png;base64,([^"]+)">', re.DOTALL)
_DISPLAYED = re.compile(r"\n?([ \t]*)\$\$(.+?)\$\$([.,;]?)[ \t]*\n?", re.DOTALL)
_KERNEL_ONLY = re.compile(r"^\s*(#.*|.*\b(check|hint|score)\(.*)$\n?", re.MULTILINE)


def page(notebook: NotebookNode, pictures: Path) -> NotebookNode:
    """The notebook of a lesson as the site shows it.

    Args:
        notebook: solved and executed.
        pictures: folder for its pictures, which pages find as ``../pictures``.
    """
    made = NotebookNode(notebook)
    made.cells = [shown for number in range(len(notebook.cells)) for shown in _cell(notebook.cells, number, pictures)]
    return made


def _cell(cells: list[NotebookNode], number: int, pictures: Path) -> Iterator[NotebookNode]:
    cell = cells[number]
    if cell.cell_type == "markdown":
        # JupyterLab sets a formula off wherever it stands in a paragraph, MyST only between empty lines.
        yield new_markdown_cell(_DISPLAYED.sub(r"\n\n\1$$\2\3$$\n\n\1", cell.source), id=cell.id)
    elif BEGIN in cell.source:
        exercise = registry.find(next(filter(None, map(checked_exercise, cells[number:]))))
        yield new_code_cell(clear_solution(cell.source), id=cell.id)
        yield new_markdown_cell(_help(exercise, cell.source))
    else:
        outputs = [_output(output, pictures) for output in cell.outputs if not _is_verdict(output)]
        asks_a_kernel = checked_exercise(cell) or cell.source.startswith("score(")
        source = _KERNEL_ONLY.sub("", cell.source).strip() if asks_a_kernel else cell.source
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            yield new_markdown_cell(_folded("The code that draws this", _code(source), "source"))
            yield new_code_cell(source, id=cell.id, outputs=outputs, metadata={"tags": ["remove-input"]})
        elif source or outputs:
            yield new_code_cell(source, id=cell.id, outputs=outputs)


def _is_verdict(output: NotebookNode) -> bool:
    """Whether an output is the card of an answer that was right, or of a score."""
    return str(output.get("data", {}).get("text/plain", "")).startswith(("✓ Exercise", "✓ Lesson"))


def _help(exercise: Exercise, solved: str) -> str:
    """Hints and answer, each behind a click that says what it costs."""
    hints = [
        _folded(f"Hint {step} of 3: {cost}", _code(hint) if step == 3 else escape(hint, quote=False), "hint")
        for step, (cost, hint) in enumerate(zip(_STEPS, exercise.hints, strict=True), 1)
    ]
    answer = "\n".join(line for line in solved.splitlines() if BEGIN not in line and END not in line)
    worth = "1 point" if exercise.points == 1 else f"{exercise.points} points"
    cost = f"The course's answer; it costs you the exercise ({worth}), for nobody can find what they have read"
    check = f'In the notebook, `check("{exercise.id}", {exercise.name})` says what is wrong with yours, and why.'
    return "\n\n".join([check, *hints, _folded(cost, _code(answer), "answer")])


def _folded(summary: str, inside: str, kind: str) -> str:
    return f"<details class='course-{kind}'><summary>{escape(summary, quote=False)}</summary>\n\n{inside}\n\n</details>"


def _code(source: str) -> str:
    return f"```python\n{source}\n```"


def _output(output: NotebookNode, pictures: Path) -> NotebookNode:
    """An output with its pictures in files of their own, which a browser loads when they come into view."""

    def stored(match: re.Match[str]) -> str:
        content = b64decode(match[2])
        name = f"{sha256(content).hexdigest()[:16]}.png"
        write_whole(pictures / name, content)
        return f'<img loading="lazy" {match[1]}src="../pictures/{name}">'

    if "text/html" in output.get("data", {}):
        output = output.copy()
        output.data = NotebookNode({"text/html": _PICTURE.sub(stored, output.data["text/html"])})
    return output
