"""What is tried on an answer to exercise 1.3; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe, refuse_list


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 1.3 and collect what comes back."""
    probe = Probe(answer)
    for label in ("plain", "never inked", "always inked"):
        refuse_list(probe, label, probe.call(label, inputs["train"], inputs[label]))
    probe.call("one", inputs["train"], inputs["plain"][:1])
    return probe.values
