"""Looking into a student's encoder: what it returns, weights that learn nothing, what its modules are given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.encoders import Heads

from .contract import Inputs
from .probing import Probe
from .settings import reseed

HALVES = ("mu", "logvar")


def keep_encoder(probe: Probe, answer: Callable[..., Any], inputs: Inputs) -> Any:
    """Make an encoder twice; keep what both return for the images ``x``, and how the first one's weights learn.

    Returns:
        The first encoder, or whatever stands in its place.
    """

    def make(seed: int) -> Any:
        reseed(seed)
        return answer(inputs["latent"], inputs["hidden"])

    x = inputs["x"]
    encoder = probe.collect("made", lambda: make(inputs["seed"]))
    probe.values["is a module"] = isinstance(encoder, nn.Module)
    for label, images in (("first", x), ("once more", x), ("one", x[:1])):
        keep_halves(probe, label, encoder, images)
    probe.collect("weights", lambda: trainable(encoder))
    probe.collect("idle", lambda: _idle_weights(encoder, x))
    second = probe.collect("made again", lambda: make(inputs["seed"] + 1))
    keep_halves(probe, "second encoder", second, x)
    for i, name in enumerate(HALVES):
        probe.collect(f"alone {name}", lambda i=i: torch.cat([encoder(x[n : n + 1])[i] for n in range(len(x))]))
        probe.collect(f"numbers behind {name}", lambda i=i: _numbers_behind(encoder, x, i))
        for made in (encoder, second):
            label = f"{name} head slopes" + " again" * (made is second)
            probe.collect(label, lambda made=made, i=i: _head_slopes(made, x[:2], i, inputs["latent"]))
    return encoder


def keep_halves(probe: Probe, label: str, encoder: Any, images: Tensor) -> None:
    """Run an encoder and keep mu and logvar, or what it returned in their place."""
    copy = images.clone()

    def run() -> Any:
        reseed(len(label))  # so that noise or dropout inside would differ from call to call
        return encoder(copy)

    pair = probe.collect(f"{label} pair", run)
    if isinstance(pair, tuple | list) and len(pair) == 2 and all(isinstance(half, Tensor) for half in pair):
        probe.values[f"{label} pair"] = 2
        probe.values[f"{label} dtypes"] = sum(half.dtype == images.dtype for half in pair)
        for name, half in zip(HALVES, pair, strict=True):
            probe.collect(f"{label} {name}", lambda half=half: half)
            if not torch.equal(copy.detach(), images):
                probe.values[f"{label} {name}:changed"] = 0
    elif isinstance(pair, tuple | list):
        probe.values[f"{label} pair"] = {"type": f"a {type(pair).__name__} of {len(pair)}"}


def trainable(encoder: nn.Module) -> int:
    """How many numbers an optimiser finds in it."""
    return sum(parameter.numel() for parameter in encoder.parameters() if parameter.requires_grad)


def _head_slopes(encoder: nn.Module, x: Tensor, half: int, latent: int) -> Tensor:
    """Slopes of latent 1 + 2 * latent 2 + ... by the biases of the heads, a row for each image.

    They are 1, 2, ... in an order that is the same for all images, where nothing comes after a linear layer.
    """
    biases = [p for p in encoder.parameters() if p.numel() in (latent, 2 * latent) and p.requires_grad]
    sums = encoder(x.clone())[half] @ torch.arange(1.0, latent + 1)
    rows = [torch.autograd.grad(one, biases, retain_graph=True, allow_unused=True) for one in sums]
    return torch.stack([torch.cat([slope.flatten() for slope in row if slope is not None]) for row in rows])


def _idle_weights(encoder: nn.Module, x: Tensor) -> int:
    """How many of the encoder's weight tensors get no gradient from what it returns, those that are frozen included."""
    mu, logvar = encoder(x.clone())
    squares = (mu.square() + logvar.square()).sum()
    weights = list(encoder.parameters())
    learning = [weight for weight in weights if weight.requires_grad]
    if not learning or not squares.requires_grad:
        return len(weights)
    gradients = torch.autograd.grad(squares, learning, allow_unused=True)
    return len(weights) - sum(gradient is not None for gradient in gradients)


def _observed(encoder: nn.Module, x: Tensor, *kinds: type[nn.Module]) -> list[tuple[nn.Module, Any, Any]]:
    """What goes into and comes out of the encoder's modules of some kinds: (module, input, output), call by call."""
    seen: list[tuple[nn.Module, Any, Any]] = []
    hooks = [
        module.register_forward_hook(lambda module, given, result: seen.append((module, given[0], result)))
        for module in encoder.modules()
        if isinstance(module, kinds)
    ]
    try:
        encoder(x.clone())
    finally:
        for hook in hooks:
            hook.remove()
    return seen


def features(encoder: nn.Module, x: Tensor) -> str:
    """What an LSTM's states became before they entered a linear layer: one of the usual slips, or something else.

    "unknown" where they entered it as they are, side by side in any order, or where this cannot be seen.
    """
    ends = _last_states(encoder, x)
    if len(ends) != 2:
        return "unknown"
    slips = [slip for order in (ends, ends[::-1]) for slip in _slips(*order)]
    for _, _, (out, _) in _observed(encoder, x, nn.LSTM):
        slips += [("pooled", out.amax(1)), ("averaged", out.mean(1))]
    entered = [given for _, given, _ in _observed(encoder, x, nn.Linear)]
    for name, slip in slips:
        if any(given.shape == slip.shape and torch.allclose(given, slip) for given in entered):
            return name
    states = torch.cat([h for h, _ in ends], dim=-1)
    wide = [given.sort().values for given in entered if given.shape == states.shape]
    changed = wide and not any(torch.allclose(given, states.sort().values, atol=1e-6) for given in wide)
    return "other" if changed else "unknown"


def fed(encoder: nn.Module, x: Tensor) -> Tensor | None:
    """All numbers that the first LSTM or LSTM cell was given, in rising order; ``None`` where there is none."""
    seen = _observed(encoder, x, nn.LSTM, nn.LSTMCell)
    given = [rows.flatten() for module, rows, _ in seen if module is seen[0][0]]
    return torch.cat(given).sort().values if given else None


def _last_states(encoder: nn.Module, x: Tensor) -> list[tuple[Tensor, Tensor]]:
    """The last h and c of each direction, be it half of an LSTM, an LSTM of its own or a cell."""
    of_lstms = [state for _, _, (_, last) in _observed(encoder, x, nn.LSTM) for state in zip(*last, strict=True)]
    of_cells = {cell: state for cell, _, state in _observed(encoder, x, nn.LSTMCell)}
    return of_lstms or list(of_cells.values())


def _slips(one: tuple[Tensor, Tensor], other: tuple[Tensor, Tensor]) -> list[tuple[str, Tensor]]:
    """What is sometimes made of the last h and c of both directions."""
    h, c = (torch.cat(pair, dim=-1) for pair in zip(one, other, strict=True))
    added = one[0] + other[0]
    return [("memory", c), ("relu", h.relu()), ("tanh", h.tanh()), ("added", torch.cat([added, added], dim=-1))]


def read_by_ends(encoder: nn.Module, x: Tensor, width: int) -> Tensor | None:
    """How strongly the first and the last numbers that enter a linear layer depend on each row of images, (2, rows).

    Where the states of two directions lie side by side, they are of one direction each; ``None`` where the layer does
    not take all ``width`` numbers of both. Four of them: one alone may remember its first row better than its last.
    """
    x = x.clone().requires_grad_(True)
    given = _observed(encoder, x, nn.Linear)[0][1]
    if given.shape[-1] != width:
        return None
    slopes = [torch.autograd.grad(given[..., k].sum(), x, retain_graph=True)[0] for k in (0, 1, 2, 3, -4, -3, -2, -1)]
    return torch.stack([slope.abs().sum((0, 1, 3)) for slope in slopes]).view(2, 4, -1).sum(1)


def exchanged(encoder: nn.Module, x: Tensor) -> bool:
    """Whether what the course's Heads call mu is returned as logvar."""
    found = encoder(x)[0].double()
    pairs = [(mu.double(), logvar.double()) for _, _, (mu, logvar) in _observed(encoder, x, Heads)]
    return any(torch.allclose(found, logvar) and not torch.allclose(mu, logvar) for mu, logvar in pairs)


def _numbers_behind(encoder: nn.Module, x: Tensor, half: int) -> int:
    """How many trainable numbers get a gradient from one half of what the encoder returns."""
    parameters = [parameter for parameter in encoder.parameters() if parameter.requires_grad]
    gradients = torch.autograd.grad(encoder(x.clone())[half].square().sum(), parameters, allow_unused=True)
    return sum(gradient.numel() for gradient in gradients if gradient is not None)
