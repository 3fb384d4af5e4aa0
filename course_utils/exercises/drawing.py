"""Drawing inputs of exercises."""

from __future__ import annotations

import torch
from torch import Tensor


def uniform(generator: torch.Generator, low: float, high: float, *shape: int) -> Tensor:
    """Draws from [low, high)."""
    return low + (high - low) * torch.rand(shape, generator=generator)


def between(generator: torch.Generator, *bounds: tuple[float, float]) -> Tensor:
    """One draw from each interval [low, high), so that none stays untried: (number of intervals,)."""
    low, high = torch.tensor(bounds).T
    return low + (high - low) * torch.rand(len(bounds), generator=generator)


def integer(generator: torch.Generator, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return int(torch.randint(low, high + 1, (), generator=generator))
