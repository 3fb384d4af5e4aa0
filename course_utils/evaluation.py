"""What a trained VAE is worth: bounds, active units, and how far its codes are from the prior.

Every mean is over images, exact for ragged batches, and beside the images and their codes memory stays constant.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor

from . import engine
from .distributions import STANDARD_NORMAL, Normal
from .objectives import bce, iwae, negative_elbo
from .vae import VAE, reparameterize

ACTIVE_NATS = 0.01
_NOISE_SEED = 20131220


@dataclass(frozen=True)
class Evaluation:
    """-ELBO of a model on some images, nats per image, and the mean KL of each latent unit (D,)."""

    bce: float
    kl_per_unit: Tensor

    @property
    def kl(self) -> float:
        """KL, nats per image."""
        return self.kl_per_unit.sum().item()

    @property
    def total(self) -> float:
        """-ELBO, nats per image."""
        return self.bce + self.kl

    @property
    def active_units(self) -> int:
        """How many latents have a mean KL above 0.01 nats."""
        return int((self.kl_per_unit > ACTIVE_NATS).sum())


@torch.inference_mode()
def evaluate(model: VAE, images: Tensor, batch: int = 500) -> Evaluation:
    """-ELBO with one draw per image, dropout and BatchNorm in evaluation mode; the noise is the same in every call.

    Args:
        model: left in the mode it was in.
        images: (N, 1, 28, 28), grey levels in [0, 1].
        batch: images at a time; changes nothing but memory.
    """
    reconstruction, kl, noise = 0.0, torch.zeros((), dtype=torch.float64), torch.empty(0)
    with _evaluating(model):
        for rows in torch.arange(len(images)).split(batch):
            x = images[rows]
            mu, logvar = model.encoder(x)
            if len(noise) == 0:  # drawn at once: a stream cut into other pieces would give other noise
                noise = torch.randn(len(images), mu.shape[1], generator=torch.Generator().manual_seed(_NOISE_SEED))
            elbo = negative_elbo(model.decoder(mu + torch.exp(logvar / 2) * noise[rows]), x, mu, logvar)
            reconstruction += elbo.reconstruction.double().sum().item()
            kl = kl + elbo.kl_per_latent.double().sum(0)
    return Evaluation(reconstruction / len(images), kl / len(images))


@torch.inference_mode()
def importance_weighted_bound(model: VAE, images: Tensor, samples: int, batch: int = 100) -> Tensor:
    """IWAE bound on ln p(x) of each image, nats, (N,), with ``samples`` draws of z per image (Burda et al. 2016).

    Args:
        model: left in the mode it was in.
        images: (N, 1, 28, 28).
        samples: K; the bound rises with K.
        batch: images at a time; never more than 500 pictures are decoded at once, or one for each of them.
    """
    generator = torch.Generator().manual_seed(_NOISE_SEED)
    with _evaluating(model):
        return torch.cat([_bounds(model, x, samples, generator) for x in images.split(batch)])


def _bounds(model: VAE, x: Tensor, samples: int, generator: torch.Generator, at_once: int = 50) -> Tensor:
    mu, logvar = model.encoder(x)
    q, log_w = Normal(mu, logvar), []
    for start in range(0, samples, at_once):
        count = min(at_once, samples - start)
        z = reparameterize(mu.expand(count, *mu.shape), logvar.expand(count, *mu.shape), generator)
        log_likelihood = torch.cat([_log_likelihoods(model, x, part) for part in z.split(max(1, 500 // len(x)))])
        log_w.append(log_likelihood + (STANDARD_NORMAL.log_prob(z) - q.log_prob(z)).sum(-1))
    return iwae(torch.cat(log_w))


def _log_likelihoods(model: VAE, x: Tensor, z: Tensor) -> Tensor:
    """ln p(x | z) of images (N, 1, 28, 28) for codes (K, N, D): (K, N)."""
    return -bce(model.decoder(z.flatten(0, 1)), x.repeat(len(z), 1, 1, 1)).view(len(z), len(x))


@dataclass(frozen=True)
class Mismatch:
    """The mean KL split in two (Hoffman and Johnson 2016), nats: what codes tell of images, and what spoils samples."""

    information: float
    aggregate: float


@torch.inference_mode()
def aggregate_mismatch(model: VAE, images: Tensor, batch: int = 50) -> Mismatch:
    """E_x KL(q(z|x) || p) = I(x; z) + KL(q(z) || p), with q(z) the average of q(z|x) over these very images.

    One z is drawn per image; ln q(z) is a log-mean over all N images, so information is at most ln N: use thousands.

    Args:
        model: left in the mode it was in.
        images: (N, 1, 28, 28).
        batch: codes at a time; memory grows with batch * N.
    """
    generator = torch.Generator().manual_seed(_NOISE_SEED)
    with _evaluating(model):
        codes = [torch.cat(part) for part in zip(*(model.encoder(x) for x in images.split(500)), strict=True)]
    mu, logvar = (code.double() for code in codes)
    z = reparameterize(mu, logvar, generator)
    log_q_of_x = Normal(mu, logvar).log_prob(z).sum(1)
    log_q = torch.cat([_log_average_density(part, mu, logvar) for part in z.split(batch)])
    log_p = STANDARD_NORMAL.log_prob(z).sum(1)
    return Mismatch((log_q_of_x - log_q).mean().item(), (log_q - log_p).mean().item())


def _log_average_density(z: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """ln (1/N) sum_n N(z; mu_n, exp(logvar_n)) for z (B, D): (B,), by matrix products, without a (B, N, D) array."""
    precision = torch.exp(-logvar)
    squares = z**2 @ precision.T - 2 * z @ (mu * precision).T + (mu**2 * precision + logvar).sum(1)
    log_density = -(squares + mu.shape[1] * math.log(2 * math.pi)) / 2
    return torch.logsumexp(log_density, dim=1) - math.log(len(mu))


@contextmanager
def _evaluating(model: VAE) -> Iterator[None]:
    """Evaluation mode inside, and the engine on; the model's own mode after."""
    was_training = model.training
    model.eval()
    try:
        with engine.on(model):
            yield
    finally:
        model.train(was_training)
