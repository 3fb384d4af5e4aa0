"""Exercise 13.5: tests for training."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from ..contract import Inputs
from ..judging import Judge
from .shared import Patient, draw, judge_answers

TITLE = "tests for training"
NAME = "training_test"
POINTS = 3
HINTS = (
    "Nothing has to be trained: rig a list of losses, a model with one weight, a layer of dropout, and look at what is "
    "left afterwards.",
    "split: both parts together hold each row once; a seed gives one split, another seed another. stop: patience 2 on "
    "5, 3, 4, 2, 2.5, 2.6, 1 stops after 6 epochs. keep: let train_epoch add 1 to the weight. "
    "evaluate: Dropout(1.0) and a smaller last batch; then look at the weights and at model.training.",
    'def training_test(name, implementation):\n    if name == "split":\n'
    "        train, held = implementation(50, 10, ___)\n"
    "        whole = sorted([*train.tolist(), *held.tolist()]) == list(range(___))\n        return whole and ___\n"
    '    if name == "stop":\n        return implementation([5.0, 3.0, ___], ___) == ___\n'
    '    if name == "keep":\n        model = torch.nn.Linear(1, 1)\n        losses = iter([___])\n'
    "        return ___\n    model = torch.nn.Sequential(torch.nn.Dropout(1.0), torch.nn.Flatten(0)).train()\n"
    "    return math.isclose(implementation(model, [torch.ones(2, 1), ___]), ___) and model.___",
)


# split(n, held_out, seed) -> row numbers to train on, row numbers held out for validation -----------------------------
def split_permuted(n, held_out, seed):
    """one permutation, cut in two."""
    rows = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    return rows[held_out:], rows[:held_out]


def split_by_noise(n, held_out, seed):
    """the order of random numbers."""
    rows = torch.rand(n, generator=torch.Generator().manual_seed(seed)).argsort()
    return rows[: n - held_out], rows[n - held_out :]


def split_sorted(n, held_out, seed):
    """a mask, so that both parts come in ascending order."""
    held = torch.zeros(n, dtype=torch.bool)
    held[torch.randperm(n, generator=torch.Generator().manual_seed(seed))[:held_out]] = True
    return torch.arange(n)[~held], torch.arange(n)[held]


def split_overlapping(n, held_out, seed):
    """the rows for validation are not taken away from those for training."""
    rows = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    return rows, rows[:held_out]


def split_unshuffled(n, held_out, seed):
    """the last rows are held out, whatever the seed; files are often sorted by class."""
    return torch.arange(n - held_out), torch.arange(n - held_out, n)


def split_by_chance(n, held_out, seed):
    """the seed is not used: each call gives another split."""
    rows = torch.randperm(n)
    return rows[held_out:], rows[:held_out]


def split_losing_one(n, held_out, seed):
    """one row is in neither part."""
    rows = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    return rows[held_out + 1 :], rows[:held_out]


def split_exchanged(n, held_out, seed):
    """both parts come in the wrong order: it is trained on the few."""
    rows = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    return rows[:held_out], rows[held_out:]


# stop(losses, patience) -> how many epochs are trained ----------------------------------------------------------------
def stop_counting(losses, patience):
    """a count of epochs without a new best."""
    best, waited = math.inf, 0
    for epoch, loss in enumerate(losses, 1):
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if waited == patience:
            return epoch
    return len(losses)


def stop_by_epoch(losses, patience):
    """the epoch of the best so far is remembered."""
    best = 1
    for epoch, loss in enumerate(losses, 1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return epoch
    return len(losses)


def stop_looking_back(losses, patience):
    """looks back over the last epochs each time."""
    for epoch in range(patience + 1, len(losses) + 1):
        if min(losses[epoch - patience : epoch]) >= min(losses[: epoch - patience]):
            return epoch
    return len(losses)


def stop_never(losses, patience):
    """the count is raised and never read, as in Report E's code."""
    return len(losses)


def stop_without_reset(losses, patience):
    """the count is not put back to 0 at a new best."""
    best, waited = math.inf, 0
    for epoch, loss in enumerate(losses, 1):
        waited = waited + (loss >= best)
        best = min(best, loss)
        if waited == patience:
            return epoch
    return len(losses)


def stop_by_neighbour(losses, patience):
    """each loss is compared with the one before, not with the best."""
    before, waited = math.inf, 0
    for epoch, loss in enumerate(losses, 1):
        waited = 0 if loss < before else waited + 1
        before = loss
        if waited == patience:
            return epoch
    return len(losses)


def stop_too_late(losses, patience):
    """one epoch too late."""
    best, waited = math.inf, 0
    for epoch, loss in enumerate(losses, 1):
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if waited > patience:
            return epoch
    return len(losses)


def stop_says_best(losses, patience):
    """it says which epoch was the best, not how many were trained."""
    best = 1
    for epoch, loss in enumerate(losses, 1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return best
    return best


# keep(model, train_epoch, validate, epochs) -> the weights of the best epoch ------------------------------------------
def keep_cloned(model, train_epoch, validate, epochs):
    """a clone of each tensor at each new best."""
    best, kept = math.inf, {}
    for _ in range(epochs):
        train_epoch(model)
        loss = validate(model)
        if loss < best:
            best, kept = loss, {name: weight.clone() for name, weight in model.state_dict().items()}
    return kept


def keep_deep(model, train_epoch, validate, epochs):
    """copy.deepcopy."""
    best, kept = math.inf, {}
    for _ in range(epochs):
        train_epoch(model)
        loss = validate(model)
        if loss < best:
            best, kept = loss, __import__("copy").deepcopy(model.state_dict())
    return kept


def keep_all(model, train_epoch, validate, epochs):
    """a copy of every epoch, and the choice at the end."""
    losses, all_of_them = [], []
    for _ in range(epochs):
        train_epoch(model)
        losses = [*losses, float(validate(model))]
        all_of_them = [*all_of_them, {name: weight.clone() for name, weight in model.state_dict().items()}]
    return all_of_them[losses.index(min(losses))]


def keep_alive(model, train_epoch, validate, epochs):
    """state_dict() is no copy: what was kept is trained on."""
    best, kept = math.inf, {}
    for _ in range(epochs):
        train_epoch(model)
        loss = validate(model)
        if loss < best:
            best, kept = loss, model.state_dict()
    return kept


def keep_last(model, train_epoch, validate, epochs):
    """the last epoch, whatever validation said."""
    for _ in range(epochs):
        train_epoch(model)
        validate(model)
    return {name: weight.clone() for name, weight in model.state_dict().items()}


def keep_worst(model, train_epoch, validate, epochs):
    """the epoch of the largest loss."""
    best, kept = -math.inf, {}
    for _ in range(epochs):
        train_epoch(model)
        loss = validate(model)
        if loss > best:
            best, kept = loss, {name: weight.clone() for name, weight in model.state_dict().items()}
    return kept


def keep_one_early(model, train_epoch, validate, epochs):
    """the copy is made before the epoch that is judged."""
    best, kept = math.inf, {}
    for _ in range(epochs):
        before = {name: weight.clone() for name, weight in model.state_dict().items()}
        train_epoch(model)
        loss = validate(model)
        if loss < best:
            best, kept = loss, before
    return kept


def keep_from_a_thousand(model, train_epoch, validate, epochs):
    """a start of 1000 in place of infinity: a loss above it is never kept."""
    best, kept = 1000.0, {name: weight.clone() for name, weight in model.state_dict().items()}
    for _ in range(epochs):
        train_epoch(model)
        loss = validate(model)
        if loss < best:
            best, kept = loss, {name: weight.clone() for name, weight in model.state_dict().items()}
    return kept


# evaluate(model, batches) -> the mean loss of an image; model(x) gives a loss for each image --------------------------
def evaluate_plain(model, batches):
    """evaluation mode, no gradients, and the mode put back."""
    before = model.training
    model.eval()
    with torch.no_grad():
        total = sum(float(model(x).sum()) for x in batches)
    model.train(before)
    return total / sum(len(x) for x in batches)


def evaluate_copy(model, batches):
    """a copy of the model is evaluated."""
    judge = __import__("copy").deepcopy(model).eval()
    with torch.no_grad():
        return torch.cat([judge(x).double() for x in batches]).mean().item()


def evaluate_whole(model, batches):
    """all images at once."""
    before = model.training
    with torch.inference_mode():
        loss = model.eval()(torch.cat(list(batches))).mean().item()
    model.train(before)
    return loss


def evaluate_in_training_mode(model, batches):
    """eval() is never called: dropout stays on, as in Report D's code."""
    with torch.no_grad():
        total = sum(float(model(x).sum()) for x in batches)
    return total / sum(len(x) for x in batches)


def evaluate_left_in_eval(model, batches):
    """the model stays in evaluation mode: the next epoch is trained without dropout."""
    model.eval()
    with torch.no_grad():
        total = sum(float(model(x).sum()) for x in batches)
    return total / sum(len(x) for x in batches)


def evaluate_mean_of_means(model, batches):
    """the last batch counts as much as the others."""
    before = model.training
    model.eval()
    with torch.no_grad():
        losses = [float(model(x).mean()) for x in batches]
    model.train(before)
    return sum(losses) / len(losses)


def evaluate_training(model, batches):
    """backward() and a step stand in the loop: the model is trained on what it is judged by, as in Report E's code."""
    before = model.training
    model.eval()
    total, optimizer = 0.0, torch.optim.SGD(model.parameters(), lr=1e-3)
    for x in batches:
        loss = model(x).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total = total + loss.item()
    model.train(before)
    return total / sum(len(x) for x in batches)


def evaluate_by_first_size(model, batches):
    """it divides by the number of batches times the first batch's size."""
    before = model.training
    model.eval()
    with torch.no_grad():
        total = sum(float(model(x).sum()) for x in batches)
    model.train(before)
    return total / (len(batches) * len(batches[0]))


PATIENTS = (
    Patient(
        "split",
        (split_permuted, split_by_noise, split_sorted),
        split_overlapping,
        (split_unshuffled, split_by_chance, split_losing_one, split_exchanged),
        "Which rows a seed holds out is free, and so is their order: sort before you compare.",
    ),
    Patient(
        "stop",
        (stop_counting, stop_by_epoch, stop_looking_back),
        stop_never,
        (stop_without_reset, stop_by_neighbour, stop_too_late, stop_says_best),
        "Epochs are counted from 1, and the epoch in which the patience ends is trained.",
    ),
    Patient(
        "keep",
        (keep_cloned, keep_deep, keep_all),
        keep_alive,
        (keep_last, keep_worst, keep_one_early, keep_from_a_thousand),
        "train_epoch and validate are called with the model, once an epoch, in this order; rig no others.",
    ),
    Patient(
        "evaluate",
        (evaluate_plain, evaluate_copy, evaluate_whole),
        evaluate_in_training_mode,
        (evaluate_left_in_eval, evaluate_mean_of_means, evaluate_training, evaluate_by_first_size),
        "Give a torch.nn.Module that takes (n, ...) and returns (n,), and a list of batches. How often it is called is "
        "free, and so is a copy of it.",
    ),
)


def _split_test(split: Callable[..., Any]) -> bool:
    parts = [[sorted(part.tolist()) for part in split(50, 10, seed)] for seed in (1, 1, 2)]
    whole = all(sorted(train + held) == list(range(50)) and len(held) == 10 for train, held in parts)
    return whole and parts[0] == parts[1] != parts[2]


def _stop_test(stop: Callable[..., int]) -> bool:
    return stop([5.0, 3.0, 4.0, 3.5, 1.0, 2.0], 2) == 4 and stop([5.0, 6.0, 4.0, 4.5, 3.0, 3.5, 3.2, 3.1], 3) == 8


def _keep_test(keep: Callable[..., Any]) -> bool:
    model, losses = nn.Linear(1, 1), iter([3000.0, 2000.0, 2500.0])
    nn.init.zeros_(model.bias)

    def train_epoch(model: nn.Linear) -> None:
        with torch.no_grad():
            model.bias.add_(1)

    kept = keep(model, train_epoch, lambda _: next(losses), 3)
    return kept["bias"].item() == 2


def _evaluate_test(evaluate: Callable[..., float]) -> bool:
    linear = nn.Linear(1, 1, bias=False)
    nn.init.ones_(linear.weight)
    model = nn.Sequential(nn.Dropout(1.0), linear, nn.Flatten(0)).train()
    loss = evaluate(model, [torch.full((4, 1), 1.0), torch.full((2, 1), 4.0)])
    return (
        math.isclose(float(torch.as_tensor(loss).detach()), 2.0, rel_tol=1e-4)
        and model.training
        and linear.weight.item() == 1
    )


_TESTS: dict[str, Callable[..., bool]] = {
    "split": _split_test,
    "stop": _stop_test,
    "keep": _keep_test,
    "evaluate": _evaluate_test,
}


def reference(patient: str, implementation: Callable[..., Any]) -> bool:
    """Whether an implementation of the named patient does on a rigged example what its contract says."""
    return _TESTS[patient](implementation)


def inputs(generator: torch.Generator) -> Inputs:
    """Implementations of all patients in a drawn order, sealed."""
    return draw(PATIENTS, generator)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 13.5."""
    judge_answers(judge, inputs, PATIENTS, keeps=2)
