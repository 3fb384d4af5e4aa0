"""What is tried on an answer to exercise 0.2; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Mean images of many and of one."""
    probe = Probe(answer)
    probe.call("many", inputs["many"])
    probe.call("one", inputs["one"])
    return probe.values
