"""Lesson 05, exercises 5.1 and 5.2: an image as a sequence of rows, and one step of an LSTM."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .contract import Finding, Inputs, Values
from .judging import Judge, Suspect
from .probing import NO_GRADIENT, Probe

STEPS = "Batch first, then the steps, then the numbers of one step: (N, 28 // rows, 28 * rows)."
STATES = "Two tensors, h and then c, each of the shape of the old h: (N, H)."
GATES = "ifgo"


# 5.1 ------------------------------------------------------------------------------------------------------------
def to_sequence(images: Tensor, rows: int = 1) -> Tensor:
    """Image rows as steps from top to bottom: (N, 1, 28, 28) -> (N, 28 // rows, 28 * rows)."""
    return images.reshape(len(images), 28 // rows, 28 * rows)


def image_inputs(generator: torch.Generator) -> Inputs:
    """Random images, and a number of rows per step beside 1."""
    rows = (2, 4, 7)[int(torch.randint(0, 3, (), generator=generator))]
    return {"images": torch.rand((5, 1, 28, 28), generator=generator), "rows": rows}


def probe_sequence(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 5.1 and collect what comes back."""
    probe = Probe(answer)
    images, rows = inputs["images"], inputs["rows"]
    single = probe.call("single", images)
    probe.values["same type"] = isinstance(single, Tensor) and single.dtype == images.dtype
    probe.call("several", images, rows)
    probe.call("one", images[:1], 14)
    probe.gradient("gradient", images)
    return probe.values


def _judge_shapes(judge: Judge, values: Values, rows: int) -> None:
    for label, wrong, code, cause in (
        (
            "single",
            (28, 5, 28),
            "steps-first",
            "The batch comes first in this course (batch_first=True in nn.LSTM): (N, 28, 28).",
        ),
        ("single", (5, 1, 28, 28), "channel-kept", "The channel axis, of length 1, must go: an LSTM wants three axes."),
        ("single", (5, 784), "flattened", "All rows became one step: keep 28 steps of 28 numbers."),
        ("several", (5, 28, 28), "rows-ignored", "Several rows make one step: 28 // rows steps of 28 * rows numbers."),
        ("one", (2, 392), "batch-axis-lost", "A batch of one image keeps its axis: no squeeze without a number."),
    ):
        judge.that(
            np.shape(values.get(label, 0)) != wrong,
            code,
            f"to_sequence returned shape {wrong} for {_asked(label, rows)}.",
            cause,
        )


def _several_suspects(images: Tensor, rows: int) -> tuple[Suspect, ...]:
    several = to_sequence(images, rows)
    return (
        ("columns", to_sequence(images.mT, rows), "These are columns: a step is made of neighbouring rows."),
        (
            "rows-woven",
            images.reshape(5, rows, 28 // rows, 28).transpose(1, 2).reshape(several.shape),
            "Rows from far apart share a step: a step is made of neighbouring rows, in their order.",
        ),
        (
            "pixels-woven",
            images.reshape(5, 28 // rows, rows, 28).transpose(2, 3).reshape(several.shape),
            "Within a step the rows are woven pixel by pixel: one row after the other.",
        ),
    )


def judge_sequence(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 5.1."""
    judge = Judge("to_sequence", values)
    images, rows = inputs["images"].double(), inputs["rows"]
    _judge_shapes(judge, values, rows)
    right = to_sequence(images)
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
    several = to_sequence(images, rows)
    judge.close(
        "several",
        several,
        axes=STEPS,
        case=_asked("several", rows),
        suspects=_several_suspects(images, rows),
        otherwise="Step t holds rows t * rows to (t + 1) * rows - 1, one after the other.",
    )
    judge.close("one", to_sequence(images[:1], 14), axes=STEPS, case="one image and rows = 14")
    judge.close("gradient", torch.ones_like(images), case="the gradient by the images")
    judge.that(
        values["same type"],
        "type-changed",
        "to_sequence returned numbers of another type than the images'.",
        "Only the shape changes: float32 stays float32, and a tensor a tensor.",
    )
    return judge.findings


def _asked(label: str, rows: int) -> str:
    return {"single": "rows = 1", "several": f"rows = {rows}", "one": "one image and rows = 14"}[label]


# 5.2 ------------------------------------------------------------------------------------------------------------
def lstm_step(
    x: Tensor, h: Tensor, c: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> tuple[Tensor, Tensor]:
    """One step of torch.nn.LSTMCell: (N, D), (N, H), (N, H) and its weights -> new h and c, (N, H) each."""
    cell = torch.nn.LSTMCell(x.shape[1], h.shape[1], device="meta")  # no weights of its own, so no random draws
    weights = {"weight_ih": w_ih, "weight_hh": w_hh, "bias_ih": b_ih, "bias_hh": b_hh}
    return torch.func.functional_call(cell, weights, (x, (h, c)))


def step_inputs(generator: torch.Generator) -> Inputs:
    """Random weights and states of sizes that all differ."""
    n, d, h = 4, 6, 3
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
    draw["c"] = 0.5 + draw["c"].abs()
    return draw


def _ordered(inputs: Inputs) -> list[Tensor]:
    return [inputs[name] for name in ("x", "h", "c", "w_ih", "w_hh", "b_ih", "b_hh")]


def probe_step(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """One step on random values, one of a single image, one with huge inputs, and the derivatives by each argument."""
    probe = Probe(answer)
    arguments = _ordered(inputs)
    result = probe.call("step", *arguments)
    if isinstance(result, tuple | list) and len(result) == 2:
        for name, state in zip(("h", "c"), result, strict=True):
            probe.collect(name, lambda state=state: state)
    probe.call("one", *(argument[:1] for argument in arguments[:3]), *arguments[3:])
    probe.call("huge", 1000 * arguments[0], *arguments[1:])

    def gradients() -> Tensor | None:
        copies = [argument.clone().requires_grad_(True) for argument in arguments]
        h, c = answer(*copies)
        if not (h.requires_grad and c.requires_grad):
            return None
        found = torch.autograd.grad((h + 2 * c).sum(), copies, allow_unused=True)
        return None if any(g is None for g in found) else torch.cat([g.flatten() for g in found])

    probe.collect("gradients", gradients)
    if probe.values["gradients"] is None:
        probe.values["gradients"] = NO_GRADIENT
    return probe.values


def _by_hand(
    inputs: Inputs,
    order: str = GATES,
    candidate: Callable[[Tensor], Tensor] = torch.tanh,
    gate: Callable[[Tensor], Tensor] = torch.sigmoid,
) -> dict[str, Tensor]:
    """The four gates of a step in double precision, the rows of the weights taken in the given order."""
    x, h, _, w_ih, w_hh, b_ih, b_hh = (value.double() for value in _ordered(inputs))
    parts = dict(zip(order, (x @ w_ih.T + b_ih + h @ w_hh.T + b_hh).chunk(4, dim=1), strict=True))
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


def judge_step(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 5.2."""
    judge = Judge("lstm_step", values)
    step = values.get("step")
    pair = isinstance(step, dict) and step.get("type") in ("tuple", "list")
    single = isinstance(step, np.ndarray) and step.shape != (2, 4, 3)
    if "step:changed" not in values:
        judge.that(
            not (pair or single), "not-a-pair", "lstm_step did not return h and c, each of shape (4, 3).", STATES
        )
    right = torch.stack(lstm_step(*(value.double() for value in _ordered(inputs))))
    judge.close(
        "step",
        right,
        axes=STATES,
        case="h and c of 4 images",
        suspects=_step_suspects(inputs),
        otherwise="Four pieces of the sums, side by side; i, f and o go through a sigmoid, g through a tanh, each "
        "once; then the two lines.",
    )
    judge.close("one", right[:, :1], axes=STATES, case="a batch of one image")
    huge = [1000 * inputs["x"], *_ordered(inputs)[1:]]
    judge.close(
        "huge",
        torch.stack(lstm_step(*(value.double() for value in huge))),
        axes=STATES,
        case="inputs of a thousand",
        otherwise="torch.sigmoid and torch.tanh stay finite where exp overflows.",
    )
    copies = [value.double().requires_grad_(True) for value in _ordered(inputs)]
    h, c = lstm_step(*copies)
    slopes = torch.cat([g.flatten() for g in torch.autograd.grad((h + 2 * c).sum(), copies)])
    judge.close(
        "gradients",
        slopes,
        case="the derivatives by x, h, c and the weights",
        rtol=1e-3,
        atol=1e-4,
        otherwise="Every argument must get its gradient: no detach, no torch.no_grad.",
    )
    return judge.findings
