"""Exercise 4.1: an encoder with two heads."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from course_utils.encoders import MLPEncoder

from ..contract import Inputs
from ..inspecting import HALVES
from ..judging import Judge, shown
from ..judging_encoders import judge_heads, judge_outputs, judge_rows, judge_second, judge_weights

TITLE = "an encoder with two heads"
NAME = "make_encoder"
POINTS = 3
HINTS = (
    "In __init__, make three linear layers and keep each in self; in forward, run the first with "
    "a ReLU, then both of the others.",
    "784 -> hidden, ReLU, then hidden -> latent twice: one layer for mu, another one for logvar; "
    "x.flatten(1) is (N, 784).",
    "class Encoder(torch.nn.Module):\n    def __init__(self, latent, hidden=400):\n        super().__init__()\n"
    "        self.first = torch.nn.Linear(784, ___)\n        self.to_mu = torch.nn.Linear(___, "
    "latent)\n        self.to_logvar = ___\n\n"
    "    def forward(self, x):\n        h = torch.relu(self.first(___))\n        return self.to_mu(h), ___\n\n"
    "def make_encoder(latent, hidden=400):\n    return Encoder(latent, hidden)",
)

PIXELS, DEFAULT_HIDDEN = 784, 400

PER_IMAGE = "A row of latents for each image, (N, latent)."

REMEDIES = (
    ("mat1 and mat2 shapes", "x.flatten(1) makes rows of 784 numbers, (N, 784), of images (N, 1, 28, 28)."),
    ("before Module.__init__", "A module's __init__ begins with super().__init__(): that line is missing."),
    ("has no attribute", "A layer that forward uses is made in __init__ and kept in self: self.name = nn.Linear(...)."),
    ("is not defined", "What __init__ keeps in self has that name in forward, too: self.name, not name."),
    ("Dimension out of range", "x.flatten(1) keeps the images apart; x.flatten() makes one row of them all."),
)


def reference(latent: int, hidden: int = DEFAULT_HIDDEN) -> nn.Module:
    """A module from images (N, 1, 28, 28) to mu and logvar, (N, latent) each: one hidden layer, two heads."""
    return MLPEncoder(latent, (hidden,))


def inputs(generator: torch.Generator) -> Inputs:
    """Random sizes and images; so many latents that all of a head's outputs have one sign only once in a million."""
    sizes = torch.randint(0, 8, (3,), generator=generator).tolist()
    return {
        "latent": 32 + sizes[0],
        "hidden": 50 + sizes[1],
        "seed": 1000 + sizes[2],
        "x": torch.rand((7, 1, 28, 28), generator=generator),
        "y": torch.rand((7, 1, 28, 28), generator=generator),
    }


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 4.1."""
    halves = judge_outputs(judge, inputs, PER_IMAGE)
    if halves is None:
        return
    shape = halves[0].shape
    for name, half in zip(HALVES, halves, strict=True):
        other = judge.array(f"other {name}", shape)
        judge.that(
            other is None or not np.allclose(other, half),
            "images-ignored",
            f"Other images have the same {name}.",
            "Nothing may be kept from an earlier call: compute mu and logvar from the x that is given.",
        )
    _judge_weights(judge, inputs)
    for name in HALVES:
        _judge_pixels(judge, name, inputs)
    for name, half in zip(HALVES, halves, strict=True):
        _judge_lines(judge, name, half)
    judge_rows(
        judge,
        shape,
        halves,
        "One layer for both is cut along axis 1, .chunk(2, dim=1); .reshape, .view and BatchNorm mix images.",
    )
    judge_heads(judge, shape[1])
    for name in HALVES:
        _judge_slopes(judge, name)
    judge_second(judge, halves[0])


def _judge_weights(judge: Judge, inputs: Inputs) -> None:
    """Whether the encoder holds as many numbers as the text says, also by default."""
    latent, hidden = inputs["latent"], inputs["hidden"]
    body, head = (PIXELS + 1) * hidden, (hidden + 1) * latent
    suspects = (
        (
            "weights-hidden",
            0,
            "Layers in a plain list (or not kept in self) are not found by an optimiser: self.name = nn.Linear(...).",
        ),
        (
            "hidden-ignored",
            (PIXELS + 1) * DEFAULT_HIDDEN + 2 * (DEFAULT_HIDDEN + 1) * latent,
            "The hidden layer has hidden units, not always 400.",
        ),
        ("two-bodies", 2 * (body + head), "mu and logvar share their hidden layer; here each has one of its own."),
        ("no-hidden-layer", 2 * (PIXELS + 1) * latent, "The hidden layer between image and heads is missing."),
        ("one-head", body + head, "There is only one layer after the hidden one: mu and logvar need one each."),
        (
            "logvar-from-mu",
            body + head + (latent + 1) * latent,
            "logvar is computed from mu: both start from the hidden layer.",
        ),
        ("no-bias", body + 2 * head - hidden - 2 * latent, "A linear layer has a bias, nn.Linear's default."),
    )
    layers = "784 -> hidden, one activation, then two layers hidden -> latent."
    judge_weights(judge, inputs, body, head, suspects, layers)
    by_default = (PIXELS + 1) * DEFAULT_HIDDEN + 2 * (DEFAULT_HIDDEN + 1) * 3
    judge.that(
        judge.values.get("weights by default") == by_default,
        "default",
        "make_encoder(3) does not make 400 hidden units.",
        "Keep the first line, def make_encoder(latent, hidden=400), and use hidden for the width.",
    )


def _judge_lines(judge: Judge, name: str, half: np.ndarray) -> None:
    """Whether the heads are plain linear layers, and something before them is not."""
    other, between, bright = (judge.array(f"{label} {name}", half.shape) for label in ("other", "between", "bright"))
    if other is None or between is None or bright is None:
        return
    ends = bright.min(), bright.max()
    saturated = any(abs(end) <= 15 and np.mean(np.abs(bright - end) <= 0.01 * abs(end)) > 0.1 for end in ends)
    judge.that(
        half.min() < 0 < half.max() and not saturated,
        "activation-on-head",
        f"{name} lies between {half.min():.3g} and {half.max():.3g}, and for images a thousand times too bright "
        f"between {bright.min():.3g} and {bright.max():.3g}.",
        f"No activation, exp or softplus on the heads: {name} may be any real number.",
    )
    judge.that(
        not np.allclose(between, (half + other) / 2, atol=2e-6),
        "no-activation",
        f"{name} of an average of two images is the average of their {name}.",
        "Without an activation between them, two linear layers are one: put a ReLU after the hidden layer.",
    )


def _judge_pixels(judge: Judge, name: str, inputs: Inputs) -> None:
    """Whether the first layer is given the pixels as they are, in any order."""
    seen, pixels = judge.values.get(f"{name} seen"), inputs["x"][0].flatten().double().numpy()
    if isinstance(seen, np.ndarray) and np.isfinite(seen).all():
        judge.that(
            np.allclose(np.sort(seen), np.sort(pixels), rtol=1e-3, atol=1e-4),
            "pixels-changed",
            f"The first layer was given {shown(seen)} for {name}, where the image has {shown(pixels)}.",
            "The pixels go in as they are: x.flatten(1), not scaled, not rounded.",
        )


def _judge_slopes(judge: Judge, name: str) -> None:
    """Whether a ReLU makes a half, wherever the hidden layer's weights can be told apart."""
    probed = [judge.values.get(f"{name} slopes{at}") for at in ("", " raised", " lowered")]
    known = [np.nan_to_num(slopes) for slopes in probed if isinstance(slopes, np.ndarray)]
    if len(known) < len(probed):
        return
    by_bias, up, down = known
    least = 1e-6 * np.abs(up).max()
    judge.that(
        np.abs(up).max() > 0 and np.abs(down).max() <= least,
        "other-activation",
        f"A hidden unit far below 0 has a slope of {shown(np.abs(down).max())} in {name}, one far above 0 of "
        f"{shown(np.abs(up).max())}.",
        "A ReLU is asked for: torch.relu lets what is above 0 through, and nothing else.",
    )
    judge.that(
        bool(np.all((np.abs(by_bias) <= least) | np.isclose(by_bias, up, rtol=1e-3, atol=least))),
        "other-activation",
        f"The hidden units' slopes in {name} take other values than 0 and that far above 0.",
        "A ReLU is asked for: torch.relu lets what is above 0 through unchanged, and nothing else.",
    )
