"""Exercise 5.2: one step of an LSTM."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations

import numpy as np
import torch
from torch import Tensor

from ..contract import Inputs
from ..drawing import between
from ..judging import Judge, Suspect, attempts
from .probe_5_2 import ordered

TITLE = "one step of an LSTM"
NAME = "lstm_step"
POINTS = 3
HINTS = (
    "Three lines: all four gates at once, (N, 4H); cut them apart and squash them; then the two equations for c and h.",
    "gates = x @ w_ih.T + b_ih + h @ w_hh.T + b_hh; chunk(4, dim=1) gives i, f, g, o; sigmoid "
    "for i, f, o and tanh for g; "
    "c' = f c + i g; h' = o tanh(c').",
    "def lstm_step(x, h, c, w_ih, w_hh, b_ih, b_hh):\n    gates = x @ w_ih.T + b_ih + ___ + b_hh\n"
    "    i, f, g, o = gates.chunk(___, dim=1)\n    c = torch.sigmoid(f) * ___ + torch.sigmoid(i) * ___\n"
    "    h = torch.sigmoid(___) * torch.tanh(___)\n    return h, c",
)

STATES = "Two tensors, h and then c, each of the shape of the old h: (N, H)."

REMEDIES = (
    ("mat1 and mat2 shapes", "w_ih is (4H, D) and x is (N, D): x @ w_ih.T is (N, 4H); so for h and w_hh."),
    (
        "must match the size of tensor",
        "The gates lie side by side: chunk(4, dim=1) cuts along the columns, (N, H) each.",
    ),
    ("not enough values to unpack", "chunk(4, dim=1) gives four pieces; chunk(4) cuts the images apart."),
)

GATES = "ifgo"
SATURATED = 15
"""Beyond it a sigmoid or tanh is at its end, as far as float32 tells."""


def reference(
    x: Tensor, h: Tensor, c: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> tuple[Tensor, Tensor]:
    """One step of torch.nn.LSTMCell: (N, D), (N, H), (N, H) and its weights -> new h and c, (N, H) each."""
    cell = torch.nn.LSTMCell(x.shape[1], h.shape[1], device="meta")  # no weights of its own, so no random draws
    weights = {"weight_ih": w_ih, "weight_hh": w_hh, "bias_ih": b_ih, "bias_hh": b_hh}
    return torch.func.functional_call(cell, weights, (x, (h, c)))


def inputs(generator: torch.Generator) -> Inputs:
    """Random weights and states of sizes that all differ, with some large numbers of both signs in each.

    With inputs of a thousand no gate lies between its ends, where float32 would round sums that nearly cancel.
    """
    for _ in attempts():
        drawn = _drawn(generator)
        if _sums({**drawn, "x": 1000 * drawn["x"]}).abs().min() > SATURATED:
            return drawn
    raise AssertionError("unreachable")


def _drawn(generator: torch.Generator) -> Inputs:
    n, d, h = 7, 6, 5
    draw = {
        name: torch.randn(shape, generator=generator)
        for name, shape in (
            ("x", (n, d)),
            ("h", (n, h)),
            ("c", (n, h)),
            ("w_ih", (4 * h, d)),
            ("w_hh", (4 * h, h)),
            ("b_ih", (4 * h,)),
            ("b_hh", (4 * h,)),
        )
    }
    for value in draw.values():
        value.view(-1)[[0, -1]] = between(generator, (-3.8, -3.3), (3.3, 3.8))
    draw["c"] = 3 * draw["c"]
    draw["c"][2:4] = torch.tensor([[9.0], [-9.0]])
    return draw


def _sums(inputs: Inputs) -> Tensor:
    """What enters the four gates, in double precision, (N, 4H)."""
    x, h, _, w_ih, w_hh, b_ih, b_hh = (value.double() for value in ordered(inputs))
    return x @ w_ih.T + b_ih + h @ w_hh.T + b_hh


def _by_hand(
    inputs: Inputs,
    order: str = GATES,
    candidate: Callable[[Tensor], Tensor] = torch.tanh,
    gate: Callable[[Tensor], Tensor] = torch.sigmoid,
) -> dict[str, Tensor]:
    """The four gates of a step in double precision, the rows of the weights taken in the given order."""
    parts = dict(zip(order, _sums(inputs).chunk(4, dim=1), strict=True))
    return {name: candidate(part) if name == "g" else gate(part) for name, part in parts.items()}


def _states(inputs: Inputs, gates: dict[str, Tensor]) -> Tensor:
    """New h and c of given gates, (2, N, H)."""
    c = gates["f"] * inputs["c"].double() + gates["i"] * gates["g"]
    return torch.stack([gates["o"] * c.tanh(), c])


def _orders(inputs: Inputs) -> Iterator[Suspect]:
    for order in map("".join, permutations(GATES)):
        if order != GATES:
            yield (
                "gate-order",
                _states(inputs, _by_hand(inputs, order)),
                f"The gates were taken in the order {', '.join(order)}: PyTorch stacks i, f, g, o.",
            )


def _squashing_suspects(inputs: Inputs) -> list[Suspect]:
    return [
        (
            "candidate-sigmoid",
            _states(inputs, _by_hand(inputs, candidate=torch.sigmoid)),
            "The candidate g is a tanh: it may be negative.",
        ),
        (
            "squashed-twice",
            _states(inputs, _by_hand(inputs, candidate=lambda t: t.sigmoid().tanh())),
            "g went through a sigmoid before its tanh.",
        ),
        (
            "squashed-twice",
            _states(inputs, _by_hand(inputs, gate=lambda t: t.sigmoid().sigmoid())),
            "The gates went through a sigmoid twice.",
        ),
        (
            "all-tanh",
            _states(inputs, _by_hand(inputs, gate=torch.tanh)),
            "Gates are sigmoids, between 0 and 1; only g is a tanh.",
        ),
        (
            "not-squashed",
            _states(inputs, _by_hand(inputs, gate=lambda t: t, candidate=lambda t: t)),
            "Gates need torch.sigmoid, g needs torch.tanh.",
        ),
        (
            "not-squashed",
            _states(inputs, _by_hand(inputs, gate=lambda t: t)),
            "The gates i, f and o need torch.sigmoid.",
        ),
        ("not-squashed", _states(inputs, _by_hand(inputs, candidate=lambda t: t)), "The candidate g needs torch.tanh."),
    ]


def _bias_suspects(inputs: Inputs) -> list[Suspect]:
    zeros = {name: torch.zeros_like(inputs[name]) for name in ("h", "b_ih", "b_hh")}

    def without(name: str) -> Tensor:
        return _states(inputs, _by_hand({**inputs, name: zeros[name]}))

    return [
        ("bias-missing", without("b_ih"), "b_ih is missing: PyTorch adds both biases."),
        ("bias-missing", without("b_hh"), "b_hh is missing: PyTorch adds both biases."),
        (
            "bias-missing",
            _states(inputs, _by_hand({**inputs, **{k: zeros[k] for k in ("b_ih", "b_hh")}})),
            "Both biases are missing.",
        ),
        ("old-h-ignored", without("h"), "The old h has no part: add h @ w_hh.T."),
    ]


def _step_suspects(inputs: Inputs) -> list[Suspect]:
    gates, old = _by_hand(inputs), inputs["c"].double()
    i, f, g, o = (gates[name] for name in GATES)
    h, c = _states(inputs, gates)

    def memory(new: Tensor) -> Tensor:
        return torch.stack([o * new.tanh(), new])

    return [
        ("exchanged", torch.stack([c, h]), "h and c are exchanged: return h first, then c."),
        (
            "old-memory-returned",
            torch.stack([h, old]),
            "The second thing returned is the old memory: return the new one.",
        ),
        ("no-tanh-on-memory", torch.stack([o * c, c]), "The new h shows tanh of the memory: o * tanh(c)."),
        ("sigmoid-on-memory", torch.stack([o * c.sigmoid(), c]), "The new h is o * tanh(c), not o * sigmoid(c)."),
        ("old-memory-shown", torch.stack([o * old.tanh(), c]), "h shows the new memory, not the old one."),
        ("output-gate-forgotten", torch.stack([c.tanh(), c]), "The output gate o is missing: h = o * tanh(c)."),
        *_squashing_suspects(inputs),
        ("nothing-forgotten", memory(old + i * g), "The forget gate is missing: c = f * c + i * g."),
        ("input-gate-forgotten", memory(f * old + g), "The input gate is missing: c = f * c + i * g."),
        ("forget-turned-round", memory((1 - f) * old + i * g), "f is the part that is kept: f * c, not (1 - f) * c."),
        ("gates-coupled", memory(f * old + (1 - f) * g), "What is let in is i * g; i is a gate of its own, not 1 - f."),
        ("memory-lost", memory(i * g), "The old memory is missing: c = f * c + i * g."),
        ("memory-multiplied", memory(f * old * i * g), "The two parts of the memory are added: f * c + i * g."),
        ("h-for-c", memory(f * inputs["h"].double() + i * g), "The forget gate acts on the memory c, not on h."),
        *_bias_suspects(inputs),
        *_orders(inputs),
    ]


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 5.2."""
    step = judge.values.get("step")
    pair = isinstance(step, dict) and step.get("type") in ("tuple", "list")
    single = isinstance(step, np.ndarray) and step.shape != (2, *inputs["h"].shape)
    if "step:changed" not in judge.values:
        judge.that(
            not (pair or single),
            "not-a-pair",
            f"lstm_step did not return h and c, each of shape {tuple(inputs['h'].shape)}.",
            STATES,
        )
    right = torch.stack(reference(*(value.double() for value in ordered(inputs))))
    judge.close(
        "step",
        right,
        axes=STATES,
        case="h and c of 7 images",
        suspects=_step_suspects(inputs),
        otherwise="Four pieces of the sums, side by side; i, f and o go through a sigmoid, g through a tanh, each "
        "once; then the two lines.",
    )
    judge.close("one", right[:, :1], axes=STATES, case="a batch of one image")
    huge = [1000 * inputs["x"], *ordered(inputs)[1:]]
    judge.close(
        "huge",
        torch.stack(reference(*(value.double() for value in huge))),
        axes=STATES,
        case="inputs of a thousand",
        otherwise="torch.sigmoid and torch.tanh stay finite where exp overflows.",
    )
    with torch.enable_grad():
        copies = [value.double().requires_grad_(True) for value in ordered(inputs)]
        h, c = reference(*copies)
        slopes = torch.cat([g.flatten() for g in torch.autograd.grad((h + 2 * c).sum(), copies)])
    judge.close(
        "gradients",
        slopes,
        case="the derivatives by x, h, c and the weights",
        rtol=1e-3,
        atol=1e-4,
        otherwise="Every argument must get its gradient: no detach, no torch.no_grad.",
    )
