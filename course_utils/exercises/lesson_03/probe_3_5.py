"""What is tried on an answer to exercise 3.5; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs, Values
from .shared_probing import probe_twice


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 3.5 and collect what comes back."""
    mu, b, u, edges = (inputs[name] for name in ("mu", "b", "u", "edges"))
    probe = probe_twice(answer, mu, b, u)
    probe.call("table", *(t.view(2, 4) for t in (mu, b, u)))
    probe.call("edges", torch.zeros(4), torch.ones(4), edges)
    probe.gradient("slope-mu", mu, b, u, wrt=0)
    probe.gradient("slope", mu, b, u, wrt=1)
    probe.gradient("edge-slope-mu", torch.zeros(4), torch.ones(4), edges, wrt=0)
    probe.gradient("edge-slope", torch.zeros(4), torch.ones(4), edges, wrt=1)
    return probe.values
