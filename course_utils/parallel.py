"""Gradients of a batch in parts, each part on cores of its own.

Most layers of these models are too small to be shared by two cores: the cores wait for each other several hundred
times a step. Two halves of a batch, each from its first layer to its last gradient on one core, meet once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor, nn

from .objectives import Elbo
from .vae import VAE

_WHOLE = (nn.modules.batchnorm._NormBase, nn.modules.dropout._DropoutNd)


class PartedGradient:
    """Forward and backward passes of a VAE on parts of a batch at the same time; a context manager.

    Each part draws its noise from a generator of its own, so that results depend on the number of parts but, beyond
    rounding, not on the number of cores. A model with BatchNorm, which averages over the batch, or with dropout,
    which draws from PyTorch's one global generator, takes its batches whole.

    Args:
        model: its ``.grad`` fields receive the gradients.
        parts: wanted parts; at most as many work at once as PyTorch has threads.
    """

    def __init__(self, model: VAE, parts: int) -> None:
        self.model = model
        self.parts = 1 if any(isinstance(module, _WHOLE) for module in model.modules()) else parts
        self._weights = [weight for weight in model.parameters() if weight.requires_grad]
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> PartedGradient:
        """Start a thread for each part; the caller's own PyTorch is then held to one core until the end."""
        self._threads = torch.get_num_threads()
        workers = min(self.parts, self._threads)
        if workers > 1:
            self._pool = ThreadPoolExecutor(workers, "batch", torch.set_num_threads, (self._threads // workers,))
            torch.set_num_threads(1)  # idle helpers of this thread would spin on the cores that the parts need
        return self

    def __exit__(self, *error: object) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown()
            torch.set_num_threads(self._threads)  # the last thread that sets it decides for all threads to come

    def __call__(self, x: Tensor, loss: Callable[[Elbo], Tensor], generators: Sequence[torch.Generator]) -> Elbo:
        """Put the gradient of a batch's mean loss into the weights' ``.grad``; returns the batch's ELBO, detached.

        Args:
            x: images (N, 1, 28, 28).
            loss: ELBO of a part -> its mean over that part's images, a scalar.
            generators: of the noise, at least one for each part.
        """
        parts = x.tensor_split(min(self.parts, len(x)))
        run = map if self._pool is None else self._pool.map
        shares = [len(part) / len(x) for part in parts]
        elbos, gradients = zip(*run(self._one_part, parts, shares, [loss] * len(parts), generators), strict=True)
        for weight, *found in zip(self._weights, *gradients, strict=True):
            weight.grad = functools.reduce(torch.add, found).contiguous()
        return Elbo(*(torch.cat(halves) for halves in zip(*elbos, strict=True)))

    def _one_part(
        self, x: Tensor, share: float, loss: Callable[[Elbo], Tensor], generator: torch.Generator
    ) -> tuple[Elbo, tuple[Tensor, ...]]:
        elbo = self.model(x, generator)
        gradient = torch.autograd.grad(share * loss(elbo), self._weights)
        return Elbo(*(half.detach() for half in elbo)), gradient
