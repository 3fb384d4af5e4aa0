"""What is tried on an answer to exercise 8.4; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 8.4 and collect what comes back."""
    probe = Probe(answer)
    start, end, t = inputs["start"], inputs["end"], inputs["t"]
    probe.call("end", start, end, t)
    probe.call("behind", start, inputs["behind"], t)
    probe.call("edges", start, end, inputs["edges"])
    probe.call("short", start[:3] / 9, end[:3] / 9, t[:1])
    probe.call("far", -20 * start, 20 * end, t)
    probe.call("beside", start, inputs["beside"], t)
    probe.call("parallel", inputs["axis"], 2 * inputs["axis"], t)
    probe.call("nowhere", inputs["axis"], inputs["axis"], t)
    probe.call("rounded", start, 3 * start, t)
    for i, code in enumerate(inputs["codes"]):
        probe.call(f"itself {i}", code, code, t)
    return probe.values
