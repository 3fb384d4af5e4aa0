"""What is tried on an answer to exercise 9.4; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..contract import Inputs, Values
from ..probing import Probe

PARTS = ("information", "mismatch")


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Split the KL of each set of codes; keep both parts."""
    probe = Probe(answer)
    for label, codes in inputs.items():
        probe.split(label, PARTS, probe.call(label, *codes))
    return probe.values
