"""The ward: patients, and how a test of theirs is judged by the implementations that it accepts and refuses.

A patient is a small function with a bug that somebody really made. A student's test is given implementations of it one
by one: right ones, some of them written as nobody would expect; the bug; and further mutants that the lesson does not
show. Either the right ones or the bug are there more often than all else together, which of the two is drawn: so a vote
among them tells nothing.

In the grader the implementations run beside the student's code, which can look into whatever is there. So they come as
text in which every name and number is a place in one drawn list, the same for right and wrong ones; with drawn names
and lines that do nothing, a function is written in another way each time. What is right is known on this side alone,
where a text is recognised by what is left when all that was drawn is taken off.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch

from ..contract import Inputs
from ..drawing import integer
from ..judging import Judge

Function = Callable[..., Any]

ROUNDS = 2
"""How often each implementation is shown at least."""
_USUAL = "Which input would give another value there than a right implementation? Try that one."
_NOTHING = re.compile(r"\s*v\d+ = w\[\d+\]")
_GOES_ON = re.compile(r"\s*(else|elif|except|finally)\b")


@dataclass(frozen=True)
class Patient:
    """A function of the ward.

    A function's docstring says of a right one how it is written, of a wrong one what it does.

    Attributes:
        name: by which the student's answer is asked for it.
        right: implementations that must be accepted.
        bug: the one that the lesson shows.
        mutants: those that it does not.
        room: what a test must allow for, for the card of a test that is too strict.
    """

    name: str
    right: tuple[Function, ...]
    bug: Function
    mutants: tuple[Function, ...]
    room: str

    @property
    def code(self) -> str:
        """The name as part of a finding's code."""
        return self.name.replace(" ", "-")


def draw(patients: tuple[Patient, ...], generator: torch.Generator) -> Inputs:
    """Implementations of all patients, patient by patient, in a drawn order: (name, sealed text), and the words."""
    shown = [(patient.name, function) for patient in patients for function in _shown(patient, generator)]
    words = _shuffled(_words(patients), generator)
    places = {_key(word): place for place, word in enumerate(words)}
    return {"words": words, "sealed": [(name, _sealed(function, places, generator)) for name, function in shown]}


def judge_answers(judge: Judge, inputs: Inputs, patients: tuple[Patient, ...], keeps: int) -> None:
    """Findings: a right implementation refused, else a named bug accepted, else another mutant, which keeps points."""
    known = {_bare(*_template(function)): function for patient in patients for function in _all(patient)}
    which = [known[_bare(text, inputs["words"])] for _, text in inputs["sealed"]]
    for patient in patients:
        for function in patient.right:
            _judge_right(judge, patient, function, _labels(which, function))
    for patient in patients:
        _judge_wrong(judge, patient, patient.bug, _labels(which, patient.bug), "bug", 0)
    for patient in patients:
        for function in patient.mutants:
            _judge_wrong(judge, patient, function, _labels(which, function), "mutant", keeps)


def _judge_right(judge: Judge, patient: Patient, function: Function, labels: list[str]) -> None:
    for label in labels:
        value = judge.values[label]
        told = value.get("message", "") if isinstance(value, dict) else ""
        if not (isinstance(value, dict) and value.get("raised") == "AssertionError") and value is not None:
            judge.array(label, (), "One answer, True or False, for the implementation as a whole: .all() joins many.")
        judge.that(
            judge.findings != [] or _accepts(value),
            f"{patient.code}-too-strict",
            f"{judge.name} refused a right implementation of “{patient.name}”: {_story(function)}"
            + (f" It said: {told}." if told else ""),
            patient.room,
        )


def _judge_wrong(judge: Judge, patient: Patient, function: Function, labels: list[str], kind: str, keeps: int) -> None:
    accepted = [judge.values[label] for label in labels if _accepts(judge.values[label])]
    if judge.findings or not accepted:
        return
    which, cause = "the bug" if kind == "bug" else "a bug that is not shown", _USUAL
    often = "" if len(accepted) == len(labels) else f" in {len(accepted)} of {len(labels)} calls"
    if accepted[0] is None:
        cause = "It returned None, which does not refuse: is a return missing?"
    elif often:
        cause = "In the others it refused it: chance decides. Leave it none, by a seed of your own, or by more draws."
    judge.finding(
        f"{patient.code}-{kind}",
        f"{judge.name} accepted {which} of “{patient.name}”{often}: {_story(function)}",
        cause,
        keeps,
    )


def _accepts(value: Any) -> bool:
    """Whether a test let an implementation through: it raised nothing, and said nothing that is False."""
    if isinstance(value, dict):
        return "type" in value
    return value is None or isinstance(value, str) or bool(np.all(value))


def _story(function: Function) -> str:
    """What a docstring says."""
    return " ".join((inspect.getdoc(function) or "").split())


def _all(patient: Patient) -> tuple[Function, ...]:
    return (*patient.right, patient.bug, *patient.mutants)


def _shown(patient: Patient, generator: torch.Generator) -> list[Function]:
    """All functions some times, and those of the drawn side so often that they outnumber all others."""
    bugs = [patient.bug] * len(patient.right)
    several = [*patient.right, *bugs, *patient.mutants] * ROUNDS
    side = list(patient.right) if integer(generator, 0, 1) else bugs
    return _shuffled(several + side * (1 + len(several) // len(side) - ROUNDS), generator)


def _labels(which: list[Function], function: Function) -> list[str]:
    return [str(label) for label, one in enumerate(which) if one is function]


def _shuffled(items: list[Any], generator: torch.Generator) -> list[Any]:
    return [items[i] for i in torch.randperm(len(items), generator=generator).tolist()]


# Sealing --------------------------------------------------------------------------------------------------------------
def _key(word: Any) -> tuple[str, Any]:
    """Tells 1 from 1.0 and from True."""
    return type(word).__name__, word


@cache
def _words(patients: tuple[Patient, ...]) -> list[Any]:
    """All that functions of these patients name, each once."""
    words = [word for patient in patients for function in _all(patient) for word in _template(function)[1]]
    return list({_key(word): word for word in words}.values())


class _Template(ast.NodeTransformer):
    """Puts numbered places, ``w[3]``, where names, numbers, attributes and keywords stand; locals become ``v0``, ..."""

    def __init__(self, function: ast.FunctionDef) -> None:
        self.words: list[Any] = []
        self.arguments = {argument.arg for argument in function.args.args}
        inner = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)} - self.arguments
        stored = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        self.locals = {name: f"v{i}" for i, name in enumerate(sorted((stored | inner) - self.arguments))}

    def word(self, value: Any) -> ast.expr:
        self.words.append(value)
        return ast.Subscript(ast.Name("w", ast.Load()), ast.Constant(len(self.words) - 1), ast.Load())

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return self.word(node.value)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.arguments:
            return node
        if node.id in self.locals:
            return ast.Name(self.locals[node.id], node.ctx)
        return ast.Subscript(ast.Name("known", ast.Load()), self.word(node.id), ast.Load())

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self.locals.get(node.arg, node.arg))

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        got = ast.Subscript(ast.Name("known", ast.Load()), self.word("getattr"), ast.Load())
        return ast.Call(got, [self.visit(node.value), self.word(node.attr)], [])

    def visit_keyword(self, node: ast.keyword) -> ast.keyword:
        if node.arg is None:
            return ast.keyword(None, self.visit(node.value))
        return ast.keyword(None, ast.Dict([self.word(node.arg)], [self.visit(node.value)]))


@cache
def _template(function: Function) -> tuple[str, list[Any]]:
    """A function's text with a numbered place for all that it names, and what belongs there."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(definition, ast.FunctionDef)
    definition.name, definition.body = "implementation", definition.body[1:]  # without its docstring
    made = _Template(definition)
    text = ast.unparse(ast.fix_missing_locations(made.visit(definition)))
    return text, made.words


def _sealed(function: Function, places: dict[tuple[str, Any], int], generator: torch.Generator) -> str:
    """A function's text with places in the drawn words, drawn names, and lines that do nothing."""
    text, words = _template(function)
    names = torch.randperm(1000, generator=generator).tolist()
    renamed = re.sub(r"\bv(\d+)\b", lambda found: f"v{names[int(found[1])]}", text)
    placed = re.sub(r"\bw\[(\d+)\]", lambda found: f"w[{places[_key(words[int(found[1])])]}]", renamed)
    head, *lines = placed.splitlines()
    spare, made = iter(names[100:]), [head]
    for line in lines:
        indent = line[: len(line) - len(line.lstrip())]
        idle = 0 if _GOES_ON.match(line) else integer(generator, 1, 3)
        made += [f"{indent}v{next(spare)} = w[{integer(generator, 0, len(places) - 1)}]" for _ in range(idle)]
        made.append(line)
    return "\n".join(made)


def _bare(text: str, words: list[Any]) -> str:
    """What is left of a text when all that was drawn is taken off: the same for each sealing of a function."""
    lines = "\n".join(line for line in text.splitlines() if not _NOTHING.fullmatch(line))
    names: dict[str, str] = {}
    renamed = re.sub(r"\bv\d+\b", lambda found: names.setdefault(found[0], f"v{len(names)}"), lines)
    return re.sub(r"\bw\[(\d+)\]", lambda found: repr(words[int(found[1])]), renamed)
