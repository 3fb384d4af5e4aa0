"""Which auto-decoders the course fits, and how: Report C's, and the repaired ones, each with three seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from torch import nn

from ..autodecoder import Codes, FitRecipe, PointCodes, PosteriorCodes
from ..decoders import MLPDecoder
from ..reports import report_c_decoder
from .store import Plan

ITEMS, LATENT = 1000, 100


@dataclass(frozen=True, kw_only=True)
class FitPlan(Plan[nn.Module, FitRecipe]):
    """What to fit: ``model`` is a decoder, ``reported`` Report C's metric on its training and test images.

    Attributes:
        codes: makes the codes of ``ITEMS`` images, before training.
        first: recipe of the codes alone, before; the decoder then starts at PCA. ``None``: it starts at random.
        test_recipe: of fitting the test images, decoder frozen.
        grey_levels: whether the decoder gives grey levels, and pays Report C's loss; otherwise logits of pixels.
    """

    data: str = "fashion_mnist"
    codes: Callable[[], Codes]
    first: FitRecipe | None = None
    test_recipe: FitRecipe
    grey_levels: bool = False


_FIRST = FitRecipe(epochs=60, batch=500, code_lr=1e-1)
_BOTH = FitRecipe(epochs=100, lr=2e-3, code_lr=2e-2)
_RANDOM = FitRecipe(epochs=100, lr=5e-3, code_lr=5e-2)
_NEW = FitRecipe(epochs=100, batch=500, code_lr=1e-1)
_FAMILIES = {
    "normal": ("C-4", (0.0186, 0.1112)),
    "laplace": ("C-6", (0.0204, 0.1118)),
    "uniform": ("C-7", (0.1457, 0.1644)),
}
_REPORT = FitPlan(
    name="ad-report",
    says="Report C's auto-decoder: its decoder and loss, 60 epochs instead of 750, with falling rates",
    model=report_c_decoder,
    codes=partial(PointCodes, items=ITEMS, latent=LATENT),
    recipe=FitRecipe(epochs=60, lr=1e-2, code_lr=1e-2),
    test_recipe=FitRecipe(epochs=60, code_lr=1e-2),
    grey_levels=True,
    rows=("C-1", "C-2"),
    reported=(0.0252, 0.1186),
)
_REPAIRED = replace(_REPORT, model=partial(MLPDecoder, latent=LATENT, hidden=()), grey_levels=False)


def _repaired() -> Iterator[FitPlan]:
    at_random = replace(
        _REPAIRED,
        name="ad-random",
        says="Auto-decoder of one linear layer, which starts at random, and a sigmoid; for its seeds",
        recipe=_RANDOM,
        test_recipe=_NEW,
        ships_weights=False,
    )
    at_pca = replace(
        at_random,
        name="ad",
        says="Auto-decoder of one linear layer, which starts at PCA, and a sigmoid",
        first=_FIRST,
        recipe=_BOTH,
        ships_weights=True,
    )
    yield at_random
    yield at_pca
    for family, (row, reported) in _FAMILIES.items():
        yield replace(
            at_pca,
            name=f"vad-{family}",
            says=f"Variational auto-decoder of one linear layer and a sigmoid, {family} posteriors and prior",
            codes=partial(PosteriorCodes, items=ITEMS, latent=LATENT, family=family, scale=-3.0),  # narrow at first
            rows=(row,),
            reported=reported,
        )


def _seeded(plan: FitPlan, seed: int) -> FitPlan:
    return replace(
        plan,
        name=f"{plan.name}-seed-{seed}",
        first=plan.first and replace(plan.first, seed=seed),
        recipe=replace(plan.recipe, seed=seed),
        test_recipe=replace(plan.test_recipe, seed=seed),
        ships_weights=False,
    )


PLANS = (_REPORT, *_repaired(), *(_seeded(plan, seed) for seed in (1, 2) for plan in _repaired()))
