"""Lesson 05, exercises 5.3 and 5.4: the last state of each direction, and how many numbers an LSTM holds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from .contract import Finding, Inputs, Values
from .judging import Judge, Suspect
from .probing import Probe

BOTH = "Forward half first, backward half after it, side by side: (N, 2H)."


# 5.3 ------------------------------------------------------------------------------------------------------------
def last_states(out: Tensor) -> Tensor:
    """Each direction's state after its last step: (N, T, 2H) -> (N, 2H), forward half first."""
    forward, backward = out.chunk(2, dim=2)
    return torch.cat([forward[:, -1], backward[:, 0]], dim=1)


def out_inputs(generator: torch.Generator) -> Inputs:
    """Random outputs of a bidirectional LSTM on digits, and of one with other sizes."""
    return {"digits": torch.rand((5, 28, 128), generator=generator) * 2 - 1,
            "small": torch.rand((3, 9, 6), generator=generator) * 2 - 1}


def probe_states(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 5.3 and collect what comes back."""
    probe = Probe(answer)
    probe.call("digits", inputs["digits"])
    probe.call("small", inputs["small"])
    probe.call("one", inputs["digits"][:1])
    probe.call("step", inputs["small"][:, :1])
    probe.gradient("gradient", inputs["small"])
    return probe.values


def _state_suspects(out: Tensor) -> tuple[Suspect, ...]:
    half = out.shape[2] // 2
    forward, backward = out[:, :, :half], out[:, :, half:]
    top, bottom = out[:, 0], out[:, -1]
    return (
        ("backward-read-one-row", bottom, "out[:, -1] is right for the forward half only: there, the backward half has read one row, the bottom one."),
        ("forward-read-one-row", top, "out[:, 0] is right for the backward half only: there, the forward half has read one row, the top one."),
        ("both-first", torch.cat([forward[:, 0], backward[:, -1]], 1), "Both halves are taken after their first row: forward wants the last step, backward step 0."),
        ("halves-exchanged", torch.cat([backward[:, 0], forward[:, -1]], 1), "The backward half comes first here: forward first, then backward."),
        ("halves-misread", torch.cat([backward[:, -1], forward[:, 0]], 1), "The first H numbers are the forward half, the last H the backward half."),
        ("halves-misread", torch.cat([bottom[:, ::2], top[:, 1::2]], 1), "The halves lie side by side, not woven: the first H numbers are the forward half."),
        ("mean-over-steps", out.mean(1), "This is a mean over all steps: take one step for each half."),
        ("sum-over-steps", out.sum(1), "This is a sum over all steps: take one step for each half."),
        ("largest-over-steps", out.amax(1), "These are the largest values over the steps: take one step for each half."),
        ("same-half-twice", torch.cat([forward[:, -1], forward[:, 0]], 1), "Both parts come from the forward half."),
        ("same-half-twice", torch.cat([forward[:, -1], forward[:, -1]], 1), "Both parts come from the forward half."),
    )


def judge_states(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 5.3."""
    judge = Judge("last_states", values)
    digits, small = inputs["digits"].double(), inputs["small"].double()
    first = values.get("digits")
    judge.that(np.shape(first) != (5, 64), "one-half", "last_states returned shape (5, 64), half as many numbers as expected.",
               "Keep both halves side by side, with torch.cat(..., dim=1): no sum, no mean.")
    judge.close("digits", last_states(digits), axes=BOTH, case="T = 28 and H = 64", suspects=_state_suspects(digits))
    if not judge.findings:
        wrong = np.shape(values.get("small")) != (3, 6) or not np.allclose(values["small"], last_states(small), atol=1e-5)
        judge.that(not wrong, "sizes-fixed", "last_states is right for T = 28 and H = 64, but not for T = 9 and H = 3.",
                   "Write no 27 and no 64: -1 is the last step, out.shape[2] // 2 is H.")
    judge.close("one", last_states(digits[:1]), axes=BOTH, case="a batch of one image")
    judge.close("step", last_states(small[:, :1]), axes=BOTH, case="a sequence of one step",
                otherwise="With a single step, first and last are the same.")
    expected = np.zeros(small.shape)
    expected[:, -1, :3] = expected[:, 0, 3:] = 1
    judge.close("gradient", expected, case="the gradient by out")
    return judge.findings


# 5.4 ------------------------------------------------------------------------------------------------------------
def lstm_parameters(inputs: int, hidden: int, bidirectional: bool = False) -> int:
    """Trainable numbers of torch.nn.LSTM with one layer."""
    with torch.device("meta"):
        lstm = torch.nn.LSTM(inputs, hidden, bidirectional=bidirectional)
    return sum(parameter.numel() for parameter in lstm.parameters())


def size_inputs(generator: torch.Generator) -> Inputs:
    """Random sizes, the number of inputs at least two from the number of hidden units, neither so small that formulas meet."""
    more, hidden = (int(torch.randint(low, low + 9, (), generator=generator)) for low in (12, 30))
    return {"inputs": hidden + more, "hidden": hidden}


def probe_counts(answer: Callable[..., int], inputs: Inputs) -> Values:
    """Call the answer of exercise 5.4 and collect what comes back."""
    probe = Probe(answer)
    d, h = inputs["inputs"], inputs["hidden"]
    probe.call("one way", d, h)
    probe.call("both ways", d, h, True)
    probe.call("narrow", h, d, False)
    probe.call("least", 1, 1)
    probe.collect("by name", lambda: answer(inputs=d, hidden=h, bidirectional=True))
    return probe.values


def _one_way_suspects(d: int, h: int) -> tuple[Suspect, ...]:
    one = lstm_parameters(d, h)
    return (
        ("one-gate", one / 4, "Only one gate was counted: there are four."),
        ("three-gates", one * 3 / 4, "Three gates were counted: i, f, g and o are four (three is a GRU)."),
        ("five-gates", one * 5 / 4, "Five gates were counted: i, f, g and o are four."),
        ("one-bias", one - 4 * h, "Each gate has two biases of hidden numbers, b_ih and b_hh: one is missing."),
        ("no-bias", one - 8 * h, "The biases are missing: two of hidden numbers for each gate."),
        ("bias-for-inputs", one - 4 * h + 4 * d, "A bias has one number for each hidden unit, not for each input."),
        ("no-recurrence", 4 * (h * d + 2 * h), "w_hh is missing: hidden x hidden numbers for each gate."),
        ("no-inputs", 4 * (h * h + 2 * h), "w_ih is missing: hidden x inputs numbers for each gate."),
        ("square-of-inputs", 4 * (h * d + d * d + 2 * h), "w_hh is hidden x hidden: the step sees its own old state."),
        ("inputs-and-hidden-exchanged", lstm_parameters(h, d), "inputs and hidden are exchanged."),
        ("always-both-ways", 2 * one, "Counted twice: only a bidirectional LSTM has two sets of weights."),
        ("bias-once-in-all", 4 * (h * d + h * h) + 2 * h, "Every one of the four gates has its own two biases."),
        ("bias-of-one", 4 * (h * d + h * h + 2), "A bias has one number for each hidden unit."),
    )


def _both_ways_suspects(d: int, h: int) -> tuple[Suspect, ...]:
    one = lstm_parameters(d, h)
    return (
        ("directions-ignored", one, "A second direction is a second LSTM of the same size: twice the numbers."),
        ("hidden-doubled", lstm_parameters(d, 2 * h), "Each direction sees its own old state only: w_hh stays hidden x hidden, not hidden x 2 hidden."),
        ("weights-shared", one + 8 * h, "The second direction has weights of its own, not only biases."),
        ("four-times", 4 * one, "Twice, not four times: two directions of the same size."),
    )


def judge_counts(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 5.4."""
    judge = Judge("lstm_parameters", values)
    d, h = inputs["inputs"], inputs["hidden"]
    one = lstm_parameters(d, h)
    at = {"rtol": 1e-9, "atol": 1e-6}
    judge.close("one way", one, case=f"inputs = {d}, hidden = {h}", **at, suspects=_one_way_suspects(d, h),
                otherwise="4 gates, each with w_ih (hidden x inputs), w_hh (hidden x hidden) and two biases (hidden each).")
    judge.close("both ways", 2 * one, case="both directions", **at, suspects=_both_ways_suspects(d, h))
    judge.close("narrow", lstm_parameters(h, d), case=f"inputs = {h}, hidden = {d}", **at)
    judge.close("least", 16, case="inputs = 1, hidden = 1", **at)
    judge.close("by name", 2 * one, case="bidirectional=True by name", **at,
                otherwise="Keep the first line: def lstm_parameters(inputs, hidden, bidirectional=False).")
    return judge.findings
