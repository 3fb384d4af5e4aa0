"""Exercise 8.1: a grid of equal shares of the prior."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils.distributions import STANDARD_NORMAL

from ..contract import Inputs
from ..drawing import integer
from ..judging import Judge

TITLE = "a grid of equal shares of the prior"
NAME = "quantile_grid"
POINTS = 2
HINTS = (
    "Three steps: the middles of equal strips of [0, 1]; their normal quantiles; every pair of "
    "two of them, row by row from the top.",
    "u_k = (k + 1/2) / side, q = torch.special.ndtri(u). In the row of pictures number r (from "
    "the top) z2 is q[side - 1 - r], and z1 runs through q.",
    "def quantile_grid(side):\n    u = (torch.arange(side) + ___) / ___\n    q = torch.special.ndtri(u)\n"
    "    z1 = q.repeat(___)\n    z2 = q.flip(0).repeat_interleave(___)\n    return "
    "torch.stack([___, ___], dim=1)",
)

PER_PICTURE = "One code for each picture, (side * side, 2), row by row from the top left."


def reference(side: int) -> Tensor:
    """Codes (side * side, 2) of a picture grid whose cells hold equal shares of N(0, I); z1 grows right, z2 upwards."""
    return _grid(STANDARD_NORMAL.icdf(_middles(side)))


def _middles(side: int) -> Tensor:
    return (torch.arange(side) + 0.5) / side


def _grid(ticks: Tensor) -> Tensor:
    """Ticks (side,) on both axes -> (side * side, 2) in reading order."""
    z2, z1 = torch.meshgrid(ticks.flip(0), ticks, indexing="ij")
    return torch.stack([z1, z2], dim=-1).reshape(-1, 2)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 8.1: a small side, one above 10, and one whose outer levels lie far out."""
    side = integer(generator, 4, 9)
    return {"side": side, "other": side + integer(generator, 7, 14), "far": integer(generator, 52, 56)}


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 8.1."""
    side = inputs["side"]
    right, q = reference(side), STANDARD_NORMAL.icdf(_middles(side))
    rising, falling = _grid(q).view(side, side, 2), _grid(-q).view(side, side, 2)
    inner = torch.arange(1, side + 1) / (side + 1)
    judge.close(
        "grid",
        right,
        axes=PER_PICTURE,
        case=f"side = {side}",
        atol=2e-5,
        suspects=(
            (
                "square",
                _grid(torch.linspace(-1, 1, side)),
                "This is the square [-1, 1]^2 again: send the levels through the inverse CDF.",
            ),
            (
                "levels-only",
                _grid(_middles(side)),
                "These are the levels u: the inverse CDF, torch.special.ndtri, still has to turn them into z.",
            ),
            (
                "other-levels",
                _grid(STANDARD_NORMAL.icdf(inner)),
                "The levels k / (side + 1) leave more at the edges: take the middles of side equal "
                "strips, (k + 1/2) / side.",
            ),
            (
                "upside-down",
                rising.flip(0).reshape(-1, 2),
                "The first row of pictures is the top, where z2 is largest.",
            ),
            ("mirrored", rising.flip(1).reshape(-1, 2), "z1 grows from left to right."),
            ("mirrored", falling.reshape(-1, 2), "Turned by 180 degrees: z1 grows to the right, z2 upwards."),
            (
                "column-by-column",
                rising.transpose(0, 1).reshape(-1, 2),
                "The codes run column by column: the pictures are laid out row by row.",
            ),
            (
                "coordinates-swapped",
                right.flip(1),
                "z1 and z2 are exchanged: z1 stands in column 0 and changes along a row of pictures.",
            ),
            (
                "last-runs-first",
                torch.cartesian_prod(q, q),
                "Here z2 changes along a row of pictures (the order of cartesian_prod): z1 changes along "
                "a row, z2 falls from row to row.",
            ),
            (
                "diagonal",
                torch.stack([q, q], 1).repeat_interleave(side, 0),
                "Both coordinates move together: every level of z1 meets every level of z2.",
            ),
            (
                "uniform-cdf",
                _grid(torch.special.ndtr(torch.linspace(-1, 1, side))),
                "ndtr goes from z to u; its inverse is ndtri.",
            ),
            (
                "pairs-repeated",
                torch.stack([q.repeat(side), q.repeat(side)], 1),
                "The levels are right, the pairs are not: each z1 must meet each z2 once.",
            ),
        ),
        otherwise="Levels u = (k + 1/2) / side, then z = torch.special.ndtri(u); each z1 meets each z2 once.",
    )
    for label in ("other", "far"):
        judge.close(
            label,
            reference(inputs[label]),
            axes=PER_PICTURE,
            case=f"side = {inputs[label]}",
            atol=2e-5,
            otherwise=f"For side = {side} the grid was right: which number in it does not follow the argument?",
        )
    judge.close(
        "one",
        reference(1),
        axes=PER_PICTURE,
        case="side = 1",
        atol=1e-4,
        otherwise="The middle of one strip is the median, 0.",
    )
    judge.close("two", reference(2), axes=PER_PICTURE, case="side = 2")
