"""Exercise 8.4: a path on the sphere."""

from __future__ import annotations

import torch
from torch import Tensor

from ..contract import Finding, Inputs, Values
from ..judging import Judge

TITLE = "a path on the sphere"
NAME = "slerp"
POINTS = 2
HINTS = (
    "First the angle between the two codes, from their dot product and their lengths; then one "
    "weight for start and one for end, for each t.",
    "angle = arccos(start . end / (|start| |end|)), kept at 1e-4 at least; weights sin((1 - t) "
    "angle) / sin(angle) and sin(t angle) / sin(angle).",
    "def slerp(start, end, t):\n    cosine = (start @ end) / (___ * ___)\n    angle = "
    "torch.arccos(cosine.clamp(-1, 1)).clamp(min=___)\n"
    "    w_start = torch.sin(___ * angle) / torch.sin(angle)\n    w_end = torch.sin(___ * angle) "
    "/ torch.sin(angle)\n"
    "    return w_start[:, None] * start + w_end[:, None] * end",
)


PER_STEP = "One code for each t: (K, D)."


def reference(start: Tensor, end: Tensor, t: Tensor) -> Tensor:
    """Spherical interpolation: (D,), (D,), (K,) -> (K, D); the straight line where both point the same way."""
    cosine = (start / start.norm()) @ (end / end.norm())
    angle = cosine.clamp(-1, 1).arccos().clamp(min=1e-4)
    weights = torch.sin(torch.stack([1 - t, t], dim=1) * angle) / torch.sin(angle)
    return weights @ torch.stack([start, end])


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 8.4: an angle between 1.08 and 1.2, lengths that differ, and one code whose cosine
    with itself is exactly 1."""
    first, other = torch.linalg.qr(torch.randn((6, 2), generator=generator))[0].T
    angle, long, short, length = torch.rand(4, generator=generator)
    angle = 1.08 + 0.12 * angle
    end = (1.3 + short) * (angle.cos() * first + angle.sin() * other)
    t = 0.1 + 0.3 * torch.rand(4, generator=generator) + 0.12 * torch.arange(4)
    on_an_axis = (1.5 + length) * torch.eye(6)[torch.randint(0, 6, (), generator=generator)]
    return {
        "start": (3 + long) * first,
        "end": end,
        "t": t,
        "edges": torch.tensor([0.0, 1.0]),
        "axis": on_an_axis,
        "codes": torch.randn((16, 64), generator=generator),
    }


def _path_suspects(start: Tensor, end: Tensor, t: Tensor) -> tuple[tuple[str, Tensor, str], ...]:
    a, b, column = start / start.norm(), end / end.norm(), t[:, None]
    cosine = a @ b
    angle = cosine.arccos()
    line, lengths = (1 - column) * start + column * end, (1 - column) * start.norm() + column * end.norm()

    def path(omega: Tensor, first: Tensor, last: Tensor) -> Tensor:
        return (torch.sin((1 - column) * omega) * first + torch.sin(column * omega) * last) / torch.sin(omega)

    return (
        (
            "straight",
            line,
            "This is the straight line. Does t stand inside the sine, sin(t angle)? Was the dot product "
            "divided by both lengths? Undivided, it is cut off at 1: angle 0.",
        ),
        (
            "unit-lengths",
            path(angle, a, b),
            "The lengths were lost: the sine weights multiply start and end themselves, not the unit vectors.",
        ),
        (
            "lengths-put-back",
            path(angle, a, b) * lengths,
            "Direction and length were interpolated apart; the formula multiplies start and end "
            "themselves by the sine weights.",
        ),
        ("backwards", path(angle, end, start), "t = 0 must give start, t = 1 end: the weights are exchanged."),
        (
            "rescaled-line",
            line / line.norm(dim=1, keepdim=True) * lengths,
            "A straight line, rescaled: the angle must grow evenly with t, by the sine weights.",
        ),
        ("cosine-as-angle", path(cosine, start, end), "The cosine was used as the angle: take arccos of it."),
        (
            "sine-missing",
            path(angle, start, end) * torch.sin(angle),
            "The division by sin(angle) is missing: at t = 0 the path must be at start.",
        ),
        ("half-angle", path(angle / 2, start, end), "The whole angle between start and end is meant."),
        (
            "cosine-weights",
            torch.cos(column * torch.pi / 2) * start + torch.sin(column * torch.pi / 2) * end,
            "These weights fit an angle of 90 degrees only: compute the angle.",
        ),
        ("start-plus-end", start + column * end, "t = 1 must give end alone."),
    )


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 8.4."""
    judge = Judge(NAME, values)
    start, end, t = (inputs[name].double() for name in ("start", "end", "t"))
    judge.close(
        "path",
        reference(start, end, t),
        axes=PER_STEP,
        suspects=_path_suspects(start, end, t),
        case="4 values of t",
        otherwise="sin((1 - t) angle) / sin(angle) * start + sin(t angle) / sin(angle) * end, angle = arccos of "
        "the cosine.",
    )
    judge.close(
        "edges",
        torch.stack([start, end]),
        axes=PER_STEP,
        case="t = 0 and t = 1",
        otherwise="At t = 0 the path is at start, at t = 1 at end, for any number of t.",
    )
    judge.close(
        "short",
        reference(start[:3] / 9, end[:3] / 9, t[:1]),
        axes=PER_STEP,
        case="other codes and a single t",
        rtol=1e-3,
    )
    same_way = (
        "The angle is 0, and 0 / 0 is nan: keep the angle at 1e-4 at least, with .clamp(min=1e-4). Rounding "
        "may also carry the cosine above 1."
    )
    axis = inputs["axis"].double()
    judge.close(
        "parallel",
        (1 + t)[:, None] * axis,
        axes=PER_STEP,
        case="end = 2 * start",
        rtol=2e-3,
        atol=2e-3,
        otherwise=same_way,
    )
    judge.close(
        "nowhere", axis.expand(len(t), -1), axes=PER_STEP, case="end = start", rtol=2e-3, atol=2e-3, otherwise=same_way
    )
    judge.close(
        "rounded",
        (1 + 2 * t)[:, None] * start,
        axes=PER_STEP,
        case="end = 3 * start",
        rtol=2e-3,
        atol=2e-3,
        otherwise=same_way,
    )
    for i, code in enumerate(inputs["codes"].double()):
        judge.close(
            f"itself {i}",
            code.expand(len(t), -1),
            axes=PER_STEP,
            case="end = start",
            rtol=2e-3,
            atol=2e-3,
            otherwise=same_way,
        )
    return judge.findings
