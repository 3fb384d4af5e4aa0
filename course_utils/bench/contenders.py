"""Who runs: the recipe as reported, and the course's on Report E's model and on an open one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader, Subset

from .. import data, reports, vae
from ..evaluation import evaluate
from ..initialisation import initialise
from ..recipes import COURSE, OPEN
from ..reports import REPORT_E_RECIPE
from ..training import Epoch, Recipe, train
from ..vae import VAE


@dataclass(frozen=True)
class Lap:
    """One epoch: seconds of training so far, and -ELBO in nats per image after it."""

    seconds: float
    validation: float
    test: float


@dataclass(frozen=True)
class Race:
    """All laps of one contender, its images per second while it trains, and the size of its model."""

    laps: list[Lap]
    images_per_second: float
    parameters: int


def reported_images_per_second(steps: int = 200) -> float:
    """Speed of the recipe as reported: torchvision's data set, ToTensor, a DataLoader of 64, Adam at 1e-3, defaults."""
    model = reports.report_e()
    optimizer = torch.optim.Adam(model.parameters(), lr=REPORT_E_RECIPE.lr)
    batches, seconds = torchvision_batches(REPORT_E_RECIPE.batch), 0.0
    for step in range(steps + 10):
        start = time.perf_counter()
        x = next(batches)
        optimizer.zero_grad()
        _loss_as_reported(model, x).backward()
        optimizer.step()
        if step >= 10:
            seconds += time.perf_counter() - start
    return steps * REPORT_E_RECIPE.batch / seconds


def _loss_as_reported(model: VAE, x: Tensor) -> Tensor:
    """Sigmoid at the end of the decoder, BCELoss with reduction="sum", and the KL, over the batch."""
    mu, logvar = model.encoder(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
    reconstruction = F.binary_cross_entropy(torch.sigmoid(model.decoder(z)), x, reduction="sum")
    return reconstruction - 0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp())


def torchvision_batches(size: int) -> Iterator[Tensor]:
    """One epoch of the 54,000 training images the usual way: torchvision, ToTensor, a shuffling DataLoader."""
    from torchvision.datasets import MNIST
    from torchvision.transforms import ToTensor

    digits = MNIST(str(data.torchvision_root()), transform=ToTensor())
    for x, _ in DataLoader(Subset(digits, data.split_indices("mnist", "train").tolist()), size, shuffle=True):
        yield x


def course_race(seed: int) -> Race:
    """The course's recipe on Report E's model."""
    return race(reports.report_e(), replace(COURSE, seed=seed))


def open_race(seed: int) -> Race:
    """The course's recipe on a model of its own: LSTM encoder, transposed convolutions, under 700,000 parameters."""
    return race(vae.course_model(), replace(OPEN, seed=seed))


def race(model: VAE, recipe: Recipe, fresh: bool = True) -> Race:
    """Train a model; the clock runs while it trains and validates, not while it is tested.

    Args:
        model: trained in place.
        recipe: how.
        fresh: whether to draw the course's initial weights first (on the clock too).
    """
    images, validation, test = (data.load("mnist", split)[0] for split in ("train", "validation", "test"))
    laps: list[Lap] = []
    clock = Clock()
    if fresh:
        initialise(model, images, recipe.seed)

    def lap(epoch: Epoch) -> None:
        clock.stop()
        laps.append(Lap(clock.seconds, epoch.total, evaluate(model, test).total))
        model.train()
        clock.start()

    train(model, images, validation, recipe, watch=lap)
    speed = len(laps) * len(images) / (clock.seconds - _validation_seconds(model, validation) * len(laps))
    return Race(laps, speed, vae.parameter_count(model))


def _validation_seconds(model: VAE, validation: Tensor) -> float:
    start = time.perf_counter()
    evaluate(model, validation)
    return time.perf_counter() - start


class Clock:
    """Adds up the time between starts and stops; starts at once."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.start()

    def start(self) -> None:
        """Go on."""
        self._started = time.perf_counter()

    def stop(self) -> None:
        """Pause."""
        self.seconds += time.perf_counter() - self._started
