"""What is tried on an answer to exercise 1.4; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., float], inputs: Inputs) -> Values:
    """Call the answer on each triple and collect what comes back."""
    probe = Probe(answer)
    for label, triple in inputs.items():
        probe.call(label, *triple)
    return probe.values
