"""What several probes of lesson 11 use."""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor


def is_several(found: Any, count: int) -> bool:
    """Whether an answer returned so many things: a list, a tuple, or a tensor or array with an axis of that length."""
    if isinstance(found, Tensor | np.ndarray):
        return found.ndim > 0 and len(found) == count
    return isinstance(found, list | tuple) and len(found) == count
