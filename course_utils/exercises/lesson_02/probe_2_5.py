"""What is tried on an answer to exercise 2.5; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 2.5 and collect what comes back."""
    probe = Probe(answer)
    probe.call("full", inputs["mu"], inputs["cov"])
    probe.call("diagonal", inputs["mu"][:2], inputs["diagonal"])
    probe.call("prior", torch.zeros(4).double(), torch.eye(4).double())
    probe.call("small", torch.zeros(64).double(), inputs["small"])
    return probe.values
