"""Trained VAEs: the epoch is chosen on validation images, and the test images are read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from .. import data
from ..evaluation import evaluate
from ..files import write_whole
from ..initialisation import initialise
from ..training import Epoch, train
from ..vae import VAE, parameter_count
from . import store
from .comparison import comparison
from .store import Card, Store, Weights, halve, restore
from .vae_plans import PLANS, VaePlan

HALF_IS_ENOUGH = 0.01
"""Nats that float16 may cost; where it costs more, weights are stored in float32."""


@dataclass(frozen=True, kw_only=True)
class VaeCard(Card):
    """What a VAE reaches, in nats per image (exact means over images).

    Attributes:
        reported: the report's number, converted to nats per image, or ``None``.
        validation: -ELBO on 6,000 validation images.
        test_bce: first half of the -ELBO on the test images.
        test_kl: second half.
        active_units: latents with a mean KL above 0.01 nats on the test images.
        history: every epoch; the best one by validation was kept.
    """

    reported: float | None
    validation: float
    test_bce: float
    test_kl: float
    active_units: int
    history: tuple[Epoch, ...]

    @property
    def test(self) -> float:
        """-ELBO on the test images."""
        return self.test_bce + self.test_kl

    @property
    def epochs(self) -> int:
        """Epochs trained."""
        return len(self.history)

    def reaches(self) -> str:
        """Test number, in nats per image."""
        return f"test {self.test:.2f} nats per image"

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> VaeCard:
        """A card from the fields of its file."""
        return super().from_json({**stored, "history": [Epoch(**epoch) for epoch in stored["history"]]})


class VaeStore(Store[VaePlan, VaeCard]):
    """The trained VAEs, with a table of all of them."""

    @property
    def table(self) -> Path:
        """File of :func:`course_utils.checkpoints.comparison.comparison`."""
        return self.folder / "comparison.md"

    def train(self, plan: VaePlan, unfinished: Path) -> tuple[Weights, dict[str, Any]]:
        """Train from the course's initialisation; weights in float16 where that costs next to nothing."""
        images, validation, test = (data.load(plan.data, split)[0] for split in ("train", "validation", "test"))
        model = plan.model()
        initialise(model, images, plan.recipe.seed)
        history = train(model, images, validation, plan.recipe, unfinished / "run.pt")
        weights = rounded(model, validation)
        reached = evaluate(model, test)
        return weights, {
            "parameters": parameter_count(model),
            "validation": evaluate(model, validation).total,
            "test_bce": reached.bce,
            "test_kl": reached.kl,
            "active_units": reached.active_units,
            "history": tuple(history),
        }

    def make(self, name: str, work: Path) -> VaeCard:
        """Train one checkpoint and store it, and the table anew."""
        card = super().make(name, work)
        write_whole(self.table, f"{comparison(map(self.card, self.names()))}\n".encode())
        return card


def rounded(model: VAE, validation: Tensor) -> Weights:
    """The weights as they will be stored; the model is given exactly these, so that its card speaks of them."""
    exact = {key: value.detach().clone().contiguous() for key, value in model.state_dict().items()}
    before = evaluate(model, validation).total
    half = halve(model)
    if abs(evaluate(model, validation).total - before) <= HALF_IS_ENOUGH:
        return half
    model.load_state_dict(exact)
    return exact


STORE = VaeStore(store.FOLDER, PLANS, VaeCard)
names, card = STORE.names, STORE.card


def load(name: str) -> VAE:
    """The trained model, in evaluation mode.

    Raises:
        CheckpointError: where there is none of that name, its weights do not ship, or the file is damaged.
    """
    weights = STORE.weights(name)
    return restore(STORE.plans[name].model(), weights)
