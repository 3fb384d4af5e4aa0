"""What is tried on an answer to exercise 4.4; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 4.4 and collect what comes back."""
    probe = Probe(answer)
    for label in ("positive", "both signs", "small", "cheap"):
        probe.call(label, inputs[label])
    probe.call("one", inputs["both signs"][:1])
    return probe.values
