"""Reading the checkpoints beside the VAEs: a digit classifier, and GANs with what they drew while they learned."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from ..coverage import DigitClassifier, Diversity
from ..gan import GanEpoch, Generator
from . import store
from .store import CheckpointError, read_weights

FOLDER = store.FOLDER / "gans"


@dataclass(frozen=True)
class Snapshot(Diversity):
    """What 2,000 drawn pictures were worth after an epoch."""

    epoch: int


@dataclass(frozen=True)
class GanCard:
    """How a GAN was trained, and what it drew: by epoch (of so many steps) its losses, and at some its diversity.

    ``seconds`` are by the clock, of all legs of a run, on a machine that had other work: more than a free one needs.
    """

    name: str
    says: str
    rows: tuple[str, ...]
    schedule: str
    latent: int
    batchnorm: bool
    recipe: str
    images: int
    steps: int
    parameters: tuple[int, int]
    history: tuple[GanEpoch, ...]
    snapshots: tuple[Snapshot, ...]
    seconds: float
    command: str
    sha256: str
    ships_weights: bool


@dataclass(frozen=True)
class ClassifierCard:
    """How the classifier was trained, and its share of right answers; the test images were read once."""

    name: str
    says: str
    recipe: str
    parameters: int
    validation: float
    test: float
    seconds: float
    command: str
    sha256: str


def names() -> list[str]:
    """All that have a card, in alphabetical order."""
    return store.stems(FOLDER)


def card(name: str) -> GanCard | ClassifierCard:
    """The card of a checkpoint.

    Raises:
        CheckpointError: where there is none of that name.
    """
    fields = store.read_card(FOLDER, name)
    if "history" not in fields:
        return ClassifierCard(**fields)
    for key, kind in (
        ("history", lambda epoch: GanEpoch(*epoch)),
        ("rows", str),
        ("parameters", int),
        ("snapshots", lambda found: Snapshot(**{**found, "shares": tuple(found["shares"])})),
    ):
        fields[key] = tuple(map(kind, fields[key]))
    return GanCard(**fields)


def reaches(name: str) -> str:
    """What a card says of the result, in a few words."""
    found = card(name)
    if isinstance(found, ClassifierCard):
        return f"{found.test:.2%} of the test images are right"
    last = found.snapshots[-1]
    return f"{last.covered} of 10 digits, entropy {last.entropy:.3f} nats, squared Frechet distance {last.frechet:.1f}"


def load(name: str) -> Generator | DigitClassifier:
    """The trained network, in evaluation mode.

    Raises:
        CheckpointError: where there is none of that name, only its pictures ship, or the file is damaged.
    """
    found = card(name)
    if isinstance(found, GanCard) and not found.ships_weights:
        raise CheckpointError(f"Only pictures of {name!r} ship: see snapshots({name!r}), or take 'gan-both'.")
    network = Generator(found.latent) if isinstance(found, GanCard) else DigitClassifier()
    weights = {key: value for key, value in _stored(found).items() if not key.startswith("epoch")}
    network.load_state_dict({**network.state_dict(), **weights})
    return network.eval()


def snapshots(name: str) -> dict[int, Tensor]:
    """What a GAN drew of the same 50 codes, by epoch: (50, 1, 28, 28), grey in [0, 1].

    Raises:
        CheckpointError: where there is no GAN of that name, or the file is damaged.
    """
    pages = {
        int(key.removeprefix("epoch")): pictures[:, None] / 255
        for key, pictures in _stored(card(name)).items()
        if key.startswith("epoch")
    }
    return dict(sorted(pages.items()))


def _stored(found: GanCard | ClassifierCard) -> dict[str, Tensor]:
    return read_weights(FOLDER / f"{found.name}.safetensors", found.sha256)
