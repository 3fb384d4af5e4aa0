"""What is tried on an answer to exercise 11.1; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..contract import Inputs, Values
from ..probing import Probe

PARTS = ("b", "low", "high")


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Call the answer of exercise 11.1 and keep its three parts by name."""
    probe = Probe(answer)
    for label, mean, sd in (
        ("all", inputs["mean"], inputs["sd"]),
        ("small", inputs["mean"][:3], inputs["small"]),
        ("wide", inputs["far"], inputs["wide"]),
    ):
        probe.split(label, PARTS, probe.call(label, mean, sd))
    return probe.values
