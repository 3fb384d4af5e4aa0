"""What is tried on an answer to exercise 12.3; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.turns import Turns

from ..contract import Inputs, Values
from ..probing import Probe

ROUNDS = {
    "D": 2 * (Turns(True, False),),
    "G": 2 * (Turns(False, True),),
    "nobody": (Turns(False, False),),
    "both": 2 * (Turns(True, True),),
}


def networks() -> tuple[nn.Module, nn.Module]:
    """A discriminator of 4 pixels and a generator of codes of 3, each with BatchNorm between two layers."""
    with torch.random.fork_rng(devices=[]):
        return (
            nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Tanh(), nn.Linear(3, 1), nn.Flatten(0)).float(),
            nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 4)).float(),
        )


def play(step: Callable[..., Any], inputs: Inputs, rounds: tuple[Turns, ...]) -> dict[str, Any]:
    """The losses that the steps return, what became of the weights, and what is left in the networks.

    Returns:
        ``losses`` of the last step; ``D`` and ``G``, all weights; ``left``, the size of the gradients in the generator;
        ``attached``, whether a loss still carries its graph; ``resting``, how many modules have left training mode.
    """
    discriminator, generator = networks()
    discriminator.load_state_dict(inputs["D"], strict=False)  # BatchNorm's buffers depend on how often it was asked
    generator.load_state_dict(inputs["G"], strict=False)
    optimizers = (torch.optim.SGD(discriminator.parameters(), lr=0.5), torch.optim.SGD(generator.parameters(), lr=0.8))
    losses = [
        step(generator, discriminator, optimizers, inputs["real"][i].clone(), inputs["codes"][i].clone(), turns)
        for i, turns in enumerate(rounds)
    ][-1]
    left = [weight.grad.abs().sum().item() for weight in generator.parameters() if weight.grad is not None]
    parts = losses if isinstance(losses, list | tuple) else [losses]
    return {
        "losses": losses,
        "D": _flat(discriminator),
        "G": _flat(generator),
        "left": sum(left),
        "attached": any(isinstance(part, Tensor) and part.requires_grad for part in parts),
        "resting": sum(not module.training for module in (*discriminator.modules(), *generator.modules())),
    }


def _flat(network: nn.Module) -> Tensor:
    return torch.cat([value.detach().flatten() for value in network.parameters()])


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Let the answer train tiny networks, and keep losses and weights."""
    probe = Probe(answer)
    for label, rounds in ROUNDS.items():
        found: dict[str, Any] = {}
        probe.collect(label, lambda rounds=rounds, found=found: found.update(play(answer, inputs, rounds)))
        for name, value in found.items():
            probe.collect(f"{label} {name}", lambda value=value: value)
    return probe.values
