"""Which models the course trains, and how: one plan for each checkpoint, from the reports' coverage rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .. import vae
from ..recipes import COURSE
from ..training import Recipe
from ..vae import VAE

LONG = replace(COURSE, epochs=24, bfloat16=False)
"""For models whose last tenth of a nat counts."""

_PLANE = replace(COURSE, epochs=16, lr=1.5e-2, muon_lr=0.015)
"""For 2 latents, where every step of the decoder moves all digits at once: half the usual rates."""

_REPORT_B = replace(COURSE, epochs=24)
_LATENT = {2: ("B-1", 140.63), 5: ("B-10", 108.80), 6: ("B-2", 108.73), 10: ("B-10", 94.42), 20: ("B-10", 92.91)}
_HIDDEN = {64: 145.64, 256: 143.59}
_DECODER = {2: 143.02, 3: 142.27, 4: 146.99, 5: 143.28, 6: 142.25}


@dataclass(frozen=True)
class Plan:
    """What to train.

    Attributes:
        says: the model in a sentence.
        constructor: name of a function of :mod:`course_utils.vae`.
        arguments: its arguments.
        recipe: how to train it.
        rows: rows of the reports that it rebuilds.
        reported: the report's own validation or test number, converted to nats per image; ``None`` where there is none.
        ships_weights: ``False`` where the weights would be too large for the package.
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
        return getattr(vae, self.constructor)(**self.arguments)


def _report_b() -> Iterator[tuple[str, Plan]]:
    for latent, (row, reported) in _LATENT.items():
        rows, recipe = (("B-1", "B-3", "B-4", "B-10"), _PLANE) if latent == 2 else ((row,), _REPORT_B)
        says = f"Report B's base: LSTM of 128, decoder 1, {latent} latents"
        yield f"b-latent-{latent}", Plan(says, "report_b", {"latent": latent}, recipe, rows, reported)
    for hidden, reported in _HIDDEN.items():
        says = f"Report B's base with an LSTM of {hidden}, 2 latents"
        yield f"b-hidden-{hidden}", Plan(says, "report_b", {"hidden": hidden}, _PLANE, ("B-3",), reported)
    for decoder, reported in _DECODER.items():
        says = f"Report B's encoder with decoder {decoder}, repaired where it did not give 28 x 28, 2 latents"
        rows = (f"B-{decoder + 3}",)
        yield f"b-decoder-{decoder}", Plan(says, "report_b", {"decoder": decoder}, _PLANE, rows, reported)


def _seeds() -> Iterator[tuple[str, Plan]]:
    """The tables of Report B whose differences must be held against seed noise."""
    for name, plan in _report_b():
        if name.startswith(("b-hidden", "b-decoder")) or name == "b-latent-2":
            for seed in (1, 2):
                ships = name != "b-decoder-4"  # 11 MB each
                yield f"{name}-seed-{seed}", replace(plan, recipe=replace(plan.recipe, seed=seed), ships_weights=ships)


def _report_e() -> Iterator[tuple[str, Plan]]:
    yield "e", Plan("Report E's model: bidirectional LSTM of 64, four transposed convolutions, 64 latents",
                    "report_e", {}, LONG, ("E-1", "E-5"), 98.04)
    yield "e-no-fc", Plan("Report E's model without the linear layer before the transposed convolutions",
                          "report_e", {"linear_start": False}, LONG, ("E-2",))
    for hidden in (32, 128):
        yield f"e-hidden-{hidden}", Plan(f"Report E's model with LSTMs of {hidden} instead of 64",
                                         "report_e", {"hidden": hidden}, LONG, ("E-2",))


PLANS: dict[str, Plan] = {
    **dict(_report_e()),
    "course": Plan("The course's own model: LSTM of 192 reading four rows at a time, 24 latents",
                   "course_model", {}, replace(LONG, epochs=60)),
    **dict(_report_b()),
    **dict(_seeds()),
}
