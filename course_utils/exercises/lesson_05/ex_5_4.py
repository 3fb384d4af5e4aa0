"""Exercise 5.4: Report E's encoder."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from course_utils.encoders import LSTMEncoder

from ..contract import Finding, Inputs, Values
from ..explaining import explained
from ..judging import Judge
from ..probing import NOT_ATTEMPTED
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
    """Random sizes and images. latent is odd and large, so that no wrong layer has the right number of weights by
    chance."""
    more, hidden, seed = torch.randint(0, 8, (3,), generator=generator).tolist()
    return {
        "latent": 41 + 2 * more,
        "hidden": 10 + hidden,
        "seed": 1000 + seed,
        "x": torch.rand((6, 1, ROWS, ROWS), generator=generator),
    }


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 5.4."""
    judge = Judge(NAME, values)
    shape = (len(inputs["x"]), inputs["latent"])
    _judge_pair(judge)
    mu, logvar = judge.array("first mu", shape, PER_IMAGE), judge.array("first logvar", shape, PER_IMAGE)
    if mu is None or logvar is None:
        return explained(judge.findings, REMEDIES)
    judge.that(
        bool(np.isfinite(mu).all() and np.isfinite(logvar).all()),
        "not-finite",
        "The encoder returned values that are not finite.",
    )
    judge.that(
        judge.values["first dtypes"] == 2,
        "dtype-changed",
        "The encoder's numbers are of another type than the images'.",
        "Stay with float32, the type of the images: no .double(), no .half().",
    )
    judge.that(
        not np.allclose(mu, logvar),
        "one-head",
        "mu and logvar are the same numbers.",
        "One linear layer was used for both: give each a layer of its own.",
    )
    repeated = [judge.array(f"repeated {name}", shape, PER_IMAGE) for name in ("mu", "logvar")]
    judge.that(
        all(r is not None and np.allclose(r, half, atol=1e-6) for r, half in zip(repeated, (mu, logvar), strict=True)),
        "not-repeatable",
        "The same images gave other numbers the second time.",
        "Layers belong into __init__; states start at zero; there is no noise here.",
    )
    _judge_weights(judge, inputs)
    if judge.values.get("one pair") != 2:
        judge.array("one pair", (2,), "A batch of one image keeps its axes: no squeeze without a number.")
    _judge_halves(judge, shape, {"mu": mu, "logvar": logvar})
    _judge_features(judge)
    second = judge.array("second encoder mu", shape)
    judge.that(
        second is None or not np.allclose(second, mu),
        "same-encoder-again",
        "Two calls of make_lstm_encoder gave the same weights.",
        "Make a new encoder in every call, and set no seed inside.",
    )
    return explained(judge.findings, REMEDIES)


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


def _judge_halves(judge: Judge, shape: tuple[int, int], halves: dict[str, np.ndarray]) -> None:
    """Each half by itself: alone in a batch, what it reads, and its linear layer."""
    for name, half in halves.items():
        alone = judge.array(
            f"one {name}", (1, shape[1]), "A batch of one image keeps its axis: (1, latent). No squeeze."
        )
        judge.that(
            alone is None or np.allclose(alone, half[:1], atol=1e-5),
            "images-mixed",
            f"{name} of an image changes with the other images in the batch.",
            "h_n is (2, N, H): .view or .reshape to (N, 2H) mixes images; join h_n[0] and h_n[1]. And "
            "the LSTM needs batch_first=True.",
        )
        _judge_reading(judge, name)
        _judge_head(judge, name, shape)


def _judge_pair(judge: Judge) -> None:
    """Whether a module came back that returns two tensors."""
    made, pair = judge.values["made"], judge.values.get("first pair")
    if made is None or isinstance(made, dict) and "raised" in made:
        judge.array("made", ())
    judge.that(
        judge.values["is a module"],
        "not-a-module",
        "make_lstm_encoder did not return a torch module.",
        "Return an object of a class that inherits from nn.Module: return Encoder(), with its brackets.",
    )
    judge.that(
        not (isinstance(pair, dict) and pair.get("raised") == NOT_ATTEMPTED),
        "forward-open",
        "The encoder is made, but its forward is still to be written.",
    )
    if pair is None or isinstance(pair, dict) and "raised" in pair:
        judge.array("first pair", ())
    judge.that(
        pair == 2 if isinstance(pair, int) else False,
        "not-a-pair",
        "The encoder's forward did not return two tensors.",
        "Return both, separated by a comma: mu and logvar.",
    )


def _judge_weights(judge: Judge, inputs: Inputs) -> None:
    """Whether the encoder holds as many numbers as the text says; else, what another number means."""
    latent, hidden = inputs["latent"], inputs["hidden"]
    lstm, head = lstm_parameters(ROWS, hidden, True), (2 * hidden + 1) * latent
    right, one_way = lstm + 2 * head, lstm_parameters(ROWS, hidden) + 2 * (hidden + 1) * latent
    found = judge.array("weights", ())
    if found is None:
        return
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
        ("latent-ignored", lstm + 2 * (2 * hidden + 1) * 64, "latent is an argument, not always 64."),
        ("no-bias", right - 16 * hidden, "nn.LSTM has biases, its default."),
        ("weights-hidden", 0, "Layers must be kept in self, so that an optimiser finds them."),
        ("weights-hidden", 2 * head, "The LSTM is not found by an optimiser: keep it in self, in no plain list."),
        ("weights-hidden", lstm, "The heads are not found by an optimiser: keep them in self, in no plain list."),
        ("one-head", lstm + head, "There is only one linear layer after the LSTM: mu and logvar need one each."),
    )
    code, cause = next(
        ((code, cause) for code, count, cause in suspects if count == found),
        ("other-layers", "A bidirectional nn.LSTM(28, hidden), then two linear layers, 2 * hidden -> latent."),
    )
    judge.that(
        found == right,
        code,
        f"The encoder has {found:.0f} trainable numbers, expected {right} for latent = {latent}, hidden = {hidden}.",
        cause,
    )
    judge.that(
        judge.values.get("idle") == 0,
        "idle-weights",
        "Some of the encoder's weights have no part in what it returns.",
        "Something that forward does not use, .detach(), or torch.no_grad()? Every weight must get a gradient.",
    )
    for name in ("mu", "logvar"):
        behind = judge.array(f"numbers behind {name}", ())
        if behind is None:
            return
        judge.that(
            behind >= lstm + head,
            "head-detached",
            f"{name} learns through {behind:.0f} numbers only; its head and the LSTM have {lstm + head}.",
            "Gradients of both halves must reach the LSTM: no .detach() and no torch.no_grad() before a head.",
        )


def _judge_reading(judge: Judge, name: str) -> None:
    """Whether both edges of the image reach an output strongly, as the last states of both directions see to it."""
    rows, columns = judge.array(f"rows of {name}", (ROWS,)), judge.array(f"columns of {name}", (ROWS,))
    if rows is None or columns is None:
        return
    top, middle, bottom = rows[0], rows[13:15].max(), rows[-1]
    edges = columns[[0, -1]].min()
    judge.that(
        not (columns[13:15].max() < 0.3 * edges and middle > 0.3 * min(top, bottom)),
        "columns",
        f"{name} was read column by column.",
        "Step number t is row number t: no transpose of the images.",
    )
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


def _judge_head(judge: Judge, name: str, shape: tuple[int, int]) -> None:
    """Whether an output can take any real value."""
    if f"steep {name}" not in judge.values:  # not every module can be copied
        return
    steep = judge.array(f"steep {name}", shape)
    judge.that(
        steep is None or steep.min() < -5 and steep.max() > 5,
        "activation-on-head",
        f"{name} stays between bounds, or on one side of 0, however steep its layer is.",
        f"No activation, exp or softplus on the heads: {name} may be any real number.",
    )
