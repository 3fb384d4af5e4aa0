"""What is tried on an answer to exercise 3.4; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from .shared_probing import probe_twice


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 3.4 and collect what comes back."""
    low, high, u = inputs["low"], inputs["high"], inputs["u"]
    probe = probe_twice(answer, low, high, u)
    probe.call("table", *(t.view(2, 4) for t in (low, high, u)))
    probe.call("edges", low[:2], high[:2], inputs["edges"])
    probe.gradient("slope", low, high, u, wrt=0)
    probe.gradient("slope-high", low, high, u, wrt=1)
    return probe.values
