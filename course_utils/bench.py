"""``course bench train``: the reported recipe and the course's on one model, in one run, on this machine.

Report E's recipe needs fifty epochs. Its curve, nats against epochs, depends on no clock: it is stored in benchmarks/
and scaled by its epoch time, which is measured before, between and after the course's runs.
"""

from __future__ import annotations

import json
import math
import resource
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch.utils.data import DataLoader, Subset

from . import data, vae
from .evaluation import evaluate
from .initialisation import initialise
from .recipes import COURSE, REPORT_E
from .training import Epoch, train

TARGETS = (110.0, 105.0, 100.0, 98.0, 97.5)
STORED_CURVE = "report_e_curve.json"


@dataclass(frozen=True)
class Lap:
    """One epoch of a race: seconds of training so far, test nats per image after it."""

    seconds: float
    nats: float


def reported_images_per_second(root: Path, steps: int = 150) -> float:
    """Speed of the recipe as reported: torchvision's data set, ToTensor, a DataLoader of 64, Adam at 1e-3, defaults."""
    from torchvision.datasets import MNIST
    from torchvision.transforms import ToTensor

    digits = Subset(MNIST(str(root), transform=ToTensor()), data.split_indices("mnist", "train").tolist())
    model = vae.report_e()
    optimizer = torch.optim.Adam(model.parameters(), lr=REPORT_E.lr)
    batches = _batches(DataLoader(digits, REPORT_E.batch, shuffle=True), warm_up=10)
    seconds = 0.0
    for _ in range(steps):
        start = time.perf_counter()
        x = next(batches)
        optimizer.zero_grad()
        model(x).loss().backward()
        optimizer.step()
        seconds += time.perf_counter() - start
    return steps * REPORT_E.batch / seconds


def _batches(loader: DataLoader, warm_up: int) -> Iterator[torch.Tensor]:
    """Batches without labels, after a few that nobody times."""
    for number, (x, _) in enumerate(loader):
        if number >= warm_up:
            yield x


def course_laps(seed: int, epochs: int) -> list[Lap]:
    """The course's recipe on Report E's model: the clock runs while it trains and validates, not while it is tested."""
    images, validation, test = (data.load("mnist", split)[0] for split in ("train", "validation", "test"))
    torch.manual_seed(seed)
    model, laps = vae.report_e(), []
    initialise(model, images, seed)
    clock = {"total": 0.0, "start": time.perf_counter()}

    def lap(_: Epoch) -> None:
        clock["total"] += time.perf_counter() - clock["start"]
        laps.append(Lap(clock["total"], evaluate(model, test).total))
        model.train()
        clock["start"] = time.perf_counter()

    train(model, images, validation, replace(COURSE, epochs=epochs, seed=seed), watch=lap)
    return laps


def seconds_to(target: float, laps: list[Lap]) -> float | None:
    """Seconds until the first epoch at or below ``target`` nats; ``None`` where none was."""
    return next((lap.seconds for lap in laps if lap.nats <= target), None)


def race(folder: Path, seeds: int, epochs: int) -> dict[str, object]:
    """Run both, alternating, and return what was measured; ``folder`` holds the stored curve.

    Args:
        folder: benchmarks/.
        seeds: runs of the course's recipe.
        epochs: of the course's recipe.
    """
    root, curve = data.torchvision_root(), json.loads((folder / STORED_CURVE).read_text())["test_nats"]
    speeds, runs = [reported_images_per_second(root)], []
    for seed in range(seeds):
        runs.append(course_laps(seed, epochs))
        speeds.append(reported_images_per_second(root))
    count = len(data.split_indices("mnist", "train"))
    speed = {"reported": statistics.median(speeds),
             "course": statistics.median(epochs * count / laps[-1].seconds for laps in runs)}
    reported = [Lap((i + 1) * count / speed["reported"], nats) for i, nats in enumerate(curve)]
    return {"threads": torch.get_num_threads(), "images_per_second": speed, **_compared(reported, runs)}


def _compared(reported: list[Lap], runs: list[list[Lap]]) -> dict[str, object]:
    return {
        "seconds": {str(target): {"reported (stored curve, epoch time of this run)": seconds_to(target, reported),
                                  "course, each seed": [seconds_to(target, laps) for laps in runs]}
                    for target in TARGETS},
        "final_test_nats": [laps[-1].nats for laps in runs],
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "laps": {"reported": [vars(lap) for lap in reported], "course": [[vars(lap) for lap in laps] for laps in runs]},
    }


def table(result: dict) -> str:
    """The race in lines of text: speeds, then seconds to each target, and their ratio (median over seeds)."""
    speed = result["images_per_second"]
    lines = [f"images per second: reported {speed['reported']:,.0f}, course {speed['course']:,.0f}, "
             f"ratio {speed['course'] / speed['reported']:.2f}",
             "test nats   reported (scaled)   course (median)   ratio"]
    for target, seconds in result["seconds"].items():
        reported, ours = seconds.values()
        reached = [value for value in ours if value is not None]
        if reported is None or len(reached) <= len(ours) // 2:
            lines.append(f"{float(target):9.1f}   not reached by both")
            continue
        median = statistics.median_high([*reached, *[math.inf] * (len(ours) - len(reached))])
        lines.append(f"{float(target):9.1f} {reported:15.0f} s {median:15.0f} s {reported / median:9.1f}")
    finals = ", ".join(f"{nats:.2f}" for nats in result["final_test_nats"])
    lines.append(f"course, at the end, each seed: {finals} nats; peak memory {result['peak_memory_mb']:,.0f} MB")
    return "\n".join(lines)


def picture(result: dict, path: Path) -> None:
    """The curves, test nats against seconds, as one PNG."""
    from . import plots

    figure, axis = plots.subplots(size=(8, 3.6))
    reported = result["laps"]["reported"]
    axis.plot(*_curve(reported), "--", color=plots.RED, label="as reported (stored curve, this machine's epoch time)")
    for i, laps in enumerate(result["laps"]["course"]):
        axis.plot(*_curve(laps), "o-", color=plots.BLUE, markersize=4, label="the course's recipe" if i == 0 else None)
    axis.set(xscale="log", ylim=(95, 125), xlabel="seconds of training", ylabel="test -ELBO, nats per image")
    axis.legend()
    path.write_bytes(plots.png(figure))


def _curve(laps: list[dict]) -> tuple[list[float], list[float]]:
    return [lap["seconds"] for lap in laps], [lap["nats"] for lap in laps]
