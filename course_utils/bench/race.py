"""``course bench train``: the reported recipe and the course's in one run, alternating.

Report E's recipe needs fifty epochs. Its curve, nats against epochs, depends on no clock: it is stored in benchmarks/
and scaled by its epoch time, which is measured before, between and after the course's runs.
"""

from __future__ import annotations

import json
import math
import statistics
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from .. import data
from . import contenders
from .apart import Apart, apart

VALIDATION_TARGETS = (110.0, 105.0, 100.0, 98.0)
TEST_TARGET = 97.5
STORED_CURVE = "report_e_curve.json"
REPORTED = "as reported"
TRACKS = {"same model": contenders.course_race, "open": contenders.open_race}


def run(folder: Path, seeds: int) -> dict[str, Any]:
    """Race, and return everything measured as plain values.

    Args:
        folder: benchmarks/, which holds the stored curve.
        seeds: runs of each of the course's contenders.
    """
    data.torchvision_root()
    speeds = [apart(contenders.reported_images_per_second)]
    runs: dict[str, list[Apart]] = {track: [] for track in TRACKS}
    for seed in range(seeds):
        for track, contender in TRACKS.items():
            runs[track].append(apart(contender, seed))
            speeds.append(apart(contenders.reported_images_per_second))
    result = {REPORTED: _reported(json.loads((folder / STORED_CURVE).read_text()), speeds)}
    for track, repeats in runs.items():
        result[track] = {
            "runs": [asdict(run.value) for run in repeats],
            "peak_memory_mb": max(run.peak_memory_mb for run in repeats),
        }
    return {"threads": torch.get_num_threads(), "contenders": result}


def _reported(curve: dict[str, Any], speeds: list[Apart]) -> dict[str, Any]:
    speed = statistics.median(speed.value for speed in speeds)
    epoch = len(data.split_indices("mnist", "train")) / speed
    laps = [
        {"seconds": (i + 1) * epoch, "validation": validation, "test": test}
        for i, (validation, test) in enumerate(zip(curve["validation_nats"], curve["test_nats"], strict=True))
    ]
    return {
        "runs": [{"laps": laps, "images_per_second": speed, "parameters": 175_665}],
        "peak_memory_mb": max(speed.peak_memory_mb for speed in speeds),
    }


def seconds_to(target: float, laps: list[dict], split: str) -> float:
    """Seconds until the first epoch at or below ``target`` nats on a split; infinite where none was."""
    return next((lap["seconds"] for lap in laps if lap[split] <= target), math.inf)


def median_seconds(contender: dict, target: float, split: str) -> float:
    """Median over runs of :func:`seconds_to`; of an even number of runs, the slower of the middle two."""
    return statistics.median_high(seconds_to(target, run["laps"], split) for run in contender["runs"])


def table(result: dict) -> str:
    """The race in Markdown: one row for each contender, seconds to each target and ratio to the reported."""
    targets = [(target, "validation") for target in VALIDATION_TARGETS] + [(TEST_TARGET, "test")]
    lines = [
        "| contender | parameters | images/s | "
        + " | ".join(f"{t:g} ({split})" for t, split in targets)
        + " | last epoch, test nats | peak memory |",
        "|---" * (5 + len(targets)) + "|",
    ]
    reported = result["contenders"][REPORTED]
    for name, contender in result["contenders"].items():
        speed = f"{_speed(contender):,.0f} ({_speed(contender) / _speed(reported):.2f}x)"
        cells = [_cell(median_seconds(contender, *target), median_seconds(reported, *target)) for target in targets]
        last = ", ".join(f"{run['laps'][-1]['test']:.2f}" for run in contender["runs"])
        lines.append(
            "| "
            + " | ".join(
                [
                    name,
                    f"{contender['runs'][0]['parameters']:,}",
                    speed,
                    *cells,
                    last,
                    f"{contender['peak_memory_mb']:,.0f} MB",
                ]
            )
            + " |"
        )
    return "\n".join(lines)


def headline(result: dict) -> str:
    """The race in one sentence, as README prints it."""
    reported, same, own = (result["contenders"][name] for name in (REPORTED, *TRACKS))
    slow, fast, fastest = (median_seconds(contender, TEST_TARGET, "test") for contender in (reported, same, own))
    return (
        f"Report E's model reaches {TEST_TARGET} nats per test image after {slow:,.0f} s with the recipe as reported "
        f"and after {fast:,.0f} s with the course's ({slow / fast:.1f} times sooner, "
        f"{_speed(same) / _speed(reported):.2f} times the images per second); the course's own model reaches it after "
        f"{fastest:,.0f} s ({slow / fastest:.1f} times sooner)."
    )


def _speed(contender: dict) -> float:
    return statistics.median(run["images_per_second"] for run in contender["runs"])


def _cell(seconds: float, reported: float) -> str:
    if math.isinf(seconds):
        return "not reached"
    return f"{seconds:,.0f} s ({reported / seconds:.1f}x)"


def picture(result: dict, path: Path) -> None:
    """The curves, test nats against seconds on a logarithmic axis, as one PNG."""
    from .. import plots

    figure, axis = plots.subplots(size=(8, 3.6))
    styles = {REPORTED: ("--", plots.RED), "same model": ("o-", plots.BLUE), "open": ("s-", plots.GREEN)}
    for name, contender in result["contenders"].items():
        line, color = styles[name]
        label: str | None = f"{name} (stored curve, scaled)" if name == REPORTED else f"the course, {name}"
        for run in contender["runs"]:
            axis.plot(
                [lap["seconds"] for lap in run["laps"]],
                [lap["test"] for lap in run["laps"]],
                line,
                color=color,
                markersize=4,
                label=label,
            )
            label = None
    axis.axhline(TEST_TARGET, color=plots.GREY, linewidth=0.8)
    plots.seconds_axis(axis)
    axis.set(ylim=(93, 125), ylabel="test -ELBO, nats per image")
    figure.legend(loc="outside upper center", ncols=3)
    path.write_bytes(plots.png(figure))
