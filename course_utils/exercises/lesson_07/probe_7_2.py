"""What is tried on an answer to exercise 7.2; it runs beside the student's code and only collects."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from ..contract import Inputs, Values
from ..probing import Probe

PARTS = ("train", "validation")


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Split with one seed twice and with another; keep both parts, and whether global random numbers were touched."""
    probe = Probe(answer)
    notes: Values = {"touched": 0}
    for label, arguments in inputs.items():
        pair = probe.collect(label, lambda arguments=arguments: _watched(answer, arguments, notes))
        if isinstance(pair, tuple | list) and len(pair) == 2:
            probe.values[label] = 2
            for part, rows in zip(PARTS, pair, strict=True):
                probe.collect(f"{label} {part}", lambda rows=rows: _as_numbers(rows))
        elif isinstance(pair, tuple | list):
            probe.values[label] = {"type": f"{type(pair).__name__} of {len(pair)}"}
    probe.values.update(notes)
    return probe.values


def _watched(answer: Callable[..., Any], arguments: tuple[int, ...], notes: Values) -> Any:
    """Call the answer; note whether a global generator moved, and put all of them back."""
    before = random.getstate(), np.random.get_state(legacy=False)["state"], torch.get_rng_state()
    whole = np.random.get_state()
    try:
        return answer(*arguments)
    finally:
        after = random.getstate(), np.random.get_state(legacy=False)["state"], torch.get_rng_state()
        same = (
            before[0] == after[0]
            and np.array_equal(before[1]["key"], after[1]["key"])
            and before[1]["pos"] == after[1]["pos"]
            and torch.equal(before[2], after[2])
        )
        notes["touched"] += not same
        random.setstate(before[0])
        np.random.set_state(whole)


def _as_numbers(rows: Any) -> Any:
    rows = list(rows) if isinstance(rows, range) or hasattr(rows, "indices") else rows
    return np.empty(0) if isinstance(rows, list | tuple) and not rows else rows
