"""Which GANs the course trains, and how: the repaired one under Report D's schedules, the report's, and an ablation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from ..gan import Discriminator, GanRecipe, Generator
from .store import Plan

IMAGES = 55_000
"""Report D's number of training images: 550 batches of 100."""


@dataclass(frozen=True, kw_only=True)
class GanPlan(Plan[Generator, GanRecipe]):
    """Which GAN to train: ``model`` is its generator. Pictures always ship.

    Attributes:
        discriminator: builds the other network.
        schedule: key of :data:`course_utils.turns.SCHEDULES`.
        snapshots: epochs of which measures and pictures are kept; the last one is always among them.
        keeps_generator: whether the generator itself is stored beside its pictures.
    """

    discriminator: Callable[[], Discriminator]
    schedule: str
    snapshots: tuple[int, ...] = ()
    keeps_generator: bool = False

    def looks(self) -> list[int]:
        """The epochs of which measures and pictures are kept."""
        last = self.recipe.epochs
        return sorted({epoch for epoch in self.snapshots if epoch <= last} | {last})


_COURSE = GanRecipe(20, steps=55, generator_lr=1e-3, discriminator_lr=2e-4, betas=(0.5, 0.999), bfloat16=True)
"""The course's rates; epochs of a tenth of Report D's 550 steps."""
_WITH_BATCHNORM = partial(Discriminator, batchnorm=True)
_LOOKS = (1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 30)


def _study() -> Iterator[GanPlan]:
    """The repaired GAN under each schedule, and Report D's as it was; as coded, its B and C are "both"."""
    yield GanPlan(
        name="gan-both",
        says="Both networks in every step, which is what schedules B and C do as coded",
        model=Generator,
        discriminator=_WITH_BATCHNORM,
        recipe=replace(_COURSE, epochs=30),
        schedule="both",
        rows=("D-4", "D-9"),
        snapshots=_LOOKS,
        keeps_generator=True,
    )
    for schedule, epochs, steps, row, text in (
        ("A", 20, 33, "D-5", "turns by epoch"),
        ("B", 1, 550, "D-6", "the discriminator misses every 500th step"),
        ("C", 6, 110, "D-7", "the discriminator misses every 50th step"),
        ("D", 20, 33, "D-8", "the discriminator misses every fifth epoch"),
    ):
        yield GanPlan(
            name=f"gan-{schedule.lower()}",
            says=f"Schedule {schedule}, {text}",
            model=Generator,
            discriminator=_WITH_BATCHNORM,
            recipe=replace(_COURSE, epochs=epochs, steps=steps),
            rows=(row,),
            schedule=schedule,
            snapshots=_LOOKS,
        )
    yield GanPlan(
        name="gan-report",
        says="Both networks in every step, Report D's rates, D without BatchNorm",
        model=Generator,
        discriminator=Discriminator,
        recipe=GanRecipe(20, steps=33, bfloat16=True),
        schedule="both",
        rows=("D-4",),
        snapshots=_LOOKS,
    )


def _ablation() -> Iterator[GanPlan]:
    """With and without BatchNorm in the discriminator, smaller codes; seed 0 is the first 440 steps of gan-both."""
    base = GanPlan(
        name="gan-base",
        says="Both networks, 440 steps, BatchNorm in the discriminator, 100 latents",
        model=Generator,
        discriminator=_WITH_BATCHNORM,
        recipe=replace(_COURSE, epochs=8),
        schedule="both",
        rows=("D-9",),
    )
    plain = replace(
        base,
        name="gan-plain",
        says="Both networks, 440 steps, no BatchNorm in the discriminator",
        discriminator=Discriminator,
    )
    smaller = [
        replace(
            base,
            name=f"gan-latent-{latent}",
            says=f"Both networks, 440 steps, {latent} latents",
            model=partial(Generator, latent=latent),
        )
        for latent in (20, 80)
    ]
    for plan in (base, plain, *smaller):
        for seed in range(1 if plan is base else 0, 3):
            yield replace(plan, name=f"{plan.name}-seed-{seed}", recipe=replace(plan.recipe, seed=seed))


PLANS = (*_study(), *_ablation())
