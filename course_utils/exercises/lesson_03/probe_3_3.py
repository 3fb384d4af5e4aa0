"""What is tried on an answer to exercise 3.3; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe
from .shared_probing import calls


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 3.3 and collect what comes back."""
    probe = Probe(answer)
    for label, mu, eps in calls(inputs):
        probe.call(label, torch.tensor(mu) if label == "tensor" else mu, eps)
    mu, eps, baseline = (inputs[name] for name in ("mu", "eps", "baseline"))
    probe.collect("baseline", lambda: answer(mu, eps.clone(), baseline=baseline))
    probe.call("below", mu, eps, -baseline)
    probe.call("baseline, one", torch.tensor(mu), eps[:1], baseline)
    return probe.values
