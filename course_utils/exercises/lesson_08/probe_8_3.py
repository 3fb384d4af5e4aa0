"""What is tried on an answer to exercise 8.3; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 8.3 and collect what comes back."""
    probe = Probe(answer)
    mu, logvar = inputs["mu"], inputs["logvar"]
    probe.call("units", mu, logvar)
    probe.call("one", mu[:1], logvar[:1])
    probe.call("twice", torch.cat([mu, mu]), torch.cat([logvar, logvar]))
    return probe.values
