"""What is tried on an answer to exercise 4.1; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..contract import Inputs, Values
from ..inspecting import HALVES, keep_encoder, keep_halves, trainable
from ..probing import Probe


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Make encoders and run them; keep their outputs, the number of their weights, and which weights learn."""
    probe = Probe(answer)
    x, y = inputs["x"], inputs["y"]
    encoder = keep_encoder(probe, answer, inputs)
    for label, images in (("other", y), ("between", (x + y) / 2), ("bright", 1000 * x)):
        keep_halves(probe, label, encoder, images)
    for name in HALVES:
        _keep_slopes(probe, name, encoder, inputs)
    probe.collect("weights by default", lambda: _trainable_after_a_run(answer(3), x))
    return probe.values


def _keep_slopes(probe: Probe, name: str, encoder: Any, inputs: Inputs) -> None:
    """How one half answers to the hidden layer's biases, and to its weights.

    For one image alone, the slope by a hidden bias is that of the activation times what follows; the slope by the
    layer's weights is the same times the pixels as the layer was given them.
    """
    half, x = HALVES.index(name), inputs["x"]

    def slopes(image: Tensor, size: int) -> Tensor | None:
        sized = [parameter for parameter in encoder.parameters() if parameter.numel() == size]
        if len(sized) != 1:
            return None
        return torch.autograd.grad(encoder(image.clone())[half].sum(), sized[0])[0]

    def moved(by: float) -> Tensor | None:
        bias = [parameter for parameter in encoder.parameters() if parameter.numel() == inputs["hidden"]][0]
        kept = bias.detach().clone()
        with torch.no_grad():
            bias.add_(by)
        try:
            return slopes(x[:1], inputs["hidden"])
        finally:
            with torch.no_grad():
                bias.copy_(kept)

    def seen() -> Tensor | None:
        by_bias, by_weights = (slopes(x[:1], size) for size in (inputs["hidden"], inputs["hidden"] * x[0].numel()))
        if by_bias is None or by_weights is None:
            return None
        unit = int(by_bias.flatten().abs().argmax())
        row = by_weights[unit] if len(by_weights) == inputs["hidden"] else by_weights[..., unit]
        return (row / by_bias.flatten()[unit]).flatten()

    probe.collect(f"{name} slopes", lambda: _stacked([slopes(x[n : n + 1], inputs["hidden"]) for n in range(len(x))]))
    for label, by in (("raised", 10.0), ("lowered", -10.0)):
        probe.collect(f"{name} slopes {label}", lambda by=by: moved(by))
    probe.collect(f"{name} seen", seen)


def _stacked(rows: list[Tensor | None]) -> Tensor | None:
    """One tensor of them all; ``None`` where one is missing."""
    return None if any(row is None for row in rows) else torch.stack([row.flatten() for row in rows if row is not None])


def _trainable_after_a_run(encoder: nn.Module, x: Tensor) -> int:
    encoder(x.clone())  # lazy layers have no size before
    return trainable(encoder)
