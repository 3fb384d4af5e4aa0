"""``course bench ablations``: the course's recipe with one part taken away at a time.

All rows train Report E's model, but for the last two: only Report B's has two linear maps in a row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .. import reports
from ..engine import convolution
from ..recipes import COURSE
from ..schedules import Constant
from ..vae import VAE
from .apart import apart
from .contenders import Race, race
from .race import TEST_TARGET, seconds_to


@dataclass(frozen=True)
class Row:
    """One part taken away.

    Attributes:
        changes: of the recipe.
        fresh: whether the course's initial weights are drawn.
        unseen: the case of :mod:`course_utils.engine.convolution` that is not recognised.
        model: what is trained.
    """

    changes: Mapping[str, Any] = field(default_factory=dict)
    fresh: bool = True
    unseen: str | None = None
    model: Callable[[], VAE] = reports.report_e


ROWS = {
    "the whole recipe": Row(),
    "Adam (peak 5e-3) for every weight": Row({"optimizer": "adam", "lr": 5e-3}),
    "PyTorch's initial weights": Row(fresh=False),
    "constant learning rates, a fifth of the peak": Row({"lr_schedule": Constant(0.2)}),
    "no KL warm-up": Row({"kl_weight": Constant()}),
    "no gradient clipping": Row({"clip": None}),
    "batches of 128": Row({"batch": 128}),
    "batches whole, on both cores": Row({"parts": 1}),
    "LSTM and convolutions in float32": Row({"bfloat16": False}),
    "a first convolution that is no matrix product": Row(unseen="is_a_product"),
    "a last convolution that is PyTorch's": Row(unseen="is_doubling"),
    "Report B's model, the whole recipe": Row(model=reports.report_b),
    "Report B's model, its two linear maps in a row apart": Row(unseen="is_linear_twice", model=reports.report_b),
}


def run_row(name: str, seed: int) -> Race:
    """Train once as the row says; meant for a process of its own, because what is unseen stays so."""
    row = ROWS[name]
    if row.unseen is not None:
        setattr(convolution, row.unseen, lambda *_: False)
    return race(row.model(), replace(COURSE, seed=seed, **row.changes), row.fresh)


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
