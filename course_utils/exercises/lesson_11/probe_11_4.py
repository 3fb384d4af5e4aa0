"""What is tried on an answer to exercise 11.4; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import NO_GRADIENT, Probe, is_several

ENDS = ("low", "high")
ORDER = [4, 0, 6, 2, 5, 1, 3]


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Call the answer of exercise 11.4 and keep both ends by name, and how they move with the free numbers."""
    probe = Probe(answer)
    for label, place, width in (
        ("points", inputs["place"], inputs["width"]),
        ("grid", *inputs["grid"]),
        ("wide", *inputs["wide"]),
        ("ends", *inputs["ends"]),
        ("in another order", inputs["place"][ORDER], inputs["width"][ORDER]),
        ("table", inputs["place"][:6].view(2, 3), inputs["width"][:6].view(2, 3)),
    ):
        probe.split(label, ENDS, probe.call(label, place, width))
    probe.collect("slopes", lambda: _slopes(answer, inputs["place"], inputs["width"]))
    if probe.values["slopes"] is None:
        probe.values["slopes"] = NO_GRADIENT
    return probe.values


def _slopes(answer: Callable[..., Any], place: Tensor, width: Tensor) -> list[Tensor] | None:
    """Derivatives of low by place and width, then of high; zeros where one does not depend on the other."""
    free = place.clone().requires_grad_(True), width.clone().requires_grad_(True)
    ends = answer(*free)
    if not is_several(ends, 2) or not any(isinstance(end, Tensor) and end.requires_grad for end in ends):
        return None
    found = []
    for end in ends:
        slopes = (
            torch.autograd.grad(end.sum(), free, allow_unused=True, retain_graph=True)
            if isinstance(end, Tensor) and end.requires_grad
            else (None, None)
        )
        found += [torch.zeros_like(place) if slope is None else slope for slope in slopes]
    return found
