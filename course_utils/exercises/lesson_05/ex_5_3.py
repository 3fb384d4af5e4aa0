"""Exercise 5.3: the last state of each direction."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..contract import Inputs
from ..judging import Judge, Suspect

TITLE = "the last state of each direction"
NAME = "last_states"
POINTS = 2
HINTS = (
    "Where in out does the forward reader stand when it has read everything? And the backward reader?",
    "H = out.shape[2] // 2. Forward half: out[:, -1, :H]. Backward half: it ends at the top row, "
    "step 0. torch.cat joins them along axis 1.",
    "def last_states(out):\n    H = out.shape[2] // 2\n    forward = out[:, ___, :H]\n    "
    "backward = out[:, ___, H:]\n"
    "    return torch.cat([___, ___], dim=1)",
)

BOTH = "Forward half first, backward half after it, side by side: (N, 2H)."


def reference(out: Tensor) -> Tensor:
    """Each direction's state after its last step: (N, T, 2H) -> (N, 2H), forward half first."""
    forward, backward = out.chunk(2, dim=2)
    return torch.cat([forward[:, -1], backward[:, 0]], dim=1)


def inputs(generator: torch.Generator) -> Inputs:
    """Random outputs of a bidirectional LSTM on digits, and of one with other sizes."""
    return {
        "digits": torch.rand((5, 28, 128), generator=generator) * 2 - 1,
        "small": torch.rand((3, 9, 6), generator=generator) * 2 - 1,
    }


def _state_suspects(out: Tensor) -> tuple[Suspect, ...]:
    half = out.shape[2] // 2
    forward, backward = out[:, :, :half], out[:, :, half:]
    top, bottom = out[:, 0], out[:, -1]
    return (
        (
            "backward-read-one-row",
            bottom,
            "out[:, -1] is right for the forward half only: there, the backward half has read one row, the bottom one.",
        ),
        (
            "forward-read-one-row",
            top,
            "out[:, 0] is right for the backward half only: there, the forward half has read one row, the top one.",
        ),
        (
            "both-first",
            torch.cat([forward[:, 0], backward[:, -1]], 1),
            "Both halves are taken after their first row: forward wants the last step, backward step 0.",
        ),
        (
            "halves-exchanged",
            torch.cat([backward[:, 0], forward[:, -1]], 1),
            "The backward half comes first here: forward first, then backward.",
        ),
        (
            "halves-misread",
            torch.cat([backward[:, -1], forward[:, 0]], 1),
            "The first H numbers are the forward half, the last H the backward half.",
        ),
        (
            "halves-misread",
            torch.cat([bottom[:, ::2], top[:, 1::2]], 1),
            "The halves lie side by side, not woven: the first H numbers are the forward half.",
        ),
        ("mean-over-steps", out.mean(1), "This is a mean over all steps: take one step for each half."),
        ("sum-over-steps", out.sum(1), "This is a sum over all steps: take one step for each half."),
        (
            "largest-over-steps",
            out.amax(1),
            "These are the largest values over the steps: take one step for each half.",
        ),
        (
            "images-mixed",
            torch.stack([forward[:, -1], backward[:, 0]]).reshape(len(out), -1),
            "States of different images stand in one row: put the two halves side by side with torch.cat(..., dim=1).",
        ),
        (
            "not-the-top",
            torch.cat([forward[:, -1], backward[:, 1:2].squeeze(1)], 1) if out.shape[1] > 1 else bottom,
            "The backward half was taken one step too early: its last step is at the top row, index 0.",
        ),
        ("same-half-twice", torch.cat([forward[:, -1], forward[:, 0]], 1), "Both parts come from the forward half."),
        ("same-half-twice", torch.cat([forward[:, -1], forward[:, -1]], 1), "Both parts come from the forward half."),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 5.3."""
    digits, small = inputs["digits"].double(), inputs["small"].double()
    judge.that(
        np.shape(judge.values.get("digits", 0)) != (5, 64),
        "one-half",
        "last_states returned shape (5, 64), half as many numbers as expected.",
        "Keep both halves side by side, with torch.cat(..., dim=1): no sum, no mean.",
    )
    judge.close(
        "digits",
        reference(digits),
        axes=BOTH,
        case="T = 28 and H = 64",
        suspects=_state_suspects(digits),
        otherwise="The first H numbers of out[:, -1], and beside them the last H numbers of out[:, 0], as they are.",
    )
    if not judge.findings:
        wrong = np.shape(judge.values.get("small", 0)) != (3, 6) or not np.allclose(
            judge.values["small"], reference(small), atol=1e-5
        )
        judge.that(
            not wrong,
            "sizes-fixed",
            "last_states is right for T = 28 and H = 64, but not for T = 9 and H = 3.",
            "Write no 27 and no 64: -1 is the last step, out.shape[2] // 2 is H.",
        )
    judge.close(
        "one",
        reference(digits[:1]),
        axes=f"A batch of one image keeps its axis: no squeeze. {BOTH}",
        case="a batch of one image",
    )
    judge.close(
        "step",
        reference(small[:, :1]),
        axes=BOTH,
        case="a sequence of one step",
        otherwise="With a single step, first and last are the same.",
    )
    expected = np.zeros(small.shape)
    expected[:, -1, :3] = expected[:, 0, 3:] = 1
    judge.close("gradient", expected, case="the gradient by out", otherwise="It must reach both halves: no detach.")
