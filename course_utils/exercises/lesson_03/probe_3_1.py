"""What is tried on an answer to exercise 3.1; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import NO_GRADIENT, Probe


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Draw twice under different seeds, draw very often, and differentiate a draw by each argument."""
    probe, seed = Probe(answer), inputs["seed"]

    def draw(seed: int, mu: Tensor, logvar: Tensor) -> Tensor:
        torch.manual_seed(seed)
        return answer(mu, logvar)

    copies = [inputs[name].clone() for name in ("mu", "logvar")]
    z = probe.collect("z", lambda: draw(seed, *copies))
    if not (torch.equal(copies[0], inputs["mu"]) and torch.equal(copies[1], inputs["logvar"])):
        probe.values["z:changed"] = 0
    if isinstance(z, tuple):
        probe.values["z:parts"] = len(z)
    probe.collect("again", lambda: draw(seed + 1, inputs["mu"].clone(), inputs["logvar"].clone()))
    probe.collect("one", lambda: draw(seed, inputs["mu"][:1, :1].clone(), inputs["logvar"][:1, :1].clone()))
    _keep_moments(probe, lambda mu, logvar: draw(seed + 2, mu, logvar), inputs)
    _keep_gradients(probe, lambda mu, logvar: draw(seed, mu, logvar), inputs["mu"], inputs["logvar"])
    return probe.values


Draw = Callable[[Tensor, Tensor], Tensor]


def _keep_moments(probe: Probe, draw: Draw, inputs: Inputs) -> None:
    """Mean, mean square and mean fourth power of z - mu, of many draws of each latent: (3, latents)."""
    mu, logvar = (inputs[name].repeat(inputs["repeats"], 1) for name in ("mus", "logvars"))

    def moments() -> Tensor:
        z = draw(mu.clone(), logvar.clone())
        z = torch.as_tensor(z)
        if z.shape != logvar.shape:
            return z
        z = z.detach().double() - mu
        square = z * z
        return torch.stack([z.mean(0), square.mean(0), (square * square).mean(0)])

    probe.collect("moments", moments)


def _keep_gradients(probe: Probe, draw: Draw, mu: Tensor, logvar: Tensor) -> None:
    """One draw, and its sum's gradient by each argument."""
    arguments = [t.clone().requires_grad_(True) for t in (mu, logvar)]
    z = probe.collect("drawn", lambda: draw(*arguments))
    for name, argument in zip(("mu", "logvar"), arguments, strict=True):

        def gradient(argument: Tensor = argument) -> Tensor | None:
            if not isinstance(z, Tensor) or not z.requires_grad:
                return None
            return torch.autograd.grad(z.sum(), argument, retain_graph=True, allow_unused=True)[0]

        probe.collect(f"by {name}", gradient)
        if probe.values[f"by {name}"] is None:
            probe.values[f"by {name}"] = NO_GRADIENT
