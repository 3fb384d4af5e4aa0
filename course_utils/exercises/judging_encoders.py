"""Findings on an encoder that a student's function made: what it returns, what it holds, and what of that learns."""

from __future__ import annotations

import numpy as np

from .contract import Inputs
from .inspecting import HALVES
from .judging import Judge, shown
from .probing import NOT_ATTEMPTED

Counts = tuple[tuple[str, int, str], ...]
"""Wrong numbers of weights that are worth recognising: (code, number, the usual cause)."""


def judge_outputs(judge: Judge, inputs: Inputs, axes: str) -> tuple[np.ndarray, np.ndarray] | None:
    """mu and logvar, (N, latent) each; ``None``, with a finding, where they are no two repeatable codes."""
    _judge_pair(judge)
    shape = (len(inputs["x"]), inputs["latent"])
    mu, logvar = (judge.array(f"first {name}", shape, axes) for name in HALVES)
    if mu is None or logvar is None:
        return None
    judge.that(
        judge.values["first dtypes"] == 2,
        "dtype-changed",
        "The encoder's numbers are of another type than the images'.",
        "Stay with float32, the type of the images: no .double(), no .half(). The decoder goes on with it.",
    )
    judge.that(
        bool(np.isfinite(mu).all() and np.isfinite(logvar).all()),
        "not-finite",
        "The encoder returned values that are not finite.",
    )
    judge.that(
        not any(np.array_equal(half, half.astype(np.float16)) for half in (mu, logvar)),
        "dtype-changed",
        "The encoder's numbers are rounded to those that 16 bits can hold.",
        "Stay with float32, the type of the images: no .half(), no rounding.",
    )
    judge.that(
        not np.allclose(mu, logvar),
        "one-head",
        "mu and logvar are the same numbers.",
        "One linear layer was used for both: give each a layer of its own, and call both in forward.",
    )
    again = [judge.values.get(f"once more {name}") for name in HALVES]
    pairs = zip(again, (mu, logvar), strict=True)
    judge.that(
        all(isinstance(other, np.ndarray) and np.allclose(other, half, atol=1e-6) for other, half in pairs),
        "not-repeatable",
        "The same images gave other numbers the second time.",
        "Layers made inside forward are new in every call; and there is neither dropout nor noise in this encoder.",
    )
    return None if judge.findings else (mu, logvar)


def _judge_pair(judge: Judge) -> None:
    """Whether a module came back that returns two tensors."""
    made, pair = judge.values["made"], judge.values.get("first pair")
    if isinstance(made, dict) and "raised" in made or made is None:
        judge.array("made", ())
    judge.that(
        judge.values["is a module"],
        "not-a-module",
        f"{judge.name} did not return a torch module.",
        "Return an object of a class that inherits from nn.Module, return Encoder(...), with its brackets: an "
        "optimiser finds its weights.",
    )
    if isinstance(pair, dict) and pair.get("raised") == NOT_ATTEMPTED:
        judge.that(False, "forward-open", "The encoder is made, but its forward is still to be written.")
    elif isinstance(pair, np.ndarray) or (isinstance(pair, dict) and "type" in pair):
        kind = pair["type"] if isinstance(pair, dict) else "one tensor"
        judge.that(
            False,
            "not-a-pair",
            f"forward returned {kind}, expected two tensors.",
            "Return both, separated by a comma: the mean and the log-variance, and nothing else.",
        )
    elif not isinstance(pair, int):
        judge.array("first pair", (2,))


def judge_weights(judge: Judge, inputs: Inputs, body: int, head: int, suspects: Counts, layers: str) -> None:
    """Whether the encoder holds as many numbers as the text says, and all of them learn; else, what that means.

    Args:
        judge: of the exercise.
        inputs: latent and hidden, for the card.
        body: numbers in what both halves share.
        head: numbers in each of the two heads.
        suspects: what other numbers mean.
        layers: the layers that are asked for, in a sentence.
    """
    right, found = body + 2 * head, judge.array("weights", ())
    if found is None:
        return
    code, cause = next(((code, cause) for code, count, cause in suspects if count == found), ("other-layers", layers))
    judge.that(
        found == right,
        code,
        f"The encoder has {found:.0f} trainable numbers, expected {right} for latent = {inputs['latent']}, "
        f"hidden = {inputs['hidden']}.",
        cause,
    )
    judge.that(
        judge.values.get("idle") == 0,
        "idle-weights",
        "Some of the encoder's weights have no part in what it returns.",
        "A layer that forward does not call, .detach(), or torch.no_grad()? Every weight must get a gradient.",
    )
    for name in HALVES:
        behind = judge.array(f"numbers behind {name}", ())
        if behind is None:
            return
        judge.that(
            bool(behind >= body + head),
            "head-detached",
            f"{name} learns through {behind:.0f} numbers only; its head and what lies before it have {body + head}.",
            "Gradients of both halves must reach the first layer: no .detach() and no torch.no_grad() before a head.",
        )


def judge_rows(judge: Judge, shape: tuple[int, int], halves: tuple[np.ndarray, np.ndarray], mixing: str) -> None:
    """Whether a row of each half is one image's alone, and one image keeps its axis."""
    kept = "A batch of one image keeps its axis: (1, latent). No squeeze."
    if judge.values["one pair"] != 2:
        judge.array("one pair", (2,), kept, case="one image")
    for name, half in zip(HALVES, halves, strict=True):
        judge.array(f"one {name}", (1, shape[1]), kept)
        alone = judge.array(f"alone {name}", shape)
        judge.that(
            alone is None or np.allclose(alone, half, atol=1e-5),
            "images-mixed",
            f"{name} of an image changes with the other images in the batch.",
            mixing,
        )


def judge_heads(judge: Judge, latent: int) -> None:
    """Whether each half is what a linear layer gives, wherever its biases can be found."""
    right = np.arange(1, latent + 1)
    for label in (f"{name} head slopes{again}" for name in HALVES for again in ("", " again")):
        slopes = judge.values.get(label)
        if not isinstance(slopes, np.ndarray) or not slopes.size:
            continue
        rises = np.sort(slopes[0][slopes[0] != 0])
        name, alike = label.split()[0], len(rises) == latent
        judge.that(
            alike and bool(np.allclose(rises, right, rtol=1e-4) and np.allclose(slopes, slopes[:1], rtol=1e-4)),
            "head-scaled",
            f"Where the biases of its head rise by 1, {name} rises by {shown(rises / right if alike else rises)}, or "
            "in another order for another image.",
            "Nothing comes after the heads: no activation, no factor, no sorting.",
        )


def judge_second(judge: Judge, mu: np.ndarray) -> None:
    """Whether a second call makes other weights."""
    second = judge.array("second encoder mu", mu.shape)
    judge.that(
        second is None or not np.allclose(second, mu),
        "same-encoder-again",
        f"Two calls of {judge.name} gave the same weights.",
        "Make a new encoder in every call, and set no seed inside.",
    )
