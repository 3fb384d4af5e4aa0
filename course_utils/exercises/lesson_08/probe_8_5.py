"""What is tried on an answer to exercise 8.5; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe

SETS, CODES, CLASSES = 4, 61, 3


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 8.5 and collect what comes back."""
    probe, k = Probe(answer), inputs["k"]
    for i in range(SETS):
        probe.call(f"set{i}", inputs[f"codes{i}"], inputs[f"labels{i}"], k)
    probe.call("nearest", inputs["codes0"], inputs["labels0"], 1)
    probe.call("two nearest", inputs["codes0"], inputs["labels0"], 2)
    probe.call("everyone", inputs["codes0"], inputs["labels0"], CODES - 1)
    probe.call("one label", inputs["codes0"], torch.full((CODES,), 7), k)
    return probe.values
