"""Exercise 7.3: chosen on validation, read on test."""

from __future__ import annotations

import torch
from torch import Tensor

from ..contract import Inputs
from ..judging import Judge, Suspect, attempts, told_apart

TITLE = "chosen on validation, read on test"
NAME = "honest_choice"
POINTS = 1
HINTS = (
    "In each row, ask the validation numbers which model is best; only then look up that model's test number.",
    "k = validation.argmin(dim=1), (R,), names a model in each row; the answer in row r is test[r, k[r]].",
    "def honest_choice(validation, test):\n    chosen = validation.argmin(dim=___)\n    rows = "
    "torch.arange(len(test))\n    return test[rows, ___]",
)

PER_REPEAT = "One number for each row, (R,). (test[:, k] takes every row with every column: give the rows, too.)"


def reference(validation: Tensor, test: Tensor) -> Tensor:
    """Test number of the model with the least validation number, in each row: (R, M), (R, M) -> (R,)."""
    best = validation.argmin(dim=1, keepdim=True)
    return test.gather(1, best).squeeze(1)


REMEDIES = (
    ("out of bounds", "argmin() without dim=1 runs over the whole table: argmin(dim=1) names a model in each row."),
    ("shape mismatch", "test[rows, columns] wants one row for each column: rows = torch.arange(len(test))."),
)


def inputs(generator: torch.Generator) -> Inputs:
    """Random scores in which every known slip gives numbers of its own.

    The best by validation, by test and by their sum are three models, at other places in each row; a model before the
    best one is behind by 0.03 only; and the rows do not get better one after the other. The first row's best model is
    the best of no other row, so that one row taken for another shows.
    """
    for _ in attempts():
        validation, test = _drawn(generator)
        best = validation.argmin(dim=1)
        if (best[1:] != best[0]).all() and told_apart(reference(validation, test), _suspects(validation, test)):
            return {"validation": validation, "test": test}
    raise AssertionError("unreachable")


def _drawn(generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """One draw of both tables, (6, 7) each."""
    rows, models = 6, 7
    order = torch.stack([torch.randperm(models, generator=generator) for _ in range(rows)])
    order[:, :2] = order[:, :2].sort(dim=1, descending=True).values  # the best one, and before it the one that is near
    offsets_v = torch.tensor([0.3, 0.33, 3.0, 9.0, 12.0, 13.0, 20.0])
    offsets_t = torch.tensor([9.5, 12.0, 4.0, 0.0, 13.5, 20.0, 11.5])
    levels = torch.tensor([103.0, 106.0, 100.0, 109.0, 105.0, 102.0])[:, None]

    def scores(offsets: Tensor, spread: float) -> Tensor:
        noise = spread * torch.rand((rows, models), generator=generator)
        return torch.empty(rows, models).scatter_(1, order, levels + offsets + noise)

    return scores(offsets_v, 0.02), scores(offsets_t, 1.0)


def _not_reset(validation: Tensor, test: Tensor) -> Tensor:
    """What a search gives that keeps the best number, and its model, from the rows before."""
    best, model, found = float("inf"), 0, []
    for row, numbers in enumerate(validation):
        if float(numbers.min()) < best:
            best, model = float(numbers.min()), int(numbers.argmin())
        found.append(test[row, model])
    return torch.stack(found)


def _suspects(v: Tensor, t: Tensor) -> list[Suspect]:
    """What wrong choices give, (R,)."""
    least, on_average = int(v.argmin()) % v.shape[1], int(v.mean(0).argmin())
    return [
        ("chosen-on-test", t.min(1).values, "This is the least test number: the test images chose."),
        ("validation-number", v.min(1).values, "This is the validation number of the choice; report its test number."),
        ("roles-exchanged", reference(t, v), "Chosen on test and read on validation: the other way round."),
        ("worst", reference(-v, t), "This is the worst by validation: less is better, so argmin."),
        ("both-looked-at", reference(v + t, t), "The test numbers took part in the choice."),
        ("one-for-all", t[:, least], "The same model was taken in every row: argmin along axis 1."),
        ("one-for-all", t[:, on_average], "The same model was taken in every row: argmin along axis 1."),
        ("first-or-last", t[:, 0], "This is the first model's number, whoever was best."),
        ("first-or-last", t[:, -1], "This is the last model's number, whoever was best."),
        ("indices", v.argmin(1), "These are the numbers of the models; look up their test numbers."),
        ("mean-of-all", t.mean(1), "This is the average of all models."),
        (
            "whole-numbers",
            reference(v.trunc(), t),
            "Two models differ behind the point: compare the numbers as they are.",
        ),
        (
            "best-not-reset",
            _not_reset(v, t),
            "The best number of one row was carried into the next: begin every row afresh.",
        ),
    ]


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 7.3."""
    v, t = inputs["validation"].double(), inputs["test"].double()
    judge.close(
        "rows",
        reference(v, t),
        axes=PER_REPEAT,
        case="6 rows of 7 models",
        rtol=1e-5,
        suspects=_suspects(v, t),
        otherwise="In each row, look for the least validation number, and take the test number at its place.",
    )
    judge.close(
        "one row", reference(v[:1], t[:1]), axes="One row keeps its axis: (1,).", case="a single row", rtol=1e-5
    )
    judge.close("one model", t[:, 0], axes=PER_REPEAT, case="a single model in each row", rtol=1e-5)
    judge.close("below zero", reference(v, t) - 1000, axes=PER_REPEAT, case="negative numbers", rtol=1e-4)
