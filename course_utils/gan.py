"""A generative adversarial network for digits: Report D's two networks, losses in nats, and the training loop.

The discriminator answers with a logit, ln(odds that a picture is real). Losses are cross-entropies of these logits, in
nats per picture: where it cannot tell real from drawn, it pays ln 2 for each, 2 ln 2 in all, and the generator ln 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import engine
from .decoders import SIDE
from .files import save_whole
from .progress import bar
from .turns import Turns, TurnSchedule


class Generator(nn.Sequential):
    """Codes (N, latent) -> logits (N, 1, 28, 28); Report D's: 128, 256, 512, 600, each with a ReLU, then BatchNorm."""

    def __init__(self, latent: int = 100) -> None:
        layers: list[nn.Module] = []
        width = latent
        for wider in (128, 256, 512, 600):
            layers += [nn.Linear(width, wider), nn.ReLU(), nn.BatchNorm1d(wider)]
            width = wider
        super().__init__(*layers, nn.Linear(width, SIDE**2), nn.Unflatten(1, (1, SIDE, SIDE)))
        self.latent = latent

    def draw(self, count: int, rng: torch.Generator | None = None) -> Tensor:
        """Pictures (count, 1, 28, 28), grey in (0, 1), of random codes from N(0, I); with gradients."""
        return torch.sigmoid(self(torch.randn(count, self.latent, generator=rng)))

    @torch.no_grad()
    def pictures(self, codes: Tensor) -> Tensor:
        """Pictures (N, 1, 28, 28) of codes (N, latent), few at a time; without gradients."""
        return torch.cat([torch.sigmoid(self(some)) for some in codes.split(500)])


class Discriminator(nn.Sequential):
    """Pictures (N, 1, 28, 28) -> logits (N,); Report D's: dropout on the pixels, 1024 and 512 units with ReLU.

    Args:
        dropout: probability of dropping a pixel.
        batchnorm: whether BatchNorm precedes the ReLUs; in Report D's program it is written and commented out (D-9).
    """

    def __init__(self, dropout: float = 0.5, batchnorm: bool = False) -> None:
        layers: list[nn.Module] = [nn.Flatten(), nn.Dropout(dropout)]
        width = SIDE**2
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
        epochs: how many.
        batch: images in a step; what does not fill a batch is left out.
        steps: batches in an epoch, of all that a shuffled pass would have; ``None`` takes them all.
        generator_lr: Adam's rate for the generator.
        discriminator_lr: Adam's rate for the discriminator.
        betas: Adam's two memories, for both.
        seed: of the order, the codes and the dropout.
        bfloat16: whether the networks multiply in bfloat16, on CPUs that can; for speed.
    """

    epochs: int
    batch: int = 100
    steps: int | None = None
    generator_lr: float = 5e-5
    discriminator_lr: float = 1e-4
    betas: tuple[float, float] = (0.9, 0.999)
    seed: int = 0
    bfloat16: bool = False


class GanEpoch(NamedTuple):
    """Mean losses of an epoch, in nats, over all its batches, also those in which a network did not train."""

    epoch: int
    discriminator: float
    generator: float


def train_gan(
    generator: Generator,
    discriminator: Discriminator,
    images: Tensor,
    recipe: GanRecipe,
    schedule: TurnSchedule,
    watch: Callable[[GanEpoch], None] | None = None,
    resume: Path | None = None,
) -> list[GanEpoch]:
    """Train both networks in place, each on its turns.

    Args:
        generator: draws.
        discriminator: judges.
        images: real ones (N, 1, 28, 28) in [0, 1].
        recipe: how.
        schedule: who trains when.
        watch: called after every epoch.
        resume: file that is written after every epoch and, where it exists, read first: a killed run goes on.

    Returns:
        The losses by epoch.
    """
    run = _Run(generator, discriminator, recipe)
    if resume is not None and resume.exists():
        run.restore(torch.load(resume))
    rest = range(len(run.history) + 1, recipe.epochs + 1)
    size = len(images) if recipe.steps is None else recipe.steps * recipe.batch
    with torch.random.fork_rng(devices=[]), bar(len(rest) * size, "images") as shown:
        for epoch in rest:
            torch.manual_seed(recipe.seed * 100_003 + epoch)
            run.epoch(epoch, images, schedule, shown.update)
            if watch is not None:
                watch(run.history[-1])
            if resume is not None:
                save_whole(run.state(), resume)
    generator.eval()
    discriminator.eval()
    return run.history


@dataclass
class _Run:
    """Two networks in training, their optimisers, and what happened so far."""

    generator: Generator
    discriminator: Discriminator
    recipe: GanRecipe
    history: list[GanEpoch] = field(default_factory=list)

    def __post_init__(self) -> None:
        rates = (self.recipe.discriminator_lr, self.recipe.generator_lr)
        self.networks = (self.discriminator, self.generator)
        self.optimizers = tuple(
            torch.optim.Adam(network.parameters(), lr=rate, betas=self.recipe.betas, fused=True)
            for network, rate in zip(self.networks, rates, strict=True)
        )

    def parts(self) -> list[Any]:
        """All that has a state."""
        return [*self.networks, *self.optimizers]

    def state(self) -> dict[str, list]:
        return {
            "parts": [part.state_dict() for part in self.parts()],
            "history": [tuple(epoch) for epoch in self.history],
        }

    def restore(self, state: dict[str, list]) -> None:
        for part, own in zip(self.parts(), state["parts"], strict=True):
            part.load_state_dict(own)
        self.history = [GanEpoch(*epoch) for epoch in state["history"]]

    def epoch(self, number: int, images: Tensor, schedule: TurnSchedule, done: Callable[[int], object]) -> None:
        for network in self.networks:
            network.train()
        batches = [
            rows for rows in torch.randperm(len(images)).split(self.recipe.batch) if len(rows) == self.recipe.batch
        ][: self.recipe.steps]
        losses = torch.zeros(2)
        with engine.in_bfloat16(*self.networks, wanted=self.recipe.bfloat16):
            for step, rows in enumerate(batches, 1):
                losses += self.step(images[rows], schedule(number, step))
                done(len(rows))
        self.history.append(GanEpoch(number, *(losses / len(batches)).tolist()))

    def step(self, real: Tensor, turns: Turns) -> Tensor:
        """A batch: first the discriminator, on detached pictures, then the generator; both losses, detached."""
        with torch.set_grad_enabled(turns.generator):
            drawn = self.generator.draw(len(real))  # (batch, 1, 28, 28)
        with torch.set_grad_enabled(turns.discriminator):
            judged = discriminator_loss(self.discriminator(real), self.discriminator(drawn.detach()))
        if turns.discriminator:
            _descend(judged, self.optimizers[0])
        with torch.set_grad_enabled(turns.generator):
            fooled = generator_loss(self.discriminator(drawn))
        if turns.generator:
            _descend(fooled, self.optimizers[1])
        return torch.stack([judged.detach(), fooled.detach()])


def _descend(loss: Tensor, optimizer: torch.optim.Optimizer) -> None:
    """One step; gradients reach the optimiser's own weights and no others."""
    optimizer.zero_grad()
    loss.backward(inputs=[weight for group in optimizer.param_groups for weight in group["params"]])
    optimizer.step()
