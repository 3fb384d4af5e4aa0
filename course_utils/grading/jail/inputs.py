"""Inputs of an exercise as plain values: how they get behind the wall, where nothing can draw them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from course_utils.decoders import Layer
from course_utils.exercises.contract import Inputs

_NAMED: dict[str, type] = {"Layer": Layer}
"""Named tuples that inputs may hold."""


def packed(inputs: Inputs) -> dict[str, Any]:
    """Inputs in numbers, strings, arrays, lists and dicts.

    Raises:
        TypeError: where they hold anything that cannot be sent.
    """
    return {name: _plain(value) for name, value in inputs.items()}


def unpacked(sent: dict[str, Any]) -> Inputs:
    """Inputs as they were before they were packed."""
    return {name: _restored(value) for name, value in sent.items()}


def _plain(value: Any) -> Any:
    """A plain value; each dict says by its one key what it stands for."""
    match value:
        case Tensor():
            return {"tensor": value.numpy()}
        case dict():
            return {"dict": {key: _plain(item) for key, item in value.items()}}
        case list():
            return [_plain(item) for item in value]
        case tuple():
            kind = type(value).__name__ if type(value) in _NAMED.values() else "tuple"
            return {kind: [_plain(item) for item in value]}
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"{type(value).__name__} cannot be an input: take numbers, strings, tensors, or lists of these.")


def _restored(sent: Any) -> Any:
    if isinstance(sent, list):
        return [_restored(item) for item in sent]
    if not isinstance(sent, dict):
        return sent
    ((kind, value),) = sent.items()
    if kind == "tensor":
        return torch.from_numpy(value)
    if kind == "dict":
        return {key: _restored(item) for key, item in value.items()}
    items = [_restored(item) for item in value]
    return _NAMED[kind](*items) if kind in _NAMED else tuple(items)
