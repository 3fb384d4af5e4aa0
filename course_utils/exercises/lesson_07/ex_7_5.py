"""Exercise 7.5: a copy that stays."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import Tensor, nn

from ..contract import Inputs
from ..judging import Judge
from .probe_7_5 import network

TITLE = "a copy that stays"
NAME = "snapshot"
POINTS = 2
HINTS = (
    "state_dict() hands out the model's own tensors, which training goes on changing. Each of them needs a copy.",
    "Go through model.state_dict().items() and keep value.clone() under each name; copy.deepcopy "
    "does the same in one go.",
    "def snapshot(model):\n    kept = {}\n    for name, value in model.state_dict().items():\n   "
    "     kept[name] = value.___\n    return ___",
)


def reference(model: nn.Module) -> dict[str, Tensor]:
    """A copy of everything that ``model.load_state_dict`` needs to bring the model back to this moment."""
    return copy.deepcopy(model.state_dict())


def inputs(generator: torch.Generator) -> Inputs:
    """Random weights and buffers of a small network with BatchNorm, and what training adds to them."""
    shapes = {name: value.shape for name, value in network().state_dict().items() if value.is_floating_point()}
    draw = {name: torch.rand(shape, generator=generator) + 0.5 for name, shape in shapes.items()}
    return {
        "weights": draw,
        "moves": {name: torch.rand(shape, generator=generator) + 0.5 for name, shape in shapes.items()},
    }


def _expected(inputs: Inputs, moves: dict[str, float]) -> np.ndarray:
    """All weights and buffers as one list, with the moves of training on those kinds that ``moves`` names."""
    parts = []
    for name in network().state_dict():
        buffer = name not in dict(network().named_parameters())
        by = moves["buffers" if buffer else "weights"]
        start = inputs["weights"].get(name, torch.tensor(7.0)).double()
        parts.append((start + by * inputs["moves"].get(name, torch.tensor(3.0)).double()).flatten())
    return torch.cat(parts).numpy()


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 7.5."""
    _judge_entries(judge)
    right, moved = _expected(inputs, {"weights": 0, "buffers": 0}), _expected(inputs, {"weights": 1, "buffers": 1})
    judge.close("untouched", right, case="the model itself", otherwise="Taking a snapshot must not change the model.")
    shared = (
        "These are the weights of now, not of then: the snapshot holds the model's own tensors. Copy each "
        "with .clone()."
    )
    for label in ("back loaded", "elsewhere loaded"):
        _judge_loading(judge, judge.values.get(label))
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
        judge.values.get("mode kept") is True,
        "mode-changed",
        "A model in training mode was left in evaluation mode.",
        "Taking a snapshot must not change the model: leave its mode alone.",
    )
    judge.that(
        judge.values.get("still learns") is True,
        "model-frozen",
        "After the snapshot the model's weights no longer ask for gradients.",
        "Leave the model's requires_grad alone: .detach() and .clone() copy without it.",
    )
    judge.that(judge.values.get("second") is not False, "not-a-dict", "The second snapshot was not a dictionary.")
    judge.close(
        "second",
        moved,
        case="a second snapshot, after more training",
        rtol=1e-6,
        suspects=(("kept-from-before", right, "This is what the first snapshot holds: copy anew in every call."),),
    )
    judge.close(
        "first again",
        right,
        case="the first snapshot, after a second one was taken",
        rtol=1e-6,
        suspects=(("one-for-all", moved, "Both snapshots are in one dictionary: make a new one in every call."),),
    )


def _judge_loading(judge: Judge, loaded: object) -> None:
    """Whether a model took the snapshot; what it says if not is the model's word, not the student's."""
    if isinstance(loaded, dict):
        judge.that(
            False,
            "does-not-load",
            f"model.load_state_dict did not take the snapshot: {loaded.get('message', '').rstrip(':. ')}.",
            "It wants every name of model.state_dict(), no other, and tensors of the same shapes.",
        )


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
