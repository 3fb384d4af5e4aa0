"""Exercise 7.1: the exact mean over images."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..contract import Inputs, Values
from ..judging import Judge, Suspect, attempts, told_apart
from .probe_7_1 import CASES, DROPOUT, RECONSTRUCTION

TITLE = "the exact mean over images"
NAME = "mean_nats"
POINTS = 3
HINTS = (
    "Four steps: note the mode and switch to evaluation; add up the nats of every image, batch "
    "by batch, without gradients; give the mode back; divide once.",
    "(sum over batches x of model(x).total.sum()) / len(images), inside torch.no_grad(), between "
    "model.eval() and model.train(was_training).",
    "def mean_nats(model, images, batch):\n    was_training = ___\n    model.eval()\n    total = "
    "0.0\n    with ___:\n"
    "        for x in images.split(batch):\n            total += model(x).total.___\n    "
    "model.train(___)\n    return total / ___",
)

REMEDIES = (("must match the size of tensor", "total is one number per image: add up its .sum()."),)


def reference(model: nn.Module, images: Tensor, batch: int) -> float:
    """Mean of ``model(x).total`` over all images, nats, in evaluation mode; the model is left in the mode it was in."""
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            total = sum(model(x).total.double().sum().item() for x in images.split(batch))
    finally:
        model.train(was_training)
    return total / len(images)


def inputs(generator: torch.Generator) -> Inputs:
    """Random images, and batch sizes that leave a rest, none, or a single image."""
    for _ in attempts():
        inputs = _drawn_images(generator)
        nats = _prices(inputs, "ragged")
        if told_apart(nats.mean(), _suspects(nats, inputs["batches"]["ragged"])):
            return inputs
    raise AssertionError("unreachable")


def _drawn_images(generator: torch.Generator) -> Inputs:
    """Images that grow brighter, the last ones by far, so that every batch has a mean of its own."""
    batch = 8 + int(torch.randint(0, 4, (), generator=generator))
    counts = {"ragged": 2 * batch + 3, "even": 3 * batch, "lonely": batch + 1, "small": batch - 3, "many": 22}
    inputs: Inputs = {
        "batches": {label: 4 if label == "many" else batch for label in counts},
        "price": 150 + 50 * torch.rand((), generator=generator).item(),
    }
    for label, count in counts.items():
        bright = torch.where(torch.arange(count) < count - 3, torch.linspace(0.3, 0.5, count), 1.0)
        inputs[label] = torch.rand((count, 1, 28, 28), generator=generator) * bright[:, None, None, None]
    return inputs


def _prices(inputs: Inputs, label: str) -> Tensor:
    return inputs["price"] * inputs[label].double().flatten(1).mean(1)


def _suspects(nats: Tensor, batch: int) -> list[Suspect]:
    """What the usual slips give, alone and together with a forgotten switch or a forgotten half."""
    parts = nats.split(batch)
    means = torch.stack([part.mean() for part in parts])
    full = torch.cat(parts[:-1]) if len(parts[-1]) < batch and len(parts) > 1 else nats
    right = nats.mean()
    plain: list[Suspect] = [
        (
            "batch-means",
            means.mean(),
            "The mean of the batch means: a small last batch then counts as much as a full one. Add up "
            "sums, or weigh each mean by its size.",
        ),
        (
            "padded",
            nats.sum() / (len(parts) * batch),
            "Divided by batches times batch size, as Report E did: divide by len(images).",
        ),
        ("last-batch-dropped", full.mean(), "The last, smaller batch was left out."),
        (
            "too-few-images",
            nats.sum() / len(full),
            "All images were added up, but divided by those of the full batches only.",
        ),
        ("not-divided", nats.sum(), "This is the sum over all images: divide by their number."),
        ("per-batch", nats.sum() / len(parts), "Divided by the number of batches: divide by the number of images."),
        (
            "sum-of-means",
            means.sum(),
            "The batch means were added up: each must be multiplied by its batch's size, and the sum "
            "divided by len(images).",
        ),
        ("one-batch", means[0], "Only the first batch was counted: is the return inside the loop?"),
        ("one-batch", means[-1], "Only the last batch was counted: add to the total, do not replace it."),
        (
            "report-b",
            sum(len(part) * part.sum() for part in parts) / len(nats),
            "A batch sum was multiplied by the batch size once more, as in Report B.",
        ),
        ("divided-twice", right / batch, "Divided by the batch size once too often."),
        (
            "batch-for-size",
            batch * means.sum() / len(nats),
            "Each batch mean was multiplied by batch: a smaller last batch has len(x) images.",
        ),
    ]
    half = "BCE alone, or KL alone: .total is their sum."
    switch = "The model ran with its dropout on: call model.eval() first, which switches all its parts."
    found = [
        *plain,
        ("half-missing", RECONSTRUCTION * right, half),
        ("half-missing", (1 - RECONSTRUCTION) * right, half),
    ]
    return [
        *found,
        *[
            ("training-mode", DROPOUT * torch.as_tensor(value), switch)
            for value in (right, *(value for _, value, _ in found))
        ],
    ]


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 7.1."""
    for label, case in CASES.items():
        nats, batch = _prices(inputs, label), inputs["batches"][label]
        judge.close(
            label,
            nats.mean(),
            axes="One number, the mean over all images.",
            case=f"{case} ({len(inputs[label])} images, batch {batch})",
            rtol=1e-4,
            suspects=_suspects(nats, batch),
            otherwise=_of_the_mode(judge.values, label)
            or "Add up model(x).total over all images, and divide by len(images) once, after the loop.",
        )
    for label in CASES:
        judge.that(
            judge.values[f"{label} moved"] == 0,
            "weights-moved",
            "The model's weights are not what they were.",
            "Measuring must not train: no backward, no optimiser step.",
        )
        judge.that(
            judge.values[f"{label} graphs"] == 0,
            "gradients-on",
            "The model ran with gradients switched on.",
            "Then every batch keeps its whole graph in memory: call the model inside `with torch.no_grad():`.",
        )
        judge.that(
            judge.values[f"{label} largest"] <= inputs["batches"][label],
            "too-many-at-once",
            f"The model was given {judge.values[f'{label} largest']} images at once, with batch = "
            f"{inputs['batches'][label]}.",
            "Cut the images with images.split(batch): memory is why one works in batches.",
        )
        was = label != "even"
        judge.that(
            judge.values[f"{label} training"] == was,
            "mode-not-restored",
            f"A model that came in {_mode(was)} mode was left in {_mode(not was)} mode.",
            "Note model.training at the start, and give it back at the end: model.train(was_training).",
        )
        judge.that(
            judge.values[f"{label} dropout"] == was,
            "parts-not-restored",
            f"A model that came in {_mode(was)} mode was left with its dropout in {_mode(not was)} mode.",
            "model.train(was_training) switches the model and all its parts; setting model.training, the model alone.",
        )


def _of_the_mode(values: Values, label: str) -> str:
    """In how many calls the dropout inside the model was on; nothing where it was off."""
    dropped, calls = values.get(f"{label} dropped", 0), values.get(f"{label} calls", 0)
    return (
        f"In {dropped} of {calls} calls the model's dropout was on: model.eval() before the first." if dropped else ""
    )


def _mode(training: bool) -> str:
    return "training" if training else "evaluation"
