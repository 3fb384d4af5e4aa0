"""Lesson 06, exercises 6.2 and 6.3: the sizes of a decoder, and the repair of one that misses 28."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from course_utils.decoders import SIDE, Layer, output_sizes

from ._lesson_06_stamps import _words, draw
from .contract import Finding, Inputs, Values
from .judging import Judge
from .probing import Probe

SIZES = "A list: the start, and then one size for each layer."
STARTS = range(1, 15)
Decoder = tuple[int, tuple[Layer, ...]]


# 6.2 ------------------------------------------------------------------------------------------------------------
def decoder_sizes(size: int, layers: Sequence[Layer]) -> list[int]:
    """The size of the first picture, then the size after each layer."""
    return output_sizes(size, layers)


def chain_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 6.2: label -> (size, layers). The first layer tells all the usual slips apart."""

    def layer(low: int) -> Layer:
        return Layer(draw(generator, 1, 9), draw(generator, low, 5), draw(generator, 1, 2), draw(generator, 0, 1))

    chain = (Layer(8, 3, 3, 1), layer(2), layer(3), Layer(1, 4, 2, 0))
    return {
        "chain": (draw(generator, 4, 7), chain),
        "one layer": (draw(generator, 1, 5), (Layer(3, 5, 2, 1),)),
        "from one pixel": (1, (Layer(7, 4, 1, 1), layer(3))),
        "no layer": (draw(generator, 2, 9), ()),
    }


def probe_chains(answer: Callable[..., list[int]], inputs: Inputs) -> Values:
    """Call the answer of exercise 6.2 and collect what comes back."""
    probe = Probe(answer)
    for label, (size, layers) in inputs.items():
        probe.call(label, size, layers)
    return probe.values


def _chained(size: int, layers: Sequence[Layer], rule: Callable[[int, Layer], int]) -> list[int]:
    sizes = [size]
    for layer in layers:
        sizes.append(rule(sizes[-1], layer))
    return sizes


_SLIPS: tuple[tuple[str, Callable[[int, Layer], int], str], ...] = (
    (
        "one-pixel",
        lambda n, a: a.kernel if n == 1 else (n - 1) * a.stride - 2 * a.padding + a.kernel,
        "A picture of one pixel makes one stamp, and loses its padding like any other: the rule needs no exception.",
    ),
    (
        "padding-once",
        lambda n, a: (n - 1) * a.stride - a.padding + a.kernel,
        "The padding is cut off at both ends: twice.",
    ),
    (
        "padding-added",
        lambda n, a: (n - 1) * a.stride + 2 * a.padding + a.kernel,
        "A transposed convolution cuts its padding off; only a convolution adds it.",
    ),
    (
        "padding-forgotten",
        lambda n, a: (n - 1) * a.stride + a.kernel,
        "The padding is missing: it is cut off at both ends.",
    ),
    (
        "minus-one-missing",
        lambda n, a: n * a.stride - 2 * a.padding + a.kernel,
        "Between n stamps there are n - 1 steps: the last stamp begins at (n - 1) * stride.",
    ),
    (
        "kernel-minus-one",
        lambda n, a: (n - 1) * a.stride - 2 * a.padding + a.kernel - 1,
        "The last stamp is as long as the kernel: k, not k - 1.",
    ),
    (
        "kernel-forgotten",
        lambda n, a: (n - 1) * a.stride - 2 * a.padding,
        "The last stamp begins at (n - 1) * stride and still has its length, k.",
    ),
    (
        "kernel-forgotten",
        lambda n, a: (n - 1) * a.stride - 2 * a.padding + 1,
        "The last stamp begins at (n - 1) * stride and still has its length, k.",
    ),
    ("times-stride", lambda n, a: n * a.stride, "n * stride is only right when k - 2p equals the stride."),
    (
        "stride-forgotten",
        lambda n, a: n - 1 - 2 * a.padding + a.kernel,
        "The stride is missing: it is the step from one stamp to the next.",
    ),
    (
        "convolution",
        lambda n, a: (n + 2 * a.padding - a.kernel) // a.stride + 1,
        "This is the rule of a convolution, which shrinks; a transposed one goes the other way.",
    ),
)


def judge_chains(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 6.2."""
    judge = Judge("decoder_sizes", values)
    for label, (size, layers) in inputs.items():
        right = output_sizes(size, layers)
        suspects = [(code, _chained(size, layers, rule), cause) for code, rule, cause in _SLIPS]
        suspects.append(
            (
                "not-chained",
                [size, *(output_sizes(size, [layer])[-1] for layer in layers)],
                "Every layer was given the first size: each starts from the size that the layer before it made.",
            )
        )
        suspects.append(("reversed", right[::-1], "The list begins with the start."))
        judge.close(
            label,
            right,
            axes=SIZES,
            case=_words(size, layers),
            suspects=suspects,
            rtol=1e-9,
            otherwise="One layer makes (n - 1) * stride + kernel - 2 * padding from n.",
        )
    return judge.findings


# 6.3 ------------------------------------------------------------------------------------------------------------
def repair(size: int, layers: Sequence[Layer]) -> Decoder:
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


_BROKEN: dict[str, tuple[int, Callable[[int, int], bool]]] = {
    "start": (3, lambda place, number: place == 0 and number > 7),
    "padding": (4, lambda place, number: place > 1 and number > 1),
    "two layers": (2, lambda place, _: place == 0),
    "another padding": (3, lambda place, _: place in (1, 2)),
}
"""Depth of each decoder, and which repairs there may be, so that no half of the search finds them all: the place,
0 for the start and i for the padding of layer number i, and the new number."""


def broken_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 6.3: decoders that only another start, or only another padding, brings to 28."""
    return {label: _broken(generator, depth, allowed) for label, (depth, allowed) in _BROKEN.items()}


def _broken(generator: torch.Generator, depth: int, allowed: Callable[[int, int], bool]) -> Decoder:
    """A decoder with positive sizes that misses 28, and that only allowed repairs can mend."""
    while True:
        numbers = torch.randint(0, 72, (depth, 4), generator=generator) % torch.tensor([9, 4, 2, 2])  # each divides 72
        layers = tuple(Layer(*row) for row in (numbers + torch.tensor([1, 2, 1, 0])).tolist())
        size = draw(generator, 1, 9)
        sizes = output_sizes(size, layers)
        if min(sizes) < 1 or sizes[-1] == SIDE:
            continue
        repairs = _repairs(size, layers)
        if not repairs or not all(allowed(*_changed((size, layers), found)) for found in repairs):
            continue
        further = _repairs(size, layers, range(1, 40), more=4)  # who looks further than the text says finds no others
        if further == repairs and all(min(output_sizes(*found)) > 0 for found in repairs):
            return size, layers


def _changed(before: Decoder, after: Decoder) -> tuple[int, int]:
    """Where a repair changes a decoder, and to which number."""
    if before[0] != after[0]:
        return 0, after[0]
    pairs = zip(before[1], after[1], strict=True)
    return next((place, new.padding) for place, (old, new) in enumerate(pairs, 1) if old != new)


def probe_repairs(answer: Callable[..., Decoder], inputs: Inputs) -> Values:
    """Call the answer of exercise 6.3 and collect what comes back, one decoder as one row of numbers."""
    probe = Probe(answer)
    for label, (size, layers) in inputs.items():
        probe.collect(label, lambda size=size, layers=layers: _as_row(answer(size, layers)))
    return probe.values


def _as_row(result: Any) -> Any:
    """(size, layers) as one flat array, size first; anything else as it is."""
    try:
        size, layers = result
        rows = np.array([[float(number) for number in layer] for layer in layers])
        return np.concatenate([[float(size)], rows.ravel()])
    except (TypeError, ValueError):
        return result


def judge_repairs(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 6.3."""
    judge = Judge("repair", values)
    for label, (size, layers) in inputs.items():
        if judge.findings:
            break
        before = np.array([size, *(number for layer in layers for number in layer)], dtype=float)
        if values.get(label) is None:
            kind = "a padding" if "padding" in label else "the start"
            judge.finding(
                "no-repair-found",
                f"repair returned nothing for {_words(size, layers)}.",
                f"Here {kind} must change: try the starts 1 to 14, and for each layer the paddings 0 to "
                "kernel - 1, each time from the decoder as printed.",
            )
        after = judge.array(
            label,
            before.shape,
            "The pair (size, layers): a number, and as many layers as before, each with its five numbers.",
        )
        if after is not None:
            _judge_one_change(judge, before, after, _words(size, layers))
    return judge.findings


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
        sizes[-1] == SIDE,
        "not-28",
        f"For {words}, repair returned a decoder of sizes {sizes}.",
        "The last size must be 28: test every attempt with decoder_sizes.",
    )
    judge.that(
        min(sizes) > 0,
        "empty-picture",
        f"For {words}, repair returned a decoder of sizes {sizes}.",
        "A picture on the way has no pixels left.",
    )
