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
    "D": (Turns(True, False),),
    "G": (Turns(False, True),),
    "nobody": (Turns(False, False),),
    "both": (Turns(True, True), Turns(True, True)),
}


def networks() -> tuple[nn.Module, nn.Module]:
    """A discriminator of 4 pixels, with BatchNorm between two layers, and a generator of codes of 3."""
    with torch.random.fork_rng(devices=[]):
        return nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Tanh(), nn.Linear(3, 1), nn.Flatten(0)), nn.Linear(
            3, 4
        )


def play(step: Callable[..., Any], inputs: Inputs, rounds: tuple[Turns, ...]) -> dict[str, Any]:
    """The losses that the steps return, what became of the weights, and the gradients left in the generator."""
    discriminator, generator = networks()
    discriminator.load_state_dict(inputs["D"], strict=False)  # BatchNorm's buffers depend on how often it was asked
    generator.load_state_dict(inputs["G"])
    optimizers = (torch.optim.SGD(discriminator.parameters(), lr=0.5), torch.optim.SGD(generator.parameters(), lr=0.8))
    losses = [
        step(generator, discriminator, optimizers, inputs["real"][i], inputs["codes"][i], turns)
        for i, turns in enumerate(rounds)
    ]
    left = [weight.grad.abs().sum().item() for weight in generator.parameters() if weight.grad is not None]
    return {
        "losses": losses[0] if len(losses) == 1 else losses[-1],
        "D": _flat(discriminator),
        "G": _flat(generator),
        "left": sum(left),
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
