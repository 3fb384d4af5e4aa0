"""What is tried on an answer to exercise 12.2; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 12.2 and collect what comes back."""
    probe = Probe(answer)
    probe.call("mixed", inputs["drawn"])
    probe.call("cannot tell", torch.zeros(7))
    probe.call("seen through", -inputs["sure"])
    probe.call("fools", 3 - inputs["drawn"])
    probe.call("one", inputs["drawn"][:1])
    probe.gradient("gradient", inputs["drawn"])
    probe.gradient("gradient seen through", -inputs["sure"])
    return probe.values
