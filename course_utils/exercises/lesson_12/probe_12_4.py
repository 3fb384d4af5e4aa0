"""What is tried on an answer to exercise 12.4; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 12.4 and collect what comes back."""
    probe = Probe(answer)
    logits = inputs["logits"]
    probe.call("default", logits)
    probe.call("lower bar", logits, inputs["sure"])
    probe.call("all", logits, 0.0)
    probe.call("one class", logits[logits.argmax(1) == 2])
    probe.call("one picture", logits[:1], 0.0)
    probe.call("nobody", torch.zeros(5, 10))
    probe.call("extreme", 2000 * torch.eye(10)[:4] - 1000)
    probe.call("certain", 2000 * torch.eye(10)[:4] - 1000, 1.0)
    return probe.values
