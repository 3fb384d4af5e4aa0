"""Exercise 13.4: tests for the books."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..contract import Inputs
from ..judging import Judge
from .shared import Patient, draw, judge_answers

TITLE = "tests for the books"
NAME = "book_test"
POINTS = 3
HINTS = (
    "Make the last batch smaller than the others, put the best epoch in the middle, and let no two numbers be equal.",
    "mean: sums 10, 14, 3 of 2, 2, 1 images give 5.4. rmse: the same for one image and for many. skipped: 6 steps, "
    "every third, gives [3, 6], and so do 7. coverage: an unsure 7 is no 7. report: "
    "the test number of the best validation epoch.",
    'def book_test(name, implementation):\n    if name == "mean":\n'
    '        return math.isclose(implementation([10.0, ___], [2, ___]), ___)\n    if name == "rmse":\n'
    "        x = torch.zeros(4, 9)\n        y = ___\n        return math.isclose(float(implementation(x, y)), ___)\n"
    '    if name == "skipped":\n        return list(implementation(6, 3)) == ___\n    if name == "coverage":\n'
    "        return implementation(torch.tensor([___]), torch.tensor([___])) == ___\n"
    "    return implementation([3.0, 2.0, 2.5, 1.0, 1.5], [___]) == ___",
)


# mean(sums, sizes): lists, one number a batch -> the mean of an image ------------------------------------------------
def mean_of_all(sums, sizes):
    """all sums, divided by all images."""
    return sum(sums) / sum(sizes)


def mean_weighted(sums, sizes):
    """the batches' means, weighted by their sizes, in torch."""
    sums, sizes = torch.tensor(sums, dtype=torch.float64), torch.tensor(sizes, dtype=torch.float64)
    return ((sums / sizes) @ sizes / sizes.sum()).item()


def mean_running(sums, sizes):
    """a running mean, batch by batch."""
    mean, seen = 0.0, 0
    for total, size in zip(sums, sizes, strict=True):
        seen = seen + size
        mean = mean + (total / size - mean) * size / seen
    return mean


def mean_by_first_size(sums, sizes):
    """it divides by the number of batches times the first batch's size, as in Report E's code."""
    return sum(sums) / (len(sums) * sizes[0])


def mean_of_means(sums, sizes):
    """the last batch counts as much as the others, however small it is."""
    return sum(total / size for total, size in zip(sums, sizes, strict=True)) / len(sums)


def mean_of_products(sums, sizes):
    """sums are multiplied by the batch's size once more, as in Report B's code."""
    return sum(total * size for total, size in zip(sums, sizes, strict=True)) / sum(sizes)


def mean_without_last(sums, sizes):
    """the last batch is left out."""
    return sum(sums[:-1]) / sum(sizes[:-1])


def mean_of_batches(sums, sizes):
    """it is the mean of a batch, not of an image."""
    return sum(sums) / len(sums)


# rmse(x, y): (N, P) each -> one number --------------------------------------------------------------------------------
def rmse_plain(x, y):
    """the root of the mean square."""
    return (x - y).square().mean().sqrt()


def rmse_by_norm(x, y):
    """the norm, divided by the root of the number of entries."""
    return torch.linalg.vector_norm(x - y) / math.sqrt(x.numel())


def rmse_in_double(x, y):
    """torch's mse_loss in double precision, as a plain number."""
    return math.sqrt(torch.nn.functional.mse_loss(x.double(), y.double()).item())


def rmse_by_entries(x, y):
    """the norm is divided by the number of entries: it falls as the batch grows, as in Report C's metric."""
    return (x - y).norm() / x.numel()


def rmse_of_images(x, y):
    """the root is taken image by image, and then the mean."""
    return (x - y).square().mean(dim=1).sqrt().mean()


def rmse_absolute(x, y):
    """a mean of absolute differences."""
    return (x - y).abs().mean()


def rmse_without_root(x, y):
    """the root is missing."""
    return (x - y).square().mean()


def rmse_by_images(x, y):
    """the norm is divided by the root of the number of images: pixels are not counted."""
    return (x - y).norm() / math.sqrt(len(x))


# skipped(steps, every): the steps, counted from 1, in which the discriminator rests -----------------------------------
def skipped_by_range(steps, every):
    """range."""
    return list(range(every, steps + 1, every))


def skipped_by_remainder(steps, every):
    """the steps that leave no remainder."""
    return [step for step in range(1, steps + 1) if step % every == 0]


def skipped_by_count(steps, every):
    """a count that is raised once in each step and put back."""
    count, found = 0, []
    for step in range(1, steps + 1):
        count = count + 1
        if count == every:
            found, count = [*found, step], 0
    return found


def skipped_never(steps, every):
    """the count is raised at both ends of a step, so that it is odd at each look: as in Report D's code."""
    count, found = 0, []
    for step in range(1, steps + 1):
        count = count + 1
        if count % every == 0 and count % 2 == 0:
            found = [*found, step]
        count = count + 1
    return found


def skipped_from_zero(steps, every):
    """steps are counted from 0, so that the first one is skipped."""
    return [step + 1 for step in range(steps) if step % every == 0]


def skipped_without_last(steps, every):
    """the last step is never looked at."""
    return [step for step in range(1, steps) if step % every == 0]


def skipped_all_others(steps, every):
    """skipped and trained steps are exchanged."""
    return [step for step in range(1, steps + 1) if step % every]


def skipped_too_rarely(steps, every):
    """one step too many lies between two skips."""
    return list(range(every, steps + 1, every + 1))


# coverage(digits, confidence): (N,) each -> how many digits occur among pictures that are sure by 0.9 or more ---------
def coverage_unique(digits, confidence):
    """unique digits among the sure ones."""
    return len(digits[confidence >= 0.9].unique())


def coverage_by_set(digits, confidence):
    """a set in plain Python."""
    return len({d for d, c in zip(digits.tolist(), confidence.tolist(), strict=True) if round(c, 6) >= 0.9})


def coverage_by_count(digits, confidence):
    """bincount, and how many of its entries are not 0."""
    return int((torch.bincount(digits[confidence >= 0.9], minlength=10) > 0).sum())


def coverage_of_all(digits, confidence):
    """pictures that are no digit count as well: the judge always names one."""
    return len(digits.unique())


def coverage_of_pictures(digits, confidence):
    """it counts pictures, not digits."""
    return int((confidence >= 0.9).sum())


def coverage_by_largest(digits, confidence):
    """the largest digit plus 1: one that is missing below it is not missed."""
    sure = digits[confidence >= 0.9]
    return int(sure.max()) + 1 if len(sure) else 0


def coverage_of_unsure(digits, confidence):
    """the comparison is turned round."""
    return len(digits[confidence < 0.9].unique())


def coverage_by_changes(digits, confidence):
    """it counts where the digit changes from picture to picture: one that comes back counts twice."""
    return len(torch.unique_consecutive(digits[confidence >= 0.9]))


# report(validation, test): lists, a loss an epoch -> the test loss to be reported -------------------------------------
def report_by_index(validation, test):
    """the epoch of the least validation loss."""
    return test[validation.index(min(validation))]


def report_by_pairs(validation, test):
    """the smallest pair."""
    return min(zip(validation, test, strict=True))[1]


def report_by_argmin(validation, test):
    """argmin in torch."""
    return test[int(torch.tensor(validation).argmin())]


def report_best_test(validation, test):
    """the least test loss: the epoch is chosen on the test set, as in Report B."""
    return min(test)


def report_last(validation, test):
    """the last epoch, though the best one was saved: as in Report E."""
    return test[-1]


def report_worst(validation, test):
    """the epoch of the largest validation loss."""
    return test[validation.index(max(validation))]


def report_validation(validation, test):
    """the validation loss itself."""
    return min(validation)


def report_first_rise(validation, test):
    """the epoch before the first rise: a later, lower one is never seen."""
    for epoch in range(1, len(validation)):
        if validation[epoch] > validation[epoch - 1]:
            return test[epoch - 1]
    return test[-1]


PATIENTS = (
    Patient(
        "mean",
        (mean_of_all, mean_weighted, mean_running),
        mean_by_first_size,
        (mean_of_means, mean_of_products, mean_without_last, mean_of_batches),
        "Never == between computed numbers: math.isclose leaves room.",
    ),
    Patient(
        "rmse",
        (rmse_plain, rmse_by_norm, rmse_in_double),
        rmse_by_entries,
        (rmse_of_images, rmse_absolute, rmse_without_root, rmse_by_images),
        "It may be a tensor or a number: float() takes both, and math.isclose(..., rel_tol=1e-4) leaves room.",
    ),
    Patient(
        "skipped",
        (skipped_by_range, skipped_by_remainder, skipped_by_count),
        skipped_never,
        (skipped_from_zero, skipped_without_last, skipped_all_others, skipped_too_rarely),
        "Steps are counted from 1; step `every` itself is the first that is skipped.",
    ),
    Patient(
        "coverage",
        (coverage_unique, coverage_by_set, coverage_by_count),
        coverage_of_all,
        (coverage_of_pictures, coverage_by_largest, coverage_of_unsure, coverage_by_changes),
        "Sure means 0.9 or more; float32 has no exact 0.9, so keep away from it.",
    ),
    Patient(
        "report",
        (report_by_index, report_by_pairs, report_by_argmin),
        report_best_test,
        (report_last, report_worst, report_validation, report_first_rise),
        "Two epochs with one validation loss have no better one: let all losses differ.",
    ),
)


def _mean_test(mean: Callable[..., float]) -> bool:
    return math.isclose(mean([10.0, 14.0, 3.0], [2, 2, 1]), 27 / 5)


def _rmse_test(rmse: Callable[[Tensor, Tensor], Any]) -> bool:
    x, y = torch.zeros(2, 4), torch.tensor([[1.0] * 4, [-7.0] * 4])
    return math.isclose(float(rmse(x, y)), 5.0, rel_tol=1e-4)


def _skipped_test(skipped: Callable[..., list[int]]) -> bool:
    return list(skipped(7, 2)) == [2, 4, 6] and list(skipped(6, 3)) == [3, 6]


def _coverage_test(coverage: Callable[[Tensor, Tensor], int]) -> bool:
    digits, confidence = torch.tensor([3, 8, 3, 8, 7, 9]), torch.tensor([0.95, 0.99, 0.95, 0.99, 0.5, 0.2])
    return coverage(digits, confidence) == 2 and coverage(digits[:5], 1 - confidence[:5] / 20) == 3


def _report_test(report: Callable[..., float]) -> bool:
    return report([5.0, 6.0, 3.0, 4.0, 4.5], [5.5, 6.5, 3.9, 3.8, 4.6]) == 3.9


_TESTS: dict[str, Callable[..., bool]] = {
    "mean": _mean_test,
    "rmse": _rmse_test,
    "skipped": _skipped_test,
    "coverage": _coverage_test,
    "report": _report_test,
}


def reference(patient: str, implementation: Callable[..., Any]) -> bool:
    """Whether an implementation of the named patient books a small example as it should be."""
    return _TESTS[patient](implementation)


def inputs(generator: torch.Generator) -> Inputs:
    """Implementations of all patients in a drawn order, sealed."""
    return draw(PATIENTS, generator)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 13.4."""
    judge_answers(judge, inputs, PATIENTS, keeps=2)
