"""Reading checkpoints: weights in safetensors (float16), and a card in JSON beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load as parse
from torch import Tensor

from .. import reports
from ..training import Epoch
from ..vae import VAE
from .plans import PLANS

FOLDER = Path(__file__).parents[1] / "assets" / "checkpoints"
COMPARISON = FOLDER / "comparison.md"
"""The table of :func:`course_utils.checkpoints.comparison`, stored whenever a checkpoint is made."""
_RESTORE = "run `git checkout -- course_utils/assets/checkpoints`, or reinstall the course"


class CheckpointError(RuntimeError):
    """A checkpoint cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Card:
    """How a checkpoint was made, and what it reaches, in nats per image (exact means over images).

    Attributes:
        name: of the checkpoint.
        says: the model in a sentence.
        rows: rows of the reports that it rebuilds.
        constructor: name in :data:`course_utils.reports.MODELS`, called with ``arguments``.
        recipe: of its training, as Python would write it.
        parameters: trainable numbers.
        epochs: epochs trained; ``best_epoch`` was chosen by validation.
        seed: of weights, order and noise.
        validation: -ELBO on 6,000 validation images.
        test_bce: first half of the -ELBO on the test images, which were read once, after the choice.
        test_kl: second half.
        active_units: latents with a mean KL above 0.01 nats on the test images.
        reported: the report's number, converted to nats per image, or ``None``.
        seconds: of training, on the machine that made it.
        command: makes it again.
        sha256: of the weights; ``None`` where they were not kept.
        history: every epoch.
    """

    name: str
    says: str
    rows: tuple[str, ...]
    constructor: str
    arguments: Mapping[str, Any]
    recipe: str
    parameters: int
    epochs: int
    best_epoch: int
    seed: int
    validation: float
    test_bce: float
    test_kl: float
    active_units: int
    reported: float | None
    seconds: float
    command: str
    sha256: str | None
    history: tuple[Epoch, ...]

    @property
    def test(self) -> float:
        """-ELBO on the test images."""
        return self.test_bce + self.test_kl


def names() -> list[str]:
    """All checkpoints that have a card, in alphabetical order."""
    return stems(FOLDER)


def card(name: str) -> Card:
    """The card of a checkpoint.

    Raises:
        CheckpointError: where there is none of that name.
    """
    fields = read_card(FOLDER, name)
    fields["history"] = tuple(Epoch(**epoch) for epoch in fields["history"])
    return Card(**{**fields, "rows": tuple(fields["rows"])})


def load(name: str) -> VAE:
    """The trained model, in evaluation mode.

    Raises:
        CheckpointError: where there is none of that name, its weights do not ship, or the file is damaged.
    """
    found = card(name)
    weights = read_weights(weights_path(FOLDER, name, PLANS[name].ships_weights), found.sha256)
    model = reports.MODELS[found.constructor](**found.arguments)
    model.load_state_dict(weights)
    return model.eval()


def stems(folder: Path) -> list[str]:
    """Names of all cards in a folder, in alphabetical order."""
    return sorted(path.stem for path in folder.glob("*.json"))


def read_card(folder: Path, name: str, kind: str = "checkpoint") -> dict[str, Any]:
    """The fields of a card, as JSON has them.

    Args:
        folder: that holds the cards.
        name: of the card.
        kind: what its owner calls it, for the message.

    Raises:
        CheckpointError: where there is none of that name.
    """
    if name not in stems(folder):
        raise CheckpointError(f"There is no {kind} {name!r}: choose one of {', '.join(stems(folder))}.")
    return json.loads((folder / f"{name}.json").read_text())


def weights_path(folder: Path, name: str, ships: bool) -> Path:
    """Where the weights of a checkpoint lie.

    Raises:
        CheckpointError: where they do not ship and nobody has made them here yet.
    """
    path = folder / f"{name}.safetensors"
    if not ships and not path.is_file():
        raise CheckpointError(f"The weights of {name!r} do not ship: run `course train {name}` to make them.")
    return path


def read_weights(path: Path, expected: str | None) -> dict[str, Tensor]:
    """The tensors of a stored file, in float32.

    Args:
        path: of the safetensors.
        expected: sha256 of the whole file.

    Raises:
        CheckpointError: where the file is missing or damaged.
    """
    raw = path.read_bytes() if path.is_file() else b""
    if sha256(raw).hexdigest() != expected:
        raise CheckpointError(f"{path} is missing or damaged: {_RESTORE}.")
    return {key: value.to(torch.float32) for key, value in parse(raw).items()}
