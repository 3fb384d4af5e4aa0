"""What is tried on an answer to exercise 10.4; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ..contract import Inputs, Values
from ..probing import Probe

FEW, LONG, LR = 3, 40, 0.1
STRIDE = 50.0
"""How far out codes lie, and a rate with which the first step is at the bottom, and the second beyond it."""


def frozen_decoder(inputs: Inputs) -> nn.Sequential:
    """The decoder of these inputs, fresh and in training mode, as it comes out of training."""
    with torch.random.fork_rng(devices=[]):  # the student's own random numbers stay where they are
        decoder = nn.Sequential(
            nn.Linear(3, 8, bias=False), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 16, bias=False)
        ).float()
    given = {"0.weight": "first", "1.running_mean": "mean", "1.running_var": "variance", "3.weight": "last"}
    decoder.load_state_dict({name: inputs[value] for name, value in given.items()}, strict=False)
    return decoder.train()


def target_loss(inputs: Inputs) -> Callable[[Tensor, Tensor], Tensor]:
    """Half the summed squared error to pictures that the decoder can make, and a small price for large codes."""
    with torch.no_grad():
        target = frozen_decoder(inputs).eval()(inputs["wanted"])

    def loss(pictures: Tensor, codes: Tensor) -> Tensor:
        return (pictures - target.to(pictures.dtype)).square().sum() / 2 + 0.05 * codes.square().sum()

    return loss


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 10.4 and collect what comes back, and how far the decoder moved."""
    probe = Probe(answer)

    def run(label: str, codes: Tensor, steps: int, lr: float) -> None:
        decoder = frozen_decoder(inputs)
        before = {name: value.clone() for name, value in decoder.state_dict().items()}
        found = probe.call(label, decoder, target_loss(inputs), codes, steps, lr)
        probe.values[f"{label} attached"] = isinstance(found, Tensor) and found.requires_grad
        learned = dict(decoder.named_parameters())
        moved = {
            name: (value.double() - before[name].double()).abs().max().item()
            for name, value in decoder.state_dict().items()
        }
        probe.values[f"{label} weights"] = max(far for name, far in moved.items() if name in learned)
        probe.values[f"{label} buffers"] = max(far for name, far in moved.items() if name not in learned)

    run("few", inputs["codes"], FEW, LR)
    run("none", inputs["codes"], 0, LR)
    run("one", inputs["wanted"][:1] + STRIDE, FEW, STRIDE)
    run("long", inputs["codes"], LONG, LR)
    return probe.values
