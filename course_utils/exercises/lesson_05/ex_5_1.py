"""Exercise 5.1: an image as a sequence."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..judging import Judge, Suspect
from .probe_5_1 import ROWS

TITLE = "an image as a sequence"
NAME = "to_sequence"
POINTS = 1
HINTS = (
    "The pixels already stand in memory in reading order: nothing must move, only the shape changes.",
    "(N, 1, 28, 28) -> (N, 28 // rows, 28 * rows), with reshape; len(images) is N.",
    "def to_sequence(images, rows=1):\n    return images.reshape(len(images), ___, ___)",
)

STEPS = "Batch first, then the steps, then the numbers of one step: (N, 28 // rows, 28 * rows)."


def reference(images: Tensor, rows: int = 1) -> Tensor:
    """Image rows as steps from top to bottom: (N, 1, 28, 28) -> (N, 28 // rows, 28 * rows)."""
    return images.reshape(len(images), 28 // rows, 28 * rows)


def inputs(generator: torch.Generator) -> Inputs:
    """Random images, and a number of rows per step beside 1."""
    rows = (2, 4, 7)[int(torch.randint(0, 3, (), generator=generator))]
    return {"images": torch.rand((6, 1, 28, 28), generator=generator), "rows": rows}


def _judge_shapes(judge: Judge, values: Values, rows: int) -> None:
    for label, wrong, code, cause in (
        (
            "single",
            (28, 6, 28),
            "steps-first",
            "The batch comes first in this course (batch_first=True in nn.LSTM): (N, 28, 28).",
        ),
        ("single", (6, 1, 28, 28), "channel-kept", "The channel axis, of length 1, must go: an LSTM wants three axes."),
        ("single", (6, 784), "flattened", "All rows became one step: keep 28 steps of 28 numbers."),
        ("several", (6, 28, 28), "rows-ignored", "Several rows make one step: 28 // rows steps of 28 * rows numbers."),
        ("one", (2, 392), "batch-axis-lost", "A batch of one image keeps its axis: no squeeze without a number."),
    ):
        judge.that(
            np.shape(values.get(label, 0)) != wrong,
            code,
            f"to_sequence returned shape {wrong} for {_asked(label, rows)}.",
            cause,
        )


def _several_suspects(images: Tensor, rows: int) -> tuple[Suspect, ...]:
    several = reference(images, rows)
    return (
        ("columns", reference(images.mT, rows), "These are columns: a step is made of neighbouring rows."),
        (
            "rows-woven",
            images.reshape(6, rows, 28 // rows, 28).transpose(1, 2).reshape(several.shape),
            "Rows from far apart share a step: a step is made of neighbouring rows, in their order.",
        ),
        (
            "pixels-woven",
            images.reshape(6, 28 // rows, rows, 28).transpose(2, 3).reshape(several.shape),
            "Within a step the rows are woven pixel by pixel: one row after the other.",
        ),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 5.1."""
    images, rows = inputs["images"].double(), inputs["rows"]
    _judge_shapes(judge, judge.values, rows)
    right = reference(images)
    judge.close(
        "single",
        right,
        axes=STEPS,
        case="rows = 1",
        suspects=(
            ("columns", right.mT, "These are the columns, from left to right: step number t is row number t."),
            ("bottom-up", right.flip(1), "The rows come from the bottom up: the first step is the top row."),
            ("mirrored", right.flip(2), "Each row runs from right to left: keep its order."),
            ("scaled", right / 255, "Divided by 255 again? The images are in [0, 1] already."),
            ("scaled", right * 255, "Multiplied by 255? The pixels stay as they are."),
        ),
        otherwise="Only the shape changes: step t of image n is its row t, and no pixel changes its value.",
    )
    several = reference(images, rows)
    judge.close(
        "several",
        several,
        axes=STEPS,
        case=_asked("several", rows),
        suspects=_several_suspects(images, rows),
        otherwise="Step t holds rows t * rows to (t + 1) * rows - 1, one after the other.",
    )
    for each in ROWS:
        judge.close(f"rows {each}", reference(images, each), axes=STEPS, case=f"rows = {each}")
    judge.close("one", reference(images[:1], 14), axes=STEPS, case="one image and rows = 14")
    judge.close("gradient", torch.ones_like(images), case="the gradient by the images")
    judge.that(
        judge.values["same type"],
        "type-changed",
        "to_sequence returned numbers of another type than the images'.",
        "Only the shape changes: float32 stays float32, and a tensor a tensor.",
    )


def _asked(label: str, rows: int) -> str:
    return {"single": "rows = 1", "several": f"rows = {rows}", "one": "one image and rows = 14"}[label]
