"""The numbers in the prose of lesson 12, computed again."""

import math

import pytest
import torch
import torch.nn.functional as F

from course_utils import checkpoints, quizzes, turns
from course_utils.checkpoints import gans
from course_utils.coverage import frechet_distance
from course_utils.exercises import _lesson_12_classes as classes
from course_utils.exercises import _lesson_12_losses as losses
from course_utils.exercises import _lesson_12_turns as exercises
from course_utils.gan import Discriminator, Generator
from course_utils.vae import parameter_count
from tests.numbers import prose, states

STEPS = 55_000 // 100


def softplus(x):
    return F.softplus(torch.tensor(float(x), dtype=torch.float64)).item()


def test_the_price_of_a_coin():
    states("12", "1.386", 2 * math.log(2))
    states("12", "0.693", math.log(2))
    states("12", "2.303", math.log(10))


def test_the_examples_of_both_losses():
    for printed, logit in (("0.1269", -2), ("0.6931", 0), ("0.3133", -1), ("1.3133", 1)):
        states("12", printed, softplus(logit))
    states("12", "0.7233", losses.discriminator_loss(torch.tensor([2.0, 0.0]), torch.tensor([-1.0])).item())
    states("12", "1.0032", losses.generator_loss(torch.tensor([-1.0, 0.0])).item())


def test_the_slopes_at_minus_six():
    slope = 1 / (1 + math.exp(6))
    states("12", "0.0025", slope)
    states("12", "0.9975", 1 - slope)


def test_report_ds_log_in_nats():
    assert STEPS == 550 and "$55{,}000/550=100$" in prose("12")
    states("12", "2.92", 100 * 0.02921)
    states("12", "0.470", 100 * 0.00470)
    for printed, nats in ((79, 0.470 / 2), (5, 2.92), (74, 0.604 / 2), (10, 2.29)):
        assert f"{100 * math.exp(-nats):.0f}" == str(printed) and f"{printed} %" in prose("12")
    assert 0.19 < 1 - 2.29 / 2.92 < 0.23 and "fallen by a fifth" in prose("12")
    assert 0.604 / 0.470 > 1.25 and "risen by more than a quarter" in prose("12")


def test_the_networks_are_large():
    both = parameter_count(Generator()) + parameter_count(Discriminator())
    assert both > 10 * 175_665 and "more than ten times the 175,665" in prose("12")


def test_a_frechet_distance_in_one_dimension():
    a = torch.randn((400, 1), generator=torch.Generator().manual_seed(0)).double()
    a = (a - a.mean()) / a.std()
    assert frechet_distance(a, 3 + 2 * a) == pytest.approx(10) and "$9+1=10$" in prose("12")


def test_two_sure_pictures_of_three():
    logits = torch.zeros(3, 10)
    logits[:2, 3] = 9
    assert classes.class_shares(logits).tolist() == pytest.approx([0, 0, 0, 2 / 3, *[0] * 6])
    assert "entry 3 is $\\frac23$" in prose("12")


def test_the_schedules():
    assert exercises.missed_steps(turns.schedule_d, 6, 5) == [5, 0, 0, 0, 0, 5]
    assert "`[5, 0, 0, 0, 0, 5]`" in prose("12")
    for every, skips in ((500, 1), (50, 11)):
        assert exercises.missed_steps(turns.SkipSteps(every), 1, STEPS) == [skips]
        assert exercises.missed_steps(turns.SkipStepsAsCoded(every), 1, STEPS) == [0]
    assert "B skips 1 step in 550, C skips 11" in prose("12") and "0 skips in 550 steps" in prose("12")


def test_the_vae_saw_more_pictures_than_the_gan():
    gan = gans.card("gan-both")
    pictures = len(gan.history) * gan.steps * 100
    assert len(gan.history) * gan.steps == 1155 and "1,155 steps" in prose("12")
    assert checkpoints.card("e").epochs * 54_000 > 10 * pictures and "more than ten times as many" in prose("12")


def test_the_quiz():
    text = " ".join(option.says + option.why for question in quizzes.questions("12") for option in question.options)
    assert "2 ln 2 = 1.386" in text and "550 / 50" in text and "ln 10 = 2.303" in text
