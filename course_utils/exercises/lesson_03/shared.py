"""What several exercises of lesson 03 use."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from ..contract import Inputs
from ..judging import Judge
from .shared_probing import calls

PER_DRAW = "One value for each draw, the shape of eps: no mean yet, because its scatter is what we study."

DRAWS = {
    "gradients": "mu as a number, 12 draws",
    "negative": "mu below 0, draws in double precision",
    "zero": "mu = 0",
    "table": "draws of shape (3, 4)",
    "tensor": "mu as a tensor",
    "single": "one draw",
}
"""The calls of exercises 3.2 and 3.3, in words for the card."""


def cases(inputs: Inputs) -> list[tuple[str, float, Tensor, str]]:
    """(label, mu, eps, words for the card) of each call of exercises 3.2 and 3.3."""
    return [(label, mu, eps, DRAWS[label]) for label, mu, eps in calls(inputs)]


PER_NOISE = "One draw for each u: the same shape."


def judge_noise(judge: Judge, shape: tuple[int, ...]) -> None:
    """Whether the same u gives the same draw."""
    first, second = judge.array("draws", shape, PER_NOISE), judge.array("again", shape, PER_NOISE)
    if first is not None and second is not None:
        judge.that(
            np.allclose(first, second, equal_nan=True),
            "own-noise",
            f"{judge.name} gave other values for the same u.",
            "The chance is in u already: draw nothing inside, only move u to its place.",
        )
