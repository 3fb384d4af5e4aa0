"""What is tried on an answer to exercise 2.6; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe, refuse_list


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 2.6 and collect what comes back."""
    probe = Probe(answer)
    for label, log_w in inputs.items():
        refuse_list(probe, label, probe.call(label, log_w))
    return probe.values
