"""Exercise 1.5: Report E's number in nats."""

from __future__ import annotations

from course_utils import units

from ..contract import Finding, Inputs, Values
from ..judging import Judge
from . import ex_1_4
from .ex_1_4 import reference as report_b_to_nats
from .shared import cases

TITLE = "Report E's number in nats"
NAME = "report_e_to_nats"
POINTS = 1
HINTS = (
    "By how many images did the report divide, and how many were there?",
    "true = printed * (number of batches * batch) / n, and the number of batches is n / batch rounded up.",
    "def report_e_to_nats(printed, n, batch):\n    batches = math.ceil(___)\n    return printed * ___ * batch / ___",
)


inputs = ex_1_4.inputs


def reference(printed: float, n: int, batch: int) -> float:
    """Report E's printed loss, divided by len(loader) * batch, as nats per image."""
    return units.from_padded_division(printed, n, batch)


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 1.5."""
    judge = Judge(NAME, values)
    for label, case, printed, n, batch in cases(inputs):
        right = reference(printed, n, batch)
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
