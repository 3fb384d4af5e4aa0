"""What is tried on an answer to exercise 10.5; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 10.5 and collect what comes back."""
    probe = Probe(answer)
    given = [inputs[name] for name in ("pictures", "images", "mu", "logvar")]
    probe.call("batch", *given, inputs["s"])
    probe.call("one", *(tensor[:1] for tensor in given), inputs["s"])
    probe.call("flat", given[0].flatten(1), given[1].flatten(1), given[2], given[3], 0.05)
    probe.gradient("slope", *given, inputs["s"])
    return probe.values
