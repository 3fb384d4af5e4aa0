"""What is tried on an answer to exercise 9.2; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..contract import Inputs, Values
from ..probing import Probe


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Call the answer during the warm-up, after it and at its start, without free bits; differentiate it by the KL."""
    probe = Probe(answer)
    bce, kl, until, free = (inputs[name] for name in ("bce", "kl", "until", "free"))
    probe.call("during", bce, kl, inputs["progress"], until, free)
    probe.call("after", bce, kl, 2 * until, until, free)
    probe.call("start", bce, kl, 0.0, until, free)
    probe.call("no gift", bce, kl, 1.0, until, 0.0)
    probe.gradient("slope", bce, kl, inputs["progress"], until, free, wrt=1)
    return probe.values
