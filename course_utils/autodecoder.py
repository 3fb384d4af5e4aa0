"""Decoders without encoders: every image keeps a code of its own, or a density of codes, as parameters.

An auto-decoder (Bojanowski et al. 2018; Park et al. 2019) learns the codes of its images together with the decoder. A
variational auto-decoder (Zadeh et al. 2019) learns a posterior for each image, and pays its KL to a prior. A new image
is encoded by fitting: the decoder is frozen, and only the new image's parameters move.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .distributions import LN_2PI, STANDARD_NORMAL, Distribution, Laplace, Normal, Uniform
from .divergences import kl
from .progress import bar

_EDGE = math.sqrt(3)  # Uniform(-sqrt 3, sqrt 3) has variance 1, as N(0, 1)
_LARGEST = 10.0


@dataclass(frozen=True)
class Family:
    """A family of posteriors with its prior, made from two free numbers for each latent.

    Attributes:
        name: of the family.
        prior: what codes are drawn from when there is no image.
        posterior: (free, free), any real numbers -> a valid density, whose KL to the prior is finite.
    """

    name: str
    prior: Distribution
    posterior: Callable[[Tensor, Tensor], Distribution]


def _log_scale(free: Tensor) -> Tensor:
    """Any real number -> a logarithm between -10 and 10, nearly the number itself around 0."""
    return _LARGEST * torch.tanh(free / _LARGEST)


def _inside(place: Tensor, width: Tensor) -> Uniform:
    """A uniform density whose support lies in the prior's, wherever the free numbers are.

    The width is a share w of the prior's support, the left end a share of the room 1 - w that is left.
    """
    share = torch.sigmoid(_log_scale(width - 1))
    left = torch.sigmoid(_log_scale(place)) * (1 - share)
    right = (left + share).clamp(max=1.0)  # rounding must not carry it past the edge, where the KL is infinite
    return Uniform(2 * _EDGE * left - _EDGE, 2 * _EDGE * right - _EDGE)


STANDARD_LAPLACE = Laplace(torch.tensor(0.0), torch.tensor(1.0))
FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family("normal", STANDARD_NORMAL, lambda mu, free: Normal(mu, _log_scale(free))),
        Family(
            "laplace",
            Laplace(torch.tensor(0.0), torch.tensor(1.0)),
            lambda mu, free: Laplace(mu, _log_scale(free).exp()),
        ),
        Family("uniform", Uniform(torch.tensor(-_EDGE), torch.tensor(_EDGE)), _inside),
    )
}


class PointCodes(nn.Module):
    """One code for each image: an auto-decoder's. Nothing is paid for it.

    Args:
        items: number of images N.
        latent: size of a code D.
        spread: standard deviation of the codes at the start.
    """

    def __init__(self, items: int, latent: int, spread: float = 0.1) -> None:
        super().__init__()
        self.table = nn.Embedding(items, latent, sparse=True)
        nn.init.normal_(self.table.weight, std=spread)

    def draw(self, rows: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        """Codes (n, D) of the images ``rows`` (n,), and their price, 0 nats for each latent, (n, D)."""
        codes = self.table(rows)
        return codes, torch.zeros_like(codes)

    def mean(self) -> Tensor:
        """The codes of all images, (N, D)."""
        return self.table.weight.detach()


class PosteriorCodes(nn.Module):
    """A density of codes for each image: a variational auto-decoder's.

    Args:
        items: number of images N.
        latent: size of a code D.
        family: a name in :data:`FAMILIES`.
        spread: standard deviation of the free numbers at the start.
        scale: mean of the second one at the start; below 0 densities start narrow, so that codes are told apart at all.

    Raises:
        ValueError: for a family that does not exist.
    """

    def __init__(
        self, items: int, latent: int, family: str = "normal", spread: float = 0.1, scale: float = 0.0
    ) -> None:
        super().__init__()
        if family not in FAMILIES:
            raise ValueError(f"There is no family {family!r}: choose one of {', '.join(FAMILIES)}.")
        self.family = FAMILIES[family]
        self.table = nn.Embedding(items, 2 * latent, sparse=True)
        nn.init.normal_(self.table.weight, std=spread)
        self.table.weight.data[:, latent:] += scale

    def posterior(self, rows: Tensor) -> Distribution:
        """The densities of the images ``rows`` (n,), of shape (n, D)."""
        return self.family.posterior(*self.table(rows).chunk(2, dim=1))

    def draw(self, rows: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        """One code for each of the images ``rows``, (n, D), and the KL of each latent in nats, (n, D)."""
        posterior = self.posterior(rows)
        return posterior.rsample(generator), kl(posterior, self.family.prior)

    @torch.no_grad()
    def mean(self) -> Tensor:
        """The posterior means of all images, (N, D)."""
        return self.posterior(torch.arange(self.table.num_embeddings)).mean


class GaussianPixels(nn.Module):
    """Pixels that are N(sigmoid(logit), s^2), with one learned s for all of them (Rybkin et al. 2021)."""

    def __init__(self, s: float = 0.2) -> None:
        super().__init__()
        self.log_s = nn.Parameter(torch.tensor(math.log(s)))

    def forward(self, logits: Tensor, x: Tensor) -> Tensor:
        """-ln p(x | z) in nats per image, (n,), of pixels x in [0, 1], (n, 1, 28, 28)."""
        squares = (torch.sigmoid(logits) - x).square() * torch.exp(-2 * self.log_s)
        return ((squares + LN_2PI) / 2 + self.log_s).flatten(1).sum(1)


@dataclass(frozen=True)
class FitRecipe:
    """How to fit.

    Attributes:
        epochs: passes over the images.
        batch: images in a step.
        lr: Adam's rate for the decoder; it falls to 0 in a straight line, as does the next.
        code_lr: Adam's rate for the parameters of the images; those outside a batch stay where they are.
        kl_weight: weight of the KL; 1 trains the ELBO.
        seed: of the order and of the draws.
    """

    epochs: int
    batch: int = 64
    lr: float = 2e-3
    code_lr: float = 1e-2
    kl_weight: float = 1.0
    seed: int = 0


Codes = PointCodes | PosteriorCodes
Observation = Callable[[Tensor, Tensor], Tensor]


def fit(decoder: nn.Module, codes: Codes, images: Tensor, recipe: FitRecipe, observation: Observation) -> list[float]:
    """Learn decoder and codes together.

    Args:
        decoder: codes (n, D) -> logits (n, 1, 28, 28); trained in place.
        codes: of these images, in this order.
        images: (N, 1, 28, 28) in [0, 1].
        recipe: how.
        observation: logits, images -> -ln p(x | z), nats per image (n,); a module's parameters are trained, too.

    Returns:
        Loss by epoch, nats per image.
    """
    learned = [*decoder.parameters(), *(observation.parameters() if isinstance(observation, nn.Module) else ())]
    decoder.train()
    history = _fit(decoder, codes, images, recipe, observation, [torch.optim.Adam(learned, lr=recipe.lr)])
    decoder.eval()
    return history


def fit_codes(
    decoder: nn.Module, codes: Codes, images: Tensor, recipe: FitRecipe, observation: Observation
) -> list[float]:
    """Find the codes of new images; not one weight or buffer of the decoder moves. Arguments as for :func:`fit`."""
    with _frozen(decoder), _frozen(observation if isinstance(observation, nn.Module) else nn.Identity()):
        return _fit(decoder, codes, images, recipe, observation, [])


@contextmanager
def _frozen(module: nn.Module) -> Iterator[None]:
    """In evaluation mode and without gradients for its own parameters; as before afterwards."""
    modes = [(part, part.training) for part in module.modules()]
    learned = [parameter for parameter in module.parameters() if parameter.requires_grad]
    module.eval().requires_grad_(False)
    try:
        yield
    finally:
        for part, mode in modes:
            part.training = mode
        for parameter in learned:
            parameter.requires_grad_(True)


def _fit(
    decoder: nn.Module,
    codes: Codes,
    images: Tensor,
    recipe: FitRecipe,
    observation: Observation,
    optimizers: list[torch.optim.Optimizer],
) -> list[float]:
    generator = torch.Generator().manual_seed(recipe.seed)
    optimizers = [*optimizers, torch.optim.SparseAdam([codes.table.weight], lr=recipe.code_lr)]
    peaks = [optimizer.param_groups[0]["lr"] for optimizer in optimizers]
    history = []
    with bar(recipe.epochs * len(images), "images") as shown:
        for epoch in range(recipe.epochs):
            total = 0.0
            for optimizer, peak in zip(optimizers, peaks, strict=True):
                optimizer.param_groups[0]["lr"] = peak * (1 - epoch / recipe.epochs)
            for rows in torch.randperm(len(images), generator=generator).split(recipe.batch):
                z, price = codes.draw(rows, generator)
                loss = (observation(decoder(z), images[rows]) + recipe.kl_weight * price.sum(1)).mean()
                for optimizer in optimizers:
                    optimizer.zero_grad()
                loss.backward()
                for optimizer in optimizers:
                    optimizer.step()
                total += loss.item() * len(rows)
                shown.update(len(rows))
            history.append(total / len(images))
    return history
