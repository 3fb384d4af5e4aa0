"""What is tried on an answer to exercise 11.5; it runs beside the student's code and only collects."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.distributions import STANDARD_NORMAL, Laplace, Uniform

from ..contract import Inputs, Values
from ..probing import Probe

Map = Callable[[Tensor], Tensor]

_EDGE = math.sqrt(3)


def laplace_cdf(z: Tensor) -> Tensor:
    """P(Z <= z) for Laplace(0, 1), elementwise."""
    tail = torch.exp(-z.abs()) / 2
    return torch.where(z < 0, tail, 1 - tail)


PRIORS: dict[str, tuple[Map, Map]] = {
    "Laplace": (laplace_cdf, Laplace(torch.tensor(0.0), torch.tensor(1.0)).icdf),
    "normal": (torch.special.ndtr, STANDARD_NORMAL.icdf),
    "uniform": (lambda z: (z + _EDGE) / (2 * _EDGE), Uniform(torch.tensor(-_EDGE), torch.tensor(_EDGE)).icdf),
}


def tails(inputs: Inputs, icdf: Map) -> tuple[Tensor, Tensor]:
    """Ends of a path, (D,) each, most of them in the tails of the prior that has this inverse CDF."""
    return icdf(inputs["from"]), icdf(inputs["to"])


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 11.5 and collect what comes back."""
    probe = Probe(answer)
    start, end, t = inputs["start"], inputs["end"], inputs["t"]
    for name, (cdf, icdf) in PRIORS.items():
        probe.call(name, start, end, t, cdf, icdf)
    for name, (cdf, icdf) in PRIORS.items():
        probe.call(f"{name} tails", *tails(inputs, icdf), t, cdf, icdf)
    cdf, icdf = PRIORS["Laplace"]
    probe.call("ends", start, end, torch.tensor([0.0, 1.0]), cdf, icdf)
    probe.call("one", start, end, t[1:2], cdf, icdf)
    probe.call("still", start, start, t, cdf, icdf)
    probe.call("latent", start[:1], end[:1], t, cdf, icdf)
    return probe.values
