"""Exercise 6.5: how often is a pixel stamped?."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.decoders import Layer

from ..contract import Inputs
from ..drawing import integer
from ..judging import Judge
from .shared import words

TITLE = "how often is a pixel stamped?"
NAME = "overlap_map"
POINTS = 2
HINTS = (
    "Let PyTorch do the counting: pictures of ones, kernels of ones, one layer after the other.",
    "counts = F.conv_transpose2d(counts, torch.ones(1, 1, k, k), stride=s, padding=p), starting "
    "from torch.ones(1, 1, size, size).",
    "def overlap_map(size, layers):\n    counts = torch.ones(1, 1, ___, ___)\n    for ___ in layers:\n"
    "        kernel = torch.ones(___)\n        counts = F.conv_transpose2d(___, kernel, "
    "stride=___, padding=___)\n"
    "    return ___",
)

MAP = (
    "One number for each output pixel after all layers, with their strides and paddings: (H, W), no axes "
    "for batch and channels."
)


def reference(size: int, layers: Sequence[Layer]) -> Tensor:
    """How many paths lead from the first picture to each output pixel: (H, W)."""
    counts = torch.ones(1, 1, size, size)
    for layer in layers:
        counts = F.conv_transpose2d(
            counts, torch.ones(1, 1, layer.kernel, layer.kernel), stride=layer.stride, padding=layer.padding
        )
    return counts[0, 0]


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 6.5: label -> (size, layers)."""
    return {
        "one layer": (integer(generator, 6, 8), (Layer(integer(generator, 2, 5), 3, 2, 1),)),
        "two layers": (
            integer(generator, 3, 5),
            (Layer(integer(generator, 2, 4), 4, 2, 1), Layer(integer(generator, 2, 3), 3, 2, 0)),
        ),
        "gaps": (integer(generator, 2, 4), (Layer(1, 2, 3, 0),)),
        "from one pixel": (1, (Layer(3, 4, 1, 0), Layer(2, 3, 1, 1), Layer(1, 5, 2, 2))),
    }


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 6.5."""
    for label, (size, layers) in inputs.items():
        right = reference(size, layers).double()
        channels = torch.tensor([float(layer.channels) for layer in layers]).prod() if layers else torch.tensor(1.0)
        before = len(reference(size, layers[:-1]))
        judge.close(
            label,
            right,
            axes=MAP,
            case=words(size, layers),
            suspects=(
                (
                    "last-layer-only",
                    reference(before, layers[-1:]),
                    "Only the last layer was counted: feed each layer's map to the next, not ones again.",
                ),
                ("covered-only", right.clamp(max=1), "This says whether a pixel is reached; how often is asked for."),
                (
                    "normalised",
                    right / right.max(),
                    "Divided by the largest count: the counts themselves are asked for.",
                ),
                ("normalised", right / right.mean(), "Divided by the mean count: the counts themselves are asked for."),
                (
                    "mean-kernel",
                    _averaging(size, layers),
                    "The kernels must be ones, not averages: count, do not average.",
                ),
                (
                    "channels-counted",
                    right * channels,
                    "Channels were counted too: one channel in, one channel out in every layer.",
                ),
                (
                    "channels-counted",
                    right * channels / layers[-1].channels,
                    "Channels were counted too: one channel in, one channel out in every layer.",
                ),
                ("square-root", right.sqrt(), "This is the count along one axis: rows and columns multiply."),
                ("bias", _biased(size, layers), "A bias was added in a layer: count stamps only."),
            ),
            otherwise="Start from ones; for each layer, a transposed convolution with a kernel of ones and the "
            "layer's stride and padding.",
        )


def _averaging(size: int, layers: Sequence[Layer]) -> Tensor:
    """The map when every kernel sums to 1."""
    return reference(size, layers) / torch.tensor([float(layer.kernel**2) for layer in layers]).prod()


def _biased(size: int, layers: Sequence[Layer]) -> Tensor:
    """The map when every layer also adds 1."""
    counts = torch.ones(1, 1, size, size)
    for layer in layers:
        kernel = torch.ones(1, 1, layer.kernel, layer.kernel)
        counts = F.conv_transpose2d(counts, kernel, torch.ones(1), stride=layer.stride, padding=layer.padding)
    return counts[0, 0]
