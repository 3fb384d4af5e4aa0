"""Exercise 5.4: Report E's encoder."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from course_utils.encoders import LSTMEncoder

from ..contract import Inputs
from ..inspecting import HALVES
from ..judging import Judge, shown
from ..judging_encoders import judge_heads, judge_outputs, judge_rows, judge_second, judge_weights
from .probe_5_4 import ROWS

TITLE = "Report E's encoder"
NAME = "make_lstm_encoder"
POINTS = 3
HINTS = (
    "Start from OneWayEncoder. Three things change: the LSTM reads both ways, the heads see "
    "twice as many numbers, "
    "and h_n now holds two states.",
    "An nn.LSTM(28, hidden) with batch_first and bidirectional; encoders.Heads with a width of 2 * hidden; "
    "features: h_n[0] beside h_n[1], by torch.cat along axis 1, (N, 2 * hidden).",
    "class Encoder(torch.nn.Module):\n    def __init__(self, latent, hidden):\n        super().__init__()\n"
    "        self.lstm = torch.nn.LSTM(28, hidden, batch_first=___, bidirectional=___)\n"
    "        self.heads = encoders.Heads(___, latent)\n\n    def forward(self, images):\n"
    "        out, (h_n, c_n) = self.lstm(to_sequence(___))\n"
    "        return self.heads(torch.cat([___, ___], dim=1))\n\n"
    "def make_lstm_encoder(latent, hidden):\n    return Encoder(latent, hidden)",
)

PER_IMAGE = (
    "A row of latents for each image, (N, latent). Without batch_first=True the LSTM takes the 28 steps for images."
)

REMEDIES = (
    ("mat1 and mat2 shapes", "The heads read both directions, 2 * hidden numbers: encoders.Heads(2 * hidden, latent)."),
    ("before Module.__init__", "A module's __init__ begins with super().__init__(): that line is missing."),
    (
        "expected 3-D or 2-D tensor",
        "The LSTM reads sequences, (N, 28, 28): to_sequence(images) takes the channel axis away.",
    ),
    ("has no attribute", "A layer that forward uses is made in __init__ and kept in self: self.name = ..."),
)


def lstm_parameters(inputs: int, hidden: int, bidirectional: bool = False) -> int:
    """Trainable numbers of torch.nn.LSTM with one layer."""
    with torch.device("meta"):
        lstm = torch.nn.LSTM(inputs, hidden, bidirectional=bidirectional)
    return sum(parameter.numel() for parameter in lstm.parameters())


def reference(latent: int, hidden: int) -> nn.Module:
    """A module from images (N, 1, 28, 28) to mu and logvar, (N, latent) each: a bidirectional LSTM, two heads."""
    return LSTMEncoder(latent, hidden, bidirectional=True)


def inputs(generator: torch.Generator) -> Inputs:
    """Random sizes and images. Both sizes are odd, and latent is large, so that no wrong layer has the right number of
    weights by chance: with hidden = 14, a second layer has as many as a second encoder."""
    more, hidden, seed = torch.randint(0, 6, (3,), generator=generator).tolist()
    return {
        "latent": 41 + 2 * more,
        "hidden": 11 + 2 * hidden,
        "seed": 1000 + seed,
        "x": torch.rand((6, 1, ROWS, ROWS), generator=generator),
    }


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 5.4."""
    halves = judge_outputs(judge, inputs, PER_IMAGE)
    if halves is None:
        return
    _judge_weights(judge, inputs)
    judge_rows(
        judge,
        halves[0].shape,
        halves,
        "h_n is (2, N, H): .view or .reshape to (N, 2H) mixes images; join h_n[0] and h_n[1]. And "
        "the LSTM needs batch_first=True.",
    )
    _judge_features(judge)
    for name in HALVES:
        _judge_columns(judge, name)
    _judge_directions(judge)
    for name in HALVES:
        _judge_reading(judge, name)
    _judge_fed(judge, inputs["x"][0])
    judge_heads(judge, inputs["latent"])
    judge_second(judge, halves[0])


_POOLED = (
    "all-steps-used",
    "The heads were given all steps together.",
    "A mean or a maximum over the steps? Take the last state of each direction.",
)

_FEATURES = {
    "pooled": _POOLED,
    "averaged": _POOLED,
    "memory": (
        "memory-for-state",
        "The heads were given the memories c, not the states h.",
        "nn.LSTM returns out, (h_n, c_n): take h_n.",
    ),
    "relu": (
        "activated",
        "A ReLU stands between the last states and the heads.",
        "The heads read the states themselves: no activation.",
    ),
    "tanh": (
        "activated",
        "A tanh stands between the last states and the heads.",
        "The heads read the states themselves: no activation.",
    ),
    "added": (
        "directions-added",
        "The states of the two directions were added.",
        "Keep them side by side: torch.cat([h_n[0], h_n[1]], dim=1).",
    ),
}


def _judge_features(judge: Judge) -> None:
    """What entered the heads, and whether they came out in their order."""
    if (fed := judge.values.get("features")) in _FEATURES:
        judge.that(False, *_FEATURES[fed])
    judge.that(
        judge.values.get("exchanged") is not True,
        "outputs-exchanged",
        "What the heads call logvar was returned as mu.",
        "Heads returns mu, logvar, in this order.",
    )


def _judge_fed(judge: Judge, image: Tensor) -> None:
    """Whether the LSTM is given the pixels, and the heads its last states, as they are."""
    fed, pixels = judge.values.get("fed"), np.sort(image.flatten().numpy())
    if isinstance(fed, np.ndarray) and fed.shape == pixels.shape:
        judge.that(
            np.allclose(fed, pixels, rtol=1e-3, atol=1e-4),
            "pixels-changed",
            f"The LSTM was given numbers from {shown(fed[0])} to {shown(fed[-1])} of an image whose pixels run from "
            f"{shown(pixels[0])} to {shown(pixels[-1])}.",
            "The rows go in as they are: not scaled, not rounded, none repeated.",
        )
    judge.that(
        judge.values.get("features") != "other",
        "states-changed",
        "The heads were given other numbers than the last states of both directions.",
        "Nothing stands between the states and the heads: no norm, no factor, no dropout.",
    )


def _judge_columns(judge: Judge, name: str) -> None:
    """Whether it is the edges at the top and the bottom that reach an output strongly, not those at the sides."""
    rows, columns = judge.array(f"rows of {name}", (ROWS,)), judge.array(f"columns of {name}", (ROWS,))
    if rows is None or columns is None:
        return
    sides_alone = columns[13:15].max() < 0.3 * columns[[0, -1]].min()
    judge.that(
        not (sides_alone and rows[13:15].max() > 0.3 * rows[[0, -1]].min()),
        "columns",
        f"{name} was read column by column.",
        "Step number t is row number t: no transpose of the images.",
    )


def _judge_directions(judge: Judge) -> None:
    """Whether each direction reads all rows, one of them downwards and the other upwards."""
    read = judge.values.get("read")
    if not isinstance(read, np.ndarray) or read.shape != (2, ROWS):
        return
    unread = (read == 0).sum(1).max()
    judge.that(
        not 0 < unread < ROWS - 1,
        "rows-unread",
        f"One of the two directions does not read {unread} of the 28 rows.",
        "Both directions read the whole image, row by row.",
    )
    downwards = read[:, -1] > read[:, 0]
    judge.that(
        unread > 0 or downwards.sum() == 1,
        "one-way-twice",
        f"Both directions end at the {'bottom' if downwards.all() else 'top'} row of the image.",
        "One reads from the top row to the bottom row, the other from the bottom row to the top row.",
    )


def _judge_weights(judge: Judge, inputs: Inputs) -> None:
    """Whether the encoder holds as many numbers as the text says."""
    latent, hidden = inputs["latent"], inputs["hidden"]
    lstm, head = lstm_parameters(ROWS, hidden, True), (2 * hidden + 1) * latent
    right, one_way = lstm + 2 * head, lstm_parameters(ROWS, hidden) + 2 * (hidden + 1) * latent
    half_heads = lstm + 2 * (hidden + 1) * latent
    suspects = (
        ("one-direction", one_way, "This LSTM reads in one direction only: bidirectional=True."),
        (
            "one-direction-used",
            half_heads,
            "The heads read hidden numbers: join h_n[0] and h_n[1], 2 * hidden, and take neither one nor the sum.",
        ),
        (
            "all-steps",
            lstm + 2 * (2 * hidden * ROWS + 1) * latent,
            "The heads see all 28 steps: only the last state of each direction goes in.",
        ),
        (
            "hidden-doubled",
            lstm_parameters(ROWS, 2 * hidden) + 2 * head,
            "One LSTM of twice the size is not two directions: bidirectional=True.",
        ),
        (
            "two-layers",
            right + 2 * (4 * hidden * (2 * hidden + hidden + 2)),
            "num_layers=2 stacks a second LSTM: one layer is asked for.",
        ),
        ("two-lstms", 2 * (lstm + head), "mu and logvar share their LSTM; here each has one of its own."),
        ("hidden-ignored", lstm_parameters(ROWS, 64, True) + 2 * 129 * latent, "hidden is an argument, not always 64."),
        ("no-bias", right - 16 * hidden, "nn.LSTM has biases, its default."),
        ("weights-hidden", 0, "Layers must be kept in self, so that an optimiser finds them."),
        ("weights-hidden", 2 * head, "The LSTM is not found by an optimiser: keep it in self, in no plain list."),
        ("weights-hidden", lstm, "The heads are not found by an optimiser: keep them in self, in no plain list."),
        ("one-head", lstm + head, "There is only one linear layer after the LSTM: mu and logvar need one each."),
    )
    layers = "A bidirectional nn.LSTM(28, hidden), then two linear layers, 2 * hidden -> latent."
    judge_weights(judge, inputs, lstm, head, suspects, layers)


def _judge_reading(judge: Judge, name: str) -> None:
    """Whether both edges of the image reach an output strongly, as the last states of both directions see to it."""
    rows = judge.array(f"rows of {name}", (ROWS,))
    if rows is None:
        return
    top, middle, bottom = rows[0], rows[13:15].max(), rows[-1]
    judge.that(
        bool((rows > 0).all()),
        "rows-unread",
        f"{name} does not depend on {(rows == 0).sum()} of the 28 rows.",
        "Both directions read the whole image, row by row.",
    )
    judge.that(
        top > 0.02 * bottom,
        "backward-read-one-row",
        f"{name} hardly depends on the top row of the image.",
        "out[:, -1] holds a backward state that has read the bottom row only. The last states of both "
        "directions are in h_n.",
    )
    judge.that(
        bottom > 0.02 * top,
        "forward-read-one-row",
        f"{name} hardly depends on the bottom row of the image.",
        "out[:, 0] holds a forward state that has read the top row only. The last states of both "
        "directions are in h_n.",
    )
    judge.that(
        middle < 0.75 * min(top, bottom),
        "all-steps-used",
        f"{name} depends on the middle rows as on the outer ones.",
        "A mean or a maximum over the steps, or the outputs of one middle step? Take the last state of each direction.",
    )
