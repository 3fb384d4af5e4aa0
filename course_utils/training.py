"""One training loop for every VAE of the course.

Progress is counted in images, losses in nats per image, and every random number comes from the recipe's seed: the same
recipe gives the same history, and a run that was killed goes on as if nothing had happened.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from . import schedules
from .evaluation import Evaluation, evaluate
from .progress import Progress
from .schedules import Schedule
from .vae import VAE


class TrainingError(RuntimeError):
    """Training cannot go on; the message says where and what to do."""


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes:
        epochs: passes over the training images, at most.
        batch: images per step; the last batch of an epoch may be smaller and counts by its size.
        lr: peak learning rate of Adam.
        betas: Adam's decay rates.
        lr_schedule: factor on ``lr`` by progress.
        kl_weight: weight of the KL by progress; only 1 trains the ELBO.
        free_bits: nats per latent unit and batch below which its KL costs nothing (Kingma et al. 2016).
        clip: largest norm of the gradient, or ``None``.
        patience: epochs without a better validation -ELBO before stopping, or ``None``.
        seed: of the order of the images and of the noise.
    """

    epochs: int
    batch: int = 128
    lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    lr_schedule: Schedule = field(default_factory=schedules.constant)
    kl_weight: Schedule = field(default_factory=schedules.constant)
    free_bits: float = 0.0
    clip: float | None = None
    patience: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class Epoch:
    """One line of a history: train averages over the moving model, validation after the epoch; nats per image."""

    epoch: int
    train_bce: float
    train_kl: float
    bce: float
    kl: float
    active_units: int
    kl_weight: float

    @property
    def total(self) -> float:
        """Validation -ELBO, nats per image, whatever the KL weight was."""
        return self.bce + self.kl


class EarlyStopping:
    """Remembers the best value and says when patience has run out.

    Args:
        patience: epochs without improvement after which to stop; ``None`` never stops.
    """

    def __init__(self, patience: int | None) -> None:
        self.patience = patience
        self.best = math.inf
        self.best_epoch = 0

    def improved(self, epoch: int, value: float) -> bool:
        """Note the value of an epoch; whether it is the best so far."""
        if value >= self.best:
            return False
        self.best, self.best_epoch = value, epoch
        return True

    def should_stop(self, epoch: int) -> bool:
        """Whether ``patience`` epochs have passed since the best one."""
        return self.patience is not None and epoch - self.best_epoch >= self.patience
