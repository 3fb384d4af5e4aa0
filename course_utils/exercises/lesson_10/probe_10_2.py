"""What is tried on an answer to exercise 10.2; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe

FAR = 20


def probe(answer: Callable[..., tuple[Tensor, Tensor]], inputs: Inputs) -> Values:
    """Call the answer of exercise 10.2 and collect what comes back."""
    probe, lr = Probe(answer), inputs["lr"]
    codes, velocity, rows, gradient = (inputs[name] for name in ("codes", "velocity", "rows", "gradient"))
    probe.call("step", codes, velocity, rows, gradient, lr)
    probe.call("still", codes, velocity, rows, torch.zeros_like(gradient), lr)
    probe.call("one", codes, torch.zeros_like(velocity), rows[:1], gradient[:1], 1.0)
    probe.call("everybody", FAR * codes, FAR * velocity, inputs["everybody"], inputs["slopes"], 0.01)
    return probe.values
