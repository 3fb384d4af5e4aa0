"""Beside the student's code: run a slice, call the exercise's probe, send back what came of it."""

from __future__ import annotations

import ast
import asyncio
import inspect
import linecache
import os
import random
import sys
from collections.abc import Callable
from time import perf_counter  # bound before a student could put another clock in its place
from types import ModuleType
from typing import Any

import numpy as np
import torch

from .cells import Cell, parsed
from .slicing import Notebook, Part, Slice
from .suspicious import habits
from .task import Probe, Task

Send = Callable[[dict[str, Any]], None]


def grade(job: dict[str, Any], probes: dict[str, Probe], send: Send) -> None:
    """Run the job's exercises one after the other; send one message for each when it is done, and one at the end.

    Args:
        job: ``cells`` and ``skeleton`` ([kind, source, grade id] each), ``tasks``, and ``names`` of all functions that
            the lesson asks for.
        probes: how to call answers, by exercise.
        send: takes a message; what it cannot carry is replaced by a message that says so.
    """
    tasks = [Task.from_plain(sent) for sent in job["tasks"]]
    notebook = Notebook(_cells(job["cells"]), _cells(job["skeleton"]), job["names"])
    slices = [notebook.slice_for(task.name, task.grade_id, task.lean) for task in tasks]
    send({"plan": [_described(part) for part in slices]})
    own = os.getpid()
    for task, chosen in zip(tasks, slices, strict=True):
        start = perf_counter()
        message = {"exercise": task.id, **_outcome(task, probes[task.id], chosen)}
        if os.getpid() != own:
            os._exit(0)  # a copy that the student's code forked, and forgot
        send({**message, "seconds": perf_counter() - start})
    send({"end": True})


def _cells(raw: list[list[str]]) -> list[Cell]:
    return [parsed(place, *cell) for place, cell in enumerate(raw)]


def _described(chosen: Slice) -> dict[str, Any]:
    """What is known of a slice before anything of the student's has run."""
    return {"notes": list(chosen.notes) + habits(chosen), "spare": chosen.spare}


def _outcome(task: Task, probe: Probe, chosen: Slice) -> dict[str, Any]:
    """What happened, as ``kind``: ``missing``, ``stopped``, ``not-callable``, or ``values``."""
    if chosen.home is None:
        return {"kind": "missing"}
    if chosen.home.trouble:
        return {"kind": "stopped", "says": chosen.home.trouble}
    _settle_seeds(task.seed)
    scope, stopped = run(chosen)
    if task.name not in scope:
        return {"kind": "stopped", "says": stopped or "the function was not defined"}
    answer = scope[task.name]
    if not callable(answer):
        return {"kind": "not-callable", "type": type(answer).__name__}
    try:
        return {"kind": "values", "values": probe(answer, task.inputs), "stopped": stopped}
    except BaseException as error:
        return {"kind": "stopped", "says": _told(error)}


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
