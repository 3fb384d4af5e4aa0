"""One training loop for every VAE of the course.

Losses are in nats per image, and every random number comes from the recipe's seed: the same recipe gives the same
history, and a run that was killed goes on from its last epoch as if nothing had happened.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

from . import engine, optimizers
from .evaluation import evaluate
from .files import save_whole
from .progress import bar
from .schedules import Constant, Schedule
from .vae import VAE


class TrainingError(RuntimeError):
    """Training cannot go on; the message says where it stopped and what to do."""


class Stopped(KeyboardInterrupt):
    """Training was stopped before there was anything to keep; a notebook shows the message and no traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes:
        epochs: passes over the training images, at most.
        batch: images per step; a smaller last batch of an epoch counts by its size.
        optimizer: ``"adam"`` or ``"muon"``, see :mod:`course_utils.optimizers`.
        lr: peak learning rate of Adam.
        betas: Adam's decay rates.
        muon_lr: peak learning rate of Muon.
        muon_decay: weight decay of Muon, which long runs need, see :class:`course_utils.optimizers.Muon`.
        parts: into how many parts a batch falls, each on cores of its own, see :mod:`course_utils.engine`; for speed.
        bfloat16: whether LSTMs and transposed convolutions multiply in bfloat16, on CPUs that can; for speed.
        lr_schedule: factor on every peak rate by progress.
        kl_weight: weight of the KL by progress; only 1 trains the ELBO.
        free_bits: nats per latent unit, averaged over the batch, that cost nothing (Kingma et al. 2016).
        clip: largest norm of the gradient, or ``None``.
        patience: epochs without a better validation -ELBO before stopping, or ``None``.
        seed: of the order of the images, of the noise and of dropout.
    """

    epochs: int
    batch: int = 128
    optimizer: str = "adam"
    lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    muon_lr: float = 0.02
    muon_decay: float = 0.0
    parts: int = 2
    bfloat16: bool = False
    lr_schedule: Schedule = Constant()
    kl_weight: Schedule = Constant()
    free_bits: float = 0.0
    clip: float | None = None
    patience: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class Epoch:
    """One line of a history, in nats per image: training averaged over the moving model, validation after the epoch."""

    epoch: int
    train_bce: float
    train_kl: float
    bce: float
    kl: float
    active_units: int
    kl_weight: float

    @property
    def total(self) -> float:
        """Validation -ELBO, whatever the KL weight was in training."""
        return self.bce + self.kl


@dataclass
class EarlyStopping:
    """Remembers the best epoch and says when patience has run out.

    Attributes:
        patience: epochs without improvement after which to stop; ``None`` never stops.
        best: least value so far.
        best_epoch: where it was.
    """

    patience: int | None
    best: float = math.inf
    best_epoch: int = 0

    def improved(self, epoch: int, value: float) -> bool:
        """Take note of an epoch's value; whether it is the best so far."""
        better = value < self.best
        if better:
            self.best, self.best_epoch = value, epoch
        return better

    def should_stop(self, epoch: int) -> bool:
        """Whether ``patience`` epochs have passed since the best one."""
        return self.patience is not None and epoch - self.best_epoch >= self.patience


@dataclass
class _Run:
    """Everything that must survive a kill, and nothing else."""

    model: VAE
    recipe: Recipe
    optimizers: list[torch.optim.Optimizer]
    stopping: EarlyStopping
    history: list[Epoch] = field(default_factory=list)
    best_weights: dict[str, Tensor] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        state = {
            "recipe": repr(self.recipe),
            "model": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "best": vars(self.stopping),
            "history": [vars(epoch) for epoch in self.history],
            "best_weights": self.best_weights,
        }
        save_whole(state, path)

    def restore(self, path: Path) -> None:
        state = torch.load(path, weights_only=True)
        if state["recipe"] != repr(self.recipe):
            raise TrainingError(f"{path} belongs to another recipe: delete it, or give this run a path of its own.")
        self.model.load_state_dict(state["model"])
        for optimizer, optimizer_state in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(optimizer_state)
        self.stopping = EarlyStopping(**state["best"])
        self.history = [Epoch(**epoch) for epoch in state["history"]]
        self.best_weights = state["best_weights"]


def train(
    model: VAE,
    images: Tensor,
    validation: Tensor,
    recipe: Recipe,
    resume: Path | None = None,
    watch: Callable[[Epoch], None] | None = None,
) -> list[Epoch]:
    """Train in place; the model ends with the weights of its best validation epoch.

    An interrupt (Ctrl-C, or the notebook's stop button) ends training and keeps the best of the whole epochs; where
    there is none, it ends the cell, too.

    Args:
        model: any VAE.
        images: training images (N, 1, 28, 28) in [0, 1].
        validation: images to choose the epoch with; never the test images.
        recipe: how.
        resume: file that keeps the run after every epoch; where it exists, training goes on from it.
        watch: called after every epoch, to draw or to measure; the model is at that epoch's weights.

    Returns:
        The history, a line for each epoch.

    Raises:
        TrainingError: where the loss is not finite, or ``resume`` belongs to another recipe.
        Stopped: where an interrupt came before the end of the first epoch.
    """
    run = _prepare(model, recipe, resume)
    model.train()
    try:
        with bar(recipe.epochs * len(images), "images") as shown:
            shown.update(len(run.history) * len(images))
            while len(run.history) < recipe.epochs and not run.stopping.should_stop(len(run.history)):
                _one_epoch(run, images, validation, shown)
                if resume is not None:
                    run.save(resume)
                if watch is not None:
                    watch(run.history[-1])
    except KeyboardInterrupt:
        if not run.history:
            raise Stopped("Stopped by you with no whole epoch done, so nothing is kept: run this cell again.") from None
        print(f"Stopped by you after {len(run.history)} whole epochs; the best of them is kept.")
    finally:
        model.eval()
    if run.best_weights:
        model.load_state_dict(run.best_weights)
    return run.history


def _prepare(model: VAE, recipe: Recipe, resume: Path | None) -> _Run:
    """A run at its beginning, or where ``resume`` left it."""
    found = optimizers.build(model, recipe.optimizer, recipe.lr, recipe.betas, recipe.muon_lr, recipe.muon_decay)
    run = _Run(model, recipe, found, EarlyStopping(recipe.patience))
    if resume is not None and resume.exists():
        run.restore(resume)
    return run


def _one_epoch(run: _Run, images: Tensor, validation: Tensor, shown: tqdm) -> None:
    """Train for an epoch, validate, remember the best; seeds depend on the epoch alone, so resuming changes nothing."""
    number, model, recipe = len(run.history) + 1, run.model, run.recipe
    generator = torch.Generator().manual_seed(recipe.seed * 100_003 + number)
    bce = kl = 0.0
    with torch.random.fork_rng(devices=[]), engine.on(model, recipe.parts, recipe.bfloat16):
        torch.manual_seed(generator.initial_seed())  # dropout draws from the global generator
        order = torch.randperm(len(images), generator=generator)
        for step, rows in enumerate(order.split(recipe.batch)):
            progress = (number - 1 + step * recipe.batch / len(images)) / recipe.epochs
            kl_weight = recipe.kl_weight(progress)

            x = images.index_select(0, rows)  # (batch, 1, 28, 28)
            elbo = model(x, generator)  # reconstruction (batch,) and KL (batch, latent), in nats
            loss = elbo.loss(kl_weight, recipe.free_bits)  # a mean over images
            model.zero_grad()
            loss.backward()
            _require_finite(loss, f"step {step + 1} of epoch {number}")
            _take_a_step(run, progress)

            bce += elbo.reconstruction.sum().item()
            kl += elbo.kl.sum().item()
            shown.update(len(rows))
    found = evaluate(model, validation)
    run.history.append(
        Epoch(number, bce / len(images), kl / len(images), found.bce, found.kl, found.active_units, kl_weight)
    )
    shown.set_postfix_str(f"epoch {number}: validation {found.total:.2f} nats")
    if run.stopping.improved(number, found.total):
        run.best_weights = copy.deepcopy(model.state_dict())


def _require_finite(loss: Tensor, where: str) -> None:
    if not torch.isfinite(loss):
        raise TrainingError(f"The loss became {loss.item()} at {where}: lower the learning rate, or set clip.")


def _take_a_step(run: _Run, progress: float) -> None:
    """Clip the gradient and move the weights."""
    recipe = run.recipe
    if recipe.clip is not None:
        torch.nn.utils.clip_grad_norm_(run.model.parameters(), recipe.clip)
    for optimizer in run.optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * recipe.lr_schedule(progress)
        optimizer.step()
