"""What is tried on an answer to exercise 7.3; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Call the answer on many rows, on one, and on negative numbers."""
    probe = Probe(answer)
    validation, test = inputs["validation"], inputs["test"]
    probe.call("rows", validation, test)
    probe.call("one row", validation[:1], test[:1])
    probe.call("one model", validation[:, :1], test[:, :1])
    probe.call("below zero", validation - 1000, test - 1000)
    return probe.values
