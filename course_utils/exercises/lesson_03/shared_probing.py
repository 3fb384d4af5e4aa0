"""What several probes of lesson 03 use."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs
from ..probing import Probe


def calls(inputs: Inputs) -> list[tuple[str, float, Tensor]]:
    """(label, mu, eps) of each call of exercises 3.2 and 3.3; "tensor" gives mu as a tensor."""
    mu, eps = inputs["mu"], inputs["eps"]
    return [
        ("gradients", mu, eps),
        ("negative", -4 * mu, eps[:5].double()),
        ("zero", 0.0, eps[4:8]),
        ("table", mu, eps.view(3, 4)),
        ("tensor", 4 * mu, eps[:4]),
        ("single", mu, eps[:1]),
    ]


def probe_twice(answer: Callable[..., Tensor], *args: Tensor) -> Probe:
    """A probe that has drawn twice with the same u, under different global seeds."""
    probe = Probe(answer)

    def again() -> Tensor:
        torch.manual_seed(int(1e6 * args[-1][0]))
        return answer(*(arg.clone() for arg in args))

    probe.call("draws", *args)
    probe.collect("again", again)
    return probe
