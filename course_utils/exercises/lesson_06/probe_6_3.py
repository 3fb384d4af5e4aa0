"""What is tried on an answer to exercise 6.3; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.decoders import Layer

from ..contract import Inputs, Values
from ..probing import Probe

Decoder = tuple[int, tuple[Layer, ...]]


def probe(answer: Callable[..., Decoder], inputs: Inputs) -> Values:
    """Call the answer of exercise 6.3 and collect what comes back, one decoder as one row of numbers."""
    probe = Probe(answer)
    for label, (size, layers) in inputs.items():
        probe.collect(label, lambda size=size, layers=layers: _as_row(answer(size, layers)))
    return probe.values


def _as_row(result: Any) -> Any:
    """(size, layers) as one flat array, size first; anything else as it is."""
    try:
        size, layers = result
        rows = np.array([[float(number) for number in layer] for layer in layers])
        return np.concatenate([[float(size)], rows.ravel()])
    except (TypeError, ValueError):
        return result
