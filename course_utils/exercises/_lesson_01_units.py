"""Lesson 01, exercises 1.4 and 1.5: from two reports' printed numbers to nats per image."""

from __future__ import annotations

from collections.abc import Callable

import torch

from course_utils import units

from .contract import Finding, Inputs, Values
from .judging import Judge
from .probing import Probe


def report_b_to_nats(printed: float, n: int, batch: int) -> float:
    """Report B's printed loss, a batch sum multiplied by the batch size once more, as nats per image."""
    return units.from_batch_sum_times_batch(printed, n, batch)


def report_e_to_nats(printed: float, n: int, batch: int) -> float:
    """Report E's printed loss, divided by len(loader) * batch, as nats per image."""
    return units.from_padded_division(printed, n, batch)


def printed_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of both exercises: (printed, n, batch), ragged and even."""
    printed = 50 + 9000 * torch.rand(2, generator=generator).double()
    batch = 32 + int(torch.randint(0, 64, (), generator=generator))
    ragged = 3 * batch + batch // 3
    return {
        "ragged": (printed[0].item(), ragged, batch),
        "even": (printed[1].item(), 4 * batch, batch),
        "small": (printed[0].item(), batch // 2, batch),
    }


def probe_printed(answer: Callable[..., float], inputs: Inputs) -> Values:
    """Call the answer on each triple and collect what comes back."""
    probe = Probe(answer)
    for label, triple in inputs.items():
        probe.call(label, *triple)
    return probe.values


def _cases(inputs: Inputs) -> list[tuple[str, str, float, int, int]]:
    words = {
        "ragged": "a last batch that is smaller",
        "even": "batches that are all full",
        "small": "fewer images than one batch",
    }
    return [
        (label, f"{words[label]} (n = {n}, batch = {batch})", printed, n, batch)
        for label, (printed, n, batch) in inputs.items()
    ]


def judge_report_b(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 1.4."""
    judge = Judge("report_b_to_nats", values)
    for label, case, printed, n, batch in _cases(inputs):
        right = report_b_to_nats(printed, n, batch)
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


def judge_report_e(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 1.5."""
    judge = Judge("report_e_to_nats", values)
    for label, case, printed, n, batch in _cases(inputs):
        right = report_e_to_nats(printed, n, batch)
        batches = len(units.batch_sizes(n, batch))
        judge.close(
            label,
            right,
            case=case,
            axes="One number.",
            rtol=1e-6,
            suspects=(
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
                ("report-b", report_b_to_nats(printed, n, batch), "This undoes Report B's slip, not Report E's."),
            ),
        )
    return judge.findings
