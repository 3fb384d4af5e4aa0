"""Which auto-decoders the course fits, and how: Report C's, and the repaired ones, each with three seeds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..autodecoder import FitRecipe

ITEMS, LATENT = 1000, 100


@dataclass(frozen=True)
class Plan:
    """What to fit.

    Attributes:
        says: the model in a sentence.
        decoder: a name in ``DECODERS``.
        kind: ``"point"`` for an auto-decoder, or a family in :data:`course_utils.autodecoder.FAMILIES`.
        recipe: of training.
        test_recipe: of fitting the test images, decoder frozen.
        rows: rows of the reports that it rebuilds.
        reported: Report C's metric on its training and test images.
        ships_weights: ``False`` for further seeds, of which the card is enough.
    """

    says: str
    decoder: str
    kind: str
    recipe: FitRecipe
    test_recipe: FitRecipe
    rows: tuple[str, ...]
    reported: tuple[float, float]
    ships_weights: bool = True


NARROW = -3.0
"""Where the scales of posteriors start."""

_REPORT = FitRecipe(epochs=60, lr=1e-2, code_lr=1e-2)
_POINT = FitRecipe(epochs=100, lr=5e-3, code_lr=5e-2)
_POSTERIOR = FitRecipe(epochs=100, lr=5e-3, code_lr=5e-2)
_NEW_POINT = FitRecipe(epochs=150, batch=500, code_lr=1e-1)
_NEW_POSTERIOR = FitRecipe(epochs=150, batch=500, code_lr=1e-1)
_REPORTED = {"normal": (0.0186, 0.1112), "laplace": (0.0204, 0.1118), "uniform": (0.1457, 0.1644)}
_ROWS = {"normal": ("C-4",), "laplace": ("C-6",), "uniform": ("C-7",)}


def _plans() -> dict[str, Plan]:
    plans = {"ad-report": Plan(
        f"Report C's auto-decoder: its decoder, its loss, {_REPORT.epochs} epochs instead of 750, with rates that fall",
        "report", "point", _REPORT, FitRecipe(epochs=60, batch=64, code_lr=1e-2), ("C-1", "C-2"), (0.0252, 0.1186))}
    for seed in range(3):
        suffix, ships = (f"-seed-{seed}" if seed else ""), seed == 0
        plans[f"ad{suffix}"] = Plan(
            "Auto-decoder of one linear layer and a sigmoid", "linear", "point", _seeded(_POINT, seed),
            _seeded(_NEW_POINT, seed), ("C-1", "C-2"), (0.0252, 0.1186), ships)
        for family, reported in _REPORTED.items():
            plans[f"vad-{family}{suffix}"] = Plan(
                f"Variational auto-decoder of one linear layer and a sigmoid, {family} posteriors and prior", "linear",
                family, _seeded(_POSTERIOR, seed), _seeded(_NEW_POSTERIOR, seed), _ROWS[family], reported, ships)
    return plans


def _seeded(recipe: FitRecipe, seed: int) -> FitRecipe:
    return replace(recipe, seed=seed)


PLANS: dict[str, Plan] = _plans()
