"""What several exercises of lesson 03 use."""

from __future__ import annotations

import numpy as np

from ..judging import Judge

PER_DRAW = "One value for each draw, the shape of eps: no mean yet, because its scatter is what we study."


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
