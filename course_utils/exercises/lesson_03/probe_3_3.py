"""What is tried on an answer to exercise 3.3; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 3.3 and collect what comes back."""
    probe = Probe(answer)
    probe.call("plain", inputs["mu"], inputs["eps"])
    probe.collect("baseline", lambda: answer(inputs["mu"], inputs["eps"].clone(), baseline=inputs["baseline"]))
    probe.call("tensor", torch.tensor(inputs["mu"]), inputs["eps"][:1], inputs["baseline"])
    return probe.values
