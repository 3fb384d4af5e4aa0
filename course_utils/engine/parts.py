"""Batches in parts, each part on cores of its own.

Most layers of these models are too small to be shared by two cores: the cores wait for each other several hundred
times a step. Two halves of a batch, each on one core from its first layer to its losses and all the way back, meet
twice.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from ..objectives import Elbo
from ..vae import VAE
from .swap import swapped

_WHOLE = (nn.modules.batchnorm._NormBase, nn.modules.dropout._DropoutNd)
_SEEDS_APART = 10_000_019
_Run = Callable[..., Iterable[Any]]


@contextmanager
def in_parts(model: VAE, parts: int) -> Iterator[None]:
    """Inside, ``model(x, generator)`` and the backward pass from it run on parts of the batch at the same time.

    The first part draws its noise from ``generator``, every other one from a generator whose seed follows from that
    one's: results depend on the number of parts but, beyond rounding, not on the number of cores. A model with
    BatchNorm, which averages over the batch, or with dropout, which draws from PyTorch's one global generator, takes
    its batches whole, and so does a call without a generator.

    Args:
        model: its weights' ``.grad`` receive the gradients, as ever.
        parts: wanted parts; at most as many work at once as PyTorch has threads.
    """
    if parts == 1 or any(isinstance(module, _WHOLE) for module in model.modules()):
        yield
        return
    with _workers(parts) as run, swapped({model: _Parts(model, parts, run)}):
        yield


@contextmanager
def _workers(parts: int) -> Iterator[_Run]:
    """A ``map`` with a thread for each part; the caller's own PyTorch is held to one core until the end."""
    threads = torch.get_num_threads()
    workers = min(parts, threads)
    if workers == 1:
        yield map
        return
    pool = ThreadPoolExecutor(workers, "batch", torch.set_num_threads, (threads // workers,))
    torch.set_num_threads(1)  # idle helpers of this thread would spin on the cores that the parts need
    try:
        yield pool.map
    finally:
        pool.shutdown()
        torch.set_num_threads(threads)  # the last thread that sets it decides for all threads to come


class _Parts:
    """A model's forward pass on parts of a batch: called as the model is, and returning what the model returns."""

    def __init__(self, model: VAE, parts: int, run: _Run) -> None:
        self.of_one, self.parts, self.run = model.forward, parts, run
        self.weights = [weight for weight in model.parameters() if weight.requires_grad]
        self.generators: list[torch.Generator] = []

    def __call__(self, x: Tensor, generator: torch.Generator | None = None) -> Elbo:
        if generator is None:
            return self.of_one(x)
        return Elbo(*_Joined.apply(self, x, self._generators_after(generator), *self.weights))

    def _generators_after(self, first: torch.Generator) -> list[torch.Generator]:
        """One for each part; they stay the same as long as the first one does."""
        if not self.generators or self.generators[0] is not first:
            seeds = (first.initial_seed() + part * _SEEDS_APART for part in range(1, self.parts))
            self.generators = [first, *(torch.Generator().manual_seed(seed) for seed in seeds)]
        return self.generators

    def forward(self, x: Tensor, generator: torch.Generator) -> Elbo:
        """The losses of one part, with the graph that leads back from them."""
        with torch.enable_grad():
            return self.of_one(x, generator)

    def backward(self, elbo: Elbo, slopes: tuple[Tensor, ...]) -> tuple[Tensor | None, ...]:
        """One part's gradient for each weight, ``None`` where the weight had no say in the losses."""
        ends = [(losses, slope) for losses, slope in zip(elbo, slopes, strict=True) if losses.requires_grad]
        losses, slopes = zip(*ends, strict=True)
        return torch.autograd.grad(losses, self.weights, slopes, allow_unused=True)


class _Joined(torch.autograd.Function):
    """The losses of all parts as one batch's, which a gradient enters as one and leaves in parts."""

    @staticmethod
    def forward(ctx: Any, parts: _Parts, x: Tensor, generators: list[torch.Generator], *weights: Tensor) -> Any:
        pieces = x.tensor_split(min(parts.parts, len(x)))
        ctx.parts, ctx.elbos = parts, list(parts.run(parts.forward, pieces, generators))
        return tuple(torch.cat(losses).detach() for losses in zip(*ctx.elbos, strict=True))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *slopes: Tensor) -> Any:
        pieces = zip(*(slope.tensor_split(len(ctx.elbos)) for slope in slopes), strict=True)
        gradients = ctx.parts.run(ctx.parts.backward, ctx.elbos, pieces)
        return None, None, None, *(_sum(found) for found in zip(*gradients, strict=True))


def _sum(found: tuple[Tensor | None, ...]) -> Tensor | None:
    known = [gradient for gradient in found if gradient is not None]
    return functools.reduce(torch.add, known) if known else None
