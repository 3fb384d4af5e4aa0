"""Exercise 8.4: a path on the sphere."""

from __future__ import annotations

import torch
from torch import Tensor

from ..contract import Inputs
from ..drawing import uniform
from ..judging import Judge, attempts, told_apart

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

WAYS = {"end": "a sharp angle, 4 values of t", "behind": "an obtuse angle, 4 values of t"}


def reference(start: Tensor, end: Tensor, t: Tensor) -> Tensor:
    """Spherical interpolation: (D,), (D,), (K,) -> (K, D); the straight line where both point the same way."""
    cosine = (start / start.norm()) @ (end / end.norm())
    angle = cosine.clamp(-1, 1).arccos().clamp(min=1e-4)
    weights = torch.sin(torch.stack([1 - t, t], dim=1) * angle) / torch.sin(angle)
    return weights @ torch.stack([start, end])


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 8.4: a sharp, an obtuse and a small angle between codes whose lengths differ, t not in
    order, one code whose cosine with itself is exactly 1, and some for which it is rounded above 1."""
    for _ in attempts():
        first, other = torch.linalg.qr(torch.randn((6, 2), generator=generator))[0].T
        drawn = uniform(generator, 0, 1, 7)
        start, short = (3 + drawn[0]) * first, 1.3 + drawn[1]
        angles = {"end": 1.08 + 0.12 * drawn[2], "behind": 2.0 + 0.6 * drawn[3], "beside": 0.05 + 0.01 * drawn[4]}
        ends = {name: short * (angle.cos() * first + angle.sin() * other) for name, angle in angles.items()}
        ends["behind"] *= 60  # a code may be as long as it likes
        t = torch.tensor([0.6, 0.1, 0.8, 0.35, 0.9, 0.2, 0.7]) + uniform(generator, -0.05, 0.05, 7)
        t = torch.where(t.round(decimals=1) == 0.5, 0.4, t)
        if all(told_apart(reference(start, ends[name], t), _path_suspects(start, ends[name], t)) for name in WAYS):
            break
    return {
        "start": start,
        **ends,
        "t": t,
        "edges": torch.tensor([0.0, 1.0]),
        "axis": (1.5 + drawn[5]) * torch.eye(6)[torch.randint(0, 6, (), generator=generator)],
        "codes": _rounded_up(generator),
    }


def _rounded_up(generator: torch.Generator) -> Tensor:
    """Codes (16, 64); in some of them 32 bits round the cosine with itself above 1, however it is computed."""
    for _ in attempts():
        codes = torch.randn((16, 64), generator=generator)
        units = [code / code.norm() for code in codes]
        ways = (
            [(code @ code) / (code.norm() * code.norm()) for code in codes],
            [(code @ code) / code.norm() / code.norm() for code in codes],
            [unit @ unit for unit in units],
            [(unit * unit).sum() for unit in units],
            [(code * code).sum() / (code.norm() * code.norm()) for code in codes],
        )
        if all(sum(cosine > 1 for cosine in way) >= 2 for way in ways):
            return codes
    raise AssertionError("unreachable")


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


def _obtuse_suspects(start: Tensor, end: Tensor, t: Tensor) -> tuple[tuple[str, Tensor, str], ...]:
    """What goes wrong only where the angle is obtuse."""
    angle = ((start / start.norm()) @ (end / end.norm())).arccos()

    def path(omega: Tensor) -> Tensor:
        weights = torch.stack([1 - t, t], dim=1) * omega
        return torch.sin(weights) @ torch.stack([start, end]) / torch.sin(omega)

    return (
        (
            "never-obtuse",
            path(torch.full_like(angle, torch.pi / 2)),
            "The angle was kept at 90 degrees: codes may point apart, with a cosine below 0, .clamp(-1, 1).",
        ),
        (
            "never-obtuse",
            path(torch.pi - angle),
            "The sign of the cosine was lost: codes may point apart, with a cosine below 0.",
        ),
        *_path_suspects(start, end, t),
    )


REMEDIES = (
    (
        r"size of tensor|broadcast",
        "A weight for each t, (K,), meets a code, (D,): make a column of the weights, w[:, None] * start.",
    ),
)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 8.4."""
    start, t = inputs["start"].double(), inputs["t"].double()
    for name, case in WAYS.items():
        end = inputs[name].double()
        judge.close(
            name,
            reference(start, end, t),
            axes=PER_STEP,
            suspects=(_obtuse_suspects if name == "behind" else _path_suspects)(start, end, t),
            case=case,
            otherwise="sin((1 - t) angle) / sin(angle) * start + sin(t angle) / sin(angle) * end, angle = arccos of "
            "the cosine.",
        )
    end = inputs["end"].double()
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
    judge.close(
        "far",
        reference(-20 * start, 20 * end, t),
        axes=PER_STEP,
        case="codes that are far from 0",
        rtol=1e-3,
        atol=1e-3,
    )
    judge.close(
        "beside",
        reference(start, inputs["beside"].double(), t),
        axes=PER_STEP,
        case="a small angle",
        rtol=3e-4,
        atol=3e-4,
        otherwise="The angle is kept at 1e-4 at least, and the cosine within -1 and 1: at nothing nearer.",
    )
    _judge_same_way(judge, inputs, t)


def _judge_same_way(judge: Judge, inputs: Inputs, t: Tensor) -> None:
    """Whether codes that point the same way are joined by the straight line."""
    axis, start, codes = (inputs[name].double() for name in ("axis", "start", "codes"))
    for label, expected, case in (
        ("parallel", (1 + t)[:, None] * axis, "end = 2 * start"),
        ("nowhere", axis.expand(len(t), -1), "end = start"),
        ("rounded", (1 + 2 * t)[:, None] * start, "end = 3 * start"),
        *((f"itself {i}", code.expand(len(t), -1), "end = start") for i, code in enumerate(codes)),
    ):
        judge.close(
            label,
            expected,
            axes=PER_STEP,
            case=case,
            rtol=2e-3,
            atol=2e-3,
            otherwise="The angle is 0, and 0 / 0 is nan: keep the angle at 1e-4 at least, with .clamp(min=1e-4). "
            "Rounding may also carry the cosine above 1.",
        )
