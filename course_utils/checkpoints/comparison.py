"""The table that the course exists for: what a report printed, in nats, and what its model reaches here."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # which makes the table with every checkpoint
    from .vaes import VaeCard


def comparison(cards: Iterable[VaeCard]) -> str:
    """One row in Markdown for each checkpoint with its seeds together: reported number, ours, spread over seeds."""
    lines = [
        "| checkpoint | report rows | parameters | reported, nats per image | here, test | seeds (validation) |",
        "|---" * 6 + "|",
    ]
    for name, seeds in families(cards).items():
        first = seeds[0]
        reported = "" if first.reported is None else f"{first.reported:.2f}"
        lines.append(
            f"| `{name}` | {', '.join(first.rows)} | {first.parameters:,} | {reported} | {_ours(seeds)} | "
            f"{', '.join(f'{card.validation:.2f}' for card in seeds)} |"
        )
    return "\n".join(lines)


def families(cards: Iterable[VaeCard]) -> dict[str, list[VaeCard]]:
    """Cards by name without the seed, seed 0 first."""
    families: dict[str, list[VaeCard]] = {}
    for card in sorted(cards, key=lambda card: card.seed):
        families.setdefault(re.sub(r"-seed-\d+$", "", card.name), []).append(card)
    return dict(sorted(families.items(), key=_natural))


def _natural(item: tuple[str, list[VaeCard]]) -> list[str | int]:
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", item[0])]


def _ours(seeds: list[VaeCard]) -> str:
    values = [card.test for card in seeds]
    mean = f"{statistics.mean(values):.2f}"
    return mean if len(values) == 1 else f"{mean} ± {statistics.stdev(values):.2f} over {len(values)} seeds"
