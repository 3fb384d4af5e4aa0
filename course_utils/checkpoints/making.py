"""Making checkpoints: train by plan, choose on validation, read the test images once, store weights and card."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor

from .. import data
from ..evaluation import evaluate
from ..files import write_whole
from ..initialisation import initialise
from ..training import Epoch, train
from ..vae import VAE, parameter_count
from .plans import Plan
from .store import FOLDER, card, names

HALF_IS_ENOUGH = 0.01
"""Nats that float16 may cost; where it costs more, weights are stored in float32."""


def make(
    name: str, plan: Plan, work: Path, folder: Path = FOLDER, watch: Callable[[Epoch], None] | None = None
) -> dict[str, Any]:
    """Train one checkpoint and store it; a killed run goes on from its last epoch.

    Args:
        name: of the checkpoint.
        plan: what to train and how.
        work: folder for the unfinished run.
        folder: where weights and card go.
        watch: called after every epoch.

    Returns:
        The card, as plain values.
    """
    work.mkdir(parents=True, exist_ok=True)
    resume, started = work / f"{name}.pt", time.perf_counter()
    model, (images, validation) = plan.model(), (data.load("mnist", split)[0] for split in ("train", "validation"))
    initialise(model, images, plan.recipe.seed)
    history = train(model, images, validation, plan.recipe, resume, watch)
    seconds = time.perf_counter() - started
    weights = _rounded(model, validation)
    found = _card(name, plan, model, history, seconds)
    folder.mkdir(parents=True, exist_ok=True)
    raw = save(weights)
    found["sha256"] = sha256(raw).hexdigest()
    write_whole(folder / f"{name}.safetensors", raw)
    write_whole(folder / f"{name}.json", (json.dumps(found, indent=1) + "\n").encode())
    resume.unlink()
    return found


def up_to_date(name: str, plan: Plan) -> bool:
    """Whether there is a card of that name, made by this very recipe."""
    return name in names() and card(name).recipe == repr(plan.recipe)


def _rounded(model: VAE, validation: Tensor) -> dict[str, Tensor]:
    """The weights as they will be stored; the model is given exactly these, so that its card speaks of them."""
    exact = {key: value.detach().clone().contiguous() for key, value in model.state_dict().items()}
    before = evaluate(model, validation).total
    half = {key: value.to(torch.float16) for key, value in exact.items()}
    model.load_state_dict(half)
    if abs(evaluate(model, validation).total - before) <= HALF_IS_ENOUGH:
        return half
    model.load_state_dict(exact)
    return exact


def _card(name: str, plan: Plan, model: VAE, history: list[Epoch], seconds: float) -> dict[str, Any]:
    validation, test = (evaluate(model, data.load("mnist", split)[0]) for split in ("validation", "test"))
    best = min(history, key=lambda epoch: epoch.total)
    return {
        "name": name,
        "says": plan.says,
        "rows": list(plan.rows),
        "constructor": plan.constructor,
        "arguments": dict(plan.arguments),
        "recipe": repr(plan.recipe),
        "parameters": parameter_count(model),
        "epochs": len(history),
        "best_epoch": best.epoch,
        "seed": plan.recipe.seed,
        "validation": validation.total,
        "test_bce": test.bce,
        "test_kl": test.kl,
        "active_units": test.active_units,
        "reported": plan.reported,
        "seconds": round(seconds),
        "command": f"course train {name}",
        "sha256": None,
        "history": [vars(epoch) for epoch in history],
    }
