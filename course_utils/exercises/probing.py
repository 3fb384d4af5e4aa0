"""Running a student's function and keeping nothing but plain values of what it did.

Plain means: numbers, strings, ``None``, numpy arrays, and dicts of these. They can cross a process
boundary without pickle and cannot carry behaviour.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import io
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from . import raising
from .contract import Inputs, Values
from .settings import same_numbers, settled

NOT_ATTEMPTED = "not-attempted"
"""Raised by the cell's own stub."""
STUB_LEFT = "stub-left"
"""Raised by the stub's line, which still stands among the student's own."""
NO_GRADIENT = {"type": "no-gradient"}
"""In place of a derivative, where what came back has none by any argument."""
NO_GRADIENT_TO = "no-gradient to "
"""Begins the type of what stands in place of a derivative by one argument, where only that one gets none."""
STOPPED = "probe"
"""Label of what the probe itself stumbled over, with what had come back."""

_MOST_ENTRIES = 10_000_000


def plain(value: Any) -> Any:
    """The value as plain data: tensors become arrays; what is not data becomes ``{"type": name}``."""
    try:
        data = _data(value)
    except Exception:  # whatever an odd object does when it is looked at
        data = None
    return {"type": type(value).__name__} if data is None and value is not None else data


def _data(value: Any) -> Any:
    """The value as plain data, or ``None`` where it is not data."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()  # half a character cannot be shown
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**63 else float("inf") if value > 0 else float("-inf")
    if isinstance(value, float):
        return float(value)
    if isinstance(value, Tensor):
        return _array(value)
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biufc":
        return np.array(value)
    if isinstance(value, list | tuple) and value:
        items = [plain(item) for item in value]
        if all(isinstance(item, int | float | np.ndarray) and np.shape(item) == np.shape(items[0]) for item in items):
            return np.array(items)
    return None


def _array(tensor: Tensor) -> Any:
    """A tensor's entries; where numpy has no such, what kind of tensor it is."""
    if tensor.is_meta or tensor.is_quantized or tensor.is_nested or tensor.layout is not torch.strided:
        kind = "meta" if tensor.is_meta else "quantised" if tensor.is_quantized else "sparse or nested"
        return {"type": f"{kind} tensor"}
    if tensor.numel() > _MOST_ENTRIES:
        return {"type": f"tensor of {tensor.numel()} entries"}
    tensor = tensor.detach().cpu().resolve_conj().resolve_neg()
    return (tensor.float() if tensor.dtype is torch.bfloat16 else tensor).numpy().copy()


def _fresh(arg: Any) -> Any:
    """An argument that an answer may spoil: tensors, lists and dicts are copied, all else is what it was."""
    if isinstance(arg, Tensor):
        return arg.clone()
    if type(arg) is dict:
        return {key: _fresh(item) for key, item in arg.items()}
    return type(arg)(map(_fresh, arg)) if type(arg) in (list, tuple) else arg


def _same(a: Any, b: Any, tolerance: float = 0.0) -> bool:
    """Whether two arguments, or two plain values, are the same, to within a relative tolerance."""
    if type(a) is type(b) is Tensor and a.dtype == b.dtype and torch.equal(a, b):
        return True  # the most frequent case, found at a tenth of the price
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(_same(x, y, tolerance) for x, y in zip(a, b, strict=True))
    first, second = plain(a), plain(b)
    if isinstance(first, np.ndarray | int | float) and isinstance(second, np.ndarray | int | float):
        alike = functools.partial(np.allclose, rtol=tolerance, atol=tolerance / 100, equal_nan=True)
        return np.shape(first) == np.shape(second) and alike(first, second)
    return bool(type(first) is type(second) and first == second)


def _is_data(arg: Any) -> bool:
    """Whether an argument is made of numbers, strings and tensors alone: a second call can be given the same."""
    if isinstance(arg, list | tuple):
        return all(map(_is_data, arg))
    return arg is None or isinstance(arg, bool | int | float | str | Tensor)


class _Watched:
    """The answer, which tells its own exceptions from those of the check."""

    def __init__(self, answer: Callable[..., Any]) -> None:
        self.answer = answer
        self.raised: BaseException | None = None
        self.values: Values = {}
        self.once_more: Callable[[], None] | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the answer."""
        try:
            return self.answer(*args, **kwargs)
        except BaseException as error:
            self.raised = error
            raise

    def exception(self, error: BaseException, to: str) -> dict[str, str]:
        """An exception as a value: whose it is, its kind, what it says."""
        own, self.raised = error is self.raised or raising.is_answers(error), None
        if raising.is_stub(error):
            kind = NOT_ATTEMPTED if raising.is_untouched(error) else STUB_LEFT
            return {"raised": kind, "message": raising.place(error)}
        told = {"raised": type(error).__name__, "message": raising.words(error)}
        return told if own else {**told, "to": to}

    def argument(self, number: int) -> str:
        """What the answer calls one of its arguments."""
        try:
            return list(inspect.signature(self.answer).parameters.values())[number].name
        except (TypeError, ValueError, IndexError):
            return f"argument {number + 1}"


def supervised(probe: Callable[[Callable[..., Any], Inputs], Values]) -> Callable[[Callable[..., Any], Inputs], Values]:
    """A probe as it is run, in the notebook and by the grader: under the course's settings, and to an end.

    What it stumbles over itself stands under ``STOPPED``. Its first call on plain data is made once more at the end;
    ``label + ":again"`` says what came back where that was something else.
    """

    @functools.wraps(probe)
    def run(answer: Callable[..., Any], inputs: Inputs) -> Values:
        watched = _Watched(answer)
        with settled(), same_numbers() as from_the_start:
            try:
                values = probe(watched, inputs)
            except BaseException as error:
                return {**watched.values, STOPPED: watched.exception(error, "use")}
            if watched.once_more is not None:
                from_the_start()
                watched.once_more()
        return values

    return run


class Probe:
    """Calls one function several times and collects what came back, by label.

    Every call gets fresh copies of its tensors. An exception is a value too: ``{"raised": ..., "message": ...}``, and
    with what the check wanted to do under ``"to"`` where it was not the answer's.
    """

    def __init__(self, answer: Callable[..., Any]) -> None:
        self._answer = answer if isinstance(answer, _Watched) else _Watched(answer)
        self.values: Values = {}
        self._answer.values = self.values

    def call(self, label: str, *args: Any) -> Any:
        """Call the answer on copies of ``args`` and keep the plain result under ``label``.

        Returns the raw result (``None`` after an exception), for probes that go on with it.
        Arguments that the answer changed in place are noted under ``label + ":changed"``.
        """
        copies = [_fresh(arg) for arg in args]
        result = self.collect(label, lambda: self._answer(*copies))
        changed = [i for i, (a, b) in enumerate(zip(args, copies, strict=True)) if _is_data(a) and not _same(a, b)]
        if changed:
            self.values[f"{label}:changed"] = changed[0]
        elif self._answer.once_more is None and all(map(_is_data, args)):
            first = self.values[label]
            self._answer.once_more = lambda: self._repeat(f"{label}:again", args, first)
        return result

    def _repeat(self, label: str, args: tuple[Any, ...], first: Any) -> None:
        """Make a call once more; keep what comes back where it is not what came back first."""
        copies = [_fresh(arg) for arg in args]
        self.collect(label, lambda: self._answer(*copies))
        if _same(first, self.values[label], 1e-4):
            del self.values[label]

    def split(self, label: str, parts: tuple[str, ...], found: Any) -> None:
        """Keep each of several things that came back together, under ``f"{label} {part}"``, where they are as many."""
        if is_several(found, len(parts)):
            for part, value in zip(parts, found, strict=True):
                self.collect(f"{label} {part}", lambda value=value: value)

    def gradient(self, label: str, *args: Any, wrt: int = 0) -> None:
        """Keep the gradient of the answer's summed output with respect to argument number ``wrt``.

        Where there is none, the value says whether there is none at all (``NO_GRADIENT``) or none by that argument
        (a type that begins with ``NO_GRADIENT_TO``), and the judge says so.
        """
        copies = [_fresh(arg) for arg in args]
        copies[wrt].requires_grad_(True)
        out = self.collect(label, lambda: self._answer(*copies))
        if isinstance(out, Tensor) and out.requires_grad:
            self.collect(
                label, lambda: torch.autograd.grad(out.sum(), copies[wrt], allow_unused=True)[0], to="differentiate"
            )
            if self.values[label] is None:
                self.values[label] = {"type": NO_GRADIENT_TO + self._answer.argument(wrt)}
        elif isinstance(out, list | tuple):
            self.values[label] = {"type": type(out).__name__}
        elif isinstance(self.values[label], int | float | np.ndarray):
            self.values[label] = self._missing(args, wrt)

    def _missing(self, args: tuple[Any, ...], wrt: int) -> dict[str, str]:
        """What stands in place of a derivative: whether others than that by argument number ``wrt`` are there."""
        copies = [_fresh(arg) for arg in args]
        for i, copy in enumerate(copies):
            if i != wrt and isinstance(copy, Tensor) and copy.is_floating_point():
                copy.requires_grad_(True)
        out = Probe(self._answer.answer).collect("out", lambda: self._answer(*copies))
        others = isinstance(out, Tensor) and out.requires_grad
        return {"type": NO_GRADIENT_TO + self._answer.argument(wrt)} if others else NO_GRADIENT

    # The thunk is called without arguments; mypy takes no lambda with defaults for a Callable[[], Any].
    def collect(self, label: str, thunk: Callable[..., Any], to: str = "use") -> Any:
        """Run ``thunk`` quietly under the course's settings, keep its plain value or its exception.

        Settings that it leaves changed are put back, and noted under ``label + ":left"``. Torch's random numbers go
        on afterwards as if it had drawn none; numpy's and Python's are put back when the probe has ended.

        Args:
            label: which value.
            thunk: calls the answer, or does something with what came back.
            to: what the check does with what came back, a verb for the card: "The check could not use ...".
        """
        result = None
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            settled() as changed,
        ):
            warnings.simplefilter("ignore")
            try:
                result = thunk()
                self.values[label] = plain(result)
            except BaseException as error:
                self.values[label] = self._answer.exception(error, to)
        if changed:
            self.values[f"{label}:left"] = changed[0]
        return result


def is_several(found: Any, count: int) -> bool:
    """Whether an answer returned so many things: a list, a tuple, or a tensor or array with an axis of that length."""
    if isinstance(found, Tensor | np.ndarray):
        return found.ndim > 0 and len(found) == count
    return isinstance(found, list | tuple) and len(found) == count


def not_attempted(values: Values) -> bool:
    """Whether the very first call ended at the untouched stub."""
    first = next(iter(values.values()), None)
    return isinstance(first, dict) and first.get("raised") == NOT_ATTEMPTED


def each(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """The whole probe of many exercises: call the answer on each of the inputs, a tuple's items one by one."""
    probe = Probe(answer)
    for label, given in inputs.items():
        probe.call(label, *(given if isinstance(given, tuple | list) else (given,)))
    return probe.values


def each_as_tensor(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """As :func:`each`, where a tensor is asked for and the lesson goes on with one: of a list, its type is kept."""
    probe = Probe(answer)
    for label, given in inputs.items():
        refuse_list(probe, label, probe.call(label, *(given if isinstance(given, tuple | list) else (given,))))
    return probe.values


def refuse_list(probe: Probe, label: str, result: Any) -> None:
    """Keep only the type of a list or tuple, where a tensor is asked for and the lesson goes on with one."""
    if isinstance(result, list | tuple):
        probe.values[label] = {"type": type(result).__name__}
