"""What is tried on an answer to exercise 12.5; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..contract import Inputs, Values
from ..probing import Probe, plain

EPOCHS = 40


def probe(answer: Callable[[int, int], Any], inputs: Inputs) -> Values:
    """Ask for the turns of many epochs, twice, in different orders; keep what is no pair by its epoch."""
    probe, epochs = Probe(answer), inputs["epochs"]
    first = probe.call("first", 1, 1)
    found = probe.collect("found", lambda: _Found(map(answer, epochs, inputs["steps"])))
    again = probe.collect("found again", lambda: _Found(answer(epochs[i], 1) for i in inputs["order"]))
    if found is not None and again is not None:
        pairs, table = list(map(_pair, found)), np.full((len(epochs), 2), np.nan)
        odd = next((i for i, pair in enumerate(pairs) if pair is None), None)
        if odd is not None:
            probe.values |= {"odd": plain(found[odd]), "odd epoch": epochs[odd]}
        table[inputs["order"]] = [_pair(turns) or [np.nan, np.nan] for turns in again]
        probe.values |= {"table": plain(pairs), "shuffled": table}
    probe.values["named"] = all(hasattr(first, name) for name in ("discriminator", "generator"))
    return probe.values


class _Found(list[Any]):
    """What came back, epoch by epoch; kept as no value of its own."""


def _pair(found: Any) -> list[float] | None:
    """Two truth values as 1 and 0; ``None`` where it is not that."""
    items = plain(list(found) if isinstance(found, tuple) else found)
    return [float(bool(item)) for item in items] if isinstance(items, np.ndarray) and items.shape == (2,) else None
