"""What is tried on an answer to exercise 4.2; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe

SURE = 30.0
"""Logits at which a cross-entropy is 0 to the last digit, and sigmoids are not yet 0 and 1."""


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 4.2 and collect what comes back."""
    probe = Probe(answer)
    batch = tuple(inputs[name] for name in ("logits", "x", "mu", "logvar"))
    probe.call("weighted", *batch, inputs["weight"])
    probe.call("by default", *batch)
    probe.call("weight 0", *batch, 0.0)
    probe.call("one", *(tensor[:1] for tensor in batch), inputs["weight"])
    probe.call("at the prior", *batch[:2], torch.zeros(6, 9), torch.zeros(6, 9), inputs["weight"])
    probe.call("extreme", inputs["extreme"], *batch[1:], inputs["weight"])
    sure = inputs["sure"]
    probe.call("sure", SURE * (2 * sure - 1), sure, *batch[2:], inputs["large weight"])
    for i, name in ((0, "logits"), (2, "mu"), (3, "logvar")):
        probe.gradient(f"gradient {name}", *batch, inputs["weight"], wrt=i)
    return probe.values
