"""Lesson 06, exercises 6.1 and 6.5: a transposed convolution as stamps, and how often each output pixel is stamped."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.decoders import Layer

from .contract import Finding, Inputs, Values
from .judging import Judge, Suspect
from .probing import Probe

ROW = (
    "All stamps need (len(x) - 1) * stride + len(kernel) places; then padding numbers go at each end. "
    "(With padding 0: row[0:-0] is empty.)"
)
MAP = (
    "One number for each output pixel after all layers, with their strides and paddings: (H, W), no axes "
    "for batch and channels."
)


def draw(generator: torch.Generator, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return int(torch.randint(low, high + 1, (), generator=generator))


# 6.1 ------------------------------------------------------------------------------------------------------------
def stamp(x: Tensor, kernel: Tensor, stride: int, padding: int) -> Tensor:
    """One-dimensional transposed convolution: (n,), (k,) -> ((n - 1) * stride + k - 2 * padding,)."""
    return F.conv_transpose1d(x[None, None], kernel[None, None], stride=stride, padding=padding)[0, 0]


def row_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 6.1: label -> (x, kernel, stride, padding)."""

    def case(n: int, k: int, stride: int, padding: int) -> tuple[Tensor, Tensor, int, int]:
        x = torch.rand(n, generator=generator) + torch.tensor([1.0, 4.0, 2.0, 6.0, 3.0])[:n]
        kernel = torch.rand(k, generator=generator) + torch.tensor([1.0, 3.0, 7.0, 5.0])[:k]
        return x, kernel, stride, padding

    return {
        "overlap": case(4, 3, 2, 0),
        "padding": case(5, 4, 2, 1),
        "gaps": case(3, 2, 4, 0),
        "one": case(1, 4, 3, 1),
        "padding of two": case(5, 4, 1, 2),
    }


def probe_rows(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 6.1 and collect what comes back."""
    probe = Probe(answer)
    for label, arguments in inputs.items():
        probe.call(label, *arguments)
    return probe.values


def _written(x: Tensor, kernel: Tensor, stride: int, *, last: bool) -> Tensor:
    """Stamps that replace what lies below instead of adding to it; ``last`` or the first one stays."""
    row = torch.zeros((len(x) - 1) * stride + len(kernel), dtype=x.dtype)
    for i in range(len(x)) if last else reversed(range(len(x))):
        row[i * stride : i * stride + len(kernel)] = x[i] * kernel
    return row


def _row_suspects(x: Tensor, kernel: Tensor, stride: int, padding: int) -> tuple[Suspect, ...]:
    """What wrong stamps give, with the padding cut off rightly."""
    right, full, ones = stamp(x, kernel, stride, padding), stamp(x, kernel, stride, 0), torch.ones_like(x)
    kept = slice(padding, len(full) - padding)
    counts = stamp(ones, torch.ones_like(kernel), stride, 0)
    largest = torch.stack([stamp(at, kernel, stride, 0) for at in x.diag()]).amax(0)
    return (
        ("overwritten", largest[kept], "Where stamps overlap they add up; only the largest one stayed."),
        (
            "overwritten",
            _written(x, kernel, stride, last=True)[kept],
            "Where stamps overlap they add up; the later one replaced the earlier one. += instead of =?",
        ),
        (
            "overwritten",
            _written(x, kernel, stride, last=False)[kept],
            "Where stamps overlap they add up; only the first one stayed.",
        ),
        ("averaged", (full / counts.clamp(min=1))[kept], "Stamps that overlap are added, not averaged."),
        (
            "kernel-flipped",
            stamp(x, kernel.flip(0), stride, padding),
            "The kernel is turned round: a stamp is x[i] times the kernel as it stands.",
        ),
        (
            "input-reversed",
            stamp(x.flip(0), kernel, stride, padding),
            "The input is turned round: x[0] stamps at the left.",
        ),
        (
            "weight-missing",
            stamp(ones, kernel, stride, padding),
            "Each stamp is the kernel times the value of its input pixel.",
        ),
        (
            "kernel-missing",
            stamp(x, torch.ones_like(kernel), stride, padding),
            "Each stamp carries the values of the kernel, not ones.",
        ),
        ("counts", counts[kept], "These are the counts of stamps; multiply each stamp by its pixel and by the kernel."),
        (
            "cut-at-the-left",
            full[2 * padding :][: len(right)],
            "All the padding was cut off at the left: cut off as much at each end.",
        ),
        (
            "cut-at-the-right",
            full[: len(right)],
            "All the padding was cut off at the right: cut off as much at each end.",
        ),
    )


def judge_rows(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 6.1."""
    judge = Judge("stamp", values)
    for label, (x, kernel, stride, padding) in inputs.items():
        case = f"{len(x)} inputs, a kernel of {len(kernel)}, stride {stride}, padding {padding}"
        arguments = (x.double(), kernel.double(), stride, padding)
        judge.close(
            label,
            stamp(*arguments),
            axes=ROW,
            case=case,
            suspects=_row_suspects(*arguments),
            otherwise="Input pixel i puts x[i] * kernel down from position i * stride on; then padding numbers go "
            "at each end.",
        )
    return judge.findings


# 6.5 ------------------------------------------------------------------------------------------------------------
def overlap_map(size: int, layers: Sequence[Layer]) -> Tensor:
    """How many paths lead from the first picture to each output pixel: (H, W)."""
    counts = torch.ones(1, 1, size, size)
    for layer in layers:
        counts = F.conv_transpose2d(
            counts, torch.ones(1, 1, layer.kernel, layer.kernel), stride=layer.stride, padding=layer.padding
        )
    return counts[0, 0]


def map_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 6.5: label -> (size, layers)."""
    return {
        "one layer": (draw(generator, 4, 6), (Layer(draw(generator, 2, 5), 3, 2, 1),)),
        "two layers": (
            draw(generator, 3, 5),
            (Layer(draw(generator, 2, 4), 4, 2, 1), Layer(draw(generator, 2, 3), 3, 2, 0)),
        ),
        "gaps": (draw(generator, 2, 4), (Layer(1, 2, 3, 0),)),
        "from one pixel": (1, (Layer(3, 4, 1, 0), Layer(2, 3, 1, 1), Layer(1, 5, 2, 2))),
    }


def probe_maps(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 6.5 and collect what comes back."""
    probe = Probe(answer)
    for label, (size, layers) in inputs.items():
        probe.call(label, size, layers)
    return probe.values


def judge_maps(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 6.5."""
    judge = Judge("overlap_map", values)
    for label, (size, layers) in inputs.items():
        right = overlap_map(size, layers).double()
        channels = torch.tensor([float(layer.channels) for layer in layers]).prod() if layers else torch.tensor(1.0)
        before = len(overlap_map(size, layers[:-1]))
        judge.close(
            label,
            right,
            axes=MAP,
            case=_words(size, layers),
            suspects=(
                (
                    "last-layer-only",
                    overlap_map(before, layers[-1:]),
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
    return judge.findings


def _averaging(size: int, layers: Sequence[Layer]) -> Tensor:
    """The map when every kernel sums to 1."""
    return overlap_map(size, layers) / torch.tensor([float(layer.kernel**2) for layer in layers]).prod()


def _biased(size: int, layers: Sequence[Layer]) -> Tensor:
    """The map when every layer also adds 1."""
    counts = torch.ones(1, 1, size, size)
    for layer in layers:
        kernel = torch.ones(1, 1, layer.kernel, layer.kernel)
        counts = F.conv_transpose2d(counts, kernel, torch.ones(1), stride=layer.stride, padding=layer.padding)
    return counts[0, 0]


def _words(size: int, layers: Sequence[Layer]) -> str:
    """The decoder as the card says it."""
    return f"{size} x {size}, then (kernel, stride, padding) = " + ", ".join(str(tuple(layer[1:4])) for layer in layers)
