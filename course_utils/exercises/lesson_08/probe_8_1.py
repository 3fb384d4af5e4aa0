"""What is tried on an answer to exercise 8.1; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 8.1 and collect what comes back."""
    probe = Probe(answer)
    probe.call("grid", inputs["side"])
    probe.call("other", inputs["other"])
    probe.call("far", inputs["far"])
    probe.call("one", 1)
    probe.call("two", 2)
    return probe.values
