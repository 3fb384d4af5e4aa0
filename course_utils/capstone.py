"""Results files: one row of a report, reproduced; how they are written, read, and computed again.

A file is JSON, and beside it lie the weights of every run, in safetensors. Nothing in either can run, and neither is
read beyond the sizes below, so that files of other people can be looked at. What is impossible in such a file is what
lesson 14 asks for, and stands with its exercises.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn

from . import checkpoints, data, reports, vae
from .checkpoints import vaes
from .checkpoints.store import Weights, restore
from .evaluation import evaluate, importance_weighted_bound
from .files import write_whole

MODELS: dict[str, Callable[..., vae.VAE]] = {
    "small_model": vae.small_model,
    "course_model": vae.course_model,
    "report_a": reports.report_a,
    "report_b": reports.report_b,
    "report_d": reports.report_d,
    "report_e": reports.report_e,
}
"""What a results file may name; settings are whole numbers, such as {"latent": 10}."""
TOLERANCES = {"bce": 0.5, "kl": 0.1, "iwae": 0.5}
"""Nats by which a number may differ when it is computed again: as much as other draws of the codes change it."""
LARGEST_FILE, LARGEST_WEIGHTS, LARGEST_SETTING, MOST_RUNS = 200_000, 8_000_000, 512, 24
MOST_IMAGES, MOST_PICTURES = 10_000, 100_000
WEIGHTS_NAME = re.compile(r"[\w.-]+\.safetensors")

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
        verdict: "confirmed", "refuted" or "undecided", as exercise 14.4 has it.
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
    with open(path, "rb") as file:
        return parse(file.read(LARGEST_FILE + 1), path.name)


def parse(raw: bytes, name: str) -> Results:
    """The results in the bytes of a file.

    Raises:
        ResultsError: as :func:`read` has it.
    """
    if len(raw) > LARGEST_FILE:
        raise ResultsError(f"{name} has more than {LARGEST_FILE:,} bytes: weights belong in files of their own.")
    try:
        stored = json.loads(raw)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is no JSONDecodeError
        raise ResultsError(f"{name} is no JSON ({error}): write it with capstone.write.") from None
    return _built(Results, stored, "the file")


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
    if hint is str and isinstance(stored, str) and len(stored) <= 500 and stored.isprintable():
        return stored
    if hint is int and type(stored) is int and abs(stored) < 2**53:
        return stored
    if hint is float and type(stored) in (int, float) and abs(stored) < 2**53:  # nan and infinity are not
        return float(stored)
    raise ResultsError(f"{place} is of the wrong kind: a {getattr(hint, '__name__', hint)} is wanted.")


def disagreements(
    results: Results, raw: Callable[[str], bytes], again: Callable[..., dict[str, Any]] | None = None
) -> list[str]:
    """One sentence for each run whose numbers do not come out of its weights again.

    Args:
        results: without refusals.
        raw: the bytes of a file of weights, by its name; raises ResultsError where there is none.
        again: in place of :func:`measured_again`, and called as it is.
    """
    found: list[str] = []
    seen: list[bytes] = []
    for model in results.models:
        for run in model.runs:
            place = f"{model.name}, seed {run.seed}"
            try:
                weights = raw(run.weights)
                key = (model.builds, tuple(model.settings.items()), run.weights, weights)
                numbers = (again or measured_again)(*key, results.images, results.samples)
            except ResultsError as error:
                found.append(f"{place}: {error}")
                continue
            if weights in seen:
                found.append(f"{place}: another run has the very same weights; a run counts once.")
            seen.append(weights)
            found += [f"{place}: {one}" for one in _differences(run, numbers)]
    return found


def _differences(run: Run, again: dict[str, Any]) -> Iterator[str]:
    for name, tolerance in TOLERANCES.items():
        if not abs(getattr(run, name) - again[name]) <= tolerance:
            yield f"{name} is given as {getattr(run, name):.2f}, and its weights give {again[name]:.2f}."
    if run.active_units != again["active_units"]:
        yield f"{run.active_units} active units are given, and its weights have {again['active_units']}."


def raw_beside(folder: Path, name: str) -> bytes:
    """A file of weights in a folder.

    Raises:
        ResultsError: where there is none of that name, or it is too large.
    """
    path = folder / name
    if not WEIGHTS_NAME.fullmatch(name) or path.is_symlink() or not path.is_file():
        raise ResultsError(f"there is no file of weights {name!r} beside the results file.")
    with open(path, "rb") as file:
        raw = file.read(LARGEST_WEIGHTS + 1)
    if len(raw) > LARGEST_WEIGHTS:
        raise ResultsError(f"{name} has more than {LARGEST_WEIGHTS:,} bytes: store float16.")
    return raw


@functools.lru_cache(maxsize=12)  # who corrects a page shows it again and again, with the same weights
def measured_again(
    builds: str, settings: tuple[tuple[str, int], ...], name: str, raw: bytes, images: int, samples: int
) -> dict[str, Any]:
    """The numbers of a model with the weights of a file, as :func:`measure` gives them, and ``course``.

    That is the name of the course's own checkpoint which has these weights; empty where none has.

    Raises:
        ResultsError: where the file is no safetensors, or its tensors are not those of the model.
    """
    try:
        model = MODELS[builds](**dict(settings))
        weights = {key: value.to(torch.float32) for key, value in load(raw).items()}
    except (SafetensorError, RuntimeError, TypeError, ValueError, KeyError) as error:
        raise ResultsError(f"{name} and {builds} cannot be read ({error}).") from None
    _require_fit(model, weights, name)
    return {**measure(restore(model, weights), images, samples), "course": _checkpoint(weights)}


def _checkpoint(weights: Weights) -> str:
    """The checkpoint of the course that has these weights, up to the rounding of float16."""
    for name in checkpoints.names():
        try:
            own = vaes.STORE.weights(name)
        except checkpoints.CheckpointError:
            continue  # its weights do not ship
        if own.keys() == weights.keys() and all(_alike(own[key], weights[key]) for key in own):
            return name
    return ""


def _alike(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.shape == other.shape and bool((one - other).norm() <= 0.001 * one.norm())


def _require_fit(model: nn.Module, weights: Weights, name: str) -> None:
    wanted = {key: value.shape for key, value in model.state_dict().items() if value.is_floating_point()}
    if {key: value.shape for key, value in weights.items()} != wanted:
        raise ResultsError(f"the tensors of {name} are not those of the model that the file names.")
    if not all(value.isfinite().all() for value in weights.values()):
        raise ResultsError(f"{name} holds numbers that are none.")


def review(path: Path) -> list[str]:
    """All that speaks against a results file, in sentences; its numbers are computed again where nothing else does."""
    from .exercises.lesson_14.shared import refusals  # answers of lesson 14, which a grader's worker must not know

    try:
        results = read(path)
    except ResultsError as error:
        return [str(error)]
    return refusals(results) or disagreements(results, functools.partial(raw_beside, path.parent))


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
