"""Lesson 07, exercise 7.5: a copy of a model's weights that stays what it was."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .contract import Finding, Inputs, Values
from .judging import Judge
from .probing import Probe


def snapshot(model: nn.Module) -> dict[str, Tensor]:
    """A copy of everything that ``model.load_state_dict`` needs to bring the model back to this moment."""
    return copy.deepcopy(model.state_dict())


def weight_inputs(generator: torch.Generator) -> Inputs:
    """Random weights and buffers of a small network with BatchNorm, and what training adds to them."""
    shapes = {name: value.shape for name, value in _network().state_dict().items() if value.is_floating_point()}
    draw = {name: torch.rand(shape, generator=generator) + 0.5 for name, shape in shapes.items()}
    return {
        "weights": draw,
        "moves": {name: torch.rand(shape, generator=generator) + 0.5 for name, shape in shapes.items()},
    }


def _network() -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))


def probe_snapshot(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Take a snapshot, train on, in place as optimisers do, and load it; keep what the model is then."""
    probe = Probe(answer)
    model = _network()
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
    with torch.no_grad():
        for name, value in model.state_dict().items():
            value.add_(inputs["moves"].get(name, 3))
    for label, target in (("back", model), ("elsewhere", _network())):
        probe.collect(f"{label} loaded", lambda target=target: target.load_state_dict(raw) and None)
        probe.collect(label, lambda target=target: _flat(target))
    values["still learns"] = all(parameter.requires_grad for parameter in model.parameters()) and model.training
    return values


def _flat(model: nn.Module) -> Tensor:
    return torch.cat([value.double().flatten() for value in model.state_dict().values()])


def _expected(inputs: Inputs, moves: dict[str, float]) -> np.ndarray:
    """All weights and buffers as one list, with the moves of training on those kinds that ``moves`` names."""
    parts = []
    for name in _network().state_dict():
        buffer = name not in dict(_network().named_parameters())
        by = moves["buffers" if buffer else "weights"]
        start = inputs["weights"].get(name, torch.tensor(7.0)).double()
        parts.append((start + by * inputs["moves"].get(name, torch.tensor(3.0)).double()).flatten())
    return torch.cat(parts).numpy()


def judge_snapshot(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 7.5."""
    judge = Judge("snapshot", values)
    _judge_entries(judge)
    right, moved = _expected(inputs, {"weights": 0, "buffers": 0}), _expected(inputs, {"weights": 1, "buffers": 1})
    judge.close("untouched", right, case="the model itself", otherwise="Taking a snapshot must not change the model.")
    shared = (
        "These are the weights of now, not of then: the snapshot holds the model's own tensors. Copy each "
        "with .clone()."
    )
    for label in ("back loaded", "elsewhere loaded"):
        if isinstance(values.get(label), dict) and not judge.findings:
            judge.array(label, ())
    judge.close(
        "back",
        right,
        case="the weights after training on and loading the snapshot",
        rtol=1e-6,
        suspects=(
            ("not-a-copy", moved, shared),
            ("not-a-copy", _expected(inputs, {"weights": 1, "buffers": 0}), shared),
            (
                "not-a-copy",
                _expected(inputs, {"weights": 0, "buffers": 1}),
                "The buffers are still the model's own tensors: clone these, too.",
            ),
        ),
        otherwise="After load_state_dict the model must be what it was when the snapshot was taken.",
    )
    judge.close("elsewhere", right, case="another model that loads the snapshot", rtol=1e-6)
    judge.that(
        values.get("still learns") is True,
        "model-frozen",
        "After the snapshot the model no longer trains.",
        "Leave the model's requires_grad and its mode alone.",
    )
    return judge.findings


def _judge_entries(judge: Judge) -> None:
    """Whether a dictionary came back that holds a tensor under every name."""
    kept, values = judge.values["kept"], judge.values
    if kept is None or isinstance(kept, dict) and "raised" in kept:
        judge.array("kept", ())
        return
    judge.that(
        "missing weights" in values,
        "not-a-dict",
        "snapshot did not return a dictionary.",
        "Return what model.load_state_dict understands: names and copied tensors, as in model.state_dict().",
    )
    judge.that(
        values.get("missing weights") == 0,
        "weights-missing",
        f"{values.get('missing weights')} of the model's weight tensors are not in the snapshot.",
        "Copy every entry of model.state_dict(), under its own name.",
    )
    judge.that(
        values.get("missing buffers") == 0,
        "buffers-missing",
        f"{values.get('missing buffers')} buffers are not in the snapshot.",
        "BatchNorm keeps its running mean and variance in buffers, which .parameters() leaves out: copy "
        "model.state_dict().",
    )
    judge.that(
        values.get("not tensors") == 0,
        "not-tensors",
        "Some entries of the snapshot are not tensors.",
        "Copy with .clone(), which gives a tensor.",
    )
