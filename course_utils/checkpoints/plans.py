"""Which models the course trains, and how: one plan for each checkpoint, from the reports' coverage rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .. import reports
from ..recipes import COURSE
from ..schedules import Constant
from ..training import Recipe
from ..vae import VAE

LONG = replace(COURSE, epochs=24, bfloat16=False)
"""For models whose last tenth of a nat counts."""

_PLANE = replace(COURSE, epochs=16, lr=1.5e-2, muon_lr=0.015)
"""For the many models of Report B's tables, all with 2 latents: half the usual rates."""

_LONGER = replace(COURSE, epochs=50, muon_decay=0.1)
"""For what 24 epochs do not exhaust. Without weight decay, so many steps leave most gates open or shut for good."""

_GENTLE = replace(_LONGER, lr=1.5e-2, muon_lr=0.015)
"""Half the usual rates: with 2 latents they ended 3 nats lower, in one run of each."""

_LATENT = {2: ("B-10", 140.63), 5: ("B-10", 108.80), 6: ("B-2", 108.73), 10: ("B-10", 94.42), 20: ("B-10", 92.91)}
_HIDDEN = {64: 145.64, 256: 143.59}
_DECODER = {1: 142.38, 2: 143.02, 3: 142.27, 4: 146.99, 5: 143.28, 6: 142.25}


@dataclass(frozen=True)
class Plan:
    """What to train.

    Attributes:
        says: the model in a sentence.
        constructor: name of a function in :data:`course_utils.reports.MODELS`.
        arguments: its arguments.
        recipe: how to train it.
        rows: rows of the reports that it rebuilds.
        reported: the report's own validation or test number, converted to nats per image; ``None`` where there is none.
        ships_weights: ``False`` where no lesson needs more than the card, or the weights are too large for the package.
    """

    says: str
    constructor: str
    arguments: Mapping[str, Any]
    recipe: Recipe
    rows: tuple[str, ...] = ()
    reported: float | None = None
    ships_weights: bool = True

    def model(self) -> VAE:
        """The model, untrained."""
        return reports.MODELS[self.constructor](**self.arguments)


def _report_b() -> Iterator[tuple[str, Plan]]:
    for latent, (row, reported) in _LATENT.items():
        says = f"Report B's base with a ReLU after the decoder's linear layer: LSTM of 128, {latent} latents"
        repaired = {"latent": latent, "start_relu": True}
        recipe = _GENTLE if latent == 2 else _LONGER
        yield f"b-latent-{latent}", Plan(says, "report_b", repaired, recipe, (row,), reported)
        if latent == 20:
            says = "Report B's base as coded, without that ReLU: LSTM of 128, 20 latents"
            yield "b-latent-20-as-coded", Plan(says, "report_b", {"latent": latent}, _LONGER, (row,), reported)
    for hidden, reported in _HIDDEN.items():
        says = f"Report B's base with an LSTM of {hidden}, 2 latents"
        yield f"b-hidden-{hidden}", Plan(says, "report_b", {"hidden": hidden}, _PLANE, ("B-3",), reported)
    for decoder, reported in _DECODER.items():
        says = f"Report B's encoder with decoder {decoder}, repaired where it did not give 28 x 28, 2 latents"
        rows = ("B-1", "B-3", "B-4") if decoder == 1 else (f"B-{decoder + 3}",)
        ships = decoder != 4  # 11 MB
        yield f"b-decoder-{decoder}", Plan(says, "report_b", {"decoder": decoder}, _PLANE, rows, reported, ships)


def _seeds() -> Iterator[tuple[str, Plan]]:
    """The tables of Report B whose differences must be held against seed noise."""
    for name, plan in _report_b():
        if name.startswith(("b-hidden", "b-decoder")):
            for seed in (1, 2):
                recipe = replace(plan.recipe, seed=seed)
                yield f"{name}-seed-{seed}", replace(plan, recipe=recipe, ships_weights=False)


def _report_e() -> Iterator[tuple[str, Plan]]:
    yield (
        "e",
        Plan(
            "Report E's model: bidirectional LSTM of 64, four transposed convolutions, 64 latents",
            "report_e",
            {},
            LONG,
            ("E-1", "E-5"),
            98.04,
        ),
    )
    yield (
        "e-no-fc",
        Plan(
            "Report E's model without the linear layer before the transposed convolutions",
            "report_e",
            {"linear_start": False},
            LONG,
            ("E-2",),
        ),
    )
    for hidden in (32, 128):
        yield (
            f"e-hidden-{hidden}",
            Plan(
                f"Report E's model with LSTMs of {hidden} instead of 64", "report_e", {"hidden": hidden}, LONG, ("E-2",)
            ),
        )


def _report_a() -> Iterator[tuple[str, Plan]]:
    """Each step of Report A's diary with the likely slip, pixels averaged and the KL summed, and without it."""
    for step in range(1, 7):
        for name, weight, says in (
            (f"a-{step}", 784.0, "pixels averaged, so that the KL weighs 784 times too much"),
            (f"a-{step}-sum", 1.0, "pixels summed: the ELBO"),
        ):
            recipe = Recipe(epochs=3, kl_weight=Constant(weight))
            yield (
                name,
                Plan(
                    f"Report A's model, step {step} of 6; {says}",
                    "report_a",
                    {"step": step},
                    recipe,
                    (f"A-{step}",),
                    ships_weights=False,
                ),
            )


PLANS: dict[str, Plan] = {
    **dict(_report_a()),
    **dict(_report_e()),
    "course": Plan(
        "The course's own model: LSTM of 192 reading four rows at a time, 24 latents", "course_model", {}, _GENTLE
    ),
    **dict(_report_b()),
    **dict(_seeds()),
}
