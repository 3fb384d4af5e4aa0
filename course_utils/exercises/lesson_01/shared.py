"""What several exercises of lesson 01 use."""

from __future__ import annotations

import torch
from torch import Tensor

from ..contract import Inputs

PER_IMAGE = "One number per image, (N,): sum over the pixels, keep the images apart."


def pixels(generator: torch.Generator, *shape: int) -> Tensor:
    """Grey images with some pixels at exactly 0 and 1."""
    return (torch.rand(shape, generator=generator) * 1.6 - 0.3).clamp(0, 1)


def cases(inputs: Inputs) -> list[tuple[str, str, float, int, int]]:
    """(label, words for the card, what was printed, images, batch) of each case."""
    words = {
        "ragged": "a last batch that is smaller",
        "even": "batches that are all full",
        "small": "fewer images than one batch",
    }
    return [
        (label, f"{words[label]} (n = {n}, batch = {batch})", printed, n, batch)
        for label, (printed, n, batch) in inputs.items()
    ]
