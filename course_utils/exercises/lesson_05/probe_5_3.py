"""What is tried on an answer to exercise 5.3; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 5.3 and collect what comes back."""
    probe = Probe(answer)
    probe.call("digits", inputs["digits"])
    probe.call("small", inputs["small"])
    probe.call("one", inputs["digits"][:1])
    probe.call("step", inputs["small"][:, :1])
    probe.gradient("gradient", inputs["small"])
    return probe.values
