"""What is tried on an answer to exercise 7.1; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.objectives import Elbo

from ..contract import Inputs, Values
from ..probing import Probe

DROPOUT = 1.25
"""By how much a forgotten ``eval`` makes the test's model dearer."""

RECONSTRUCTION = 0.75

CASES = {
    "ragged": "a last batch that is smaller",
    "even": "batches that are all full",
    "lonely": "a last batch of one image",
    "small": "fewer images than one batch",
    "many": "more batches than images in a batch",
}


class Meter(nn.Module):
    """A model whose price of each image is known, and that notes how it was called."""

    def __init__(self, price: float) -> None:
        super().__init__()
        self.price = nn.Parameter(torch.tensor(price))
        self.dropout = nn.Dropout(0.0)
        self.largest, self.graphs, self.calls, self.dropped = 0, 0, 0, 0

    def forward(self, x: Tensor, generator: torch.Generator | None = None) -> Elbo:
        """A price by the brightness of each image; more where its dropout is in training mode."""
        self.largest, self.graphs = max(self.largest, len(x)), self.graphs + torch.is_grad_enabled()
        self.calls, self.dropped = self.calls + 1, self.dropped + self.dropout.training
        nats = self.price * x.flatten(1).mean(1) * (DROPOUT if self.dropout.training else 1)
        halves = torch.tensor([0.4, 0.6], dtype=nats.dtype) * (1 - RECONSTRUCTION)
        return Elbo(RECONSTRUCTION * nats, nats[:, None] * halves)


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Call the answer on a model in training mode, then in evaluation mode; keep what it did to the model."""
    probe = Probe(answer)
    notes: Values = {}
    for label in CASES:
        model = Meter(inputs["price"]).train(label != "even")
        probe.call(label, model, inputs[label], inputs["batches"][label])
        moved = abs(model.price.item() - torch.tensor(inputs["price"]).item())
        notes.update(
            {
                f"{label} graphs": model.graphs,
                f"{label} largest": model.largest,
                f"{label} training": model.training,
                f"{label} dropout": model.dropout.training,
                f"{label} calls": model.calls,
                f"{label} dropped": model.dropped,
                f"{label} moved": moved,
            }
        )
    probe.values.update(notes)
    return probe.values
