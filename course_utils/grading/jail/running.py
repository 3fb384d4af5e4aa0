"""Beside the student's code: run a slice, call the exercise's probe, send back what came of it."""

from __future__ import annotations

import ast
import asyncio
import inspect
import linecache
import os
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter  # bound before a student could put another clock in its place
from types import ModuleType
from typing import Any

import numpy as np
import torch

from course_utils.exercises.settings import settled

from .cells import Cell, parsed
from .inputs import unpacked
from .messages import Closing, Job, Kind, Outcome, Plan, Planned, Submission, Wanted
from .slicing import Notebook, Part, Slice
from .suspicious import habits
from .task import Probe

Send = Callable[[Plan | Outcome | Closing], None]
_LONGEST_NOTE = 1000
"""Characters; a submission's own words, which may stand in a note, may be longer."""


def grade(job: Job, submission: Submission, probes: dict[str, Probe], send: Send) -> None:
    """Run the job's exercises one after the other; send one message for each when it is done, and one at the end.

    Args:
        job: what to run.
        submission: the student's cells.
        probes: how to call answers, by exercise.
        send: takes a message; what it cannot carry is replaced by a message that says so.
    """
    notebook = Notebook(_cells(submission.cells), _cells(job.skeleton), job.names)
    slices = [notebook.slice_for(wanted.name, wanted.grade_id, wanted.lean) for wanted in job.exercises]
    send(Plan([_planned(chosen) for chosen in slices]))
    own = os.getpid()
    for wanted, chosen in zip(job.exercises, slices, strict=True):
        start = perf_counter()
        with settled():  # what one cell sets for all that follows must not reach the next exercise
            outcome = _outcome(wanted, probes[wanted.id], chosen)
        if os.getpid() != own:
            os._exit(0)  # a copy that the student's code forked, and forgot
        send(replace(outcome, seconds=perf_counter() - start))
    send(Closing(end=True))


def _cells(raw: Sequence[Sequence[str]]) -> list[Cell]:
    return [parsed(place, *cell) for place, cell in enumerate(raw)]


def _planned(chosen: Slice) -> Planned:
    notes = [*chosen.notes, *habits(chosen)]
    return Planned([note[:_LONGEST_NOTE] for note in notes], chosen.spare)


def _outcome(wanted: Wanted, probe: Probe, chosen: Slice) -> Outcome:
    outcome = partial(Outcome, wanted.id)
    if chosen.home is None:
        return outcome(Kind.MISSING)
    if chosen.home.trouble:
        return outcome(Kind.STOPPED, says=chosen.home.trouble)
    _settle_seeds(wanted.seed)
    inputs = unpacked(wanted.inputs)
    scope, stopped = run(chosen)
    if wanted.name not in scope:
        return outcome(Kind.STOPPED, says=stopped or "the function was not defined")
    answer = scope[wanted.name]
    if not callable(answer):
        return outcome(Kind.NOT_CALLABLE, says=type(answer).__name__)
    try:
        return outcome(Kind.VALUES, probe(answer, inputs), stopped)
    except BaseException as error:
        return outcome(Kind.STOPPED, says=_told(error))


def _settle_seeds(seed: int) -> None:
    """The same random numbers for the same student and exercise, whatever ran before."""
    torch.manual_seed(seed)
    random.seed(seed)
    np.random.seed(seed % 2**32)


def run(chosen: Slice) -> tuple[dict[str, Any], str]:
    """Run a slice; returns the names that it leaves, and what stopped the home cell (empty if nothing did)."""
    main = ModuleType("__main__")  # a fresh one: one exercise must not find what another one left
    sys.modules["__main__"] = main
    scope = main.__dict__
    scope.update(get_ipython=_Shell, display=_show_nothing)
    stopped = ""
    for part in chosen.parts:
        trouble = _run_part(part, scope)
        if part.cell is chosen.home:
            stopped = trouble
    return scope, stopped


class _Shell:
    """In place of IPython's shell, for cells that ask for it: whatever is called does nothing."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_, **__: None


def _show_nothing(*_: Any, **__: Any) -> None:
    """In place of IPython's ``display``, which a notebook has without importing it."""


def _run_part(part: Part, scope: dict[str, Any]) -> str:
    filename = part.cell.filename
    linecache.cache[filename] = (len(part.cell.source), None, part.cell.source.splitlines(keepends=True), filename)
    try:
        for statement in part.statements:
            code = compile(ast.Module([statement], []), filename, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            result = eval(code, scope)
            if inspect.iscoroutine(result):  # notebooks await outside of functions
                asyncio.run(result)
    except BaseException as error:
        return _told(error)
    return ""


def _told(error: BaseException) -> str:
    try:
        lines = str(error).strip().splitlines()
    except BaseException:
        lines = []
    return type(error).__name__ + (f": {lines[0][:300]}" if lines else "")
