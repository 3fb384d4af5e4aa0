"""Right answers in other clothes: each must pass."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .wrappers import Wrapped

Answer = Callable[..., Any]

IMAGES: dict[str, tuple[tuple[int, ...], int]] = {
    **{name: ((0, 1), 0) for name in ("1.1", "2.4", "3.4", "3.5", "7.3", "11.1", "11.2", "11.4")},
    **{name: ((0,), 0) for name in ("0.1", "1.2", "4.4", "5.1", "5.3", "8.2")},
    "1.3": ((1,), 0),
    "2.6": ((0,), 1),
    "3.4": ((0, 1, 2), 0),
    "3.5": ((0, 1, 2), 0),
    "4.2": ((0, 1, 2, 3), 0),
    "5.2": ((0, 1, 2), 0),
    "10.3": ((2,), 0),
    "10.5": ((0, 1, 2, 3), 0),
    "11.3": ((0, 1, 2, 3), 0),
    "11.5": ((2,), 0),
    "8.4": ((2,), 0),
}
"""Exercises whose result is found row by row: the arguments that hold the rows, and their axis."""


ONE_NUMBER = {"0.3", "1.4", "1.5", "4.5", "7.1", "9.3"}
"""Exercises that ask for one number, however it is kept."""

PAIRS = {"5.2", "7.2", "9.4", "10.2", "11.1", "11.4", "12.3"}
"""Exercises that ask for several things."""


class _Object:
    """An answer that is an object with ``__call__``."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, *args: Any, **others: Any) -> Any:
        return self.answer(*args, **others)

    def method(self, *args: Any, **others: Any) -> Any:
        return self.answer(*args, **others)


class _Named(Tensor):
    """A kind of tensor of one's own."""


def rewritten(exercise_id: str, answer: Answer, differentiated: bool, takes_tensors: bool) -> Iterator[Wrapped]:
    """Right answers around a right one."""
    yield Wrapped("a partial function", lambda: functools.partial(answer))
    yield Wrapped("an object", lambda: _Object(answer))
    yield Wrapped("a method", lambda: _Object(answer).method)
    if exercise_id != "7.2":  # asks to leave the global random numbers alone
        yield Wrapped("prints and draws random numbers", lambda: functools.partial(_talkative, answer))
    if exercise_id in ONE_NUMBER:
        yield Wrapped("a tensor for a number", lambda: lambda *args: torch.tensor(answer(*args)))
        yield Wrapped("numpy's number", lambda: lambda *args: np.float64(answer(*args)))
    if exercise_id in PAIRS:
        yield Wrapped("a list for a pair", lambda: lambda *args: list(answer(*args)))
    if not takes_tensors:
        return
    yield Wrapped("float64 inside", lambda: lambda *args: _all(answer(*_all(args, _double)), _single))
    if exercise_id != "5.1":  # asks for the images' own numbers, as the next layer does
        yield Wrapped("float64 to the end", lambda: lambda *args: answer(*_all(args, _double)))
    yield Wrapped("rows in no order in memory", lambda: lambda *args: _all(answer(*_all(args, _scattered)), _scattered))
    yield Wrapped("a tensor of one's own", lambda: lambda *args: _all(answer(*args), lambda t: t.as_subclass(_Named)))
    yield Wrapped("copies", lambda: lambda *args: _all(answer(*_all(args, torch.clone)), torch.clone))
    if not differentiated:
        yield Wrapped("without a graph", lambda: torch.no_grad()(lambda *args: answer(*args)))
        yield Wrapped("through numpy", lambda: lambda *args: _all(answer(*_all(args, _through_numpy)), _through_numpy))
        yield Wrapped("with a graph", lambda: lambda *args: _all(answer(*args), _with_graph))
    if exercise_id in IMAGES:
        where, axis = IMAGES[exercise_id]
        yield Wrapped("row by row", lambda: functools.partial(_in_parts, answer, where, axis, 1))
        yield Wrapped("in parts of three", lambda: functools.partial(_in_parts, answer, where, axis, 3))


def _talkative(answer: Answer, *args: Any, **others: Any) -> Any:
    print("here")
    result = answer(*args, **others)
    torch.rand(3)
    return result


def _all(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """A value with its tensors changed, in whichever tuples and lists they stand."""
    if isinstance(value, Tensor):
        return change(value)
    if type(value) in (tuple, list):
        return type(value)(_all(item, change) for item in value)
    return value


def _double(t: Tensor) -> Tensor:
    return t.double() if t.is_floating_point() else t


def _single(t: Tensor) -> Tensor:
    return t.float() if t.is_floating_point() else t


def _scattered(t: Tensor) -> Tensor:
    """The same tensor, with its last axis first in memory."""
    return t.movedim(-1, 0).contiguous().movedim(0, -1) if t.ndim > 1 else t


def _through_numpy(t: Tensor) -> Tensor:
    return torch.from_numpy(t.detach().numpy().copy())


def _with_graph(t: Tensor) -> Tensor:
    return t + 0 * torch.zeros((), requires_grad=True) if t.is_floating_point() else t


def _in_parts(answer: Answer, where: tuple[int, ...], axis: int, size: int, *args: Any) -> Any:
    cut = {i: args[i].split(size, dim=axis) for i in where}
    parts = [answer(*(cut[i][k] if i in cut else arg for i, arg in enumerate(args))) for k in range(len(cut[where[0]]))]
    if isinstance(parts[0], Tensor):
        return torch.cat(parts)
    return tuple(torch.cat(halves) for halves in zip(*parts, strict=True))
