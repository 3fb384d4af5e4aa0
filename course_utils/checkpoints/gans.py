"""Trained GANs under Report D's schedules, with what they drew while they learned."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .. import data
from ..class_coverage import Diversity, diversity, features
from ..files import save_whole
from ..gan import GanEpoch, Generator, train_gan
from ..turns import SCHEDULES
from ..vae import parameter_count
from . import classifiers, store
from .gan_plans import IMAGES, PLANS, GanPlan
from .store import Card, CheckpointError, Store, Weights, halve, restore

_FIXED, _JUDGED, _CODE_SEED = 50, 2000, 12
_PAGE = "epoch"


@dataclass(frozen=True)
class Snapshot(Diversity):
    """What 2,000 drawn pictures were worth after an epoch."""

    epoch: int


@dataclass(frozen=True, kw_only=True)
class GanCard(Card):
    """What a GAN drew: by epoch (of so many steps) its losses, and at some its diversity.

    ``parameters`` are the generator's. ``seconds`` are by the clock, of all legs of a run, on a machine that had other
    work: more than a free one needs.
    """

    discriminator_parameters: int
    steps: int
    history: tuple[GanEpoch, ...]
    snapshots: tuple[Snapshot, ...]

    def reaches(self) -> str:
        """What the last snapshot shows."""
        last = self.snapshots[-1]
        distance = f"squared Frechet distance {last.frechet:.1f}"
        return f"{last.covered} of 10 digits, entropy {last.entropy:.3f} nats, {distance}"

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> GanCard:
        """A card from the fields of its file."""
        history = [GanEpoch(*epoch) for epoch in stored["history"]]
        snapshots = [Snapshot(**{**one, "shares": tuple(one["shares"])}) for one in stored["snapshots"]]
        return super().from_json({**stored, "history": history, "snapshots": snapshots})


class GanStore(Store[GanPlan, GanCard]):
    """The trained GANs."""

    def train(self, plan: GanPlan, unfinished: Path) -> tuple[Weights, dict[str, Any]]:
        """Train both networks by turns; what is stored are pictures, and of some plans the generator."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(plan.recipe.seed)
            generator, discriminator = plan.model(), plan.discriminator()
        album = _Album(plan, generator, unfinished / "album.pt")
        images = data.load(plan.data, "train+validation", limit=IMAGES)[0]
        history = train_gan(
            generator,
            discriminator,
            images,
            plan.recipe,
            SCHEDULES[plan.schedule],
            lambda done: album.look(done.epoch),
            unfinished / "run.pt",
        )
        weights = halve(generator)
        album.look(plan.recipe.epochs)
        pictures = {f"{_PAGE}{epoch}": drawn for epoch, (_, drawn) in album.pages.items()}
        return {**pictures, **(weights if plan.keeps_generator else {})}, {
            "parameters": parameter_count(generator),
            "discriminator_parameters": parameter_count(discriminator),
            "steps": plan.recipe.steps or IMAGES // plan.recipe.batch,
            "history": tuple(history),
            "snapshots": tuple(Snapshot(**seen) for seen, _ in album.pages.values()),
            "seconds": round(album.seconds),
        }


class _Album:
    """Pictures and measures of a generator by epoch, and the time so far; on disk, so that a killed run goes on."""

    def __init__(self, plan: GanPlan, generator: Generator, path: Path) -> None:
        self.looks, self.generator, self.path, self.looked = plan.looks(), generator, path, time.perf_counter()
        self.pages: dict[int, tuple[dict[str, Any], Tensor]] = {}
        self.seconds = 0.0
        if path.exists():
            self.pages, self.seconds = torch.load(path)
        self.codes = torch.randn(_JUDGED, generator.latent, generator=torch.Generator().manual_seed(_CODE_SEED))
        self.classifier = classifiers.load(classifiers.DIGITS.name)
        self.real = features(self.classifier, data.load(plan.data, "test")[0])

    def look(self, epoch: int) -> None:
        """Fill in the page of an epoch that has one, and keep the album."""
        if epoch in self.looks:
            pictures = self.generator.eval().pictures(self.codes)
            seen = asdict(diversity(self.classifier, pictures, self.real))
            self.pages[epoch] = ({**seen, "epoch": epoch}, (255 * pictures[:_FIXED, 0]).round().to(torch.uint8))
        before, self.looked = self.looked, time.perf_counter()
        self.seconds += self.looked - before
        save_whole((self.pages, self.seconds), self.path)


STORE = GanStore(store.FOLDER / "gans", PLANS, GanCard)
names, card = STORE.names, STORE.card


def load(name: str) -> Generator:
    """The trained generator, in evaluation mode.

    Raises:
        CheckpointError: where there is none of that name, only its pictures ship, or the file is damaged.
    """
    weights = {key: value for key, value in STORE.weights(name).items() if not key.startswith(_PAGE)}
    if not weights:
        raise CheckpointError(f"Only pictures of {name!r} ship: see snapshots({name!r}), or take 'gan-both'.")
    return restore(STORE.plans[name].model(), weights)


def snapshots(name: str) -> dict[int, Tensor]:
    """What a GAN drew of the same 50 codes, by epoch: (50, 1, 28, 28), grey in [0, 1].

    Raises:
        CheckpointError: where there is no GAN of that name, or the file is damaged.
    """
    pages = {
        int(key.removeprefix(_PAGE)): pictures[:, None] / 255
        for key, pictures in STORE.weights(name).items()
        if key.startswith(_PAGE)
    }
    return dict(sorted(pages.items()))
