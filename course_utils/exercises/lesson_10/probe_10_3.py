"""What is tried on an answer to exercise 10.3; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe


def far(inputs: Inputs, dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
    """Matrix, mean and images with large numbers of both signs."""
    matrix, mean, images = (inputs[name].to(dtype) for name in ("matrix", "mean", "images"))
    signs = torch.where(torch.arange(len(mean)) % 3 == 0, -1, 1)
    return 10 * matrix, 10 * mean * signs, 300 * (images - 1)


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 10.3 and collect what comes back."""
    probe = Probe(answer)
    matrix, mean, images = (inputs[name] for name in ("matrix", "mean", "images"))
    probe.call("batch", matrix, mean, images)
    probe.call("one", matrix, mean, images[:1])
    probe.call("line", matrix[:1], mean, images)
    probe.call("far", *far(inputs, torch.float32))
    probe.call("perfect", matrix, mean, mean + images[:, :6] @ matrix)
    return probe.values
