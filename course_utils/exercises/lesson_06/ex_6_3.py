"""Exercise 6.3: repair a decoder."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch

from course_utils.decoders import SIDE, Layer, output_sizes

from ..contract import Inputs
from ..judging import Judge
from .probe_6_3 import Decoder
from .shared import words

TITLE = "repair a decoder"
NAME = "repair"
POINTS = 2
HINTS = (
    "Two searches, one after the other: first over the start, then over one layer's padding at a "
    "time. Return at the first that ends at 28.",
    "decoder_sizes(...)[-1] == 28 is the test. To change layer i alone: (*layers[:i], "
    "layers[i]._replace(padding=p), *layers[i + 1:]).",
    "def repair(size, layers):\n    for start in range(___):\n        if ___ == 28:\n            return ___\n"
    "    for i, layer in ___:\n        for padding in range(___):\n"
    "            changed = ___\n            if ___ == 28:\n                return ___",
)

STARTS = range(1, 15)


def reference(size: int, layers: Sequence[Layer]) -> Decoder:
    """The decoder with one number changed, the start or one padding, so that it ends at 28."""
    return _repairs(size, tuple(layers))[0]


def _repairs(size: int, layers: tuple[Layer, ...], starts: Sequence[int] = STARTS, more: int = 0) -> list[Decoder]:
    """All repairs, those of the start first; ``more`` paddings than the text allows."""
    found = [(start, layers) for start in starts if output_sizes(start, layers)[-1] == SIDE]
    for i, layer in enumerate(layers):
        for padding in range(layer.kernel + more):
            changed = (*layers[:i], layer._replace(padding=padding), *layers[i + 1 :])
            if output_sizes(size, changed)[-1] == SIDE:
                found.append((size, changed))
    return found


_BROKEN: dict[str, tuple[int, tuple[int, int], Callable[[int, int], bool]]] = {
    "start": (3, (1, 9), lambda place, number: place == 0 and number > 7),
    "padding": (4, (1, 4), lambda place, number: place > 1 and number > 2),
    "two layers": (2, (6, 9), lambda place, _: place == 0),
    "another padding": (3, (5, 9), lambda place, _: place in (1, 2)),
}
"""Depth and start of each decoder, and which repairs there may be, so that no half of the search finds them all: the
place, 0 for the start and i for the padding of layer number i, and the new number."""


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 6.3: decoders that only another start, or only another padding, brings to 28."""
    return {label: _broken(generator, *wanted) for label, wanted in _BROKEN.items()}


def _broken(
    generator: torch.Generator, depth: int, starts: tuple[int, int], allowed: Callable[[int, int], bool]
) -> Decoder:
    """A decoder with positive sizes that misses 28, and that only allowed repairs can mend."""
    for size, layers in _drawn(generator, depth, starts):
        sizes = output_sizes(size, layers)
        if min(sizes) < 1 or sizes[-1] == SIDE or _hopeless(size, layers, SIDE - sizes[-1], allowed):
            continue
        repairs = _repairs(size, layers)
        if not repairs or not all(allowed(*_changed((size, layers), found)) for found in repairs):
            continue
        further = _repairs(size, layers, range(1, 40), more=4)  # who looks further than the text says finds no others
        if further == repairs and all(min(output_sizes(*found)) > 0 for found in repairs):
            return size, layers
    raise AssertionError("unreachable")


def _drawn(generator: torch.Generator, depth: int, starts: tuple[int, int], block: int = 64) -> Iterator[Decoder]:
    """Decoders without end; torch draws many of them at the price of one."""
    low, high = starts
    while True:
        numbers = torch.randint(0, 72, (block, depth, 4), generator=generator)
        numbers = numbers % torch.tensor([9, 4, 2, 2]) + torch.tensor([1, 2, 1, 0])  # each of the four divides 72
        sizes = torch.randint(low, high + 1, (block,), generator=generator)
        for size, rows in zip(sizes.tolist(), numbers.tolist(), strict=True):
            yield size, tuple(Layer(*row) for row in rows)


def _hopeless(size: int, layers: tuple[Layer, ...], missing: int, allowed: Callable[[int, int], bool]) -> bool:
    """Whether one look at the gap shows that no repair is allowed: most decoders that are drawn end here."""
    start = size + missing / math.prod(layer.stride for layer in layers)  # the end rises evenly with the start
    if start in STARTS:
        return not allowed(0, int(start))
    return missing % 2 == 1  # paddings take pixels away in pairs


def _changed(before: Decoder, after: Decoder) -> tuple[int, int]:
    """Where a repair changes a decoder, and to which number."""
    if before[0] != after[0]:
        return 0, after[0]
    pairs = zip(before[1], after[1], strict=True)
    return next((place, new.padding) for place, (old, new) in enumerate(pairs, 1) if old != new)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 6.3."""
    for label, (size, layers) in inputs.items():
        if judge.findings:
            break
        before = np.array([size, *(number for layer in layers for number in layer)], dtype=float)
        if judge.values.get(label) is None:
            kind = "a padding" if "padding" in label else "the start"
            judge.finding(
                "no-repair-found",
                f"repair returned nothing for {words(size, layers)}.",
                f"Here {kind} must change: try the starts 1 to 14, and for each layer the paddings 0 to "
                "kernel - 1, each time from the decoder as printed.",
            )
        after = judge.array(
            label,
            before.shape,
            "The pair (size, layers): a number, and as many layers as before, each with its five numbers.",
        )
        if after is not None:
            _judge_one_change(judge, before, after, words(size, layers))


def _judge_one_change(judge: Judge, before: np.ndarray, after: np.ndarray, words: str) -> None:
    """Whether exactly one number changed, the start or a padding, and the end is 28."""
    changed = np.flatnonzero(before != after)
    judge.that(
        len(changed) > 0,
        "unchanged",
        f"repair returned the decoder {words} as it was.",
        "It does not end at 28: change the start or a padding.",
    )
    judge.that(
        bool(np.isfinite(after).all() and (after == after.round()).all()),
        "not-whole",
        "repair returned numbers that are not whole.",
        "Sizes and paddings are whole numbers.",
    )
    judge.that(
        all(place == 0 or place % 5 == 4 for place in changed),
        "not-allowed",
        f"For {words}, repair changed something else than the start or a padding.",
        "Channels, kernels and strides stay as printed.",
    )
    judge.that(
        len(changed) < 2,
        "several-changes",
        f"For {words}, repair changed {len(changed)} numbers.",
        "One change is enough: start each attempt from the decoder as printed.",
    )
    if judge.findings:
        return
    layers = [Layer(*(int(number) for number in row)) for row in after[1:].reshape(-1, 5)]
    sizes = output_sizes(int(after[0]), layers)
    judge.that(
        min(layer.padding for layer in layers) >= 0 and sizes[0] > 0,
        "negative",
        f"For {words}, repair returned a negative number, or a start of 0.",
        "PyTorch takes no negative padding.",
    )
    judge.that(
        min(sizes) > 0,
        "empty-picture",
        f"For {words}, repair returned a decoder of sizes {sizes}.",
        "A picture on the way has no pixels left.",
    )
    judge.that(
        sizes[-1] == SIDE,
        "not-28",
        f"For {words}, repair returned a decoder of sizes {sizes}.",
        "The last size must be 28: test every attempt with decoder_sizes.",
    )
