"""Exercise 7.3: chosen on validation, read on test."""

from __future__ import annotations

import torch
from torch import Tensor

from ..contract import Finding, Inputs, Values
from ..judging import Judge

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


def inputs(generator: torch.Generator) -> Inputs:
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


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 7.3."""
    judge = Judge(NAME, values)
    v, t = inputs["validation"].double(), inputs["test"].double()
    least, on_average = _everywhere(v)
    judge.close(
        "rows",
        reference(v, t),
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
            ("roles-exchanged", reference(t, v), "Chosen on test and read on validation: the other way round."),
            ("worst", reference(-v, t), "This is the worst by validation: less is better, so argmin."),
            ("both-looked-at", reference(v + t, t), "The test numbers took part in the choice."),
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
        "one row", reference(v[:1], t[:1]), axes="One row keeps its axis: (1,).", case="a single row", rtol=1e-5
    )
    judge.close("one model", t[:, 0], axes=PER_REPEAT, case="a single model in each row", rtol=1e-5)
    judge.close("below zero", reference(v, t) - 1000, axes=PER_REPEAT, case="negative numbers", rtol=1e-4)
    return judge.findings
