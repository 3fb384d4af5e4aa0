"""What is tried on an answer to exercise 7.5; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..contract import Inputs, Values
from ..probing import Probe


def network() -> nn.Module:
    """A small network with BatchNorm, whose running averages belong to its state, too."""
    with torch.random.fork_rng(devices=[]):
        return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Take a snapshot, train on, in place as optimisers do, and load it; keep what the model is then."""
    probe = Probe(answer)
    model = network()
    model.load_state_dict(inputs["weights"], strict=False)
    model.get_buffer("1.num_batches_tracked").fill_(7)
    raw = probe.collect("kept", lambda: answer(model))
    values = probe.values
    if not isinstance(raw, dict):
        return values
    values["kept"] = 1
    values["not tensors"] = sum(not isinstance(value, Tensor) for value in raw.values())
    values["missing weights"] = len(dict(model.named_parameters()).keys() - raw.keys())
    values["missing buffers"] = len(dict(model.named_buffers()).keys() - raw.keys())
    probe.collect("untouched", lambda: _flat(model))
    values["mode kept"] = model.training
    _train_on(model, inputs)
    for label, target in (("back", model), ("elsewhere", network())):
        _load(probe, label, target, raw)
    _train_on(model, inputs)
    second = probe.collect("second", lambda: answer(model))
    values["second"] = isinstance(second, dict)
    if isinstance(second, dict):
        _load(probe, "second", network(), second)
        _load(probe, "first again", network(), raw)
    values["still learns"] = all(parameter.requires_grad for parameter in model.parameters())
    return values


def _train_on(model: nn.Module, inputs: Inputs) -> None:
    with torch.no_grad():
        for name, value in model.state_dict().items():
            value.add_(inputs["moves"].get(name, 3))


def _load(probe: Probe, label: str, target: nn.Module, snapshot: dict[str, Tensor]) -> None:
    """Load a snapshot and keep what the target is then."""
    probe.collect(f"{label} loaded", lambda: target.load_state_dict(snapshot) and None)
    probe.collect(label, lambda: _flat(target))


def _flat(model: nn.Module) -> Tensor:
    return torch.cat([value.double().flatten() for value in model.state_dict().values()])
