"""The table that the course exists for: what a report printed, in nats, and what its model reaches here."""

from __future__ import annotations

import re
import statistics

from .store import Card, card, names


def comparison() -> str:
    """One row in Markdown for each checkpoint with its seeds together: reported number, ours, spread over seeds."""
    lines = [
        "| checkpoint | report rows | parameters | reported, nats per image | here, test | seeds (validation) |",
        "|---" * 6 + "|",
    ]
    for name, cards in _families().items():
        first = cards[0]
        reported = "" if first.reported is None else f"{first.reported:.2f}"
        lines.append(
            f"| `{name}` | {', '.join(first.rows)} | {first.parameters:,} | {reported} | {_ours(cards)} | "
            f"{', '.join(f'{found.validation:.2f}' for found in cards)} |"
        )
    return "\n".join(lines)


def _families() -> dict[str, list[Card]]:
    """Cards by name without the seed, seed 0 first."""
    found: dict[str, list[Card]] = {}
    for name in names():
        found.setdefault(re.sub(r"-seed-\d+$", "", name), []).append(card(name))
    return {name: sorted(cards, key=lambda one: one.seed) for name, cards in sorted(found.items(), key=_natural)}


def _natural(item: tuple[str, list[Card]]) -> list[str | int]:
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", item[0])]


def _ours(cards: list[Card]) -> str:
    values = [found.test for found in cards]
    mean = f"{statistics.mean(values):.2f}"
    return mean if len(values) == 1 else f"{mean} ± {statistics.stdev(values):.2f} over {len(values)} seeds"
