"""What is tried on an answer to exercise 10.5; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe

SHARP, WIDE, SCALE = 0.02, 1.7, 8
"""Spreads of a pixel with which the loss of a good picture is negative, and with which ln s is positive; its scale."""


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 10.5 and collect what comes back."""
    probe = Probe(answer)
    given = [inputs[name] for name in ("pictures", "images", "mu", "logvar")]
    probe.call("batch", *given, inputs["s"])
    probe.call("one", *(tensor[:1] for tensor in given), inputs["s"])
    probe.call("flat", given[0].flatten(1), given[1].flatten(1), given[2], given[3], 0.05)
    probe.call("near", inputs["near"], given[1], 0 * given[2], 0 * given[3], SHARP)
    probe.call("wide", *(SCALE * (pixels - 0.5) for pixels in given[:2]), *given[2:], WIDE)
    for label, wrt in (("slope", 0), ("slope-mu", 2), ("slope-logvar", 3)):
        probe.gradient(label, *given, inputs["s"], wrt=wrt)
    return probe.values
