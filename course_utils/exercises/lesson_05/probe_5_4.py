"""What is tried on an answer to exercise 5.4; it runs beside the student's code and only collects."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..contract import Inputs, Values
from ..inspecting import exchanged, features, idle_weights, numbers_behind
from ..probing import Probe

ROWS = 28


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Make encoders and run them; keep their outputs, the number of their weights, and which rows the outputs depend
    on."""
    probe = Probe(answer)
    x = inputs["x"]

    def make(seed: int) -> Any:
        torch.manual_seed(seed)
        return answer(inputs["latent"], inputs["hidden"])

    encoder = probe.collect("made", lambda: make(inputs["seed"]))
    probe.values["is a module"] = isinstance(encoder, nn.Module)
    _run(probe, "first", encoder, x)
    _run(probe, "repeated", encoder, x)
    _run(probe, "one", encoder, x[:1])
    probe.collect("weights", lambda: sum(p.numel() for p in encoder.parameters() if p.requires_grad))
    probe.collect("idle", lambda: idle_weights(encoder, x))
    for half, head in enumerate(("mu", "logvar")):
        probe.collect(f"numbers behind {head}", lambda half=half: numbers_behind(encoder, x, half))
    for name, axes in (("rows", (0, 1, 3)), ("columns", (0, 1, 2))):
        for half, head in enumerate(("mu", "logvar")):
            probe.collect(f"{name} of {head}", lambda half=half, axes=axes: _dependence(encoder, x, half, axes))
    probe.values["features"] = probe.collect("features", lambda: features(encoder, x))
    probe.collect("exchanged", lambda: exchanged(encoder, x))
    _run(probe, "steep", probe.collect("steep made", lambda: _steep(encoder, inputs["latent"])), x)
    _run(probe, "second encoder", probe.collect("made again", lambda: make(inputs["seed"] + 1)), x)
    return probe.values


def _run(probe: Probe, label: str, encoder: Any, x: Tensor) -> None:
    given = x.clone()

    def run() -> Any:
        torch.manual_seed(len(label))  # noise of an answer's own differs from call to call
        return encoder(given)

    pair = probe.collect(f"{label} pair", run)
    if not torch.equal(given.detach(), x):
        probe.values[f"{label} mu:changed"] = 0
    if isinstance(pair, tuple | list) and len(pair) == 2 and all(isinstance(half, Tensor) for half in pair):
        probe.values[f"{label} pair"] = 2
        probe.values[f"{label} dtypes"] = sum(half.dtype == x.dtype for half in pair)
        for name, half in zip(("mu", "logvar"), pair, strict=True):
            probe.collect(f"{label} {name}", lambda half=half: half)


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


def _steep(encoder: nn.Module, latent: int) -> nn.Module:
    """A copy whose last layers are ten thousand times as steep."""
    steep = copy.deepcopy(encoder)
    with torch.no_grad():
        for parameter in steep.parameters():
            if len(parameter) in (latent, 2 * latent):
                parameter.mul_(1e4)
    return steep
