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
        pair = probe.call(label, *codes)
        if isinstance(pair, list | tuple) and len(pair) == 2:
            probe.values[label] = 2
            for part, value in zip(PARTS, pair, strict=True):
                probe.collect(f"{label} {part}", lambda value=value: value)
    return probe.values
