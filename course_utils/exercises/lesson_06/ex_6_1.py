"""Exercise 6.1: a transposed convolution by hand."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ..contract import Inputs
from ..judging import Judge, Suspect

TITLE = "a transposed convolution by hand"
NAME = "stamp"
POINTS = 2
HINTS = (
    "Three steps: an empty row that is long enough, one stamp for each input pixel, and off with the ends.",
    "The row has (n - 1) * stride + k places. Stamp i covers the places from i * stride to i * "
    "stride + k, and is added. Then keep the places from padding to len(row) - padding.",
    "def stamp(x, kernel, stride, padding):\n    row = torch.zeros(___)\n    for i, value in enumerate(x):\n"
    "        row[___:___] += ___\n    return row[padding:___]",
)

ROW = (
    "All stamps need (len(x) - 1) * stride + len(kernel) places; then padding numbers go at each end. "
    "(With padding 0: row[0:-0] is empty.)"
)

REMEDIES = (
    (
        "must match the size of tensor",
        "A row too short, or a slice not as long as the kernel: stamp i covers the places "
        "from i * stride to i * stride + len(kernel), and the last one needs them all.",
    ),
    ("size of tensor", "Is the row long enough? All stamps need (len(x) - 1) * stride + len(kernel) places."),
    ("out of bounds", "The row is too short: all stamps need (len(x) - 1) * stride + len(kernel) places."),
    ("expanded size", "The row is too short: all stamps need (len(x) - 1) * stride + len(kernel) places."),
)


def reference(x: Tensor, kernel: Tensor, stride: int, padding: int) -> Tensor:
    """One-dimensional transposed convolution: (n,), (k,) -> ((n - 1) * stride + k - 2 * padding,)."""
    return F.conv_transpose1d(x[None, None], kernel[None, None], stride=stride, padding=padding)[0, 0]


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 6.1: label -> (x, kernel, stride, padding)."""

    def case(n: int, k: int, stride: int, padding: int) -> tuple[Tensor, Tensor, int, int]:
        x = torch.rand(n, generator=generator) + torch.tensor([1.0, -4.0, 2.0, 6.0, -3.0, 4.0, -1.5])[:n]
        kernel = torch.rand(k, generator=generator) + torch.tensor([1.0, 3.0, -7.0, 5.0, -2.0, 2.0])[:k]
        return x, kernel, stride, padding

    return {
        "overlap": case(4, 3, 2, 0),
        "padding": case(5, 4, 2, 1),
        "gaps": case(3, 2, 7, 0),
        "one": case(1, 4, 3, 1),
        "padding of two": case(5, 4, 1, 2),
        "long": case(7, 6, 2, 4),
    }


def _written(x: Tensor, kernel: Tensor, stride: int, *, last: bool) -> Tensor:
    """Stamps that replace what lies below instead of adding to it; ``last`` or the first one stays."""
    row = torch.zeros((len(x) - 1) * stride + len(kernel), dtype=x.dtype)
    for i in range(len(x)) if last else reversed(range(len(x))):
        row[i * stride : i * stride + len(kernel)] = x[i] * kernel
    return row


def _row_suspects(x: Tensor, kernel: Tensor, stride: int, padding: int) -> tuple[Suspect, ...]:
    """What wrong stamps give, with the padding cut off rightly."""
    right, full, ones = reference(x, kernel, stride, padding), reference(x, kernel, stride, 0), torch.ones_like(x)
    kept = slice(padding, len(full) - padding)
    counts = reference(ones, torch.ones_like(kernel), stride, 0)
    largest = torch.stack([reference(at, kernel, stride, 0) for at in x.diag()]).amax(0).clamp(min=0)
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
            reference(x, kernel.flip(0), stride, padding),
            "The kernel is turned round: a stamp is x[i] times the kernel as it stands.",
        ),
        (
            "input-reversed",
            reference(x.flip(0), kernel, stride, padding),
            "The input is turned round: x[0] stamps at the left.",
        ),
        (
            "weight-missing",
            reference(ones, kernel, stride, padding),
            "Each stamp is the kernel times the value of its input pixel.",
        ),
        (
            "kernel-missing",
            reference(x, torch.ones_like(kernel), stride, padding),
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


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 6.1."""
    for label, (x, kernel, stride, padding) in inputs.items():
        case = f"{len(x)} inputs, a kernel of {len(kernel)}, stride {stride}, padding {padding}"
        arguments = (x.double(), kernel.double(), stride, padding)
        judge.close(
            label,
            reference(*arguments),
            axes=ROW,
            case=case,
            suspects=_row_suspects(*arguments),
            otherwise="Input pixel i puts x[i] * kernel down from position i * stride on; then padding numbers go "
            "at each end.",
        )
