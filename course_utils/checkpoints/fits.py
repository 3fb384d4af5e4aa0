"""Trained auto-decoders: a decoder and the codes of 1,000 Fashion images, as Report C made them, and repaired.

Weights and codes are float16, with a card each. All choices were made on 192 of the training images.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor, nn

from .. import data
from ..autodecoder import Codes, GaussianPixels, PointCodes, PosteriorCodes, fit, fit_codes
from ..decoders import MLPDecoder
from ..files import write_whole
from ..reconstruction import GREY_LEVELS, frobenius_metric, principal_directions, rmse
from ..reports import report_c_decoder
from ..vae import parameter_count
from . import store
from .fit_plans import ITEMS, LATENT, NARROW, PLANS, Plan
from .store import read_card, read_weights, stems, weights_path

FOLDER = store.FOLDER / "fits"

__all__ = ["FOLDER", "PLANS", "FitCard", "Fitted", "card", "load", "make", "names", "up_to_date"]


@dataclass(frozen=True)
class FitCard:
    """How a fit was made, and what it reaches.

    Attributes:
        name: of the checkpoint.
        says: the model in a sentence; ``rows``: of the reports.
        decoder: which decoder.
        kind: ``"point"``, or a family of posteriors.
        first: recipe of the codes alone, as Python would write it, ``"None"`` without one.
        recipe: of training.
        test_recipe: of the test images' codes.
        parameters: of the decoder.
        seed: of weights, codes, order and draws.
        train_metric: Report C's metric at batch 64 on the training images, decoded from their (mean) codes.
        test_metric: the same on the test images, whose codes were fitted once.
        train_rmse: grey levels of 255.
        test_rmse: grey levels of 255.
        test_kl: nats per image; 0 for point codes.
        s: learned standard deviation of a pixel in [0, 1]; ``None`` for Report C's loss.
        reported: Report C's metric on training and test images.
        seconds: of training and fitting, on the machine that made it.
        command: makes it again.
        sha256: of the weights; ``None`` where they were not kept.
        history: training loss by epoch.
    """

    name: str
    says: str
    rows: tuple[str, ...]
    decoder: str
    kind: str
    first: str
    recipe: str
    test_recipe: str
    parameters: int
    seed: int
    train_metric: float
    test_metric: float
    train_rmse: float
    test_rmse: float
    test_kl: float
    s: float | None
    reported: tuple[float, float]
    seconds: int
    command: str
    sha256: str | None
    history: tuple[float, ...]


@dataclass(frozen=True)
class Fitted:
    """A decoder in evaluation mode with the codes of the first 1,000 training and of the first 1,000 test images."""

    card: FitCard
    decoder: nn.Module
    codes: Codes
    test_codes: Codes

    @torch.no_grad()
    def pictures(self, z: Tensor) -> Tensor:
        """Codes (n, 100) -> pictures (n, 1, 28, 28), grey in [0, 1]; Report C's decoder may leave that range."""
        return torch.cat([picture(self.decoder, self.card.decoder, part) for part in z.split(500)])


DECODERS: dict[str, Callable[[], nn.Module]] = {
    "report": report_c_decoder,
    "linear": lambda: MLPDecoder(LATENT, ()),
}


def picture(decoder: nn.Module, name: str, z: Tensor) -> Tensor:
    """What a decoder of that name draws, (n, 1, 28, 28)."""
    return decoder(z) / GREY_LEVELS if name == "report" else torch.sigmoid(decoder(z))


def report_c_loss(pictures: Tensor, x: Tensor) -> Tensor:
    """Report C's loss, its metric on a batch of grey levels, for each of the n images of the batch alike, (n,)."""
    return ((pictures - GREY_LEVELS * x).norm() / x.numel()).expand(len(x))


def names() -> list[str]:
    """All fits that have a card, in alphabetical order."""
    return stems(FOLDER)


def card(name: str) -> FitCard:
    """The card of a fit.

    Raises:
        CheckpointError: where there is none of that name.
    """
    fields = read_card(FOLDER, name, "fit")
    lists = {key: tuple(value) for key, value in fields.items() if isinstance(value, list)}
    return FitCard(**{**fields, **lists})


def load(name: str) -> Fitted:
    """The trained decoder with its codes.

    Raises:
        CheckpointError: where there is none of that name, its weights do not ship, or the file is damaged.
    """
    found = card(name)
    weights = read_weights(weights_path(FOLDER, name, PLANS[name].ships_weights), found.sha256)
    decoder, codes, test_codes = DECODERS[found.decoder](), _codes(found.kind), _codes(found.kind)
    for part, module in (("decoder", decoder), ("codes", codes), ("test", test_codes)):
        module.load_state_dict(
            {key.partition(".")[2]: value for key, value in weights.items() if key.partition(".")[0] == part}
        )
    return Fitted(found, decoder.eval(), codes, test_codes)


def up_to_date(name: str) -> bool:
    """Whether there is a card of that name, made by these very recipes."""
    found = json.loads((FOLDER / f"{name}.json").read_text()) if name in names() else {}
    return _recipes(PLANS[name]).items() <= found.items()


def make(name: str, work: Path, folder: Path = FOLDER) -> str:
    """Train one of ``PLANS``, fit the test images once, store weights and card.

    Args:
        name: of the plan.
        work: folder for unfinished runs, as every kind is given one; a fit is short and needs none.
        folder: where weights and card go.

    Returns:
        What it reached, in a sentence.
    """
    plan, started = PLANS[name], time.perf_counter()
    train, test = (data.load("fashion_mnist", split, limit=ITEMS)[0] for split in ("train+validation", "test"))
    torch.manual_seed(plan.recipe.seed)
    decoder, codes, test_codes = _start(plan, train), _codes(plan.kind), _codes(plan.kind)
    observation = report_c_loss if plan.decoder == "report" else GaussianPixels(0.1)
    if plan.first:
        fit_codes(decoder, codes, train, plan.first, observation)
    history = fit(decoder, codes, train, plan.recipe, observation)
    _round(decoder, codes)
    fit_codes(decoder, test_codes, test, plan.test_recipe, observation)
    _round(test_codes)
    found = {
        **_card(name, plan),
        **_measured(plan, decoder, (codes, train), (test_codes, test)),
        "s": observation.log_s.exp().item() if isinstance(observation, GaussianPixels) else None,
        "seconds": round(time.perf_counter() - started),
        "history": [round(loss, 4) for loss in history],
    }
    _store(name, found, {"decoder": decoder, "codes": codes, "test": test_codes}, folder)
    return f"Report C's metric on test {found['test_metric']:.4f}, in {found['seconds']} s"


def _start(plan: Plan, images: Tensor) -> nn.Module:
    """The decoder before training: at random, or drawing sigmoid(6 (y - 1/2)) where PCA draws y."""
    decoder = DECODERS[plan.decoder]()
    if plan.first:
        mean, directions = principal_directions(images, LATENT)
        assert isinstance(decoder, nn.Sequential) and isinstance(decoder[0], nn.Linear)
        decoder[0].weight.data, decoder[0].bias.data = 6 * directions.T.contiguous(), 6 * (mean - 0.5)
    return decoder


def _recipes(plan: Plan) -> dict[str, str]:
    return {key: repr(getattr(plan, key)) for key in ("first", "recipe", "test_recipe")}


def _card(name: str, plan: Plan) -> dict[str, Any]:
    """What a card says before anything is measured."""
    return {
        "name": name,
        "says": plan.says,
        "rows": list(plan.rows),
        "decoder": plan.decoder,
        "kind": plan.kind,
        **_recipes(plan),
        "seed": plan.recipe.seed,
        "reported": list(plan.reported),
        "command": f"course train {name}",
        "sha256": None,
    }


def _measured(
    plan: Plan, decoder: nn.Module, train: tuple[Codes, Tensor], test: tuple[Codes, Tensor]
) -> dict[str, Any]:
    """What a fit reaches on both sets of images."""
    found: dict[str, Any] = {"parameters": parameter_count(decoder), "test_kl": price(test[0])}
    for split, (codes, images) in (("train", train), ("test", test)):
        found[f"{split}_metric"], found[f"{split}_rmse"] = measure(decoder, plan.decoder, codes, images)
    return found


def measure(decoder: nn.Module, name: str, codes: Codes, images: Tensor) -> tuple[float, float]:
    """Report C's metric at batch 64, and the RMSE in grey levels, of what the (mean) codes of these images give."""
    with torch.no_grad():
        drawn = torch.cat([picture(decoder, name, part) for part in codes.mean().split(500)])
    return frobenius_metric(drawn, images), rmse(drawn, images)


@torch.no_grad()
def price(codes: Codes) -> float:
    """Mean KL of the codes, nats per image; 0 for point codes."""
    return codes.draw(torch.arange(ITEMS))[1].sum(1).mean().item()


def _codes(kind: str) -> Codes:
    return PointCodes(ITEMS, LATENT) if kind == "point" else PosteriorCodes(ITEMS, LATENT, kind, scale=NARROW)


def _round(*modules: nn.Module) -> None:
    """Give modules the numbers that will be stored, so that the card speaks of them."""
    for module in modules:
        module.load_state_dict({key: _half(value) for key, value in module.state_dict().items()})


def _half(value: Tensor) -> Tensor:
    return (value.to(torch.float16) if value.is_floating_point() else value).contiguous()


def _store(name: str, found: dict[str, Any], modules: Mapping[str, nn.Module], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    raw = save(
        {
            f"{part}.{key}": _half(value)
            for part, module in modules.items()
            for key, value in module.state_dict().items()
        }
    )
    found["sha256"] = sha256(raw).hexdigest()
    write_whole(folder / f"{name}.safetensors", raw)
    write_whole(folder / f"{name}.json", (json.dumps(found, indent=1) + "\n").encode())
