"""What is tried on an answer to exercise 2.1; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe, refuse_list


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 2.1 and collect what comes back."""
    probe = Probe(answer)
    for label, arguments in inputs.items():
        refuse_list(probe, label, probe.call(label, *arguments))
    return probe.values
