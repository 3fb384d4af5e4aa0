"""How a quantity changes while a model trains: functions from progress in [0, 1] to a factor or a weight.

Progress is the fraction of all images that training has seen, so a schedule means the same whatever the batch size.
"""

from __future__ import annotations

import math
from collections.abc import Callable

Schedule = Callable[[float], float]


def constant(value: float = 1.0) -> Schedule:
    """Always ``value``."""
    return lambda progress: value


def one_cycle(warmup: float = 0.1, final: float = 0.02) -> Schedule:
    """Up from 0 to 1 in a straight line, then down to ``final`` along half a cosine (after Smith 2018).

    Args:
        warmup: fraction of training that the rise takes.
        final: factor at the very end.
    """
    def factor(progress: float) -> float:
        if progress < warmup:
            return progress / warmup
        fall = (progress - warmup) / (1 - warmup)
        return final + (1 - final) * (1 + math.cos(math.pi * fall)) / 2

    return factor


def warm_up(until: float, weight: float = 1.0) -> Schedule:
    """KL weight from 0 to ``weight`` in a straight line until progress ``until``, then constant (Bowman et al. 2016)."""
    return lambda progress: weight * min(1.0, progress / until)


def cyclic(cycles: int, rise: float = 0.5, weight: float = 1.0) -> Schedule:
    """KL weight that rises from 0 to ``weight`` and starts again, ``cycles`` times (Fu et al. 2019).

    Args:
        cycles: how often it starts at 0.
        rise: fraction of a cycle that the rise takes; the rest stays at ``weight``.
        weight: the weight that is reached.
    """
    return lambda progress: weight * min(1.0, (min(progress, 1 - 1e-12) * cycles % 1) / rise)
