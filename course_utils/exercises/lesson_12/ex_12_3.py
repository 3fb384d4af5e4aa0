"""Exercise 12.3: one step of the game."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.gan import discriminator_loss, generator_loss
from course_utils.turns import Turns

from ..contract import Finding, Inputs, Values
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
    "D": "a step in which only the discriminator trains",
    "G": "a step in which only the generator trains",
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
    """Weights of two tiny networks, and a batch for each of two steps."""
    weights = {
        name: {key: torch.randn(value.shape, generator=generator) for key, value in network.named_parameters()}
        for name, network in zip("DG", networks(), strict=True)
    }
    return {
        **weights,
        "real": torch.rand((2, 6, 4), generator=generator),
        "codes": torch.randn((2, 6, 3), generator=generator),
    }


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

    losses = (fool(), judge())[::-1] if slip == "old-discriminator" else (judge(), fool())
    return losses[::-1] if slip == "losses-swapped" else losses


def _move(
    loss: Tensor, optimizers: tuple[torch.optim.Optimizer, torch.optim.Optimizer], who: int, turn: bool, slip: str
) -> float:
    """Half of a step, with one of the slips."""
    if turn:
        if slip not in ("not-detached", "never-zeroed"):
            optimizers[who].zero_grad()
        loss.backward(retain_graph=True)
        for moved in optimizers if slip == "both-optimizers" else (optimizers[who],):
            moved.step()
    return loss.item()


SLIPS = (
    ("losses-swapped", "The two losses are exchanged: the discriminator's comes first."),
    ("turns-ignored", "Somebody trained out of turn: ask turns.discriminator and turns.generator before each step."),
    ("turns-swapped", "The turns are exchanged: turns.discriminator says whether the discriminator trains."),
    ("sigmoid-missing", "The generator gives logits: its pictures are torch.sigmoid(generator(codes))."),
    ("labels-swapped", "Real and drawn are exchanged: discriminator_loss(of real pictures, of drawn ones)."),
    (
        "old-discriminator",
        "The generator was judged by the discriminator as it was before its step: that steps first, and "
        "then is asked anew.",
    ),
    ("not-detached", "The discriminator's backward also filled the generator's gradients: give it drawn.detach()."),
    ("never-zeroed", "Gradients of earlier steps were added: zero_grad before each backward."),
    ("both-optimizers", "Both optimisers stepped after one loss: each network steps on its own loss only."),
    ("generator-detached", "The generator stood still: in its own half, the drawn pictures must not be detached."),
    ("saturating", "The generator's loss is generator_loss, -ln p."),
    ("label-drawn", 'The generator wants the label "real": generator_loss, -ln p.'),
    (
        "mixed-batch",
        "The discriminator saw real and drawn pictures in one batch: its BatchNorm then mixes the two. Ask it twice.",
    ),
    ("nobody-trains", "Nothing moved: zero_grad, backward and step for whoever has the turn."),
)


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 12.3."""
    judge = Judge(NAME, values)
    for label, rounds in ROUNDS.items():
        if isinstance(values.get(label), dict) and not judge.findings:
            judge.array(label, ())
        right = play(reference, inputs, rounds)
        got = {name: judge.array(f"{label} {name}", np.shape(right[name]), PAIR) for name in PARTS}
        if not judge.findings:
            _compare(judge, got, right, CASES[label], partial(_play_slip, inputs, rounds))
        judge.that(
            label in ("G", "both") or values.get(f"{label} left") == 0,
            "gradient-left",
            f"After {CASES[label]}, the generator holds a gradient.",
            "Give the discriminator drawn.detach(), and call backward only for whoever has the turn.",
        )
    return judge.findings


def _compare(
    judge: Judge, got: dict[str, Any], right: dict[str, Any], case: str, play: Callable[[str], dict[str, Any]]
) -> None:
    """Losses and all weights at once, so that a slip is recognised by everything it does."""

    def same(expected: dict[str, Any]) -> list[str]:
        return [name for name in PARTS if np.allclose(got[name], expected[name], rtol=1e-4, atol=1e-5)]

    fine = same(right)
    if len(fine) == len(PARTS):
        return
    name = next(name for name in PARTS if name not in fine)
    code, cause = next(
        ((code, cause) for code, cause in SLIPS if len(same(play(code))) == len(PARTS)), ("value", GIVEN)
    )
    judge.finding(code, f"After {case}, {PARTS[name]} are {shown(got[name])}, expected {shown(right[name])}.", cause)
