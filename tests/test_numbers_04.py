"""Numbers in lesson 04's prose come out of a formula or the data; what training gives stands there as bands only."""

import math

import pytest
import torch

from course_utils import data, objectives, units, vae
from course_utils.encoders import MLPEncoder
from course_utils.exercises.registry import find

from .numbers import prose, states

loss_per_image = find("4.2").reference
true_kl = find("4.4").reference
effective_beta = find("4.5").reference


def says(words):
    assert words in prose("04"), words


def test_the_encoder_of_exercise_1():
    count = vae.parameter_count(MLPEncoder(20, (400,)))
    assert count == 784 * 400 + 400 + 2 * (400 * 20 + 20) == 330_040
    says("330{,}040")


def test_the_loss_of_exercise_2():
    blank, ones, zeros = torch.zeros(1, 1, 28, 28).double(), torch.ones(1, 20).double(), torch.zeros(1, 20).double()
    states("04", "543.43", 784 * math.log(2))
    states("04", "543.43", objectives.bce(blank, blank).item())
    states("04", "553.43", loss_per_image(blank, blank, ones, zeros).item())
    states("04", "547.93", loss_per_image(blank, blank, ones, zeros, 0.45).item())


def test_the_mean_image_and_the_floor():
    train, test = (data.load("mnist", split, dtype=torch.float64)[0] for split in ("train", "test"))
    cloud = objectives.bce(torch.logit(train.mean(0), eps=1e-6).expand_as(test), test).mean().item()
    states("04", "205.80", cloud)
    states("04", "0.26", cloud / 784)
    says("$205.80/784=0.26$")
    states("04", "45.53", objectives.entropy_floor(test).mean().item())


def test_the_reports_numbers():
    report_e = units.from_padded_division(97.57, 10_000, 64)
    states("04", "98.04", report_e)
    says("**84.09** at epoch 30 to **82.75** at epoch 50")
    assert round(report_e - 82.75) == 15, "15 nats better?"
    states("04", "2.22", 1 / 0.45)


def test_the_two_prices():
    for s, cost, charged in ((0.5, "0.443", "0.199"), (0.01, "4.105", "0.0001")):
        value = torch.tensor([[s]], dtype=torch.float64)
        states("04", cost, true_kl(value).item())
        states("04", charged, objectives.kl_standard_normal(value, value).item())
    states("04", "0.886", true_kl(torch.tensor([[0.5, -0.5]], dtype=torch.float64)).item())
    best = torch.tensor([[0.5**0.5]], dtype=torch.float64, requires_grad=True)
    least = true_kl(best)
    assert torch.autograd.grad(least.sum(), best)[0].item() == pytest.approx(0)
    states("04", "0.707", best.item())
    states("04", "0.347", least.item())
    assert least.item() == pytest.approx(math.log(2) / 2)
    assert true_kl(torch.zeros(1, 1)).item() == math.inf


def test_the_hidden_betas():
    assert effective_beta(1, "mean", "per image", 100) == pytest.approx(784)
    says("is 784;")
    assert effective_beta(0.45, "mean", "sum", 100) == pytest.approx(35_280)
    says("35{,}280")
    assert 35_280 / 784 == 45
    says("charges 45 times more")
    states("04", "3.92", effective_beta(1, "mean", "mean", 100, latents=200))
