"""Results files: one row of a report, reproduced; what is impossible in such a file, and its numbers computed again.

A file is JSON, and beside it lie the weights of every run, in safetensors. Nothing in either can run, and neither is
read beyond the sizes below, so that files of other people can be looked at.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn

from . import data, reports, vae
from .checkpoints.store import Weights, restore
from .evaluation import ACTIVE_NATS, evaluate, importance_weighted_bound
from .files import write_whole
from .objectives import entropy_floor

MODELS: dict[str, Callable[..., vae.VAE]] = {
    "small_model": vae.small_model,
    "course_model": vae.course_model,
    "report_a": reports.report_a,
    "report_b": reports.report_b,
    "report_d": reports.report_d,
    "report_e": reports.report_e,
}
"""What a results file may name; settings are whole numbers, such as {"latent": 10}."""
FEWEST_SEEDS = 3
ROUNDING = 0.01  # nats
TOLERANCES = {"bce": 0.5, "kl": 0.1, "iwae": 0.5}
"""Nats by which a number may differ when it is computed again: as much as other draws of the codes change it."""
LARGEST_FILE, LARGEST_WEIGHTS, LARGEST_SETTING, MOST_RUNS = 200_000, 8_000_000, 512, 24
MOST_IMAGES, MOST_PICTURES = 10_000, 100_000

T = TypeVar("T")


class ResultsError(ValueError):
    """A results file cannot be read; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One training of a model, measured on the first test images, nats per image.

    Attributes:
        seed: of weights, order and noise.
        validation: -ELBO on validation images after each epoch.
        epoch: whose weights were kept, counted from 1.
        bce: first half of -ELBO.
        kl: second half.
        iwae: minus the importance-weighted bound.
        active_units: latents with a mean KL above 0.01 nats.
        weights: file with the kept weights, beside the results file.
    """

    seed: int
    validation: tuple[float, ...]
    epoch: int
    bce: float
    kl: float
    iwae: float
    active_units: int
    weights: str

    @property
    def nats(self) -> float:
        """-ELBO."""
        return self.bce + self.kl


@dataclass(frozen=True, kw_only=True)
class Model:
    """One model with its runs, which differ in their seed alone.

    Attributes:
        name: what the page calls it.
        builds: one of ``MODELS``.
        settings: its arguments.
        runs: one for each seed.
    """

    name: str
    builds: str
    settings: dict[str, int]
    runs: tuple[Run, ...]

    @property
    def nats(self) -> list[float]:
        """-ELBO by seed."""
        return [run.nats for run in self.runs]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One sentence about two models that numbers can refute.

    Attributes:
        says: the sentence.
        better: name of the model that is said to cost less.
        worse: name of the other.
        least: by how many nats at least.
        verdict: "confirmed", "refuted" or "undecided", as :func:`decide` has it.
    """

    says: str
    better: str
    worse: str
    least: float
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Results:
    """A page of results.

    Attributes:
        row: of a report, such as "B-10".
        chosen_on: what chose the epochs; "validation" is the only right one.
        images: how many test images were measured, from the first on.
        samples: draws of each image for the importance-weighted bound.
        models: with their runs.
        claim: what they refute or confirm.
    """

    row: str
    chosen_on: str
    images: int
    samples: int
    models: tuple[Model, ...]
    claim: Claim


def decide(better: Sequence[float], worse: Sequence[float], least: float = 0.0) -> str:
    """Whether one model costs at least ``least`` nats less than another, by all pairs of their runs.

    Args:
        better: nats by seed of the model that is said to be better.
        worse: nats by seed of the other.
        least: nats.

    Returns:
        "confirmed" where every pair of runs says so, "refuted" where none does, else "undecided"; with fewer than
        three runs of either, too.
    """
    says = [other - one >= least for one in better for other in worse]
    if min(len(better), len(worse)) < FEWEST_SEEDS or len(set(says)) > 1:
        return "undecided"
    return "confirmed" if says[0] else "refuted"


def measure(model: vae.VAE, images: int, samples: int) -> dict[str, Any]:
    """The numbers of a run, as fields of :class:`Run`, on the first test images."""
    x, _ = data.load("mnist", "test", limit=images)
    found = evaluate(model, x)
    iwae = -importance_weighted_bound(model, x, samples).mean().item()
    return {"bce": found.bce, "kl": found.kl, "iwae": iwae, "active_units": found.active_units}


def write(results: Results, weights: dict[str, Weights], path: Path) -> None:
    """Write a results file, and beside it the weights by the names of their files."""
    for name, tensors in weights.items():
        write_whole(path.parent / name, save({key: value.contiguous() for key, value in tensors.items()}))
    write_whole(path, json.dumps(asdict(results), indent=1).encode() + b"\n")


def read(path: Path) -> Results:
    """A results file.

    Raises:
        ResultsError: where it is missing, too large, no JSON, or lacks a field or has one of another kind.
    """
    if not path.is_file():
        raise ResultsError(f"There is no file {path.name}: write it with capstone.write.")
    if path.stat().st_size > LARGEST_FILE:
        raise ResultsError(f"{path.name} has more than {LARGEST_FILE:,} bytes: weights belong in files of their own.")
    try:
        return _built(Results, json.loads(path.read_bytes()), "the file")
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ResultsError(f"{path.name} is no JSON ({error}): write it with capstone.write.") from None


def _built(kind: type[T], stored: Any, place: str) -> T:
    """A dataclass from an object of JSON, field by field."""
    hints = get_type_hints(kind)
    if not isinstance(stored, dict):
        raise ResultsError(f"{place} must be an object with {', '.join(hints)}.")
    if stored.keys() != hints.keys():
        odd = ", ".join(sorted(stored.keys() ^ hints.keys()))
        raise ResultsError(f"{place} must have the fields {', '.join(hints)}: look at {odd}.")
    return kind(**{name: _value(hint, stored[name], f"{name} of {place}") for name, hint in hints.items()})


def _value(hint: Any, stored: Any, place: str) -> Any:
    """A value of the kind that a field has."""
    if is_dataclass(hint):
        return _built(hint, stored, place)  # type: ignore[arg-type]
    if get_origin(hint) is tuple and isinstance(stored, list):
        return tuple(_value(get_args(hint)[0], one, f"entry {i} of {place}") for i, one in enumerate(stored, 1))
    if get_origin(hint) is dict and isinstance(stored, dict):
        return {str(key): _value(get_args(hint)[1], one, f"{key} of {place}") for key, one in stored.items()}
    if hint is str and isinstance(stored, str) and len(stored) <= 500:
        return stored
    if hint is int and type(stored) is int and abs(stored) < 2**53:
        return stored
    if hint is float and type(stored) in (int, float) and math.isfinite(stored):
        return float(stored)
    raise ResultsError(f"{place} is of the wrong kind: a {getattr(hint, '__name__', hint)} is wanted.")


def refusals(results: Results) -> list[str]:
    """One sentence for each thing that cannot be, or is not honest; none of them needs the weights."""
    return [*_of_the_page(results), *_of_the_runs(results), *_of_the_claim(results)]


def _of_the_page(results: Results) -> Iterator[str]:
    if not re.fullmatch(r"[A-E]-\d{1,2}", results.row):
        yield f"{results.row!r} is no row of a report: name one such as B-10."
    if results.chosen_on != "validation":
        yield f"Epochs were chosen on {results.chosen_on!r}: choose on validation, for a minimum over test is no test."
    if not 1000 <= results.images <= MOST_IMAGES or not 1 <= results.samples <= MOST_PICTURES / results.images:
        yield f"1,000 to {MOST_IMAGES:,} images, and {MOST_PICTURES:,} draws of all of them, can be computed again."
    names = [model.name for model in results.models]
    if len(set(names)) < len(names):
        yield "Two models have one name: give each its own."
    if not 1 <= sum(len(model.runs) for model in results.models) <= MOST_RUNS:
        yield f"There must be at least one run, and no more than {MOST_RUNS}."
    for model in results.models:
        if model.builds not in MODELS or not all(0 <= value <= LARGEST_SETTING for value in model.settings.values()):
            yield f"{model.name}: builds must be one of {', '.join(MODELS)}, its settings at most {LARGEST_SETTING}."


def _of_the_runs(results: Results) -> Iterator[str]:
    x, _ = data.load("mnist", "test", limit=max(1, min(results.images, MOST_IMAGES)))
    floor = entropy_floor(x).mean().item()
    for model in results.models:
        seeds = [run.seed for run in model.runs]
        if len(set(seeds)) < len(seeds):
            yield f"{model.name}: a seed stands twice, and counts once."
        for run in model.runs:
            yield from (f"{model.name}, seed {run.seed}: {fault}" for fault in _faults(run, floor))


def _faults(run: Run, floor: float) -> Iterator[str]:
    """What cannot be in one run."""
    if run.bce < floor - ROUNDING:
        yield f"a BCE of {run.bce:.2f} lies below {floor:.2f}, the entropy of these images. No decoder gets there."
    if run.kl < 0:
        yield f"a KL of {run.kl:.2f} is below 0. Look at its signs, or take the closed form in place of one draw."
    if run.iwae > run.nats + ROUNDING:
        yield f"an IWAE bound of {run.iwae:.2f} is worse than the -ELBO, {run.nats:.2f}, which is its case of one draw."
    if run.iwae < floor - ROUNDING:
        yield f"an IWAE bound of {run.iwae:.2f} lies below {floor:.2f}, the entropy of these images."
    if run.active_units < 0 or run.kl < ACTIVE_NATS * run.active_units:
        yield f"{run.active_units} active units of more than {ACTIVE_NATS} nats each do not fit into {run.kl:.2f} nats."
    if not 1 <= run.epoch <= len(run.validation) or run.validation[run.epoch - 1] > min(run.validation):
        yield f"epoch {run.epoch} was kept, and validation is not least there: what chose it?"


def _of_the_claim(results: Results) -> Iterator[str]:
    by_name = {model.name: model for model in results.models}
    claim = results.claim
    if claim.better == claim.worse or not {claim.better, claim.worse} <= by_name.keys():
        yield "The claim must be about two of the models, by their names."
        return
    one, other = by_name[claim.better].nats, by_name[claim.worse].nats
    right = decide(one, other, claim.least)
    if claim.verdict != right:
        few = min(len(one), len(other)) < FEWEST_SEEDS
        why = f"it takes {FEWEST_SEEDS} seeds of each" if few else f"{_spread(one)} against {_spread(other)}"
        yield f"The claim is said to be {claim.verdict}, and is {right}: {why}."


def _spread(nats: Sequence[float]) -> str:
    return f"{min(nats):.2f} to {max(nats):.2f} nats"


def disagreements(results: Results, folder: Path) -> list[str]:
    """One sentence for each run whose numbers do not come out of its weights again.

    Args:
        results: without refusals.
        folder: where the weights lie.
    """
    found: list[str] = []
    seen: list[bytes] = []
    for model in results.models:
        for run in model.runs:
            place = f"{model.name}, seed {run.seed}"
            try:
                raw = _raw(folder, run.weights)
                key = (model.builds, tuple(model.settings.items()), run.weights, raw)
                again = _measured_again(*key, results.images, results.samples)
            except ResultsError as error:
                found.append(f"{place}: {error}")
                continue
            if raw in seen:
                found.append(f"{place}: another run has the very same weights; a run counts once.")
            seen.append(raw)
            found += [f"{place}: {one}" for one in _differences(run, again)]
    return found


def _differences(run: Run, again: dict[str, Any]) -> Iterator[str]:
    for name, tolerance in TOLERANCES.items():
        if not abs(getattr(run, name) - again[name]) <= tolerance:
            yield f"{name} is given as {getattr(run, name):.2f}, and its weights give {again[name]:.2f}."
    if run.active_units != again["active_units"]:
        yield f"{run.active_units} active units are given, and its weights have {again['active_units']}."


def _raw(folder: Path, name: str) -> bytes:
    """A file of weights."""
    path = folder / name
    if not re.fullmatch(r"[\w.-]+\.safetensors", name) or path.is_symlink() or not path.is_file():
        raise ResultsError(f"there is no file of weights {name!r} beside the results file.")
    if path.stat().st_size > LARGEST_WEIGHTS:
        raise ResultsError(f"{name} has more than {LARGEST_WEIGHTS:,} bytes: store float16.")
    return path.read_bytes()


@functools.lru_cache(maxsize=12)  # who corrects a page shows it again and again, with the same weights
def _measured_again(
    builds: str, settings: tuple[tuple[str, int], ...], name: str, raw: bytes, images: int, samples: int
) -> dict[str, Any]:
    """The numbers of a model with the weights of a file."""
    try:
        model = MODELS[builds](**dict(settings))
        weights = {key: value.to(torch.float32) for key, value in load(raw).items()}
    except (SafetensorError, RuntimeError, TypeError, ValueError, KeyError) as error:
        raise ResultsError(f"{name} and {builds} cannot be read ({error}).") from None
    _require_fit(model, weights, name)
    return measure(restore(model, weights), images, samples)


def _require_fit(model: nn.Module, weights: Weights, name: str) -> None:
    wanted = {key: value.shape for key, value in model.state_dict().items() if value.is_floating_point()}
    if {key: value.shape for key, value in weights.items()} != wanted:
        raise ResultsError(f"the tensors of {name} are not those of the model that the file names.")
    if not all(value.isfinite().all() for value in weights.values()):
        raise ResultsError(f"{name} holds numbers that are none.")


def review(path: Path) -> list[str]:
    """All that speaks against a results file, in sentences; its numbers are computed again where nothing else does."""
    try:
        results = read(path)
    except ResultsError as error:
        return [str(error)]
    return refusals(results) or disagreements(results, path.parent)


def show(path: Path) -> None:
    """Show the card of a results file: what speaks against it, or how many numbers came out again."""
    from .exercises import cards  # which an instructor's page does without

    against = review(path)
    if against:
        cards.show(cards.Card("failed", f"{path.name}: not yet", tuple(against)))
        return
    results = read(path)
    runs = sum(len(model.runs) for model in results.models)
    claim = results.claim
    lines = (
        f"{runs} runs on {results.images:,} test images: {runs * (len(TOLERANCES) + 1)} numbers came out again.",
        f"{claim.verdict}: {claim.says}",
    )
    cards.show(cards.Card("passed", f"{path.name}: row {results.row} stands", lines))
