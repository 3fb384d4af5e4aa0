"""What is tried on an answer to exercise 13.6; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..contract import Inputs, Values
from ..probing import Probe


class _Notes(list[tuple[bool, bool]]):
    """Stays itself when the model that writes into it is copied."""

    def __deepcopy__(self, _: Any) -> _Notes:
        return self


class Watched(nn.Module):
    """A loss for each image, weight times pixel with dropout, that notes its mode and whether gradients are on."""

    def __init__(self, weight: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(0.5)
        self.weight = nn.Parameter(torch.tensor(weight))
        self.notes = _Notes()

    def forward(self, x: Tensor) -> Tensor:
        """Images (n, 1) to losses (n,)."""
        self.notes.append((self.training or self.dropout.training, torch.is_grad_enabled()))
        return (self.weight * self.dropout(x)).flatten()


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """The loss of one model, found in training mode and in evaluation mode, and what was done to the model."""
    probe = Probe(answer)
    for label, training in (("training", True), ("evaluation", False)):
        model = Watched(inputs["weight"]).train(training)
        probe.call(label, model, inputs["batches"])
        probe.values[f"{label} called"] = len(model.notes)
        probe.values[f"{label} in training mode"] = sum(mode for mode, _ in model.notes)
        probe.values[f"{label} with gradients"] = sum(gradients for _, gradients in model.notes)
        probe.values[f"{label} left"] = int(model.training) + int(model.dropout.training)
        probe.values[f"{label} moved"] = abs(model.weight.item() - inputs["weight"])
    return probe.values
