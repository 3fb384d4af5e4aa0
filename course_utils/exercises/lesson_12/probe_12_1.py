"""What is tried on an answer to exercise 12.1; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 12.1 and collect what comes back."""
    probe = Probe(answer)
    real, drawn, sure = (inputs[name] for name in ("real", "drawn", "sure"))
    probe.call("mixed", real, drawn)
    probe.call("cannot tell", torch.zeros(3), torch.zeros(7))
    probe.call("sure and right", sure, -sure)
    probe.call("sure and wrong", -sure, sure)
    probe.call("one", real[:1], drawn[:1])
    probe.call("more real", -drawn, -real)
    probe.gradient("gradient real", real, drawn, wrt=0)
    probe.gradient("gradient drawn", real, drawn, wrt=1)
    probe.gradient("gradient wrong real", -sure, sure, wrt=0)
    probe.gradient("gradient wrong", -sure, sure, wrt=1)
    return probe.values
