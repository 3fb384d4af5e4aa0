"""Trained auto-decoders: a decoder and the codes of 1,000 Fashion images, as Report C made them, and repaired.

Weights and codes are float16, with a card each. All choices were made on 192 of the training images.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from .. import data
from ..autodecoder import Codes, GaussianPixels, Observation, fit, fit_codes
from ..reconstruction import GREY_LEVELS, frobenius_metric, principal_directions, rmse
from ..vae import parameter_count
from . import store
from .fit_plans import ITEMS, LATENT, PLANS, FitPlan
from .store import Card, Store, Weights, halve, restore


@dataclass(frozen=True, kw_only=True)
class FitCard(Card):
    """What a fit reaches; ``history`` is the training loss.

    Attributes:
        reported: Report C's metric on its training and test images.
        train_metric: Report C's metric at batch 64 on the training images, decoded from their (mean) codes.
        test_metric: the same on the test images, whose codes were fitted once.
        train_rmse: grey levels of 255.
        test_rmse: grey levels of 255.
        test_kl: nats per image; 0 for point codes.
        s: learned standard deviation of a pixel in [0, 1]; ``None`` for Report C's loss.
    """

    reported: tuple[float, float]
    train_metric: float
    test_metric: float
    train_rmse: float
    test_rmse: float
    test_kl: float
    s: float | None
    history: tuple[float, ...]

    def reaches(self) -> str:
        """Report C's metric on test images."""
        return f"Report C's metric on test {self.test_metric:.4f}"


@dataclass(frozen=True)
class Fitted:
    """A decoder in evaluation mode with the codes of the first 1,000 training and of the first 1,000 test images."""

    card: FitCard
    decoder: nn.Module
    codes: Codes
    test_codes: Codes

    def pictures(self, z: Tensor) -> Tensor:
        """Codes (n, 100) -> pictures (n, 1, 28, 28), grey in [0, 1]; Report C's decoder may leave that range."""
        return draw(self.decoder, z, self.card.made_by.get("grey_levels", False))


@torch.no_grad()
def draw(decoder: nn.Module, z: Tensor, grey_levels: bool) -> Tensor:
    """Pictures (n, 1, 28, 28) of codes (n, 100), grey in [0, 1], by a decoder that gives grey levels, or logits."""
    outputs = torch.cat([decoder(part) for part in z.split(500)])
    return outputs / GREY_LEVELS if grey_levels else torch.sigmoid(outputs)


def report_c_loss(pictures: Tensor, x: Tensor) -> Tensor:
    """Report C's loss, its metric on a batch of grey levels, for each of the n images of the batch alike, (n,)."""
    return ((pictures - GREY_LEVELS * x).norm() / x.numel()).expand(len(x))


@torch.no_grad()
def price(codes: Codes) -> float:
    """Mean KL of the codes, nats per image; 0 for point codes."""
    return codes.draw(torch.arange(ITEMS))[1].sum(1).mean().item()


class FitStore(Store[FitPlan, FitCard]):
    """The trained auto-decoders."""

    def train(self, plan: FitPlan, unfinished: Path) -> tuple[Weights, dict[str, Any]]:
        """Train decoder and codes, then fit the codes of the test images once; too short to be kept unfinished."""
        train, test = (data.load(plan.data, split, limit=ITEMS)[0] for split in ("train+validation", "test"))
        torch.manual_seed(plan.recipe.seed)
        decoder, codes, test_codes = _start(plan, train), plan.codes(), plan.codes()
        observation: Observation = report_c_loss if plan.grey_levels else GaussianPixels(0.1)
        if plan.first:
            fit_codes(decoder, codes, train, plan.first, observation)
        history = fit(decoder, codes, train, plan.recipe, observation)
        weights = _part("decoder", decoder) | _part("codes", codes)
        fit_codes(decoder, test_codes, test, plan.test_recipe, observation)
        measured: dict[str, Any] = {"parameters": parameter_count(decoder)}
        weights |= _part("test", test_codes)
        for split, fitted, images in (("train", codes, train), ("test", test_codes, test)):
            pictures = draw(decoder, fitted.mean(), plan.grey_levels)
            measured[f"{split}_metric"] = frobenius_metric(pictures, images)
            measured[f"{split}_rmse"] = rmse(pictures, images)
        return weights, {
            **measured,
            "test_kl": price(test_codes),
            "s": observation.log_s.exp().item() if isinstance(observation, GaussianPixels) else None,
            "history": tuple(round(loss, 4) for loss in history),
        }


def _start(plan: FitPlan, images: Tensor) -> nn.Module:
    """The decoder before training: at random, or drawing sigmoid(6 (y - 1/2)) where PCA draws y."""
    decoder = plan.model()
    if plan.first:
        mean, directions = principal_directions(images, LATENT)
        assert isinstance(decoder, nn.Sequential) and isinstance(decoder[0], nn.Linear)
        decoder[0].weight.data, decoder[0].bias.data = 6 * directions.T.contiguous(), 6 * (mean - 0.5)
    return decoder


def _part(part: str, module: nn.Module) -> Weights:
    """What is stored of a part of a fit."""
    return {f"{part}.{key}": value for key, value in halve(module).items()}


STORE = FitStore(store.FOLDER / "fits", PLANS, FitCard)
names, card = STORE.names, STORE.card


def load(name: str) -> Fitted:
    """The trained decoder with its codes.

    Raises:
        CheckpointError: where there is none of that name, its weights do not ship, or the file is damaged.
    """
    weights, plan = STORE.weights(name), STORE.plans[name]
    parts: dict[str, Weights] = {"decoder": {}, "codes": {}, "test": {}}
    for key, value in weights.items():
        part, _, own = key.partition(".")
        parts[part][own] = value
    codes, test_codes = (restore(plan.codes(), parts[part]) for part in ("codes", "test"))
    return Fitted(card(name), restore(plan.model(), parts["decoder"]), codes, test_codes)
