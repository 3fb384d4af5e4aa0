"""Running a slice as a notebook's kernel would: statement by statement, in a module called ``__main__``."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import linecache
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import perf_counter  # bound before a student could put another clock in its place
from types import ModuleType
from typing import Any

from course_utils import exercises
from course_utils.exercises import session

from .names import bound, is_definition
from .slicing import Part, Slice

_SHARE = 0.2
"""Of an exercise's time, what one statement may take in a run from top to bottom; half of it, what all may."""


class TooLong(BaseException):
    """A statement took longer than it may where it could be left out."""


@dataclass
class Ran:
    """What came of running a slice.

    Attributes:
        answers: what the exercise was given, or what its function's name stands for; the last one counts.
        stopped: what stopped the home cell; empty if nothing did.
        mended: whether the function came only after what stopped its cell was left out.
        troubles: names that statements were to bind, and what stopped these statements.
    """

    answers: list[Any] = field(default_factory=list)
    stopped: str = ""
    mended: bool = False
    troubles: list[tuple[frozenset[str], str]] = field(default_factory=list)


def run(chosen: Slice, exercise: str, name: str, seconds: float) -> Ran:
    """Run a slice; where its home cell stops before it has the function, run it again without what stops.

    Args:
        chosen: the slice.
        exercise: its id.
        name: of its function.
        seconds: for all of it.
    """
    ran = _once(chosen, exercise, name, seconds, on=chosen.top_down)
    if ran.answers or chosen.top_down or not ran.stopped or "memory" in ran.stopped.lower():
        return ran
    again = _once(chosen, exercise, name, seconds, on=True)
    again.mended, again.stopped = bool(again.answers), ran.stopped
    return again


def _once(chosen: Slice, exercise: str, name: str, seconds: float, on: bool) -> Ran:
    """Run a slice once.

    Args:
        chosen: the slice.
        exercise: its id.
        name: of its function.
        seconds: for all of it.
        on: whether to go on in its home cell after a statement that fails or takes long.
    """
    main = ModuleType("__main__")
    sys.modules["__main__"] = main
    given: list[Any] = []
    scope, ran = main.__dict__, Ran()
    scope.update(get_ipython=_Shell, display=_show_nothing)

    def check(exercise_id: str, answer: Any) -> Any:
        """In place of the course's: the student's function stays what it is."""
        if exercise_id == exercise:
            given.append(answer)
        return answer

    exercises.check = session.check = check
    until = perf_counter() + seconds / 2
    for part in chosen.parts:
        go_on = on or part.cell is not chosen.home
        for statement in part.statements:
            limit = min(seconds * _SHARE, until - perf_counter()) if chosen.top_down else 0.0
            trouble = _run_statement(statement, part, scope, limit)
            if trouble:
                ran.troubles.append((bound(statement), trouble))
                if part.cell is chosen.home:
                    ran.stopped = ran.stopped or trouble
                if not go_on:
                    break
    attempted = [answer for answer in given if not _is_stub(answer)]
    ran.answers = attempted if chosen.checked and attempted else [scope[name]] if name in scope else []
    return ran


def _run_statement(statement: ast.stmt, part: Part, scope: dict[str, Any], limit: float) -> str:
    """Run a statement; returns what stopped it, empty if nothing did.

    Args:
        statement: to be run.
        part: that it belongs to.
        scope: of the notebook.
        limit: seconds that it may take, 0 for no limit; below that, time is up, and only definitions run.
    """
    filename = part.cell.filename
    linecache.cache[filename] = (len(part.cell.source), None, part.cell.source.splitlines(keepends=True), filename)
    limit = 0.0 if is_definition(statement) else limit
    try:
        with _limited(limit):
            code = compile(ast.Module([statement], []), filename, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            result = eval(code, scope)
            if inspect.iscoroutine(result):  # notebooks await outside of functions
                asyncio.run(result)
    except BaseException as error:
        return told(error)
    return ""


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    if seconds == 0:
        yield
        return
    if seconds < 0:
        raise TooLong("no time was left for it")
    signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _too_long(*_: Any) -> None:
    raise TooLong("it took too long to be run here")


def _is_stub(answer: Any) -> bool:
    """Whether a function is the lesson's own, still to be written."""
    return getattr(getattr(answer, "__code__", None), "co_names", ()) == ("NotImplementedError",)


class _Shell:
    """In place of IPython's shell, for cells that ask for it: whatever is called does nothing."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_, **__: None


def _show_nothing(*_: Any, **__: Any) -> None:
    """In place of IPython's ``display``, which a notebook has without importing it."""


def told(error: BaseException) -> str:
    """The kind of an exception and the first line of what it says."""
    try:
        lines = str(error).strip().splitlines()
    except BaseException:
        lines = []
    return type(error).__name__ + (f": {lines[0][:300]}" if lines else "")
