"""Beside the student's code: run a slice, call the exercise's probe, send back what came of it."""

from __future__ import annotations

import ast
import linecache
import random
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import torch

from .cells import Cell, parsed
from .slicing import Notebook, Part, Slice
from .suspicious import habits
from .task import Task

Send = Callable[[dict[str, Any]], None]


def grade(job: dict[str, Any], tasks: dict[str, Task], send: Send) -> None:
    """Run the job's exercises one after the other; send one message for each when it is done, and one at the end.

    Args:
        job: ``cells`` and ``skeleton`` ([kind, source, grade id] each) and ``exercises`` ([id, seed] each).
        tasks: what to probe, by id.
        send: takes a message; what it cannot carry is replaced by a message that says so.
    """
    wanted = [(tasks[exercise_id], seed) for exercise_id, seed in job["exercises"]]
    notebook = Notebook(_cells(job["cells"]), _cells(job["skeleton"]), [task.name for task in tasks.values()])
    slices = [notebook.slice_for(task.name, task.grade_id) for task, _ in wanted]
    send({"plan": [_described(part) for part in slices]})
    for (task, seed), chosen in zip(wanted, slices, strict=True):
        start = time.perf_counter()
        message = {"exercise": task.id, **_outcome(task, seed, chosen)}
        send({**message, "seconds": time.perf_counter() - start})
    send({"end": True})


def _cells(raw: list[list[str]]) -> list[Cell]:
    return [parsed(place, *cell) for place, cell in enumerate(raw)]


def _described(chosen: Slice) -> dict[str, Any]:
    """What is known of a slice before anything of the student's has run."""
    return {"cell": chosen.home.place + 1 if chosen.home else 0, "notes": list(chosen.notes) + habits(chosen)}


def _outcome(task: Task, seed: int, chosen: Slice) -> dict[str, Any]:
    """What happened: ``missing``, ``stopped``, ``not-callable``, ``escaped``, or ``values``."""
    if chosen.home is None:
        return {"kind": "missing"}
    if chosen.home.trouble:
        return {"kind": "stopped", "says": chosen.home.trouble}
    _settle_seeds(seed)
    inputs = task.inputs(torch.Generator().manual_seed(seed))
    scope, stopped = run(chosen)
    if task.name not in scope:
        return {"kind": "stopped", "says": stopped or "the function was not defined"}
    answer = scope[task.name]
    if not callable(answer):
        return {"kind": "not-callable", "type": type(answer).__name__}
    try:
        return {"kind": "values", "values": task.probe(answer, inputs), "stopped": stopped}
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
    scope["get_ipython"] = _Shell
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


def _run_part(part: Part, scope: dict[str, Any]) -> str:
    filename = part.cell.filename
    linecache.cache[filename] = (len(part.cell.source), None, part.cell.source.splitlines(keepends=True), filename)
    try:
        for statement in part.statements:
            exec(compile(ast.Module([statement], []), filename, "exec"), scope)
    except BaseException as error:
        return _told(error)
    return ""


def _told(error: BaseException) -> str:
    try:
        lines = str(error).strip().splitlines()
    except BaseException:
        lines = []
    return type(error).__name__ + (f": {lines[0][:300]}" if lines else "")
