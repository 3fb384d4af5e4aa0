"""What is tried on an answer to exercise 2.4; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 2.4 and collect what comes back."""
    probe = Probe(answer)
    mu, logvar = inputs["mu"], inputs["logvar"]
    probe.call("batch", mu, logvar)
    probe.call("one", mu[:1], logvar[:1])
    probe.call("tall", *inputs["tall"])
    probe.call("wide", *inputs["wide"])
    probe.call("prior", inputs["prior"], inputs["prior"])
    probe.call("far", 0 * inputs["far"], inputs["far"])
    probe.gradient("by mu", mu, logvar, wrt=0)
    probe.gradient("by logvar", mu, logvar, wrt=1)
    return probe.values
