"""What is tried on an answer to exercise 5.1; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 5.1 and collect what comes back."""
    probe = Probe(answer)
    images, rows = inputs["images"], inputs["rows"]
    single = probe.call("single", images)
    probe.values["same type"] = isinstance(single, Tensor) and single.dtype == images.dtype
    probe.call("several", images, rows)
    probe.call("whole", images, 28)
    probe.call("one", images[:1], 14)
    probe.gradient("gradient", images)
    return probe.values
