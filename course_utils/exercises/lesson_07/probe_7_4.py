"""What is tried on an answer to exercise 7.4; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..contract import Inputs, Values
from ..probing import Probe

Flags = tuple[list[float], ...]


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Feed each curve, epoch by epoch, to a fresh object; keep its answers and what it remembers."""
    probe = Probe(answer)
    probe.collect("made", lambda: answer(inputs["patience"]))
    for label, curve in inputs["curves"].items():
        flags = probe.collect(
            f"{label} run", lambda label=label, curve=curve: feed(answer(inputs["patiences"][label]), curve)
        )
        if flags is not None:
            names = ("improved", "stops", "best epoch", "best")
            probe.values[f"{label} run"] = 1
            probe.values.update({f"{label} {name}": np.array(found) for name, found in zip(names, flags, strict=True)})
    probe.collect("shared", lambda: _shared(answer, inputs["patience"]))
    return probe.values


def feed(stopper: Any, curve: list[float]) -> Flags:
    """What a stopper says to each value of a curve."""
    rows = [
        (
            _flag(stopper.improved(epoch, value)),
            _flag(stopper.should_stop(epoch)),
            float(stopper.best_epoch),
            float(stopper.best),
        )
        for epoch, value in enumerate(curve, 1)
    ]
    return tuple(list(column) for column in zip(*rows, strict=True))


def _flag(value: Any) -> float:
    return -1.0 if value is None else float(bool(value))


def _shared(answer: Callable[..., Any], patience: int) -> bool:
    """Whether two objects remember in common what only one of them was told."""
    one, other = answer(patience), answer(patience)
    other.improved(1, 50.0)
    before = float(other.best), int(other.best_epoch)
    one.improved(1, 5.0)
    return one is other or before != (float(other.best), int(other.best_epoch))
