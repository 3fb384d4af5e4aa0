"""What speaks against a results file before its weights are read; a grader's worker knows none of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from course_utils import data
from course_utils.capstone import LARGEST_SETTING, MODELS, MOST_IMAGES, MOST_PICTURES, MOST_RUNS, Results, Run
from course_utils.evaluation import ACTIVE_NATS
from course_utils.objectives import entropy_floor

FEWEST_SEEDS = 3
ROUNDING = 0.01  # nats


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
    floor = _floor(max(1, min(results.images, MOST_IMAGES)))
    for model in results.models:
        seeds = [run.seed for run in model.runs]
        if len(set(seeds)) < len(seeds):
            yield f"{model.name}: a seed stands twice, and counts once."
        for run in model.runs:
            yield from (f"{model.name}, seed {run.seed}: {fault}" for fault in _faults(run, floor))


@cache
def _floor(images: int) -> float:
    """Mean entropy of the first test images, nats."""
    x, _ = data.load("mnist", "test", limit=images)
    return entropy_floor(x).mean().item()


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
