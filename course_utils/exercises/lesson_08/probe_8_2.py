"""What is tried on an answer to exercise 8.2; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 8.2 and collect what comes back."""
    probe = Probe(answer)
    z, mu, logvar = inputs["z"], inputs["mu"], inputs["logvar"]
    probe.call("batch", z, mu, logvar)
    probe.call("one", z[:1], mu, logvar)
    probe.call("single", z, mu[:1], logvar[:1])
    probe.call("flat", z[:, :1], mu[:, :1], logvar[:, :1])
    probe.call("far", inputs["far"], mu, logvar)
    for label, given in inputs.items():
        if isinstance(given, tuple):
            probe.call(label, *given)
    return probe.values
