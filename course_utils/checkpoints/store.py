"""One store for every trained model that ships: weights in safetensors, and beside them a card in JSON.

A plan says what is trained, a card what came of it, and a store makes the one from the other. What is different in
kind, how a model learns and what is measured of it, is in ``vaes``, ``fits``, ``gans`` and ``classifiers``.
"""

from __future__ import annotations

import json
import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from ..files import write_whole

FOLDER = Path(__file__).parents[1] / "assets" / "checkpoints"
_RESTORE = "run `git checkout -- course_utils/assets/checkpoints`, or reinstall the course"
_TOLD = ("name", "says", "rows", "reported")
"""What a card repeats of its plan, so that it can be read alone."""

Weights = dict[str, Tensor]
M = TypeVar("M", bound=nn.Module)
R = TypeVar("R")


class CheckpointError(RuntimeError):
    """A checkpoint cannot be used; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Plan(Generic[M, R]):
    """What to train.

    Attributes:
        name: of the checkpoint.
        says: the model in a sentence.
        model: builds it, untrained: a function, or a ``partial`` with its arguments by name.
        data: what it learns from, a name that :func:`course_utils.data.load` knows.
        recipe: how to train it, a dataclass.
        rows: rows of the reports that it rebuilds.
        reported: what the report gives, in the unit of the kind's cards; ``None`` where there is nothing to compare.
        ships_weights: ``False`` where no lesson needs more than the card, or the weights are too large for the package.
    """

    name: str
    says: str
    model: Callable[[], M]
    data: str = "mnist"
    recipe: R
    rows: tuple[str, ...] = ()
    reported: float | tuple[float, float] | None = None
    ships_weights: bool = True

    def identity(self) -> dict[str, Any]:
        """All that decides what comes of it, see :func:`differences`."""
        return {key: value for key, value in differences(self).items() if key not in (*_TOLD, "ships_weights")}


def differences(settings: Any) -> dict[str, Any]:
    """The fields of a dataclass that differ from their defaults, as JSON has them.

    So a field that is added with a default orphans no card. A default that is changed would go unnoticed: the tests
    hold those that cards rely on.
    """
    values = [(field, getattr(settings, field.name)) for field in fields(settings)]
    return {field.name: _plain(value) for field, value in values if value != field.default}


def _plain(value: Any) -> Any:
    """What can be called goes by its name, with its arguments; settings go by their fields."""
    if isinstance(value, partial):
        return {value.func.__name__: _plain(value.keywords)}
    if is_dataclass(value):
        return {type(value).__name__: differences(value)} if callable(value) else differences(value)
    if callable(value):
        return {value.__name__: {}}
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value


@dataclass(frozen=True, kw_only=True)
class Card(ABC):
    """How a checkpoint was made, and what it reaches: each kind adds what is measured of it.

    Attributes:
        name: of the checkpoint.
        says: the model in a sentence.
        rows: rows of the reports that it rebuilds.
        reported: what the report gives.
        made_by: the identity of its plan.
        parameters: trainable numbers of the model.
        seconds: of making it, on the machine that did.
        sha256: of the weights; ``None`` where they were not kept.
        history: every epoch, where it was kept.
    """

    name: str
    says: str
    rows: tuple[str, ...]
    reported: float | tuple[float, float] | None
    made_by: Mapping[str, Any]
    parameters: int
    seconds: int
    sha256: str | None
    history: tuple[Any, ...]

    @property
    def seed(self) -> int:
        """Of weights, order and noise."""
        return self.made_by["recipe"].get("seed", 0)

    @abstractmethod
    def reaches(self) -> str:
        """The result in a few words."""

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """A card from the fields of its file; a kind with lines of its own in its lists reads these first."""
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in stored.items()
        }
        return cls(**values)


P = TypeVar("P", bound=Plan)
C = TypeVar("C", bound=Card)


class Store(ABC, Generic[P, C]):
    """The checkpoints of one kind.

    Args:
        folder: of their weights and cards.
        plans: of all of them.
        card: class of the cards.
    """

    def __init__(self, folder: Path, plans: Iterable[P], card: type[C]) -> None:
        self.folder, self.plans, self._card = folder, {plan.name: plan for plan in plans}, card

    @abstractmethod
    def train(self, plan: P, unfinished: Path) -> tuple[Weights, dict[str, Any]]:
        """Train by plan.

        Args:
            plan: what to train.
            unfinished: an existing folder, for what a killed run needs to go on.

        Returns:
            The tensors to store, and fields of the card: all but those that follow from plan and tensors.
        """

    def names(self) -> list[str]:
        """All that have a card, in alphabetical order."""
        return sorted(path.stem for path in self.folder.glob("*.json"))

    def card(self, name: str) -> C:
        """The card of a checkpoint.

        Raises:
            CheckpointError: where there is none of that name.
        """
        if name not in self.names():
            raise CheckpointError(f"There is no checkpoint {name!r}: choose one of {', '.join(self.names())}.")
        return self._card.from_json(json.loads(self._path(name, "json").read_text()))

    def weights(self, name: str) -> Weights:
        """The stored tensors of a checkpoint, in float32.

        Raises:
            CheckpointError: where there is none of that name, its weights do not ship, or the file is damaged.
        """
        expected, path = self.card(name).sha256, self._path(name, "safetensors")
        if not path.is_file() and not self.plans[name].ships_weights:
            raise CheckpointError(f"The weights of {name!r} do not ship: run `course train {name}` to make them.")
        raw = path.read_bytes() if path.is_file() else b""
        if sha256(raw).hexdigest() != expected:
            raise CheckpointError(f"{path} is missing or damaged: {_RESTORE}.")
        return {key: value.to(torch.float32) for key, value in load(raw).items()}

    def up_to_date(self, name: str) -> bool:
        """Whether there is a card of that name, made by this very plan."""
        return name in self.names() and self.card(name).made_by == self.plans[name].identity()

    def make(self, name: str, work: Path) -> C:
        """Train one checkpoint and store it.

        Args:
            name: of its plan.
            work: folder for unfinished runs; one that was killed goes on from its last epoch.
        """
        plan, unfinished, started = self.plans[name], work / name, time.perf_counter()
        unfinished.mkdir(parents=True, exist_ok=True)
        weights, measured = self.train(plan, unfinished)
        raw = save(weights)
        made = {"made_by": plan.identity(), "seconds": round(time.perf_counter() - started)}
        told = {key: getattr(plan, key) for key in _TOLD}
        card = self._card(**{**told, **made, "sha256": sha256(raw).hexdigest(), **measured})
        write_whole(self._path(name, "safetensors"), raw)
        write_whole(self._path(name, "json"), as_json(card).encode())
        shutil.rmtree(unfinished)
        return card

    def _path(self, name: str, suffix: str) -> Path:
        return self.folder / f"{name}.{suffix}"


def as_json(card: Card) -> str:
    """The text of a card's file."""
    return json.dumps(asdict(card), indent=1) + "\n"


def halve(model: nn.Module) -> Weights:
    """The float16 numbers that are stored of a model; it is given exactly these, so that its card speaks of them."""
    exact = model.state_dict()
    half = {
        key: value.detach().to(torch.float16).contiguous()
        for key, value in exact.items()
        if value.is_floating_point()  # counters of BatchNorm are no weights
    }
    model.load_state_dict({**exact, **half})
    return half


def restore(model: M, weights: Weights) -> M:
    """A model with its stored numbers, in evaluation mode."""
    counters = {key: value for key, value in model.state_dict().items() if not value.is_floating_point()}
    model.load_state_dict({**counters, **weights})
    return model.eval()
