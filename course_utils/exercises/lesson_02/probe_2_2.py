"""What is tried on an answer to exercise 2.2; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 2.2 and collect what comes back."""
    probe = Probe(answer)
    probe.call("wide", inputs["mu"], inputs["sigma"])
    probe.call("narrow", inputs["mu"], inputs["narrow"])
    probe.call("prior", *inputs["prior"])
    return probe.values
