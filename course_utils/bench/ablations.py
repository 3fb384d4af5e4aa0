"""``course bench ablations``: the course's recipe with one part taken away at a time, on Report E's model."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .. import vae
from ..recipes import COURSE
from ..schedules import Constant
from .apart import apart
from .contenders import Race, plain_convolutions, race
from .race import TEST_TARGET, seconds_to


@dataclass(frozen=True)
class Row:
    """One part taken away.

    Attributes:
        changes: of the recipe.
        fresh: whether the course's initial weights are drawn.
        plain: whether the decoder runs PyTorch's own transposed convolutions.
        default_memory: whether freed memory goes back to the system, as it does by default.
    """

    changes: Mapping[str, Any] = field(default_factory=dict)
    fresh: bool = True
    plain: bool = False
    default_memory: bool = False


ROWS = {
    "the whole recipe": Row(),
    "Adam (peak 5e-3) for every weight": Row({"optimizer": "adam", "lr": 5e-3}),
    "PyTorch's initial weights": Row(fresh=False),
    "constant learning rates, a fifth of the peak": Row({"lr_schedule": Constant(0.2)}),
    "no KL warm-up": Row({"kl_weight": Constant()}),
    "no gradient clipping": Row({"clip": None}),
    "batches of 128": Row({"batch": 128}),
    "batches whole, on both cores": Row({"parts": 1}),
    "LSTM products in float32": Row({"bfloat16": False}),
    "PyTorch's transposed convolutions": Row(plain=True),
    "the C library's default memory policy": Row(default_memory=True),
}


def run_row(name: str, seed: int) -> Race:
    """Train once as the row says; meant for a process of its own, because memory policy cannot be taken back."""
    row = ROWS[name]
    if row.default_memory:
        os.environ["COURSE_MALLOC"] = "system"
    model = vae.report_e()
    if row.plain:
        plain_convolutions(model)
    return race(model, replace(COURSE, seed=seed, **row.changes), row.fresh)


def run(seeds: int) -> dict[str, list[dict[str, Any]]]:
    """Every row, seed by seed, as plain values."""
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in ROWS}
    for seed in range(seeds):
        for name in ROWS:
            runs[name].append(asdict(apart(run_row, name, seed).value))
    return runs


def table(result: Mapping[str, list[dict[str, Any]]]) -> str:
    """One row for each part, in Markdown: speed, last epoch's test nats, seconds to the target, each seed."""
    lines = [f"| without it | images/s | test nats, last epoch | seconds to {TEST_TARGET} |", "|---" * 4 + "|"]
    for name, runs in result.items():
        speed = sum(run["images_per_second"] for run in runs) / len(runs)
        nats = ", ".join(f"{run['laps'][-1]['test']:.2f}" for run in runs)
        seconds = ", ".join(f"{seconds_to(TEST_TARGET, run['laps'], 'test'):.0f}" for run in runs)
        lines.append(f"| {name} | {speed:,.0f} | {nats} | {seconds.replace('inf', 'not reached')} |")
    return "\n".join(lines)
