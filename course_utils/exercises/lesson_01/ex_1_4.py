"""Exercise 1.4: Report B's number in nats."""

from __future__ import annotations

import torch

from course_utils import units

from ..contract import Inputs
from ..judging import Judge, Suspect
from .shared import judge_printed, printed_inputs

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


def _suspects(printed: float, n: int, batch: int) -> tuple[Suspect, ...]:
    """What wrong versions of the conversion give."""
    sizes, full, rest = units.batch_sizes(n, batch), n // batch, n % batch
    squares = sum(size**2 for size in sizes)
    power = "^ is no power in Python (it compares bits): a square is batch**2."
    return (
        (
            "multiplied",
            printed * squares / n,
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
        ("last-batch-dropped", printed * n / (full * batch**2 or 1), "The last, smaller batch was left out."),
        (
            "rest-not-squared",
            printed * n / (full * batch**2 + rest),
            "The size of the last batch enters squared, too.",
        ),
        ("divided-by-n", printed / n, "Divided by the number of images; the report did that already."),
        (
            "divided-by-n",
            printed / squares / n,
            "Divided by the number of images; the report did that already: multiply by it.",
        ),
        ("n-forgotten", printed / squares, "The report divided by the number of images: that must be undone, too."),
        (
            "unchanged",
            printed,
            "The printed number came back unchanged: the batch sizes enter squared, once in the "
            "sum, once as the extra factor.",
        ),
        ("power", printed * n / ((full * batch) ^ (2 + rest) ^ 2 or 1), power),
        ("power", printed * n / (sum(size ^ 2 for size in sizes) or 1), power),
        ("power", printed * n / (full * (batch ^ 2) + (rest ^ 2) or 1), power),
        (
            "one-case-only",
            printed / (639232 / 10000),
            "63.9232 is the factor of 10,000 images in batches of 64: work it out from n and batch.",
        ),
        (
            "one-case-only",
            printed * n / ((n // 64) * 64**2 + (n % 64) ** 2),
            "64 is one report's batch size: use batch.",
        ),
    )


def inputs(generator: torch.Generator) -> Inputs:
    """What the report printed, its images and its batch size, in six cases."""
    return printed_inputs(generator, reference, _suspects)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 1.4."""
    judge_printed(judge, inputs, reference, _suspects)
