"""The trained digit classifier, which judges what GANs and VAEs draw."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F

from .. import data
from ..class_coverage import DigitClassifier, accuracy
from ..vae import parameter_count
from . import store
from .store import Card, Plan, Store, Weights, halve, restore


@dataclass(frozen=True)
class ClassifierRecipe:
    """How to train: Adam with a rate that rises and falls once (Smith and Topin 2018)."""

    epochs: int = 10
    batch: int = 100
    lr: float = 4e-3
    seed: int = 0


ClassifierPlan = Plan[DigitClassifier, ClassifierRecipe]
DIGITS = ClassifierPlan(
    name="digit-classifier",
    says="Two convolutions and 64 features, which tell digits apart",
    model=DigitClassifier,
    recipe=ClassifierRecipe(),
)


@dataclass(frozen=True, kw_only=True)
class ClassifierCard(Card):
    """A classifier's share of right answers; the test images were read once, and no history was kept."""

    validation: float
    test: float

    def reaches(self) -> str:
        """Share of right answers."""
        return f"{self.test:.2%} of the test images are right"


class ClassifierStore(Store[ClassifierPlan, ClassifierCard]):
    """The trained classifier."""

    def train(self, plan: ClassifierPlan, unfinished: Path) -> tuple[Weights, dict[str, Any]]:
        """Train all epochs; too short to be kept unfinished."""
        recipe, (images, labels) = plan.recipe, data.load(plan.data, "train")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(recipe.seed)
            classifier = plan.model()
            optimizer = torch.optim.Adam(classifier.parameters())
            steps = recipe.epochs * -(-len(images) // recipe.batch)
            rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.lr, steps)
            for _ in range(recipe.epochs):
                for rows in torch.randperm(len(images)).split(recipe.batch):
                    optimizer.zero_grad()
                    F.cross_entropy(classifier(images[rows]), labels[rows]).backward()
                    optimizer.step()
                    rate.step()
        weights = halve(classifier.eval())
        right = {split: accuracy(classifier, *data.load(plan.data, split)) for split in ("validation", "test")}
        return weights, {"parameters": parameter_count(classifier), **right, "history": ()}


STORE = ClassifierStore(store.FOLDER / "classifiers", [DIGITS], ClassifierCard)
names, card = STORE.names, STORE.card


def load(name: str) -> DigitClassifier:
    """The trained classifier, in evaluation mode.

    Raises:
        CheckpointError: where there is none of that name, or the file is damaged.
    """
    weights = STORE.weights(name)
    return restore(STORE.plans[name].model(), weights)
