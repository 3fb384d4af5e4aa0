"""What is tried on an answer to exercise 4.5; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from ..contract import Inputs, Values
from ..probing import Probe

REDUCTIONS = ("sum", "per image", "mean")


def probe(answer: Callable[..., float], inputs: Inputs) -> Values:
    """Call the answer of exercise 4.5 for all nine pairs of reductions; for two, where all sizes are one larger."""
    probe = Probe(answer)
    sizes = tuple(inputs[name] for name in ("images", "pixels", "latents"))
    for bce in REDUCTIONS:
        for kl in REDUCTIONS:
            probe.call(f"{bce} / {kl}", inputs["weight"], bce, kl, *sizes)
    for bce, kl in (("mean", "sum"), ("sum", "mean")):
        probe.call(f"one more {bce} / {kl}", inputs["weight"], bce, kl, *(size + 1 for size in sizes))
    probe.call("defaults", 2.5, "mean", "mean", 100)
    return probe.values
