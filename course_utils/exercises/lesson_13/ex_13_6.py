"""Exercise 13.6: the repair."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..contract import Inputs
from ..drawing import between, uniform
from ..judging import Judge, Suspect, attempts, told_apart

TITLE = "the repair"
NAME = "evaluate"
POINTS = 2
HINTS = (
    "Before the loop: note the mode, leave it, switch gradients off. In the loop: sums. After it: one division, and "
    "the mode as it was.",
    "Note model.training; eval(); the sum of all losses inside torch.no_grad(); train(...) with what you noted; then "
    "divide by the number of images.",
    "def evaluate(model, batches):\n    before = model.___\n    model.___()\n    total, count = 0.0, 0\n"
    "    with torch.___():\n        for x in batches:\n            total = total + model(x).___().item()\n"
    "            count = count + ___\n    model.train(___)\n    return ___",
)
SIZES = (5, 5, 5, 2)
ONE_NUMBER = "One number, the mean loss of an image."


def reference(model: nn.Module, batches: list[Tensor]) -> float:
    """Mean loss of an image; ``model(x)`` gives a loss for each; the model is left as it was found."""
    before = model.training
    model.eval()
    with torch.no_grad():
        total = sum(model(x).sum().item() for x in batches)
    model.train(before)
    return total / sum(len(x) for x in batches)


def inputs(generator: torch.Generator) -> Inputs:
    """Batches of losses that differ, a small last one, and the model's one weight."""
    for _ in attempts():
        batches = [uniform(generator, 1 + k, 3 + 2 * k, size, 1) for k, size in enumerate(SIZES)]
        drawn = {"weight": float(between(generator, (1.5, 3.0))), "batches": batches}
        if told_apart(_right(drawn), _suspects(drawn)):
            return drawn
    raise AssertionError("unreachable")


def _losses(inputs: Inputs) -> list[Tensor]:
    return [inputs["weight"] * x.double() for x in inputs["batches"]]


def _right(inputs: Inputs) -> Tensor:
    return torch.cat(_losses(inputs)).mean()


def _suspects(inputs: Inputs) -> list[Suspect]:
    losses = _losses(inputs)
    total, count = torch.cat(losses).sum(), sum(SIZES)
    return [
        (
            "mean-of-means",
            torch.stack([part.mean() for part in losses]).mean(),
            "The batches' means were averaged: the last batch has fewer images, and counted as much as the others.",
        ),
        (
            "first-size",
            total / (len(SIZES) * SIZES[0]),
            "It was divided by the number of batches times the first batch's size: count the images.",
        ),
        ("of-a-batch", total / len(SIZES), "This is the mean of a batch: divide by the number of images."),
        ("not-divided", total, "This is the sum over all images: divide by their number."),
        ("last-left-out", torch.cat(losses[:-1]).mean(), "The last batch is missing."),
        ("last-alone", losses[-1].mean(), "This is the last batch alone: add up over the loop."),
        ("size-twice", sum(part.sum() * len(part) for part in losses) / count, "Sums were multiplied by sizes."),
    ]


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 13.6."""
    values = judge.values
    for label in ("training", "evaluation"):
        case = f"a model that it finds in {label} mode"
        judge.array(label, (), ONE_NUMBER, case=case)
        judge.that(
            values[f"{label} called"] > 0,
            "not-called",
            f"{NAME} never called the model.",
            "model(x) gives a loss for each image.",
        )
        judge.that(
            values[f"{label} in training mode"] == 0,
            "dropout-on",
            f"{NAME} called the model in training mode for {case}.",
            "Dropout was on: model.eval() before the loop.",
        )
        judge.close(label, float(_right(inputs)), axes=ONE_NUMBER, case=case, suspects=_suspects(inputs))
        judge.that(
            values[f"{label} moved"] < 1e-6,
            "trained",
            f"{NAME} changed the model's weight by {values[f'{label} moved']:.3g}.",
            "It only looks: backward() and a step have no place here.",
        )
        judge.that(
            values[f"{label} with gradients"] == 0,
            "gradients-on",
            f"{NAME} called the model with gradients switched on.",
            "with torch.no_grad(): keeps no graph, and needs less memory and time.",
        )
        left = 2 if label == "training" else 0
        judge.that(
            values[f"{label} left"] == left,
            "mode-left" if label == "training" else "mode-set",
            f"{NAME} was given a model in {label} mode and left it in the other one.",
            "before = model.training, and at the end model.train(before).",
        )
