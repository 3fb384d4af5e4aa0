"""What is tried on an answer to exercise 14.3; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Call the answer on each run."""
    probe = Probe(answer)
    for label, run in inputs["runs"].items():
        probe.call(label, run, inputs["floor"])
    return probe.values
