"""The numbers in the prose of lesson 13, computed again: closed forms, and the patients themselves."""

import ast
import math
from statistics import NormalDist

import nbformat
import pytest
import torch
import torch.nn.functional as F

from course_utils import data, quizzes, units
from course_utils.exercises import registry
from course_utils.exercises.lesson_13 import ex_13_1, ex_13_2, ex_13_3, ex_13_4, ex_13_5
from course_utils.reconstruction import frobenius_metric, principal_directions, rmse

from .numbers import SOLUTIONS, prose, states

ONE = torch.ones(1, 1)


def says(words):
    assert words in prose("13"), words


def _cells():
    (path,) = SOLUTIONS.glob("13_*.ipynb")
    return {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}


def test_the_printed_formula():
    printed, right = ex_13_1.kl_as_printed, ex_13_1.kl_closed
    assert printed(0 * ONE, 0 * ONE).item() == -1
    says("At the prior the printed formula says $-1$")
    place = -2 * ONE, 2 * math.log(1.7) * ONE
    states("13", "79.92", -printed(*place).item())
    states("13", "2.414", right(*place).item())


def test_the_mutation_scores():
    at_prior, many = torch.zeros(1, 2), torch.randn(500, 2, generator=torch.Generator().manual_seed(13))
    wrong = [
        ex_13_1.kl_as_printed,
        ex_13_1.kl_doubled,
        ex_13_1.kl_averaged,
        ex_13_1.kl_sigma_for_variance,
        ex_13_1.kl_one_sided,
    ]
    at_zero = [bool(kl(at_prior, at_prior).abs().max() >= 1e-4) for kl in wrong]
    negative = [bool((kl(many, many.flip(0)) <= -1e-4).any()) for kl in wrong]
    whole = [not ex_13_1.reference("kl", kl) for kl in wrong]
    assert (sum(at_zero), sum(negative), sum(whole)) == (1, 2, 5)
    says("1 of 5, 2 of 5, 5 of 5")
    says("lets four mutants through")
    assert at_zero[0] and "refuses the printed formula and lets four" in prose("13")


def test_the_uniform_posterior():
    assert ex_13_1.support_grows(torch.zeros(1), torch.ones(1)).item() == 1
    states("13", "4.605", ex_13_1.support_where(torch.zeros(1), torch.tensor([0.01])).item())


def test_room_for_chance():
    assert 1 / math.sqrt(10_000) == 0.01 and 5 * 0.01 == 0.05
    says("a mean of 10,000 has a standard error of 0.01, so a room of 0.05 is five of them")


def test_one_draw_of_a_small_kl():
    normal, mean, spread = NormalDist(), 0.5**2 / 2, 0.5
    states("13", "0.125", mean)
    below = normal.cdf(-mean / spread)
    assert below == pytest.approx(2 / 5, abs=0.005) and "Two draws in five are below 0" in prose("13")
    clamped = mean * normal.cdf(mean / spread) + spread * normal.pdf(mean / spread)
    assert 2 < clamped / mean < 2.5 and "Clamped, the mean is more than twice as large" in prose("13")


def test_where_the_exponential_overflows():
    finite = {power: torch.tensor(float(power)).exp().isfinite().item() for power in (88, 89)}
    assert finite == {88: True, 89: False}
    assert torch.tensor(177 / 2).exp().isfinite() and not torch.tensor(178 / 2).exp().isfinite()
    says("overflows at a logvar of 89, `exp(logvar / 2)` only at 178")


def test_the_losses():
    same, wide = torch.zeros(1, 2), torch.full((1, 2), 2 * math.log(10))
    assert ex_13_3.pair_by_kl_div(same, same, same, wide).item() == 0
    assert math.exp(wide[0, 0] / 2) == pytest.approx(10, rel=1e-5)
    assert ex_13_3.logits_by_sigmoid(ONE, -200 * ONE).isinf().all()
    bce, kl = torch.full((1, 784), 100 / 784), torch.full((1, 10), 2.0)
    states("13", "0.994", (kl.sum() / ex_13_3.loss_of_mean_pixels(bce, kl)).item())
    states("13", "0.167", (kl.sum() / ex_13_3.loss_by_halves(bce, kl)).item())
    says("a KL of 20 nats makes 0.994")


def test_report_e():
    states("13", "98.04", units.from_padded_division(97.57, 10_000, 64))
    sizes = units.batch_sizes(10_000, 64)
    assert len(sizes) == 157 and 157 * 64 == 10_048
    sums = [97.57 * 10_048 / 10_000 * size for size in sizes]
    assert ex_13_4.mean_by_first_size(sums, sizes) == pytest.approx(97.57)
    assert round(ex_13_4.mean_of_all(sums, sizes), 2) == 98.04
    says("with 157 batches of 64 the code divides by 10,048 images")


def test_report_d():
    assert ex_13_4.skipped_never(550, 50) == [] and len(ex_13_4.skipped_by_range(550, 50)) == 11
    says("none of the 550 steps in place of 11")


def test_report_c():
    train, test = (
        data.load("fashion_mnist", split, limit=1000)[0].flatten(1) for split in ("train+validation", "test")
    )
    mean, directions = principal_directions(train, 100)
    pictures = mean + torch.linalg.lstsq(directions.T, (test - mean).T).solution.T @ directions
    states("13", "0.813", frobenius_metric(pictures, test, batch=1))
    states("13", "0.027", frobenius_metric(pictures, test, batch=1000))
    states("13", "23.7", rmse(pictures, test))
    assert ex_13_4.rmse_by_entries(255 * pictures, 255 * test).item() == pytest.approx(0.027, abs=5e-4)


def test_the_ward_has_as_many_patients_as_it_says():
    wards = [ex_13_1, ex_13_2, ex_13_3, ex_13_4, ex_13_5]
    assert sum(len(ward.PATIENTS) for ward in wards) == 21
    says("tests for 21 bugs")
    for ward in wards:
        for patient in ward.PATIENTS:
            says(f'| `"{patient.name}"` |')


SHOWN = {
    "kl": ("ill_kl", [torch.randn(4, 3), torch.randn(4, 3)]),
    "bce": ("ill_bce", [torch.rand(4, 3), torch.rand(4, 3)]),
    "cdf": ("ill_cdf", [torch.randn(5), torch.randn(5), torch.rand(5)]),
    "support": ("ill_support", [torch.rand(5), 1 + torch.rand(5)]),
    "laplace": ("ill_laplace", [torch.randn(5), torch.rand(5), torch.rand(5)]),
    "loss": ("ill_loss", [torch.rand(4, 3), torch.rand(4, 2)]),
    "logits": ("ill_logits", [torch.rand(4, 3), torch.randn(4, 3)]),
    "bound": ("ill_bound", [torch.randn(4, 3)]),
    "pair": ("ill_pair", [torch.randn(4, 3) for _ in range(4)]),
    "mean": ("ill_mean", [[3.0, 4.0, 1.0], [2, 2, 1]]),
    "rmse": ("ill_rmse", [torch.rand(4, 3), torch.rand(4, 3)]),
    "skipped": ("ill_skipped", [30, 4]),
    "coverage": ("ill_coverage", [torch.arange(7), torch.rand(7)]),
    "report": ("ill_report", [[3.0, 1.0, 2.0], [1.0, 3.0, 2.0]]),
    "split": ("ill_split", [30, 5, 1]),
    "stop": ("ill_stop", [[3.0, 1.0, 2.0, 4.0], 1]),
    "sample": ("ill_sample", [torch.randn(4, 3), torch.randn(4, 3)]),
    "draws": ("ill_draws", [torch.randn(4, 3), torch.randn(4, 3), 6]),
    "estimate": ("ill_estimate", [torch.randn(4, 3), torch.randn(4, 3), 6]),
}
"""Patients as the lesson shows them, with inputs; ``keep`` and ``evaluate`` take models."""


@pytest.mark.parametrize("name", list(SHOWN))
def test_the_bug_that_the_lesson_shows_is_the_one_that_the_check_knows(name):
    scope = {"torch": torch, "math": math, "nn": torch.nn, "F": F}
    functions = "\n".join(_cells()[cell] for cell in ("first", "ill-1", "ill-2", "ill-3", "ill-4", "ill-5"))
    definitions = [node for node in ast.parse(functions).body if isinstance(node, ast.FunctionDef)]
    exec(compile(ast.Module(definitions, []), "lesson", "exec"), scope)
    shown, arguments = SHOWN[name]
    (bug,) = (
        patient.bug
        for ward in (ex_13_1, ex_13_2, ex_13_3, ex_13_4, ex_13_5)
        for patient in ward.PATIENTS
        if patient.name == name
    )
    more = [{"generator": torch.Generator().manual_seed(2)} for _ in range(2)] * (
        name in ("sample", "draws", "estimate")
    )
    here, there = (f(*arguments, **(more[i] if more else {})) for i, f in enumerate((scope[shown], bug)))
    pairs = zip(here, there, strict=True) if isinstance(here, tuple) else [(here, there)]
    for one, other in pairs:
        assert torch.allclose(one, other, atol=1e-5) if isinstance(one, torch.Tensor) else one == other


def test_the_lesson_has_six_exercises_and_five_questions():
    assert registry.ids("13") == [f"13.{i}" for i in range(1, 7)] and len(quizzes.questions("13")) == 5


def test_the_quiz():
    """What its options claim: 1/2 for each unit without the 1, and one number for equal batches."""
    zero = torch.zeros(1, 3)
    assert ((zero**2 + zero.exp() - zero) / 2).sum().item() == 1.5
    assert ex_13_4.mean_of_means([8.0, 4.0, 6.0], [4, 4, 4]) == ex_13_4.mean_of_all([8.0, 4.0, 6.0], [4, 4, 4])
    assert ex_13_2.estimate_clamped(ONE, 0 * ONE, 4000, torch.Generator().manual_seed(1)).item() > 0.55
