"""Lesson 07, exercises 7.2 and 7.3: a split that can be repeated, and a choice that never looks at the test numbers."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .contract import Finding, Inputs, Values
from .judging import Judge
from .probing import Probe

PARTS = ("train", "validation")
PER_REPEAT = "One number for each row, (R,). (test[:, k] takes every row with every column: give the rows, too.)"


# 7.2 ------------------------------------------------------------------------------------------------------------
def split(n: int, held_out: int, seed: int) -> tuple[Tensor, Tensor]:
    """Row numbers of n images for training (n - held_out,) and for validation (held_out,), shuffled by ``seed``."""
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    return order[held_out:], order[:held_out]


def split_inputs(generator: torch.Generator) -> Inputs:
    """Random sizes and seeds; a validation part so large that a shuffled one is never a block."""
    n, held_out, seed = (
        int(torch.randint(low, high, (), generator=generator)) for low, high in ((300, 400), (40, 60), (1, 10**6))
    )
    return {
        "first": (n, held_out, seed),
        "again": (n, held_out, seed),
        "other": (n, held_out, seed + 1),
        "half": (2 * held_out, held_out, seed),
    }


def probe_split(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Split with one seed twice and with another; keep both parts, and whether global random numbers were touched."""
    probe = Probe(answer)
    notes: Values = {"touched": 0}
    for label, arguments in inputs.items():
        pair = probe.collect(label, lambda arguments=arguments: _watched(answer, arguments, notes))
        if isinstance(pair, tuple | list) and len(pair) == 2:
            probe.values[label] = 2
            for part, rows in zip(PARTS, pair, strict=True):
                probe.collect(f"{label} {part}", lambda rows=rows: _as_numbers(rows))
        elif isinstance(pair, tuple | list):
            probe.values[label] = {"type": f"{type(pair).__name__} of {len(pair)}"}
    probe.values.update(notes)
    return probe.values


def _watched(answer: Callable[..., Any], arguments: tuple[int, ...], notes: Values) -> Any:
    """Call the answer; note whether a global generator moved, and put all of them back."""
    before = random.getstate(), np.random.get_state(legacy=False)["state"], torch.get_rng_state()
    whole = np.random.get_state()
    try:
        return answer(*arguments)
    finally:
        after = random.getstate(), np.random.get_state(legacy=False)["state"], torch.get_rng_state()
        same = (
            before[0] == after[0]
            and np.array_equal(before[1]["key"], after[1]["key"])
            and before[1]["pos"] == after[1]["pos"]
            and torch.equal(before[2], after[2])
        )
        notes["touched"] += not same
        random.setstate(before[0])
        np.random.set_state(whole)


def _as_numbers(rows: Any) -> Any:
    return list(rows) if isinstance(rows, range) or hasattr(rows, "indices") else rows


def judge_split(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 7.2."""
    judge = Judge("split", values)
    held: dict[str, list[int]] = {}
    for label, (n, held_out, _) in inputs.items():
        parts = _parts(judge, label, n, held_out)
        if parts is None:
            return judge.findings
        held[label] = sorted(parts[1].tolist())
    gaps = np.bincount(np.diff(held["first"]))  # one that returns all the time: a block, also one that begins anywhere
    judge.that(
        gaps.max() < 0.6 * gaps.sum(),
        "not-shuffled",
        "The validation images stand at regular places in the file.",
        "Shuffle first: files are often sorted, by class, by writer or by day.",
    )
    judge.that(
        held["first"] == held["again"],
        "not-repeatable",
        "The same seed gave another split the second time.",
        "Every random number must come from a generator made with this seed: "
        "generator=torch.Generator().manual_seed(seed).",
    )
    judge.that(
        held["first"] != held["other"],
        "seed-ignored",
        "Another seed gave the same split.",
        "Make the generator with the argument seed, and hand it on: torch.randperm(n, generator=...).",
    )
    judge.that(
        values["touched"] == 0,
        "global-seed",
        "The split reseeded or used the global random numbers.",
        "Then it would also change the weights and the noise of what comes next: draw from a generator of its own.",
    )
    return judge.findings


def _parts(judge: Judge, label: str, n: int, held_out: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Both parts as row numbers, each row once; ``None``, with a finding, where they are not."""
    pair = judge.values.get(label)
    if not isinstance(pair, int):
        if isinstance(pair, dict) and "raised" in pair or pair is None:
            judge.array(label, ())
        judge.that(
            False,
            "not-a-pair",
            "split did not return two lists of row numbers.",
            "Return both, training first: return train, validation.",
        )
        return None
    sizes = [np.shape(judge.values.get(f"{label} {part}", 0)) for part in PARTS]
    judge.that(
        sizes != [(held_out,), (n - held_out,)] or 2 * held_out == n,
        "swapped",
        "The two parts are exchanged.",
        "The training part comes first, the validation part, of held_out images, second.",
    )
    train = judge.array(f"{label} train", (n - held_out,), f"{n} images less {held_out} held out.")
    validation = judge.array(f"{label} validation", (held_out,), f"{held_out} images are held out.")
    if train is None or validation is None:
        return None
    rows = np.concatenate([train, validation])
    judge.that(
        bool((rows == np.round(rows)).all() and rows.min() >= 0 and rows.max() < n),
        "not-rows",
        f"Some numbers are no rows of {n} images.",
        f"Rows are whole numbers from 0 to {n - 1}.",
    )
    both = np.intersect1d(train, validation)
    judge.that(
        len(both) == 0,
        "overlap",
        f"{len(both)} images are in both parts.",
        "Shuffle once and cut the list in two: two draws of their own overlap.",
    )
    judge.that(
        len(np.unique(rows)) == n,
        "twice",
        "Some images come twice, others never.",
        "Without replacement: torch.randperm(n), not randint.",
    )
    return None if judge.findings else (train.astype(int), validation.astype(int))


# 7.3 ------------------------------------------------------------------------------------------------------------
def honest_choice(validation: Tensor, test: Tensor) -> Tensor:
    """Test number of the model with the least validation number, in each row: (R, M), (R, M) -> (R,)."""
    best = validation.argmin(dim=1, keepdim=True)
    return test.gather(1, best).squeeze(1)


def score_inputs(generator: torch.Generator) -> Inputs:
    """Random scores in which the best by validation, by test and by their sum are three models, at other places in
    each row."""
    rows, models = 5, 7
    order = torch.stack([torch.randperm(models, generator=generator) for _ in range(rows)])
    offsets_v = torch.tensor([0.0, 9.0, 3.0, 12.0, 13.0, 14.0, 20.0])
    offsets_t = torch.tensor([9.5, 0.0, 4.0, 12.5, 20.0, 13.5, 11.5])

    def scores(offsets: Tensor) -> Tensor:
        noise = torch.rand((rows, models), generator=generator)
        return torch.empty(rows, models).scatter_(1, order, 100 + offsets + noise)

    validation, test = scores(offsets_v), scores(offsets_t)
    return {"validation": validation.roll(shift := _away_from_the_ends(validation), 1), "test": test.roll(shift, 1)}


def _everywhere(validation: Tensor) -> list[int]:
    """The one model that somebody takes in every row: that of the least number, or of the least mean."""
    return [int(validation.argmin()) % validation.shape[1], int(validation.mean(0).argmin())]


def _away_from_the_ends(validation: Tensor) -> int:
    """By how much to turn the models round so that these are neither the first nor the last."""
    models = validation.shape[1]
    return next(k for k in range(models) if not {(i + k) % models for i in _everywhere(validation)} & {0, models - 1})


def probe_choice(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Call the answer on many rows, on one, and on negative numbers."""
    probe = Probe(answer)
    validation, test = inputs["validation"], inputs["test"]
    probe.call("rows", validation, test)
    probe.call("one row", validation[:1], test[:1])
    probe.call("one model", validation[:, :1], test[:, :1])
    probe.call("below zero", validation - 1000, test - 1000)
    return probe.values


def judge_choice(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 7.3."""
    judge = Judge("honest_choice", values)
    v, t = inputs["validation"].double(), inputs["test"].double()
    least, on_average = _everywhere(v)
    judge.close(
        "rows",
        honest_choice(v, t),
        axes=PER_REPEAT,
        case="5 rows of 7 models",
        rtol=1e-5,
        suspects=(
            ("chosen-on-test", t.min(1).values, "This is the least test number: the test images chose."),
            (
                "validation-number",
                v.min(1).values,
                "This is the validation number of the choice; report its test number.",
            ),
            ("roles-exchanged", honest_choice(t, v), "Chosen on test and read on validation: the other way round."),
            ("worst", honest_choice(-v, t), "This is the worst by validation: less is better, so argmin."),
            ("both-looked-at", honest_choice(v + t, t), "The test numbers took part in the choice."),
            ("one-for-all", t[:, least], "The same model was taken in every row: argmin along axis 1."),
            ("one-for-all", t[:, on_average], "The same model was taken in every row: argmin along axis 1."),
            ("first-or-last", t[:, 0], "This is the first model's number, whoever was best."),
            ("first-or-last", t[:, -1], "This is the last model's number, whoever was best."),
            ("indices", v.argmin(1), "These are the numbers of the models; look up their test numbers."),
            ("mean-of-all", t.mean(1), "This is the average of all models."),
        ),
        otherwise="validation.argmin(dim=1) names a model in each row; take the test number at that place.",
    )
    judge.close(
        "one row", honest_choice(v[:1], t[:1]), axes="One row keeps its axis: (1,).", case="a single row", rtol=1e-5
    )
    judge.close("one model", t[:, 0], axes=PER_REPEAT, case="a single model in each row", rtol=1e-5)
    judge.close("below zero", honest_choice(v, t) - 1000, axes=PER_REPEAT, case="negative numbers", rtol=1e-4)
    return judge.findings
