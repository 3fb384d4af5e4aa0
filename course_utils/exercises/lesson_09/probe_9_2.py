"""What is tried on an answer to exercise 9.2; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..contract import Inputs, Values
from ..probing import Probe

LATE, LONG = 0.7, 0.9
"""Progress and end of a warm-up that takes most of a training."""


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Call the answer during the warm-up, after it and at its start, without free bits; differentiate it."""
    probe = Probe(answer)
    bce, kl, until, free = (inputs[name] for name in ("bce", "kl", "until", "free"))
    probe.call("during", bce, kl, inputs["progress"], until, free)
    probe.call("after", bce, kl, 2 * until, until, free)
    probe.call("start", bce, kl, 0.0, until, free)
    probe.call("no gift", bce, kl, 1.0, until, 0.0)
    probe.call("large", 40 * bce, 10 * kl, LATE, LONG, 10 * free)
    probe.gradient("slope of the BCE", bce, kl, inputs["progress"], until, free, wrt=0)
    probe.gradient("slope", bce, kl, inputs["progress"], until, free, wrt=1)
    return probe.values
