"""``course bench peers``: the recipes that students would otherwise run, on the same images and the same measure.

Each is trained as its authors publish it and measured by us: test -ELBO in nats per image, the exact mean over images,
after every epoch. pythae has requirements of its own, so it is installed into an environment in benchmarks/.
"""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from .. import data
from ..decoders import MLPDecoder
from ..encoders import MLPEncoder
from ..evaluation import evaluate
from ..vae import VAE, parameter_count
from .apart import apart
from .contenders import Clock, Lap, Race, course_race, open_race, torchvision_batches

PYTHAE = "pythae==0.1.2"
_PYTHAE_SCRIPT = Path(__file__).with_name("pythae_peer.py")
EPOCHS = 10


def mlp_race(seed: int) -> Race:
    """The MLP VAE of PyTorch's examples: 784-400-20, ReLU, Adam at 1e-3, batches of 128, ToTensor and a DataLoader."""
    torch.manual_seed(seed)
    model = VAE(MLPEncoder(20, (400,)), MLPDecoder(20, (400,), nn.ReLU))
    validation, test = (data.load("mnist", split)[0] for split in ("validation", "test"))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    laps: list[Lap] = []
    clock = Clock()
    for _ in range(EPOCHS):
        clock.start()
        for x in torchvision_batches(128):
            optimizer.zero_grad()
            model(x).loss().backward()
            optimizer.step()
        clock.stop()
        laps.append(Lap(clock.seconds, evaluate(model, validation).total, evaluate(model, test).total))
    images = len(data.split_indices("mnist", "train"))
    return Race(laps, EPOCHS * images / clock.seconds, parameter_count(model))


def pythae_race(folder: Path, seed: int) -> dict[str, Any]:
    """pythae's VAE with its own networks and trainer, run by the Python of its environment in ``folder``.

    Raises:
        subprocess.CalledProcessError: where it cannot be installed or does not run.
    """
    python, images = folder / "bin" / "python", folder / "digits.pt"
    if not python.exists():
        _install_pythae(folder, python)
    splits: dict[str, Tensor] = {split: data.load("mnist", split)[0] for split in ("train", "validation", "test")}
    torch.save(splits, images)
    command = [str(python), str(_PYTHAE_SCRIPT), str(images), str(EPOCHS), str(seed)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(output.splitlines()[-1])


def _install_pythae(folder: Path, python: Path) -> None:
    """An environment that sees this one's packages, PyTorch above all, and adds pythae with what else it wants."""
    venv.create(folder, with_pip=True)
    site = next(folder.glob("lib/python*/site-packages"))
    (site / "course.pth").write_text(sysconfig.get_path("purelib") + "\n")
    subprocess.run([python, "-m", "pip", "install", "--quiet", PYTHAE], check=True)


def run(folder: Path, seeds: int) -> dict[str, Any]:
    """All peers and the course's two contenders, seed by seed, as plain values; ``folder`` is benchmarks/."""
    ours = {
        "MLP 784-400-20, as in PyTorch's examples": mlp_race,
        "the course, same model": course_race,
        "the course, open": open_race,
    }
    data.torchvision_root()
    names = [*ours, "pythae's VAE"]
    measured: dict[str, dict[str, Any]] = {name: {"runs": [], "peak_memory_mb": 0.0} for name in names}
    for seed in range(seeds):
        for name, contender in ours.items():
            value, memory = apart(contender, seed)
            measured[name]["runs"].append(asdict(value))
            measured[name]["peak_memory_mb"] = max(memory, measured[name]["peak_memory_mb"])
        theirs = pythae_race(folder / ".pythae", seed)
        measured["pythae's VAE"]["peak_memory_mb"] = theirs.pop("peak_memory_mb")
        measured["pythae's VAE"]["runs"].append(theirs)
    return {"threads": torch.get_num_threads(), "python": sys.version.split()[0], "contenders": measured}


def table(result: dict) -> str:
    """One row for each contender, in Markdown: size, speed, and the last epoch's test nats and seconds."""
    lines = ["| contender | parameters | images/s | test nats, last epoch | after | peak memory |", "|---" * 6 + "|"]
    for name, contender in result["contenders"].items():
        last = [run["laps"][-1] for run in contender["runs"]]
        nats = ", ".join(f"{lap['test']:.2f}" for lap in last)
        seconds = sum(lap["seconds"] for lap in last) / len(last)
        speed = sum(run["images_per_second"] for run in contender["runs"]) / len(last)
        lines.append(
            f"| {name} | {contender['runs'][0]['parameters']:,} | {speed:,.0f} | {nats} | {seconds:.0f} s | "
            f"{contender['peak_memory_mb']:,.0f} MB |"
        )
    return "\n".join(lines)


def picture(result: dict, path: Path) -> None:
    """Test nats against seconds on a logarithmic axis, as one PNG."""
    from .. import plots

    figure, axis = plots.subplots(size=(8, 3.6))
    looks = zip((plots.RED, plots.BLUE, plots.GREEN, plots.ORANGE), ("v--", "o-", "s-", "^:"), strict=True)
    for (name, contender), (color, line) in zip(result["contenders"].items(), looks, strict=True):
        for i, run in enumerate(contender["runs"]):
            axis.plot(
                [lap["seconds"] for lap in run["laps"]],
                [lap["test"] for lap in run["laps"]],
                line,
                color=color,
                markersize=4,
                label=name if i == 0 else None,
            )
    plots.seconds_axis(axis)
    axis.set(ylim=(93, 145), ylabel="test -ELBO, nats per image")
    axis.legend()
    path.write_bytes(plots.png(figure))
