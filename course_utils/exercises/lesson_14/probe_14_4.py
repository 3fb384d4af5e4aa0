"""What is tried on an answer to exercise 14.4; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Call the answer on each pair of models."""
    probe = Probe(answer)
    for label, (better, worse, least) in inputs["claims"].items():
        probe.call(label, better, worse, least)
    return probe.values
