"""``docs/MISCONCEPTIONS.md``: every wrong answer that an exercise knows by name, what it gives, and its usual cause.

Nobody writes that list: the checks are read, and run once on the course's own answers, with a judge who keeps what
could have been found.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..exercises import judging, registry
from ..exercises.contract import Exercise
from ..exercises.judging import Judge, shown

_HEAD = """# Misconceptions

`course tables` makes this page; do not edit it. It lists the wrong answers that the exercises of the course know by
name: {count} slips in {exercises} exercises. Where a slip has a number of its own, the page shows it beside the
right one, on the inputs of the notebook: of arrays, the first three entries that differ. Checks are tried on
catalogued wrong answers, those of exercise 2.4 by `pytest tests -k "2.4"`.
"""
_CALLED = {"that": (1, 3), "finding": (0, 2), "Finding": (0, 2)}
"""By what a verdict calls: which argument is the code, and which the cause."""


@dataclass
class Slip:
    """A wrong answer with a name: its code, its usual cause, what it gives and what would be right."""

    code: str
    cause: str
    gives: str = ""
    right: str = ""


def named(source: str) -> Iterator[tuple[str, str]]:
    """(code, cause) of each suspect, (code, value, cause), and of each finding that a check's source names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Tuple) and len(node.elts) == 3 and _is_cause(node.elts[2]):
            yield from ((code, _sentence(node.elts[2])) for code in _words(node.elts[0]))
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            code_at, cause_at = _CALLED.get(called, (len(node.args), 0))
            if len(node.args) > code_at:
                cause = _sentence(node.args[cause_at]) if len(node.args) > cause_at else ""
                yield from ((code, cause) for code in _words(node.args[code_at]))


def _is_cause(node: ast.expr) -> bool:
    """Whether a sentence stands there, not words for a case."""
    return bool(re.search(r" .*[.?]|[.?].* ", _sentence(node)))


def _sentence(node: ast.expr) -> str:
    """The words that stand in an expression, with an ellipsis for what is put in when it runs."""
    match node:
        case ast.Constant(value=str(words)):
            return words
        case ast.JoinedStr():
            return "".join(map(_sentence, node.values))
        case ast.FormattedValue():
            return "..."
        case ast.IfExp():
            return _sentence(node.body) or _sentence(node.orelse)
        case ast.BinOp():
            return _sentence(node.left) + _sentence(node.right)
    return ""


def _words(node: ast.expr) -> Iterator[str]:
    """A code that stands there as it is, or one of two."""
    if isinstance(node, ast.IfExp):
        yield from (*_words(node.body), *_words(node.orelse))
    elif isinstance(node, ast.Constant) and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", str(node.value)):
        yield str(node.value)


class _Listener(Judge):
    """A judge of the course's own answer, who keeps all that could have been found."""

    def __init__(self, name: str, values: dict[str, Any]) -> None:
        super().__init__(name, values)
        self.slips: dict[str, Slip] = {}

    def close(self, label: str, expected: ArrayLike, **options: Any) -> Any:
        """Keep the suspects, the first number of each."""
        options["suspects"] = list(options.get("suspects", ()))
        for code, value, cause in options["suspects"]:
            if code not in self.slips or not self.slips[code].gives:
                self.slips[code] = Slip(code, cause, *_where_they_differ(value, expected))
        return super().close(label, expected, **options)

    def that(self, holds: bool, code: str, says: str, cause: str = "") -> None:
        """Keep the code and its cause."""
        self.slips.setdefault(code, Slip(code, cause))
        super().that(holds, code, says, cause)


def _where_they_differ(value: ArrayLike, expected: ArrayLike) -> tuple[str, str]:
    """A wrong value and the right one as cards show them, or what is different in them; empty where nothing is."""
    right, wrong = np.broadcast_arrays(np.asarray(expected, dtype=float), np.asarray(value, dtype=float))
    differ = ~np.isclose(wrong, right, equal_nan=True)
    if not differ.any():
        return "", ""
    return (shown(wrong), shown(right)) if differ.all() else (shown(wrong[differ]), shown(right[differ]))


def slips(exercise: Exercise) -> list[Slip]:
    """The slips with a usual cause that the check of an exercise knows, in the order in which it looks for them."""
    lesson, number = exercise.id.split(".")
    module = importlib.import_module(f"{registry.__package__}.lesson_{exercise.lesson}.ex_{lesson}_{number}")
    inputs = exercise.inputs(exercise.public_generator())
    listener = _Listener(exercise.name, exercise.probe(exercise.reference, inputs))
    module.verdict(listener, inputs)
    found = listener.slips
    for code, cause in named(inspect.getsource(module)):
        found.setdefault(code, Slip(code, cause))
    return [slip for slip in found.values() if slip.cause]


def page() -> str:
    """The page in Markdown."""
    exercises = [exercise for lesson in registry.lessons() for exercise in registry.of_lesson(lesson)]
    known = {exercise: slips(exercise) for exercise in exercises}
    lines = [_HEAD.format(count=sum(map(len, known.values())), exercises=len(known)), "## In every exercise", ""]
    everywhere = {code: Slip(code, cause) for code, cause in named(inspect.getsource(judging)) if cause}
    lines += _table(list(everywhere.values()))
    for exercise, found in known.items():
        lines += ["", f"## {exercise.id} {exercise.title}: `{exercise.name}`", "", *_table(found)]
    return "\n".join(lines) + "\n"


def _table(found: list[Slip]) -> list[str]:
    rows = [f"| {slip.code.replace('-', ' ')} | {slip.gives} | {slip.right} | {_cell(slip.cause)} |" for slip in found]
    return ["| the slip | gives | in place of | usual cause |", "|---" * 4 + "|", *rows]


def _cell(sentence: str) -> str:
    """A sentence as it may stand in a table of Markdown."""
    return sentence.replace("|", r"\|").replace("*", r"\*").replace("_", r"\_")
