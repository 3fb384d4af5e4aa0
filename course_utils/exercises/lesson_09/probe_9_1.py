"""What is tried on an answer to exercise 9.1; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Call the answer on each history."""
    probe = Probe(answer)
    for label, history in inputs["histories"].items():
        probe.call(label, history, inputs["ceiling"])
    return probe.values
