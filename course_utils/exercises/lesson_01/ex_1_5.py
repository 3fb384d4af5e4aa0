"""Exercise 1.5: Report E's number in nats."""

from __future__ import annotations

import math

import torch

from course_utils import units

from ..contract import Inputs
from ..judging import Judge, Suspect
from .ex_1_4 import reference as report_b_to_nats
from .shared import judge_printed, printed_inputs

TITLE = "Report E's number in nats"
NAME = "report_e_to_nats"
POINTS = 1
HINTS = (
    "By how many images did the report divide, and how many were there?",
    "true = printed * (number of batches * batch) / n, and the number of batches is n / batch rounded up.",
    "def report_e_to_nats(printed, n, batch):\n    batches = math.ceil(___)\n    return printed * ___ * batch / ___",
)


def reference(printed: float, n: int, batch: int) -> float:
    """Report E's printed loss, divided by len(loader) * batch, as nats per image."""
    return units.from_padded_division(printed, n, batch)


def _suspects(printed: float, n: int, batch: int) -> tuple[Suspect, ...]:
    """What wrong versions of the conversion give."""
    batches = len(units.batch_sizes(n, batch))
    return (
        (
            "upside-down",
            printed * n / (batches * batch),
            "The fraction is upside down: the report divided by too much, so the true number is larger.",
        ),
        ("unchanged", printed, "The printed number came back unchanged: the last batch is not full."),
        (
            "rounded-down",
            printed * (n // batch * batch) / n,
            "The number of batches is rounded up, not down: the ragged batch counts as one.",
        ),
        (
            "fractional-batches",
            printed * (batches + 1) * batch / n,
            "One batch too many: n // batch + 1 is wrong when all batches are full.",
        ),
        (
            "per-batch",
            printed * batches,
            "Multiplied by the number of batches only: the report divided by batches times batch size.",
        ),
        (
            "batch-forgotten",
            printed * batches / n,
            "The report divided by the number of batches times the batch size: the batch size is missing.",
        ),
        (
            "batches-forgotten",
            printed * batch / n,
            "The report divided by the number of batches times the batch size: the number of batches is missing.",
        ),
        (
            "n-forgotten",
            printed * batches * batch,
            "That undoes the report's division; now divide by the images there are.",
        ),
        ("report-b", report_b_to_nats(printed, n, batch), "This undoes Report B's slip, not Report E's."),
        (
            "one-case-only",
            printed * 1.0048,
            "1.0048 is the factor of 10,000 images in batches of 64: work it out from n and batch.",
        ),
        (
            "one-case-only",
            printed * math.ceil(n / 64) * 64 / n,
            "64 is one report's batch size: use batch.",
        ),
    )


def inputs(generator: torch.Generator) -> Inputs:
    """What the report printed, its images and its batch size, in six cases."""
    return printed_inputs(generator, reference, _suspects)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 1.5."""
    judge_printed(judge, inputs, reference, _suspects)
