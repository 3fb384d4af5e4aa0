"""What is tried on an answer to exercise 1.1; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 1.1 and collect what comes back."""
    probe = Probe(answer)
    logits, x = inputs["logits"], inputs["x"]
    probe.call("batch", logits, x)
    probe.call("one", logits[:1], x[:1])
    for label in ("large", "extreme"):
        probe.call(label, inputs[label], inputs["any"])
    probe.gradient("gradient", logits, x)
    probe.gradient("extreme gradient", inputs["extreme"], inputs["any"])
    return probe.values
