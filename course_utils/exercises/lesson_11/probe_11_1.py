"""What is tried on an answer to exercise 11.1; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..contract import Inputs, Values
from ..probing import Probe, plain
from .shared_probing import is_several


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Call the answer of exercise 11.1 and keep its three parts by name."""
    probe = Probe(answer)
    for label, mean, sd in (
        ("", inputs["mean"], inputs["sd"]),
        ("small ", inputs["mean"][:3], inputs["small"]),
        ("wide ", inputs["far"], inputs["wide"]),
    ):
        parts = probe.call(f"{label}all", mean, sd)
        if is_several(parts, 3):
            probe.values |= {label + name: plain(part) for name, part in zip(("b", "low", "high"), parts, strict=True)}
    return probe.values
