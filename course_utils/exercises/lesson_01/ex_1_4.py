"""Exercise 1.4: Report B's number in nats."""

from __future__ import annotations

import torch

from course_utils import units

from ..contract import Finding, Inputs, Values
from ..judging import Judge
from .shared import cases

TITLE = "Report B's number in nats"
NAME = "report_b_to_nats"
POINTS = 2
HINTS = (
    "If every image costs L nats, what does the report print? Solve that for L.",
    "printed = L * (sum of squared batch sizes) / n. There are n // batch full batches and one of n % batch images.",
    "def report_b_to_nats(printed, n, batch):\n    full, rest = n // batch, ___\n    squares = "
    "full * ___ + ___\n"
    "    return printed * ___ / squares",
)


def reference(printed: float, n: int, batch: int) -> float:
    """Report B's printed loss, a batch sum multiplied by the batch size once more, as nats per image."""
    return units.from_batch_sum_times_batch(printed, n, batch)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of both exercises: (printed, n, batch), ragged and even."""
    printed = 50 + 9000 * torch.rand(2, generator=generator).double()
    batch = 32 + int(torch.randint(0, 64, (), generator=generator))
    ragged = 3 * batch + batch // 3
    return {
        "ragged": (printed[0].item(), ragged, batch),
        "even": (printed[1].item(), 4 * batch, batch),
        "small": (printed[0].item(), batch // 2, batch),
    }


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 1.4."""
    judge = Judge(NAME, values)
    for label, case, printed, n, batch in cases(inputs):
        right = reference(printed, n, batch)
        sizes = units.batch_sizes(n, batch)
        judge.close(
            label,
            right,
            case=case,
            axes="One number.",
            rtol=1e-6,
            suspects=(
                (
                    "multiplied",
                    printed * sum(size**2 for size in sizes) / n,
                    "Multiplied by the factor: the printed number is too large, so divide.",
                ),
                (
                    "all-batches-full",
                    printed / batch,
                    "Divided by the batch size: right only while every batch is full. The last one is smaller.",
                ),
                (
                    "padded-count",
                    printed * n / (len(sizes) * batch**2),
                    "The last batch was counted as full: its size is what is left over.",
                ),
                (
                    "last-batch-dropped",
                    printed * n / (n // batch * batch**2 or 1),
                    "The last, smaller batch was left out.",
                ),
                ("divided-by-n", printed / n, "Divided by the number of images; the report did that already."),
                (
                    "unchanged",
                    printed,
                    "The printed number came back unchanged: the batch sizes enter squared, once in the "
                    "sum, once as the extra factor.",
                ),
            ),
        )
    return judge.findings
