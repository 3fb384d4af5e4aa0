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
        first: of the codes alone, before; the decoder then starts at PCA. ``None``: it starts at random.
        recipe: of training.
        test_recipe: of fitting the test images, decoder frozen.
        rows: rows of the reports that it rebuilds.
        reported: Report C's metric on its training and test images.
        ships_weights: ``False`` for further seeds, of which the card is enough.
    """

    says: str
    decoder: str
    kind: str
    first: FitRecipe | None
    recipe: FitRecipe
    test_recipe: FitRecipe
    rows: tuple[str, ...]
    reported: tuple[float, float]
    ships_weights: bool = True


NARROW = -3.0
"""Where the scales of posteriors start."""

_REPORT = FitRecipe(epochs=60, lr=1e-2, code_lr=1e-2)
_REPORT_NEW = FitRecipe(epochs=60, code_lr=1e-2)
_FIRST = FitRecipe(epochs=60, batch=500, code_lr=1e-1)
_BOTH = FitRecipe(epochs=100, lr=2e-3, code_lr=2e-2)
_RANDOM = FitRecipe(epochs=100, lr=5e-3, code_lr=5e-2)
_NEW = FitRecipe(epochs=100, batch=500, code_lr=1e-1)
_REPORTED = {"normal": (0.0186, 0.1112), "laplace": (0.0204, 0.1118), "uniform": (0.1457, 0.1644)}
_ROWS = {"normal": ("C-4",), "laplace": ("C-6",), "uniform": ("C-7",)}


def _plans() -> dict[str, Plan]:
    says = f"Report C's auto-decoder: its decoder and loss, {_REPORT.epochs} epochs instead of 750, with falling rates"
    codes = ("C-1", "C-2")
    plans = {"ad-report": Plan(says, "report", "point", None, _REPORT, _REPORT_NEW, codes, (0.0252, 0.1186))}
    for seed in range(3):
        suffix, ships = (f"-seed-{seed}" if seed else ""), seed == 0
        first, both, new = (replace(recipe, seed=seed) for recipe in (_FIRST, _BOTH, _NEW))
        says = "Auto-decoder of one linear layer, which starts at random, and a sigmoid; for its seeds"
        random = replace(_RANDOM, seed=seed)
        plans[f"ad-random{suffix}"] = Plan(says, "linear", "point", None, random, new, codes, (0.0252, 0.1186), False)
        says = "Auto-decoder of one linear layer, which starts at PCA, and a sigmoid"
        plans[f"ad{suffix}"] = Plan(says, "linear", "point", first, both, new, codes, (0.0252, 0.1186), ships)
        for family, reported in _REPORTED.items():
            says = f"Variational auto-decoder of one linear layer and a sigmoid, {family} posteriors and prior"
            plans[f"vad-{family}{suffix}"] = Plan(
                says, "linear", family, first, both, new, _ROWS[family], reported, ships
            )
    return plans


PLANS: dict[str, Plan] = _plans()
