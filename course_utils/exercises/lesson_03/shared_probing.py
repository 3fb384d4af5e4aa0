"""What several probes of lesson 03 use."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..probing import Probe


def probe_twice(answer: Callable[..., Tensor], *args: Tensor) -> Probe:
    """A probe that has drawn twice with the same u, under different global seeds."""
    probe = Probe(answer)

    def again() -> Tensor:
        torch.manual_seed(int(1e6 * args[-1][0]))
        return answer(*(arg.clone() for arg in args))

    probe.call("draws", *args)
    probe.collect("again", again)
    return probe
