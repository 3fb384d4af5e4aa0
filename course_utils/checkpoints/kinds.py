"""All kinds of checkpoints behind one door, for ``course train``: the VAEs, the fits of lesson 10 and 11, the GANs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from . import fits, gans, making, plans
from .comparison import comparison
from .store import COMPARISON


class Kind(NamedTuple):
    """Checkpoints of one kind.

    Attributes:
        plans: by name; each plan says in ``says`` what it makes.
        up_to_date: name -> whether its card was made by its plan.
        make: name, folder for unfinished runs -> what it reached, in a sentence.
    """

    plans: Mapping[str, Any]
    up_to_date: Callable[[str], bool]
    make: Callable[[str, Path], str]


def by_name() -> dict[str, Kind]:
    """The kind of every checkpoint that can be made."""
    kinds = (
        Kind(plans.PLANS, lambda name: making.up_to_date(name, plans.PLANS[name]), _make_vae),
        Kind(fits.PLANS, fits.up_to_date, fits.make),
        Kind(gans.PLANS, gans.up_to_date, _make_gan),
    )
    return {name: kind for kind in kinds for name in kind.plans}


def _make_vae(name: str, work: Path) -> str:
    """Make a VAE's checkpoint, and the table of all of them."""
    card = making.make(name, plans.PLANS[name], work)
    COMPARISON.write_text(comparison() + "\n")
    return f"test {card['test_bce'] + card['test_kl']:.2f} nats per image, in {card['seconds']} s"


def _make_gan(name: str, work: Path) -> str:
    gans.make(name, work)
    return gans.reaches(name)
