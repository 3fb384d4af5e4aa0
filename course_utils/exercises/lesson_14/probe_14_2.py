"""What is tried on an answer to exercise 14.2; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..contract import Inputs, Values
from ..probing import Probe

PARTS = ("difference", "share")


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Compare each pair of lists; keep both numbers."""
    probe = Probe(answer)
    for label, (one, other) in inputs.items():
        probe.split(label, PARTS, probe.call(label, one, other))
    return probe.values
