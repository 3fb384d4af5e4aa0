"""What is tried on an answer to exercise 0.3; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., float], inputs: Inputs) -> Values:
    """Shares of grey pixels."""
    probe = Probe(answer)
    probe.call("mixed", inputs["mixed"])
    probe.call("black-and-white", inputs["black-and-white"])
    return probe.values
