"""What is tried on an answer to exercise 11.3; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe

CASES = (
    "inside",
    "right",
    "left",
    "both",
    "disjoint",
    "disjoint-left",
    "right-little",
    "left-little",
    "equal",
    "touches",
    "touches-right",
    "nearly",
)


def posterior(inputs: Inputs, case: str) -> tuple[Tensor, Tensor]:
    """Ends of posteriors that lie inside, or leave the prior's support as the case says."""
    prior_low, prior_high, left, right = (inputs[name] for name in ("prior_low", "prior_high", "left", "right"))
    width = prior_high - prior_low
    little = 0.001 * width
    low, high = prior_low + width * left, prior_low + width * right
    below, above = prior_low - width * left, prior_high + width * (1 - right)
    return {
        "inside": (low, high),
        "left": (below, high),
        "right": (low, above),
        "both": (below, above),
        "disjoint": (above, above + width),
        "disjoint-left": (below - width, below),
        "left-little": (prior_low - little, high),
        "right-little": (low, prior_high + little),
        "equal": (prior_low, prior_high),
        "touches": (prior_low, high),
        "touches-right": (low, prior_high),
        "nearly": (prior_low + little, prior_high - little),
    }[case]


def _mixed(inputs: Inputs) -> tuple[Tensor, Tensor]:
    """Even elements inside, odd ones out on the right."""
    out = torch.arange(6) % 2 == 1
    inside, right = posterior(inputs, "inside"), posterior(inputs, "right")
    return inside[0], torch.where(out, right[1], inside[1])


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 11.3 and collect what comes back."""
    probe = Probe(answer)
    prior = inputs["prior_low"], inputs["prior_high"]
    for case in CASES:
        probe.call(case, *posterior(inputs, case), *prior)
    mixed = (*_mixed(inputs), *prior)
    probe.call("mixed", *mixed)
    probe.call("table", *(ends.view(2, 3) for ends in mixed))
    for label, wrt in (("slope-low", 0), ("slope-high", 1)):
        probe.gradient(label, *posterior(inputs, "inside"), *prior, wrt=wrt)
    return probe.values
