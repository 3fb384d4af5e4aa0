"""What is tried on an answer to exercise 5.1; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe

ROWS = (1, 2, 7, 14, 28)
"""Rows in each step, which are tried beside the drawn ones."""


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 5.1 and collect what comes back."""
    probe = Probe(answer)
    images, rows = inputs["images"], inputs["rows"]
    single = probe.call("single", images)
    probe.values["same type"] = isinstance(single, Tensor) and single.dtype == images.dtype
    probe.call("several", images, rows)
    for each in ROWS:
        probe.call(f"rows {each}", images, each)
    probe.call("one", images[:1], 14)
    probe.gradient("gradient", images)
    return probe.values
