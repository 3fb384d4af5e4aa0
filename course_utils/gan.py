"""A generative adversarial network for digits: Report D's two networks, losses in nats, and who trains when.

The discriminator answers with a logit, ln(odds that a picture is real). Losses are cross-entropies of these logits, in
nats per picture: where it cannot tell real from drawn, it pays ln 2 for each, 2 ln 2 in all, and the generator ln 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .progress import bar

PIXELS = 28


class Turns(NamedTuple):
    """Who takes a step on a batch."""

    discriminator: bool
    generator: bool


Schedule = Callable[[int, int], Turns]
"""(epoch, step) -> who trains; epochs count from 1, steps from 1 within their epoch."""


def both(epoch: int, step: int) -> Turns:
    """The usual schedule: both, always."""
    return Turns(True, True)


def schedule_a(epoch: int, step: int) -> Turns:
    """Report D's A: the discriminator in epochs that end in 1 to 4, the generator in 5 to 9, both in every tenth."""
    last = epoch % 10
    return Turns(last <= 4, last == 0 or last >= 5)


@dataclass(frozen=True)
class SkipSteps:
    """Report D's B (500) and C (50): the discriminator misses every n-th batch; the generator never does."""

    every: int

    def __call__(self, epoch: int, step: int) -> Turns:
        """Who trains."""
        return Turns(step % self.every != 0, True)


@dataclass(frozen=True)
class SkipStepsAsCoded:
    """The same, by a counter that is raised at both ends of each step: odd whenever it is asked, so it never skips."""

    every: int

    def __call__(self, epoch: int, step: int) -> Turns:
        """Who trains."""
        count = 2 * step - 1
        return Turns(count % self.every != 0, True)


def schedule_d(epoch: int, step: int) -> Turns:
    """Report D's D: the discriminator misses every fifth epoch, counted from 0, so that it misses the first one."""
    return Turns((epoch - 1) % 5 != 0, True)


SCHEDULES: dict[str, Schedule] = {
    "both": both, "A": schedule_a, "B": SkipSteps(500), "C": SkipSteps(50), "D": schedule_d}


class Generator(nn.Sequential):
    """Codes (N, latent) -> logits (N, 1, 28, 28); Report D's: 128, 256, 512, 600, each with a ReLU, then BatchNorm."""

    def __init__(self, latent: int = 100) -> None:
        layers: list[nn.Module] = []
        width = latent
        for wider in (128, 256, 512, 600):
            layers += [nn.Linear(width, wider), nn.ReLU(), nn.BatchNorm1d(wider)]
            width = wider
        super().__init__(*layers, nn.Linear(width, PIXELS**2), nn.Unflatten(1, (1, PIXELS, PIXELS)))
        self.latent = latent

    def draw(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Pictures (count, 1, 28, 28), grey in (0, 1), of random codes from N(0, I)."""
        return torch.sigmoid(self(torch.randn(count, self.latent, generator=generator)))


class Discriminator(nn.Sequential):
    """Pictures (N, 1, 28, 28) -> logits (N,); Report D's: dropout on the pixels, 1024 and 512 units with ReLU.

    Args:
        dropout: probability of dropping a pixel.
        batchnorm: whether BatchNorm precedes the ReLUs; in Report D's program it is written and commented out (D-9).
    """

    def __init__(self, dropout: float = 0.5, batchnorm: bool = False) -> None:
        layers: list[nn.Module] = [nn.Flatten(), nn.Dropout(dropout)]
        width = PIXELS**2
        for narrower in (1024, 512):
            layers += [nn.Linear(width, narrower), *([nn.BatchNorm1d(narrower)] if batchnorm else []), nn.ReLU()]
            width = narrower
        super().__init__(*layers, nn.Linear(width, 1), nn.Flatten(0))


def discriminator_loss(real: Tensor, drawn: Tensor) -> Tensor:
    """Cross-entropy of logits of real and of drawn pictures, in nats: the sum of both means (Goodfellow et al. 2014).

    2 ln 2 = 1.386 where every logit is 0.
    """
    return F.softplus(-real).mean() + F.softplus(drawn).mean()


def generator_loss(drawn: Tensor) -> Tensor:
    """-ln p(real) of drawn pictures, mean, in nats, from their logits; ln 2 = 0.693 where every logit is 0.

    The "non-saturating" loss: its slope is steepest where the discriminator is sure that a picture is drawn.
    """
    return F.softplus(-drawn).mean()


@dataclass(frozen=True)
class GanRecipe:
    """How to train a GAN: Report D's last settings.

    Attributes:
        epochs: passes over the images.
        batch: images in a step; what does not fill a batch is left out.
        generator_lr: Adam's rate for the generator.
        discriminator_lr: Adam's rate for the discriminator.
        seed: of the order, the codes and the dropout.
    """

    epochs: int
    batch: int = 100
    generator_lr: float = 5e-5
    discriminator_lr: float = 1e-4
    seed: int = 0


class GanEpoch(NamedTuple):
    """Mean losses of an epoch, in nats, over all its batches, also those in which a network did not train."""

    epoch: int
    discriminator: float
    generator: float


def train_gan(generator: Generator, discriminator: Discriminator, images: Tensor, recipe: GanRecipe, schedule: Schedule,
              watch: Callable[[GanEpoch], None] | None = None) -> list[GanEpoch]:
    """Train both networks in place, each on its turns.

    Args:
        generator: draws.
        discriminator: judges.
        images: real ones (N, 1, 28, 28) in [0, 1].
        recipe: how.
        schedule: who trains when.
        watch: called after every epoch.

    Returns:
        The losses by epoch.
    """
    optimizers = (torch.optim.Adam(discriminator.parameters(), lr=recipe.discriminator_lr),
                  torch.optim.Adam(generator.parameters(), lr=recipe.generator_lr))
    history: list[GanEpoch] = []
    with torch.random.fork_rng(devices=[]), bar(recipe.epochs * len(images), "images") as shown:
        torch.manual_seed(recipe.seed)
        for epoch in range(1, recipe.epochs + 1):
            generator.train()
            discriminator.train()
            batches = [rows for rows in torch.randperm(len(images)).split(recipe.batch) if len(rows) == recipe.batch]
            losses = torch.zeros(2)
            for step, rows in enumerate(batches, 1):
                losses += _step(generator, discriminator, images[rows], schedule(epoch, step), optimizers)
                shown.update(len(rows))
            history.append(GanEpoch(epoch, *(losses / len(batches)).tolist()))
            if watch is not None:
                watch(history[-1])
    generator.eval()
    discriminator.eval()
    return history


def _step(generator: Generator, discriminator: Discriminator, real: Tensor, turns: Turns,
          optimizers: tuple[torch.optim.Optimizer, torch.optim.Optimizer]) -> Tensor:
    """A batch: first the discriminator, on detached pictures, then the generator; both losses, detached."""
    drawn = generator.draw(len(real))
    judged = discriminator_loss(discriminator(real), discriminator(drawn.detach()))
    if turns.discriminator:
        _descend(judged, optimizers[0])
    fooled = generator_loss(discriminator(drawn))
    if turns.generator:
        _descend(fooled, optimizers[1])
    return torch.stack([judged.detach(), fooled.detach()])


def _descend(loss: Tensor, optimizer: torch.optim.Optimizer) -> None:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
