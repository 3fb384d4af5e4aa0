"""What is tried on an answer to exercise 4.1; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..contract import Inputs, Values
from ..inspecting import idle_weights
from ..probing import Probe


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Make encoders and run them; keep their outputs, the number of their weights, and which weights learn."""
    probe = Probe(answer)
    x, y = inputs["x"], inputs["y"]

    def make(seed: int) -> Any:
        torch.manual_seed(seed)
        return answer(inputs["latent"], inputs["hidden"])

    encoder = probe.collect("made", lambda: make(inputs["seed"]))
    probe.values["is a module"] = isinstance(encoder, nn.Module)
    _keep_halves(probe, "first", encoder, x)
    _keep_halves(probe, "once more", encoder, x)
    probe.collect("weights", lambda: _count(encoder))
    probe.collect("idle", lambda: idle_weights(encoder, x))
    for label, images in (("other", y), ("between", (x + y) / 2), ("bright", 1000 * x), ("one", x[:1])):
        _keep_halves(probe, label, encoder, images)
    _keep_halves(probe, "second encoder", probe.collect("made again", lambda: make(inputs["seed"] + 1)), x)
    probe.collect("weights by default", lambda: _count(answer(3)))
    return probe.values


def _keep_halves(probe: Probe, label: str, encoder: Any, images: Tensor) -> None:
    """Run an encoder and keep mu and logvar, or what it returned in their place."""
    copy = images.clone()

    def run() -> Any:
        torch.manual_seed(len(label))  # so that noise or dropout inside would differ from call to call
        return encoder(copy)

    pair = probe.collect(f"{label} pair", run)
    if isinstance(pair, tuple | list) and len(pair) == 2 and all(isinstance(half, Tensor) for half in pair):
        probe.values[f"{label} pair"] = 2
        for name, half in zip(("mu", "logvar"), pair, strict=True):
            probe.collect(f"{label} {name}", lambda half=half: half)
            if not torch.equal(copy, images):
                probe.values[f"{label} {name}:changed"] = 0
    elif isinstance(pair, tuple | list):
        probe.values[f"{label} pair"] = {"type": f"a {type(pair).__name__} of {len(pair)}"}


def _count(encoder: nn.Module) -> int:
    return sum(parameter.numel() for parameter in encoder.parameters() if parameter.requires_grad)
