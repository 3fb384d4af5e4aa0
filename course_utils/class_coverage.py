"""Which digits a model draws, how evenly, and how far they are from real ones, as a small classifier sees them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

CLASSES = 10
SURE = 0.9
"""Least probability of the best class for a picture to count in a :class:`Diversity`."""


class DigitClassifier(nn.Module):
    """Pictures (N, 1, 28, 28) -> logits of ten classes (N, 10); two convolutions and 64 features."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 16, 5, 2),
            nn.ReLU(),
            nn.Conv2d(16, 32, 5, 2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * 4 * 4, 64),
            nn.ReLU(),
        )
        self.head = nn.Linear(64, CLASSES)

    def features(self, pictures: Tensor) -> Tensor:
        """What the last layer sees, (N, 64)."""
        return self.body(pictures)

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits (N, 10)."""
        return self.head(self.features(pictures))


@torch.no_grad()
def features(classifier: DigitClassifier, pictures: Tensor) -> Tensor:
    """Features (N, 64) of pictures (N, 1, 28, 28), few at a time."""
    return torch.cat([classifier.features(part) for part in pictures.split(500)])


@torch.no_grad()
def class_shares(classifier: nn.Module, pictures: Tensor, sure: float = 0.0) -> Tensor:
    """Share of the pictures that the classifier gives to each class, (10,).

    Args:
        classifier: pictures (N, 1, 28, 28) -> logits (N, 10).
        pictures: to look at.
        sure: least probability of the best class; pictures below it count for no class.
    """
    probability, label = torch.cat([classifier(part).softmax(1) for part in pictures.split(500)]).max(1)
    return torch.bincount(label[probability >= sure], minlength=CLASSES) / len(pictures)


def covered(shares: Tensor, least: float = 0.02) -> int:
    """Number of classes with at least that share; a fair share of ten classes is 0.1."""
    return int((shares >= least).sum())


def entropy(shares: Tensor) -> float:
    """Entropy of the shares in nats, after they are made to sum to 1: ln 10 = 2.303 where all classes are alike."""
    return torch.special.entr(shares.double() / shares.sum()).sum().item()


def frechet_distance(features: Tensor, others: Tensor) -> float:
    """Squared Frechet distance of two normal densities fitted to features, (N, D) and (M, D) (Heusel et al. 2017).

    |m - n|^2 + tr(S + T - 2 (S^1/2 T S^1/2)^1/2), with means m, n and covariances S, T; 0 for the same density. Only
    distances between features of one classifier compare.

    Raises:
        ValueError: where there are fewer than two rows, or the widths differ.
    """
    if min(len(features), len(others)) < 2 or features.shape[1] != others.shape[1]:
        shapes = f"{tuple(features.shape)} and {tuple(others.shape)}"
        raise ValueError(f"Features have the shapes {shapes}: give at least two rows of one width.")
    features, others = features.double(), others.double()
    s, t = torch.cov(features.T).view(2 * features.shape[1:]), torch.cov(others.T).view(2 * others.shape[1:])
    root = _square_root(s)
    overlap = torch.linalg.eigvalsh(root @ t @ root).clamp(min=0).sqrt().sum()
    shift = (features.mean(0) - others.mean(0)).square().sum()
    return (shift + s.trace() + t.trace() - 2 * overlap).clamp(min=0).item()


def _square_root(covariance: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(covariance)
    return (vectors * values.clamp(min=0).sqrt()) @ vectors.T


@torch.no_grad()
def accuracy(classifier: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Share of images (N, 1, 28, 28) whose label (N,) has the largest logit."""
    return torch.cat([classifier(part).argmax(1) for part in images.split(500)]).eq(labels).double().mean().item()


@dataclass(frozen=True)
class Diversity:
    """What a classifier sees in many drawn pictures.

    Attributes:
        shares: of each of ten classes, among all pictures, of those that the classifier is sure of.
        frechet: squared Frechet distance of the features to those of real images.
    """

    shares: tuple[float, ...]
    frechet: float

    @property
    def sure(self) -> float:
        """Share of the pictures that the classifier is sure of."""
        return sum(self.shares)

    @property
    def covered(self) -> int:
        """Classes with at least 2 % of the pictures."""
        return covered(torch.tensor(self.shares))

    @property
    def entropy(self) -> float:
        """Entropy of the classes of the sure pictures, nats; ln 10 = 2.303 where all are alike."""
        return entropy(torch.tensor(self.shares)) if self.sure else 0.0


def diversity(classifier: DigitClassifier, pictures: Tensor, real: Tensor) -> Diversity:
    """Measure drawn pictures.

    Args:
        classifier: in evaluation mode.
        pictures: (N, 1, 28, 28), grey in [0, 1]; a few thousand, for covariances of 64 features.
        real: :func:`features` of real images, (M, 64).
    """
    shares = class_shares(classifier, pictures, SURE)
    return Diversity(tuple(shares.tolist()), frechet_distance(features(classifier, pictures), real))
