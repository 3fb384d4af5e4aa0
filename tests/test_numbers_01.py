"""The numbers in the prose of lesson 01, computed again."""

import math

import pytest
import torch
import torch.nn.functional as F

from course_utils import data, objectives, units
from tests.numbers import prose, states


@pytest.fixture(scope="module")
def piles():
    return data.load("mnist", "train")[0], data.load("mnist", "test")[0]


def test_single_pixels():
    states("01", "0.693", math.log(2))
    states("01", "4.605", -math.log(0.01))
    states("01", "543.43", 784 * math.log(2))
    entropy = -0.3 * math.log(0.3) - 0.7 * math.log(0.7)
    states("01", "0.611", entropy)
    states("01", "478.92", 784 * entropy)
    states("01", "0.69", math.log(2))
    states("01", "0.765", -0.3 * math.log(0.1) - 0.7 * math.log(0.9))
    states("01", "2.303", -math.log(0.1))
    states("01", "0.105", -math.log(0.9))
    states("01", "225.54", -784 * math.log(0.75))


def test_the_floors(piles):
    states("01", "45.53", objectives.entropy_floor(piles[1].double()).mean().item())
    clothes, _ = data.load("fashion_mnist", "test", dtype=torch.float64)
    states("01", "189.81", objectives.entropy_floor(clothes).mean().item())
    assert 0.4 < 45.53 / 98.04 < 0.5, "nearly half of Report E's loss"


def test_the_mean_image_and_one_grey(piles):
    train, test = piles
    p = train.double().mean(0)
    blank = (p == 0).flatten()
    assert blank.sum() == 67 and "67 pixels" in prose("01")
    assert (test.flatten(1)[:, blank] > 0).any(1).sum() == 1, "one test image has ink there"
    bounds = {
        eps: objectives.bce(torch.logit(p, eps=eps).expand(len(test), 1, 28, 28), test.double())
        for eps in (1e-3, 1e-5, 1e-6)
    }
    cloud = bounds[1e-6]
    states("01", "205.97", bounds[1e-3].mean().item())
    states("01", "205.80", bounds[1e-5].mean().item())
    states("01", "205.80", cloud.mean().item())
    assert round(cloud.mean().item() - 45.53) == 160 and "160 apart" in prose("01")
    assert 133 < cloud.sort().values[:8].mean() < 137 and 395 < cloud.sort().values[-8:].mean() < 410
    grey = torch.logit(train.double().mean()).expand(len(test), 1, 28, 28)
    states("01", "306.66", objectives.bce(grey, test.double()).mean().item())


def test_the_reports_in_nats():
    states("01", "142.38", units.from_batch_sum_times_batch(9101.28, 10_000, 64))
    states("01", "98.04", units.from_padded_division(97.57, 10_000, 64))
    states("01", "63.923", (156 * 64**2 + 16**2) / 10_000)
    assert 157 * 64 == 10_048 and "10{,}048" in prose("01")
    assert round(142.38 - 98.04) == 44 and "44 nats better" in prose("01")
    difference = units.from_batch_sum_times_batch(9094.46 - 9093.10, 10_000, 64)
    states("01", "0.02", difference)
    states("01", "4.74", units.from_batch_sum_times_batch(9395.92 - 9093.10, 10_000, 64))
    assert round(9101.28 / 97.57) == 93


def test_report_b_printed_two_losses_for_each_decoder():
    printed = (9157.46, 9307.56, 9160.40, 9334.76, 9168.57, 9178.97)
    converted = [units.from_batch_sum_times_batch(loss, 60_000, 64) for loss in printed]
    assert [round(nats, 2) for nats in converted] == [143.12, 145.47, 143.17, 145.89, 143.30, 143.46]


def test_right_and_extreme_gives_nan_without_care():
    p = torch.sigmoid(torch.tensor(1000.0))
    assert math.isnan(-(torch.log(p) + 0 * torch.log(1 - p))), "a black pixel at a logit of 1000"


@pytest.mark.parametrize("pixel", [0.0, 1.0])
def test_pytorchs_cross_entropy_of_probabilities_is_wrong_without_a_word(pixel):
    wrong = torch.tensor([1000.0 if pixel == 0 else -1000.0], requires_grad=True)
    nats = F.binary_cross_entropy(torch.sigmoid(wrong), torch.tensor([pixel]), reduction="sum")
    (slope,) = torch.autograd.grad(nats, wrong)
    assert (nats.item(), slope.item()) == (100, 0) and "it says 100 where the cost is 1000" in prose("01")
    assert F.binary_cross_entropy_with_logits(wrong, torch.tensor([pixel])).item() == 1000


def test_a_grey_pixels_cost_is_the_mean_over_black_and_white_draws():
    x, logit = torch.tensor([0.3]), torch.tensor([1.7])
    white, black = (F.binary_cross_entropy_with_logits(logit, torch.tensor([b])) for b in (1.0, 0.0))
    assert F.binary_cross_entropy_with_logits(logit, x).item() == pytest.approx((0.3 * white + 0.7 * black).item())


def test_rounding_breaks_the_naive_formula_from_50_on():
    assert math.isinf(-torch.log(1 - torch.sigmoid(torch.tensor(50.0))))
    assert math.isfinite(-torch.log(1 - torch.sigmoid(torch.tensor(10.0))))
