"""Mutants by wrapping: a right answer is handed changed arguments, or its result is changed, or it keeps a state."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

Answer = Callable[..., Any]
Change = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Wrapped:
    """A mutant: its name, and what makes a fresh wrong answer."""

    name: str
    make: Callable[[], Answer]


def _mixed(t: Tensor) -> Tensor:
    """Images mixed with what they hold, as ``reshape`` does where a transposition was meant."""
    return t.flatten(1).T.reshape(t.shape) if t.ndim > 1 else t.flip(0) if t.ndim else t


def _first(t: Tensor) -> Tensor:
    return t[:1].expand_as(t) if t.ndim and len(t) else t


def _last(t: Tensor) -> Tensor:
    return t[-1:].expand_as(t) if t.ndim and len(t) else t


def _first_column(t: Tensor) -> Tensor:
    return t[..., :1].expand_as(t) if t.ndim else t


def _sorted(t: Tensor, dim: int) -> Tensor:
    return t.sort(dim).values if t.ndim else t


def _rolled(t: Tensor) -> Tensor:
    return t.roll(1, 0) if t.ndim else t


def _without_first(t: Tensor) -> Tensor:
    """The first entry of each row is forgotten."""
    return torch.cat([torch.zeros_like(t[..., :1]), t[..., 1:]], -1) if t.ndim else t


def _without_last(t: Tensor) -> Tensor:
    return torch.cat([t[..., :-1], torch.zeros_like(t[..., :1])], -1) if t.ndim else t


def _last_image_lost(t: Tensor) -> Tensor:
    """The last row is what the first one is."""
    return torch.cat([t[:-1], t[:1]]) if t.ndim else t


def _only_five(t: Tensor) -> Tensor:
    """Rows after the fifth are what the first one is."""
    return torch.cat([t[:5], t[:1].expand_as(t[5:])]) if t.ndim else t


def _centred(t: Tensor) -> Tensor:
    return t - t.mean(0) if t.ndim and t.is_floating_point() and len(t) > 1 else t


def _bounds() -> Iterator[tuple[str, Change]]:
    borders = (-30.0, -10.0, -5.0, -3.0, -2.0, -1.0, 0.0, 1e-2, 0.1, 0.5, 0.9, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0)
    for border in borders:
        yield f"at least {border:g}", functools.partial(torch.clamp, min=border)
        yield f"at most {border:g}", functools.partial(torch.clamp, max=border)
    for border in (1e-3, 1e-2, 0.1):
        yield f"within {border:g} and its rest", functools.partial(torch.clamp, min=border, max=1 - border)
    for border in (1.0, 2.0, 5.0, 20.0):
        yield f"within +-{border:g}", functools.partial(torch.clamp, min=-border, max=border)


_ON_NUMBERS: dict[str, Change] = {
    "times 1.03": lambda t: 1.03 * t,
    "times 0.97": lambda t: 0.97 * t,
    "doubled": lambda t: 2 * t,
    "halved": lambda t: t / 2,
    "negated": lambda t: -t,
    "absolute": torch.abs,
    "squared": torch.square,
    "rounded": torch.round,
    "rounded to a tenth": lambda t: torch.round(t, decimals=1),
    "whole numbers": lambda t: t.int().to(t.dtype),
    "single precision": lambda t: t.float().to(t.dtype),
    "half precision": lambda t: t.half().to(t.dtype),
    "its sign": torch.sign,
    "plus 0.03": lambda t: t + 0.03,
    "zeros": torch.zeros_like,
    "ones": torch.ones_like,
    "the mean of all": lambda t: t.mean().expand_as(t),
    "the mean over the batch": lambda t: t.mean(0, keepdim=True).expand_as(t) if t.ndim else t,
    "the mean over the last axis": lambda t: t.mean(-1, keepdim=True).expand_as(t) if t.ndim else t,
    "centred over the batch": _centred,
    "exp": torch.exp,
    "log": torch.log,
    "root": torch.sqrt,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    **dict(_bounds()),
}
_ON_ORDER: dict[str, Change] = {
    "first row for all": _first,
    "last row for all": _last,
    "first column for all": _first_column,
    "sorted by rows": lambda t: _sorted(t, 0),
    "sorted in rows": lambda t: _sorted(t, -1),
    "turned round": lambda t: t.flip(0) if t.ndim else t,
    "columns turned round": lambda t: t.flip(-1) if t.ndim else t,
    "rows moved on": _rolled,
    "batch mixed": _mixed,
    "without the first column": _without_first,
    "without the last column": _without_last,
    "last row is the first": _last_image_lost,
    "only five rows": _only_five,
}
_ON_RESULTS: dict[str, Change] = {
    "times 1.01": lambda t: 1.01 * t,
    "in bits": lambda t: t / math.log(2),
    "in decades": lambda t: t / math.log(10),
    "a sum over rows": lambda t: t.sum(0) if t.ndim else t,
    "a mean over rows": lambda t: t.mean(0) if t.ndim else t,
    "a sum over the last axis": lambda t: t.sum(-1) if t.ndim else t,
    "one axis more": lambda t: t.unsqueeze(0),
    "one axis more at the end": lambda t: t.unsqueeze(-1),
    "squeezed": torch.squeeze,
    "only the first": lambda t: t[:1] if t.ndim and len(t) > 1 else t,
    "without the last": lambda t: t[:-1] if t.ndim else t,
    "divided by the batch": lambda t: t / len(t) if t.ndim and len(t) else t,
    "complex": lambda t: t + 1j,
    "cut after its first": lambda t: torch.cat([t[:1], t[1:].detach()]) if t.ndim else t,
}
_ON_LISTS: dict[str, Callable[[Any], Any]] = {
    "without its first": lambda items: items[1:],
    "without its last": lambda items: items[:-1],
    "only its first": lambda items: items[:1],
    "only its last": lambda items: items[-1:],
    "turned round": lambda items: items[::-1],
    "its first for all": lambda items: items[:1] * len(items),
}
_ON_WHOLE: dict[str, Callable[[int], Any]] = {
    "one more": lambda n: n + 1,
    "one less": lambda n: n - 1,
    "doubled": lambda n: 2 * n,
    "halved": lambda n: n // 2,
    **{f"always {k}": (lambda n, k=k: k) for k in (0, 1, 2, 3, 10)},
    **{f"at most {k}": (lambda n, k=k: min(n, k)) for k in (1, 2, 5, 10, 20, 40, 100)},
    **{f"at least {k}": (lambda n, k=k: max(n, k)) for k in (2, 3, 5, 10)},
    "even": lambda n: n - n % 2,
    "odd": lambda n: n | 1,
}
_ON_FLOATS: dict[str, Callable[[float], Any]] = {
    "times 1.03": lambda x: 1.03 * x,
    "times 0.97": lambda x: 0.97 * x,
    "negated": lambda x: -x,
    "absolute": abs,
    "squared": lambda x: x * x,
    "whole": int,
    "rounded": round,
    "plus 0.03": lambda x: x + 0.03,
    **{f"always {k}": (lambda x, k=k: k) for k in (0.0, 0.5, 1.0)},
    **{f"at most {k}": (lambda x, k=k: min(x, k)) for k in (0.0, 0.5, 1.0, 10.0)},
    **{f"at least {k}": (lambda x, k=k: max(x, k)) for k in (0.0, 0.1, 0.5, 1.0)},
}


def wrapped(answer: Answer, examples: list[tuple[Any, ...]], gradients: tuple[int, ...]) -> Iterator[Wrapped]:
    """Wrong answers around a right one; none that leaves all these examples and their results as they are.

    Args:
        answer: the right one.
        examples: argument tuples that it takes.
        gradients: by which arguments its result is differentiated.
    """
    results = [answer(*args) for args in examples]
    longest = max(examples, key=len)
    for i in range(len(longest)):
        yield from _of_argument(answer, i, [args[i] for args in examples if i < len(args)], i in gradients)
    for i in range(len(longest)):
        for j in range(i):
            yield Wrapped(f"arguments {j} and {i} exchanged", functools.partial(_exchanged, answer, i, j))
    yield from _of_result(answer, results, bool(gradients))
    yield Wrapped("the first call's result again", functools.partial(_cached, answer))
    yield Wrapped("the call before this one's result", functools.partial(_late, answer))
    yield Wrapped("more and more from call to call", functools.partial(_growing, answer))
    if len(longest) > len(min(examples, key=len)):
        yield Wrapped("the last argument's default always", lambda: lambda *args: answer(*args[: len(longest) - 1]))


def _of_argument(answer: Answer, i: int, values: list[Any], differentiated: bool) -> Iterator[Wrapped]:
    if isinstance(values[0], Tensor):
        changes = {**_ON_ORDER, **(_ON_NUMBERS if values[0].is_floating_point() else {})}
        for name, change in changes.items():
            if not all(_idle(change, value) for value in values):
                yield Wrapped(f"argument {i}: {name}", functools.partial(_before, answer, i, change))
        if differentiated:
            yield Wrapped(f"argument {i}: detached", functools.partial(_before, answer, i, torch.detach))
            yield Wrapped(f"argument {i}: half its gradient", functools.partial(_before, answer, i, _half_cut))
        yield Wrapped(f"argument {i}: changed in place", functools.partial(_in_place, answer, i))
    else:
        for name, change in _on_other(values).items():
            if not all(_idle(change, value) for value in values):
                yield Wrapped(f"argument {i}: {name}", functools.partial(_before, answer, i, change))


def _on_other(values: list[Any]) -> dict[str, Callable[[Any], Any]]:
    """Changes of an argument that is no tensor."""
    if isinstance(values[0], int):
        return _ON_WHOLE
    if isinstance(values[0], float):
        return _ON_FLOATS
    if isinstance(values[0], str):
        return {f"always {word}": lambda _, word=word: word for word in sorted(set(values))}
    return _ON_LISTS if type(values[0]) in (tuple, list) else {}


def _of_result(answer: Answer, results: list[Any], differentiated: bool) -> Iterator[Wrapped]:
    several = isinstance(results[0], list | tuple | dict | nn.Module) and len(results) > 0
    for name, change in {**_ON_NUMBERS, **_ON_ORDER, **_ON_RESULTS}.items():
        for part in (None, 0, 1) if several else (None,):
            if not all(_idle(functools.partial(_over, change=change, part=part), result) for result in results):
                words = "result" if part is None else f"result {part}"
                yield Wrapped(f"{words}: {name}", functools.partial(_after, answer, change, part))
    if differentiated:
        yield Wrapped("result: detached", functools.partial(_after, answer, torch.detach, None))
        yield Wrapped("result: half its gradient", functools.partial(_after, answer, _half_cut, None))
        yield Wrapped("result: as numpy", functools.partial(_after, answer, _as_numpy, None))
    yield Wrapped("result: nothing", lambda: lambda *args: [answer(*args)].clear())
    if several:
        yield Wrapped("result: parts exchanged", lambda: lambda *args: _turned(answer(*args)))


def _idle(change: Callable[[Any], Any], value: Any) -> bool:
    """Whether a change leaves a value as it is."""
    try:
        changed = change(value)
    except Exception:  # such as a tensor without axes, of which there is no first
        return False
    return _equal(changed, value)


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return a.shape == b.shape and a.dtype == b.dtype and torch.equal(a, b)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(_equal, a, b))
    return isinstance(a, int | float | str) and a == b


def _as_numpy(t: Tensor) -> Any:
    return t.detach().numpy()


def _half_cut(t: Tensor) -> Tensor:
    return (t + t.detach()) / 2


def _before(answer: Answer, i: int, change: Callable[[Any], Any]) -> Answer:
    def wrong(*args: Any) -> Any:
        if i >= len(args):
            return answer(*args)
        return answer(*args[:i], change(args[i]), *args[i + 1 :])

    return wrong


def _in_place(answer: Answer, i: int) -> Answer:
    def wrong(*args: Any) -> Any:
        result = answer(*args)
        with torch.no_grad():
            args[i].add_(1)
        return result

    return wrong


def _exchanged(answer: Answer, i: int, j: int) -> Answer:
    def wrong(*args: Any) -> Any:
        args_ = list(args)
        if i < len(args_):
            args_[i], args_[j] = args_[j], args_[i]
        return answer(*args_)

    return wrong


def _after(answer: Answer, change: Change, part: int | None) -> Answer:
    return lambda *args: _over(answer(*args), change, part)


def _over(result: Any, change: Change, part: int | None) -> Any:
    """The result with a change in its numbers; in one part only where it has several and one is named."""
    if isinstance(result, Tensor):
        return change(result) if part is None else result
    if isinstance(result, bool):
        return result != (change is _ON_NUMBERS["negated"])
    if isinstance(result, int | float):
        changed = change(torch.tensor(float(result), dtype=torch.float64))
        return (changed.item() if changed.numel() == 1 else changed.tolist()) if part is None else result
    if isinstance(result, list) and all(isinstance(item, int | float) for item in result):
        return change(torch.tensor(result, dtype=torch.float64)).tolist() if part is None else result
    if isinstance(result, tuple) and type(result) is not tuple:
        return result
    if isinstance(result, list | tuple):
        items = [_over(item, change, None) if part in (None, k) else item for k, item in enumerate(result)]
        return type(result)(items)
    if isinstance(result, nn.Module):
        return _Around(result, change, part)
    if isinstance(result, dict):
        items = [_over(item, change, None) if part in (None, k) else item for k, item in enumerate(result.values())]
        return dict(zip(result, items, strict=True))
    return result


class _Around(nn.Module):
    """A module whose results are changed."""

    def __init__(self, inner: nn.Module, change: Change, part: int | None) -> None:
        super().__init__()
        self.inner, self.change, self.part = inner, change, part

    def forward(self, *args: Any) -> Any:
        return _over(self.inner(*args), self.change, self.part)


def _turned(result: Any) -> Any:
    return result[::-1] if type(result) in (tuple, list) else result


def _cached(answer: Answer) -> Answer:
    kept: list[Any] = []

    def wrong(*args: Any) -> Any:
        if not kept:
            kept.append(answer(*args))
        return kept[0]

    return wrong


def _late(answer: Answer) -> Answer:
    kept: list[Any] = []

    def wrong(*args: Any) -> Any:
        kept.append(answer(*args))
        return kept[-2] if len(kept) > 1 else kept[-1]

    return wrong


def _growing(answer: Answer) -> Answer:
    count = 0

    def wrong(*args: Any) -> Any:
        nonlocal count
        count += 1
        return _over(answer(*args), lambda t: t * (1 + 0.2 * (count - 1)), None)

    return wrong
