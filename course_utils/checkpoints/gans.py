"""Making the checkpoints beside the VAEs: a digit classifier, and GANs under Report D's schedules; and reading them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import save
from torch import Tensor, nn

from .. import data
from ..coverage import DigitClassifier, accuracy, diversity, features
from ..files import save_whole, write_whole
from ..gan import Discriminator, GanEpoch, GanRecipe, Generator, train_gan
from ..turns import SCHEDULES
from ..vae import parameter_count
from . import gan_cards
from .gan_cards import ClassifierCard, GanCard, Snapshot, card, load, names, reaches, snapshots

__all__ = [
    "PLANS",
    "ClassifierCard",
    "GanCard",
    "Snapshot",
    "card",
    "load",
    "make",
    "names",
    "reaches",
    "snapshots",
    "up_to_date",
]

CLASSIFIER = "digit-classifier"
IMAGES = 55_000
"""Report D's number of training images: 550 batches of 100."""
_FIXED, _JUDGED, _CODE_SEED = 50, 2000, 12


@dataclass(frozen=True)
class ClassifierPlan:
    """How to train the classifier: Adam with a rate that rises and falls once (Smith and Topin 2018)."""

    says: str
    epochs: int = 10
    batch: int = 100
    lr: float = 4e-3
    seed: int = 0


@dataclass(frozen=True)
class GanPlan:
    """Which GAN to train.

    Attributes:
        says: the run in a sentence.
        schedule: key of :data:`course_utils.turns.SCHEDULES`.
        recipe: how to train.
        rows: rows of the reports that it rebuilds.
        latent: size of the codes.
        batchnorm: whether the discriminator has BatchNorm.
        snapshots: epochs of which measures and pictures are kept; the last one is always among them.
        ships_weights: whether the generator itself is stored.
    """

    says: str
    schedule: str
    recipe: GanRecipe
    rows: tuple[str, ...] = ()
    latent: int = 100
    batchnorm: bool = False
    snapshots: tuple[int, ...] = ()
    ships_weights: bool = False


COURSE = GanRecipe(20, steps=55, generator_lr=1e-3, discriminator_lr=2e-4, betas=(0.5, 0.999), bfloat16=True)
"""The course's rates; epochs of a tenth of Report D's 550 steps."""
_LOOKS = (1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 30)


def _study() -> dict[str, GanPlan]:
    """The repaired GAN under each schedule, and Report D's as it was; as coded, its B and C are "both"."""
    short, b, c = (replace(COURSE, epochs=epochs, steps=steps) for epochs, steps in ((20, 33), (1, 550), (6, 110)))
    report = GanRecipe(20, steps=33, bfloat16=True)
    turns = {
        "a": ("A", short, "D-5", "turns by epoch"),
        "b": ("B", b, "D-6", "the discriminator misses every 500th step"),
        "c": ("C", c, "D-7", "the discriminator misses every 50th step"),
        "d": ("D", short, "D-8", "the discriminator misses every fifth epoch"),
    }
    return {
        "gan-both": GanPlan(
            "Both networks in every step, which is what schedules B and C do as coded",
            "both",
            replace(COURSE, epochs=30),
            ("D-4", "D-9"),
            batchnorm=True,
            snapshots=_LOOKS,
            ships_weights=True,
        ),
        **{
            f"gan-{key}": GanPlan(f"Schedule {name}, {text}", name, recipe, (row,), batchnorm=True, snapshots=_LOOKS)
            for key, (name, recipe, row, text) in turns.items()
        },
        "gan-report": GanPlan(
            "Both networks in every step, Report D's rates, D without BatchNorm",
            "both",
            report,
            ("D-4",),
            snapshots=_LOOKS,
        ),
    }


def _ablation() -> dict[str, GanPlan]:
    """With and without BatchNorm in the discriminator, smaller codes; seed 0 is the first 440 steps of gan-both."""
    changes: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("base", "BatchNorm in the discriminator, 100 latents", {}),
        ("plain", "no BatchNorm in the discriminator", {"batchnorm": False}),
        *((f"latent-{latent}", f"{latent} latents", {"latent": latent}) for latent in (20, 80)),
    )
    return {
        f"gan-{name}-seed-{seed}": GanPlan(
            f"Both networks, 440 steps, {text}",
            "both",
            replace(COURSE, epochs=8, seed=seed),
            ("D-9",),
            **{"batchnorm": True} | changed,
        )
        for name, text, changed in changes
        for seed in range(3)
        if (name, seed) != ("base", 0)
    }


PLANS: dict[str, ClassifierPlan | GanPlan] = {
    CLASSIFIER: ClassifierPlan("Two convolutions and 64 features, which tell digits apart"),
    **_study(),
    **_ablation(),
}


def looks(plan: GanPlan) -> list[int]:
    """The epochs of which measures and pictures are kept."""
    return sorted({epoch for epoch in plan.snapshots if epoch <= plan.recipe.epochs} | {plan.recipe.epochs})


def up_to_date(name: str) -> bool:
    """Whether there is a card of that name, made by this very recipe."""
    plan = PLANS[name]
    return name in names() and card(name).recipe == repr(plan.recipe if isinstance(plan, GanPlan) else plan)


def make(name: str, work: Path, watch: Callable[[GanEpoch], None] | None = None) -> dict[str, Any]:
    """Train one checkpoint and store it; a GAN that was killed goes on from its last epoch.

    Args:
        name: key of :data:`PLANS`.
        work: folder for the unfinished run.
        watch: called after every epoch of a GAN.

    Returns:
        The card, as plain values.
    """
    plan = PLANS[name]
    work.mkdir(parents=True, exist_ok=True)
    found = {"name": name, "says": plan.says, "command": f"course train {name}"}
    unfinished = (work / f"{name}.pt", work / f"{name}-album.pt")
    tensors, more = _gan(plan, *unfinished, watch) if isinstance(plan, GanPlan) else _classifier(plan)
    raw = save(tensors)
    found |= {**more, "sha256": sha256(raw).hexdigest()}
    gan_cards.FOLDER.mkdir(parents=True, exist_ok=True)
    write_whole(gan_cards.FOLDER / f"{name}.safetensors", raw)
    write_whole(gan_cards.FOLDER / f"{name}.json", (json.dumps(found, indent=1) + "\n").encode())
    for path in unfinished:
        path.unlink(missing_ok=True)
    return found


def _half(network: nn.Module) -> dict[str, Tensor]:
    """The weights as they are stored; the network is given exactly these, so that its card speaks of them."""
    exact = network.state_dict()
    half = {key: value.detach().to(torch.float16) for key, value in exact.items() if value.is_floating_point()}
    network.load_state_dict({**exact, **half})
    return half


def _classifier(plan: ClassifierPlan) -> tuple[dict[str, Tensor], Mapping[str, Any]]:
    started, (images, labels) = time.perf_counter(), data.load("mnist", "train")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(plan.seed)
        classifier = DigitClassifier()
        optimizer = torch.optim.Adam(classifier.parameters())
        steps = plan.epochs * -(-len(images) // plan.batch)
        rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, plan.lr, steps)
        for _ in range(plan.epochs):
            for rows in torch.randperm(len(images)).split(plan.batch):
                optimizer.zero_grad()
                F.cross_entropy(classifier(images[rows]), labels[rows]).backward()
                optimizer.step()
                rate.step()
    half = _half(classifier.eval())
    right = {split: accuracy(classifier, *data.load("mnist", split)) for split in ("validation", "test")}
    return half, {
        "recipe": repr(plan),
        "parameters": parameter_count(classifier),
        **right,
        "seconds": round(time.perf_counter() - started),
    }


def _gan(
    plan: GanPlan, resume: Path, kept: Path, watch: Callable[[GanEpoch], None] | None
) -> tuple[dict[str, Tensor], Mapping[str, Any]]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(plan.recipe.seed)
        generator, discriminator = Generator(plan.latent), Discriminator(batchnorm=plan.batchnorm)
    album = _Album(plan, generator, kept)

    def watched(epoch: GanEpoch) -> None:
        album.look(epoch.epoch)
        if watch is not None:
            watch(epoch)

    images = data.load("mnist", "train+validation", limit=IMAGES)[0]
    history = train_gan(generator, discriminator, images, plan.recipe, SCHEDULES[plan.schedule], watched, resume)
    half = _half(generator)
    album.look(plan.recipe.epochs)
    tensors = {f"epoch{epoch}": pictures for epoch, (_, pictures) in album.pages.items()}
    return {**tensors, **(half if plan.ships_weights else {})}, {
        **{key: getattr(plan, key) for key in ("rows", "schedule", "latent", "batchnorm", "ships_weights")},
        "recipe": repr(plan.recipe),
        "images": len(images),
        "steps": plan.recipe.steps or IMAGES // plan.recipe.batch,
        "parameters": [parameter_count(generator), parameter_count(discriminator)],
        "history": history,
        "snapshots": [snapshot for snapshot, _ in album.pages.values()],
        "seconds": round(album.seconds),
    }


class _Album:
    """Pictures and measures of a generator by epoch, and the time so far; on disk, so that a killed run goes on."""

    def __init__(self, plan: GanPlan, generator: Generator, path: Path) -> None:
        self.plan, self.generator, self.path, self.looked = plan, generator, path, time.perf_counter()
        self.pages: dict[int, tuple[dict[str, Any], Tensor]] = {}
        self.seconds = 0.0
        if path.exists():
            self.pages, self.seconds = torch.load(path)
        self.codes = torch.randn(_JUDGED, plan.latent, generator=torch.Generator().manual_seed(_CODE_SEED))
        classifier = load(CLASSIFIER)
        assert isinstance(classifier, DigitClassifier)
        self.classifier = classifier
        self.real = features(self.classifier, data.load("mnist", "test")[0])

    def look(self, epoch: int) -> None:
        if epoch in looks(self.plan):
            pictures = self.generator.eval().pictures(self.codes)
            seen = asdict(diversity(self.classifier, pictures, self.real))
            self.pages[epoch] = ({"epoch": epoch, **seen}, (255 * pictures[:_FIXED, 0]).round().to(torch.uint8))
        before, self.looked = self.looked, time.perf_counter()
        self.seconds += self.looked - before
        save_whole((self.pages, self.seconds), self.path)
