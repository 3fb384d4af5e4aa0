"""Exercise 6.2: the sizes of a whole decoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch

from course_utils.decoders import Layer, output_sizes

from ..contract import Inputs
from ..drawing import integer
from ..judging import Judge
from .shared import words

TITLE = "the sizes of a whole decoder"
NAME = "decoder_sizes"
POINTS = 2
HINTS = (
    "Begin a list with the start. For each layer, take the list's last size, apply the rule, append.",
    "From n, a layer makes (n - 1) * stride + kernel - 2 * padding.",
    "def decoder_sizes(size, layers):\n    sizes = [___]\n    for ___ in layers:\n        n = ___\n"
    "        sizes.append((n - 1) * ___ + ___ - 2 * ___)\n    return ___",
)

SIZES = "A list: the start, and then one size for each layer."

REMEDIES = (("values to unpack", "A layer has five fields: take layer.kernel, layer.stride, layer.padding by name."),)


def reference(size: int, layers: Sequence[Layer]) -> list[int]:
    """The size of the first picture, then the size after each layer."""
    return output_sizes(size, layers)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 6.2: label -> (size, layers). The first layer tells all the usual slips apart."""
    number = partial(integer, generator)

    def layer(low: int) -> Layer:
        return Layer(number(1, 9), number(low, 5), number(1, 2), number(0, 1))

    chain = (Layer(8, 3, 3, 1), layer(2), layer(3), Layer(1, 4, 2, 0))
    return {
        "chain": (2 * number(2, 3), chain),
        "one layer": (number(1, 5), (Layer(3, 5, 2, 1),)),
        "from one pixel": (1, (Layer(7, 4, 1, 1), layer(3))),
        "large": (2 * number(6, 9) + 1, (Layer(3, 5, 3, 1), Layer(2, 4, 3, 1), Layer(1, 3, 1, 2))),
        "deep": (number(2, 3), (*chain, layer(2), layer(2))),
        "no layer": (number(2, 9), ()),
    }


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


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 6.2."""
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
            case=words(size, layers),
            suspects=suspects,
            rtol=1e-9,
            otherwise="One layer makes (n - 1) * stride + kernel - 2 * padding from n.",
        )
