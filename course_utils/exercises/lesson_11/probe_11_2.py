"""What is tried on an answer to exercise 11.2; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 11.2 and collect what comes back."""
    probe = Probe(answer)
    mu, b, narrow = inputs["mu"], inputs["b"], inputs["narrow"]
    probe.call("wide", mu, b)
    probe.call("narrow", mu, narrow)
    probe.call("near", mu / 40, 1 + (b - 2) / 20)
    probe.call("broad", 9 * mu, 9 * b)
    probe.call("prior", torch.zeros(2), torch.ones(2))
    probe.call("table", inputs["table"], inputs["table"].abs() + 0.3)
    probe.call("far", 100 * mu, narrow / 50)
    probe.gradient("slope-mu", mu, narrow, wrt=0)
    probe.gradient("slope-b", mu, narrow, wrt=1)
    probe.gradient("slope-0", torch.zeros(6), narrow, wrt=0)
    return probe.values
