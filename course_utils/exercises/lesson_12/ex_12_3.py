"""Exercise 12.3: one step of the game."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.gan import discriminator_loss, generator_loss
from course_utils.turns import Turns

from ..contract import Inputs, Values
from ..judging import Judge, shown
from .probe_12_3 import ROUNDS, networks, play

TITLE = "one step of the game"
NAME = "train_step"
POINTS = 3
HINTS = (
    "Draw once. The discriminator sees the drawn pictures as plain numbers (detached) and steps; "
    "then the generator shows them again, attached, to the discriminator as it is now.",
    "D: loss of D(real), D(drawn.detach()); zero_grad, backward, step with optimizers[0] if it "
    "has its turn. G: loss of D(drawn), the same with optimizers[1].",
    "def train_step(generator, discriminator, optimizers, real, codes, turns):\n    of_d, of_g = "
    "optimizers\n    drawn = torch.sigmoid(___)\n"
    "    judged = discriminator_loss(discriminator(real), discriminator(___))\n    if turns.___:\n "
    "       of_d.zero_grad()\n"
    "        judged.___\n        of_d.step()\n    fooled = generator_loss(___)\n    if "
    "turns.___:\n        of_g.___\n"
    "        fooled.backward()\n        ___\n    return judged.item(), ___",
)

CASES = {
    "D": "two steps in which only the discriminator trains",
    "G": "two steps in which only the generator trains",
    "nobody": "a step in which nobody trains",
    "both": "two steps in which both train",
}

PARTS = {
    "losses": "the losses that train_step returned",
    "D": "the discriminator's weights",
    "G": "the generator's weights",
}

GIVEN = (
    "Both losses come in every step, from the real pictures and codes given, in the networks' own mode; "
    "each network moves by its own loss alone."
)

PAIR = "Return two numbers: the discriminator's loss, then the generator's."


def reference(
    generator: nn.Module,
    discriminator: nn.Module,
    optimizers: tuple[torch.optim.Optimizer, torch.optim.Optimizer],
    real: Tensor,
    codes: Tensor,
    turns: Turns,
) -> tuple[float, float]:
    """One step of each network that has its turn, first the discriminator's; both losses in nats."""
    drawn = torch.sigmoid(generator(codes))
    judged = discriminator_loss(discriminator(real), discriminator(drawn.detach()))
    if turns.discriminator:
        optimizers[0].zero_grad()
        judged.backward()
        optimizers[0].step()
    fooled = generator_loss(discriminator(drawn))
    if turns.generator:
        optimizers[1].zero_grad()
        fooled.backward()
        optimizers[1].step()
    return judged.item(), fooled.item()


def inputs(generator: torch.Generator) -> Inputs:
    """Weights of two tiny networks, and a batch for each of two steps, of 6 real pictures and of 5 codes, the first
    of them far out."""
    weights = {
        name: {key: torch.randn(value.shape, generator=generator) for key, value in network.named_parameters()}
        for name, network in zip("DG", networks(), strict=True)
    }
    codes = 3 * torch.randn((2, 5, 3), generator=generator)
    codes[:, 0] += 9 * torch.where(codes[:, 0] > 0, 1.0, -1.0)
    codes[1, 0] = -codes[0, 0]
    return {**weights, "real": torch.rand((2, 6, 4), generator=generator), "codes": codes}


def _play_slip(inputs: Inputs, rounds: tuple[Turns, ...], slip: str) -> dict[str, Any]:
    return play(partial(_slip, slip=slip), inputs, rounds)


def _slip(
    generator: nn.Module,
    discriminator: nn.Module,
    optimizers: tuple[torch.optim.Optimizer, torch.optim.Optimizer],
    real: Tensor,
    codes: Tensor,
    turns: Turns,
    slip: str,
) -> tuple[float, float]:
    """The step with one of the usual slips."""
    turns = {
        "turns-ignored": Turns(True, True),
        "nobody-trains": Turns(False, False),
        "turns-swapped": Turns(turns.generator, turns.discriminator),
    }.get(slip, turns)
    if slip == "optimizers-exchanged":
        optimizers = optimizers[::-1]
    _rest(slip, generator, discriminator)
    drawn = generator(codes) if slip == "sigmoid-missing" else torch.sigmoid(generator(codes))
    if slip == "not-detached":
        for optimizer in optimizers:
            optimizer.zero_grad()

    def judge() -> float:
        shown = drawn if slip == "not-detached" else drawn.detach()
        opinions = discriminator(torch.cat([real, shown])) if slip == "mixed-batch" else None
        pair = (discriminator(real), discriminator(shown)) if opinions is None else opinions.split(len(real))
        pair = pair[::-1] if slip == "labels-swapped" else pair
        return _move(discriminator_loss(*pair), optimizers, 0, turns.discriminator, slip)

    def fool() -> float:
        seen = discriminator(drawn.detach() if slip == "generator-detached" else drawn)
        loss = {"saturating": -F.softplus(seen).mean(), "label-drawn": F.softplus(seen).mean()}.get(
            slip, generator_loss(seen)
        )
        return _move(loss, optimizers, 1, turns.generator, slip)

    if slip == "judged-once":
        both = (
            discriminator_loss(discriminator(real), discriminator(drawn.detach())),
            generator_loss(discriminator(drawn)),
        )
        first, second = (_move(loss, optimizers, who, turns[who], slip) for who, loss in enumerate(both))
        return first, second
    losses = (fool(), judge())[::-1] if slip == "old-discriminator" else (judge(), fool())
    _rest("", generator, discriminator)
    return losses[::-1] if slip == "losses-swapped" else losses


def _rest(slip: str, generator: nn.Module, discriminator: nn.Module) -> None:
    """Put the networks that the slip names into evaluation mode, all others into training mode."""
    generator.train(slip not in ("generator-rests", "both-rest"))
    discriminator.train(slip not in ("discriminator-rests", "both-rest"))


def _move(
    loss: Tensor, optimizers: tuple[torch.optim.Optimizer, torch.optim.Optimizer], who: int, turn: bool, slip: str
) -> float:
    """Half of a step, with one of the slips."""
    if turn:
        if slip not in ("not-detached", "never-zeroed", ("discriminator-", "generator-")[who] + "never-zeroed"):
            optimizers[who].zero_grad()
        loss.backward(retain_graph=True)
        for moved in optimizers if slip == "both-optimizers" else (optimizers[who],):
            moved.step()
    return loss.item()


_MODE = (
    "evaluation-mode",
    "In evaluation mode BatchNorm takes its running numbers, not the batch's: leave the networks in the mode they are "
    "in, without eval().",
)
_OLD = (
    "old-discriminator",
    "The generator was judged by the discriminator as it was before its step: that steps first, then is asked anew.",
)
_ZERO = "never-zeroed", "Gradients of earlier steps were added: zero_grad before each backward, in both halves."

SLIPS = {
    "losses-swapped": ("losses-swapped", "The two losses are exchanged: the discriminator's comes first."),
    "turns-ignored": (
        "turns-ignored",
        "Somebody trained out of turn: ask turns.discriminator and turns.generator before each step.",
    ),
    "turns-swapped": (
        "turns-swapped",
        "The turns are exchanged: turns.discriminator says whether the discriminator trains.",
    ),
    "optimizers-exchanged": (
        "optimizers-exchanged",
        "The optimisers are exchanged: optimizers[0] is the discriminator's, optimizers[1] the generator's.",
    ),
    "sigmoid-missing": (
        "sigmoid-missing",
        "The generator gives logits: its pictures are torch.sigmoid(generator(codes)).",
    ),
    "labels-swapped": (
        "labels-swapped",
        "Real and drawn are exchanged: discriminator_loss(of real pictures, of drawn ones).",
    ),
    "old-discriminator": _OLD,
    "judged-once": _OLD,
    "not-detached": (
        "not-detached",
        "The discriminator's backward also filled the generator's gradients: give it drawn.detach().",
    ),
    "never-zeroed": _ZERO,
    "discriminator-never-zeroed": _ZERO,
    "generator-never-zeroed": _ZERO,
    "both-optimizers": (
        "both-optimizers",
        "Both optimisers stepped after one loss: each network steps on its own loss only.",
    ),
    "generator-detached": (
        "generator-detached",
        "The generator stood still: in its own half, the drawn pictures must not be detached.",
    ),
    "saturating": ("saturating", "The generator's loss is generator_loss, -ln p."),
    "label-drawn": ("label-drawn", 'The generator wants the label "real": generator_loss, -ln p.'),
    "mixed-batch": (
        "mixed-batch",
        "The discriminator saw real and drawn pictures in one batch: its BatchNorm then mixes the two. Ask it twice.",
    ),
    "generator-rests": _MODE,
    "discriminator-rests": _MODE,
    "both-rest": _MODE,
    "nobody-trains": (
        "nobody-trains",
        "Nothing moved: zero_grad, backward and step, in this order, for whoever has the turn.",
    ),
}
"""Code and cause of each slip; one is named only where it explains all that was seen, in every case."""


REMEDIES = (
    (
        "shapes cannot be multiplied",
        "The generator is given the codes as they come, the discriminator pictures: draw no codes of your own.",
    ),
    (
        "second time",
        "The discriminator's backward walked on into the generator, whose graph is then gone: give it drawn.detach().",
    ),
    (
        "inplace operation",
        "A step changes weights that an older graph still needs: ask discriminator(drawn) anew after its step.",
    ),
    (
        "size of tensor|Sizes of tensors",
        "Real pictures and codes may differ in number: judge each kind by itself.",
    ),
)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 12.3."""
    for label, rounds in ROUNDS.items():
        if isinstance(judge.values.get(label), dict) and not judge.findings:
            judge.array(label, ())
        right = play(reference, inputs, rounds)
        got = {name: judge.array(f"{label} {name}", np.shape(right[name]), PAIR) for name in PARTS}
        if not judge.findings:
            _compare(judge, got, right, label, inputs)
        judge.that(
            label in ("G", "both") or judge.values.get(f"{label} left") == 0,
            "gradient-left",
            f"After {CASES[label]}, the generator holds a gradient.",
            "Give the discriminator drawn.detach(), and call backward only for whoever has the turn.",
        )
    _judge_leftovers(judge)


def _judge_leftovers(judge: Judge) -> None:
    """What a step with the right numbers may still have left behind."""
    resting = max(judge.values.get(f"{label} resting", 0) for label in ROUNDS)
    judge.that(resting == 0, "mode-changed", "train_step left a network in evaluation mode.", _MODE[1])
    judge.that(
        not any(judge.values.get(f"{label} attached") for label in ROUNDS),
        "attached",
        "train_step returned losses that still carry their graph.",
        "Plain numbers are asked for: loss.item().",
    )


def _compare(judge: Judge, got: dict[str, Any], right: dict[str, Any], label: str, inputs: Inputs) -> None:
    """Losses and all weights at once, so that a slip is recognised by everything it does."""
    name = next((name for name in PARTS if not _same(got[name], right[name])), None)
    if name is None:
        return
    code, cause = next((SLIPS[slip] for slip in SLIPS if _explains(slip, judge.values, inputs)), ("value", GIVEN))
    judge.finding(
        code, f"After {CASES[label]}, {PARTS[name]} are {shown(got[name])}, expected {shown(right[name])}.", cause
    )


def _same(got: Any, expected: Any) -> bool:
    return bool(np.shape(got) == np.shape(expected) and np.allclose(got, expected, rtol=1e-4, atol=1e-5))


def _explains(slip: str, values: Values, inputs: Inputs) -> bool:
    """Whether a step with this slip does what the answer did, in every case."""
    for label in ("both", "D", "G", "nobody"):
        stopped = isinstance(values.get(label), dict)
        try:
            slipped = _play_slip(inputs, ROUNDS[label], slip)
        except RuntimeError:  # a step on weights that an older graph still needs
            slipped = None
        if stopped or slipped is None:
            if stopped and slipped is None:
                continue
            return False
        if not all(_same(_numbers(values.get(f"{label} {name}")), slipped[name]) for name in PARTS):
            return False
    return True


def _numbers(value: Any) -> np.ndarray:
    """A value as an array; an empty one where it is no numbers."""
    return np.zeros(0) if value is None or isinstance(value, dict | str) else np.asarray(value, dtype=np.float64)
