"""What is tried on an answer to exercise 9.3; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Call the answer on correlations of both signs and none, and on two of them in other units."""
    probe = Probe(answer)
    for label in ("positive", "negative", "none"):
        probe.call(label, inputs[label])
    for label in ("positive", "negative"):
        probe.call(f"other units, {label}", 1e4 * inputs[label])
    return probe.values
