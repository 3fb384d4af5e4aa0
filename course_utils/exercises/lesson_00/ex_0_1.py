"""Exercise 0.1: bytes to numbers."""

from __future__ import annotations

import torch
from torch import Tensor

from ..contract import Inputs
from ..judging import Judge

TITLE = "bytes to numbers"
NAME = "to_unit_range"
POINTS = 1
HINTS = (
    "Which byte is the blackest, and what should it become?",
    "x = byte / 255, computed with floating-point numbers.",
    "def to_unit_range(pixels):\n    return pixels.to(torch.float32) / ___",
)


def reference(pixels: Tensor) -> Tensor:
    """Bytes 0..255 as float32 in [0, 1], same shape."""
    return pixels.to(torch.float32) / 255


def inputs(generator: torch.Generator) -> Inputs:
    """Bytes: a batch that holds 0, 128 and 255, one of middle greys, a row, a table."""
    pixels = torch.randint(1, 255, (6, 1, 28, 28), generator=generator, dtype=torch.uint8)
    pixels[0, 0, 0, :3] = torch.tensor([0, 128, 255], dtype=torch.uint8)
    row, table = pixels[1, 0, 0, :9] // 2 + 40, pixels[2, 0, :4, :3].clone()
    return {"pixels": pixels, "dim": pixels // 2 + 20, "row": row, "table": table}


CASES = (
    ("pixels", "bytes up to 255"),
    ("dim", "a batch of bytes from 20 to 147"),
    ("row", "a row of 9 bytes between 40 and 167, shape (9,)"),
    ("table", "a table of bytes, shape (4, 3)"),
)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 0.1."""
    for label, case in CASES:
        pixels = inputs[label].double()
        right = pixels / 255
        judge.close(
            label,
            right,
            case=case,
            axes="Every pixel keeps its place: same shape in and out.",
            at={"byte": pixels},
            rtol=1e-5,
            suspects=(
                (
                    "divided-by-256",
                    pixels / 256,
                    "Divided by 256? The largest byte is 255, and it should become exactly 1.",
                ),
                ("not-scaled", pixels, "The bytes came back as they were: divide by 255."),
                (
                    "integer-division",
                    (pixels == 255).double(),
                    "Whole numbers only: // or a cast to integers after dividing?",
                ),
                (
                    "own-maximum",
                    pixels / pixels.max(),
                    "Divided by the batch's own maximum? Then the same ink gets another "
                    "value in another batch: always divide by 255.",
                ),
                (
                    "own-range",
                    (pixels - pixels.min()) / (pixels.max() - pixels.min()),
                    "Stretched between the batch's own minimum and maximum? Then the same ink gets another value in "
                    "another batch: always divide by 255.",
                ),
                (
                    "own-minimum",
                    (pixels - pixels.min()) / 255,
                    "The batch's own minimum was subtracted: a byte of 0 is white whatever else is in the batch.",
                ),
                ("inverted", 1 - right, "Black and white are exchanged: 0 stays 0, 255 becomes 1."),
                ("minus-one-to-one", 2 * right - 1, "This is the range [-1, 1]; the course keeps [0, 1]."),
                (
                    "standardised",
                    (pixels - pixels.mean()) / pixels.std(),
                    "This subtracts the mean and divides by the standard deviation; here only divide by 255.",
                ),
            ),
        )
