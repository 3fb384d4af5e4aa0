"""What is tried on an answer to exercise 3.1; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import NO_GRADIENT, Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Draw twice under different seeds, and differentiate the first draw."""
    probe = Probe(answer)
    copies = [inputs[name].clone() for name in ("mu", "logvar")]

    def draw(seed: int, mu: Tensor, logvar: Tensor) -> Tensor:
        torch.manual_seed(seed)
        return answer(mu, logvar)

    def gradients() -> list[Tensor] | None:
        mu, logvar = (inputs[name].clone().requires_grad_(True) for name in ("mu", "logvar"))
        z = draw(inputs["seed"], mu, logvar)
        if not isinstance(z, Tensor) or not z.requires_grad:
            return None
        found = torch.autograd.grad(z.sum(), (mu, logvar), allow_unused=True)
        return None if any(g is None for g in found) else [z, *found]

    probe.collect("z", lambda: draw(inputs["seed"], *copies))
    if not (torch.equal(copies[0], inputs["mu"]) and torch.equal(copies[1], inputs["logvar"])):
        probe.values["z:changed"] = 0
    probe.collect("again", lambda: draw(inputs["seed"] + 1, inputs["mu"].clone(), inputs["logvar"].clone()))
    probe.collect("one", lambda: draw(inputs["seed"], inputs["mu"][:1, :1].clone(), inputs["logvar"][:1, :1].clone()))
    probe.collect("gradients", gradients)
    if probe.values["gradients"] is None:
        probe.values["gradients"] = NO_GRADIENT
    return probe.values
