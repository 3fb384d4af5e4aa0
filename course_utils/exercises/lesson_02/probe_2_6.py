"""What is tried on an answer to exercise 2.6; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 2.6 and collect what comes back."""
    probe = Probe(answer)
    probe.call("weights", inputs["log_w"])
    probe.call("one", inputs["log_w"][:1])
    probe.call("deep", inputs["deep"])
    return probe.values
