"""What is tried on an answer to exercise 5.2; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import NO_GRADIENT, Probe


def ordered(inputs: Inputs) -> list[Tensor]:
    """The inputs in the order of the answer's parameters."""
    return [inputs[name] for name in ("x", "h", "c", "w_ih", "w_hh", "b_ih", "b_hh")]


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """One step on random values, one of a single image, one with huge inputs, and the derivatives by each argument."""
    probe = Probe(answer)
    arguments = ordered(inputs)
    result = probe.call("step", *arguments)
    if isinstance(result, tuple | list) and len(result) == 2:
        for name, state in zip(("h", "c"), result, strict=True):
            probe.collect(name, lambda state=state: state)
    probe.call("one", *(argument[:1] for argument in arguments[:3]), *arguments[3:])
    probe.call("huge", 1000 * arguments[0], *arguments[1:])

    def gradients() -> Tensor | None:
        copies = [argument.clone().requires_grad_(True) for argument in arguments]
        h, c = answer(*copies)
        if not (h.requires_grad and c.requires_grad):
            return None
        found = torch.autograd.grad((h + 2 * c).sum(), copies, allow_unused=True)
        return None if any(g is None for g in found) else torch.cat([g.flatten() for g in found])

    probe.collect("gradients", gradients)
    if probe.values["gradients"] is None:
        probe.values["gradients"] = NO_GRADIENT
    return probe.values
