"""How a quantity changes while a model trains: from progress in [0, 1] to a factor or a weight.

Progress is the fraction of all images that training will see, so a schedule means the same whatever the batch size.
Schedules are plain data: they compare equal when they do the same, and print as what they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

Schedule = Callable[[float], float]


@dataclass(frozen=True)
class Constant:
    """Always ``value``."""

    value: float = 1.0

    def __call__(self, progress: float) -> float:
        """The value, whatever the progress."""
        return self.value


@dataclass(frozen=True)
class OneCycle:
    """Up from 0 to 1 during ``warmup``, then down to ``final``, both in straight lines (after Smith 2018)."""

    warmup: float = 0.1
    final: float = 0.02

    def __call__(self, progress: float) -> float:
        """Factor on the peak learning rate."""
        if progress < self.warmup:
            return progress / self.warmup
        return self.final + (1 - self.final) * (1 - progress) / (1 - self.warmup)


@dataclass(frozen=True)
class WarmUp:
    """From 0 to ``weight`` in a straight line until progress ``until``, then constant (KL: Bowman et al. 2016)."""

    until: float
    weight: float = 1.0

    def __call__(self, progress: float) -> float:
        """Weight of the KL."""
        return self.weight * min(1.0, progress / self.until)


@dataclass(frozen=True)
class Cyclic:
    """``cycles`` warm-ups one after the other, each rising for a fraction ``rise`` of its time (Fu et al. 2019)."""

    cycles: int
    rise: float = 0.5
    weight: float = 1.0

    def __call__(self, progress: float) -> float:
        """Weight of the KL."""
        within = math.fmod(progress * self.cycles, 1.0) if progress < 1 else 1.0
        return self.weight * min(1.0, within / self.rise)
