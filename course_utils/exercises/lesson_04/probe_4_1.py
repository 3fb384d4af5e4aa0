"""What is tried on an answer to exercise 4.1; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..contract import Inputs, Values
from ..inspecting import idle_weights, numbers_behind
from ..probing import Probe

HALVES = ("mu", "logvar")


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
    for i, name in enumerate(HALVES):
        probe.collect(f"alone {name}", lambda i=i: torch.cat([encoder(x[n : n + 1])[i] for n in range(len(x))]))
        probe.collect(f"numbers behind {name}", lambda i=i: numbers_behind(encoder, x, i))
        _keep_slopes(probe, name, encoder, inputs)
    _keep_halves(probe, "second encoder", probe.collect("made again", lambda: make(inputs["seed"] + 1)), x)
    probe.collect("weights by default", lambda: _count_after_a_run(answer(3), x))
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
        probe.values[f"{label} dtypes"] = sum(half.dtype == images.dtype for half in pair)
        for name, half in zip(HALVES, pair, strict=True):
            probe.collect(f"{label} {name}", lambda half=half: half)
            if not torch.equal(copy, images):
                probe.values[f"{label} {name}:changed"] = 0
    elif isinstance(pair, tuple | list):
        probe.values[f"{label} pair"] = {"type": f"a {type(pair).__name__} of {len(pair)}"}


def _keep_slopes(probe: Probe, name: str, encoder: Any, inputs: Inputs) -> None:
    """How one half answers to the hidden layer's biases, to its weights, and to those of the heads.

    For one image alone, the slope by a hidden bias is that of the activation times what follows; the slope by the
    layer's weights is the same times the pixels as the layer was given them; the slope by a head's bias is 1.
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

    def heads() -> Tensor:
        biases = [p for p in encoder.parameters() if p.numel() in (inputs["latent"], 2 * inputs["latent"])]
        found = torch.autograd.grad(encoder(x[:1].clone())[half].sum(), biases, allow_unused=True)
        return torch.cat([slope.flatten() for slope in found if slope is not None])

    probe.collect(f"{name} slopes", lambda: _stacked([slopes(x[n : n + 1], inputs["hidden"]) for n in range(len(x))]))
    for label, by in (("raised", 10.0), ("lowered", -10.0)):
        probe.collect(f"{name} slopes {label}", lambda by=by: moved(by))
    probe.collect(f"{name} seen", seen)
    probe.collect(f"{name} head slopes", heads)


def _stacked(rows: list[Tensor | None]) -> Tensor | None:
    """One tensor of them all; ``None`` where one is missing."""
    return None if any(row is None for row in rows) else torch.stack([row.flatten() for row in rows if row is not None])


def _count(encoder: nn.Module) -> int:
    return sum(parameter.numel() for parameter in encoder.parameters() if parameter.requires_grad)


def _count_after_a_run(encoder: nn.Module, x: Tensor) -> int:
    encoder(x.clone())  # lazy layers have no size before
    return _count(encoder)
