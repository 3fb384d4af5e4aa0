"""What is tried on an answer to exercise 5.4; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..contract import Inputs, Values
from ..inspecting import HALVES, exchanged, features, fed, keep_encoder, read_by_ends
from ..probing import Probe

ROWS = 28


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Make encoders and run them; keep their outputs, the number of their weights, and which rows the outputs depend
    on."""
    probe = Probe(answer)
    x = inputs["x"]
    encoder = keep_encoder(probe, answer, inputs)
    for name, axes in (("rows", (0, 1, 3)), ("columns", (0, 1, 2))):
        for half, head in enumerate(HALVES):
            probe.collect(f"{name} of {head}", lambda half=half, axes=axes: _dependence(encoder, x, half, axes))
    probe.collect("read", lambda: read_by_ends(encoder, x[:1], 2 * inputs["hidden"]))
    probe.values["features"] = probe.collect("features", lambda: features(encoder, x))
    probe.collect("fed", lambda: fed(encoder, x[:1]))
    probe.collect("exchanged", lambda: exchanged(encoder, x))
    return probe.values


def _dependence(encoder: nn.Module, x: Tensor, half: int, axes: tuple[int, ...]) -> Tensor:
    """How strongly an output depends on each row or column: root mean square derivative over images and latents,
    (28,)."""
    x = x.clone().requires_grad_(True)
    code = encoder(x)[half]
    total = torch.zeros(ROWS)
    for signs in (torch.ones(code.shape[1]), *(torch.randn(code.shape[1]) for _ in range(5))):
        (slopes,) = torch.autograd.grad((code * signs).sum(), x, retain_graph=True)
        total += slopes.square().sum(axes).float()
    return total.sqrt()
