"""The numbers in the prose of lesson 07, computed again; what training gives stands in cells' outputs."""

import math

import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm

from course_utils import checkpoints, data, quizzes, recipes, units
from course_utils.exercises.registry import find

from .numbers import prose, states

split = find("7.2").reference
honest_choice = find("7.3").reference
make_stopper = find("7.4").reference


def says(words):
    assert words in prose("07"), words


def _mean_of_the_least(count):
    """Expected minimum of ``count`` standard normal numbers."""
    return quad(lambda x: x * count * norm.pdf(x) * norm.sf(x) ** (count - 1), -9, 9)[0]


def test_report_e_divides_by_padded_batches():
    for images, padded in ((54_000, "54,016"), (6000, "6,016"), (10_000, "10{,}048")):
        says(padded)
        assert len(units.batch_sizes(images, 64)) * 64 == int(padded.replace("{,}", "").replace(",", ""))
    says("$157\\cdot64=10{,}048$")
    states("07", "98.04", units.from_padded_division(97.57, 10_000, 64))
    assert units.batch_sizes(10_000, 64)[-1] == 16 and "it holds 16 images only" in prose("07") and 64 / 16 == 4


def test_three_means_of_five_images():
    nats = torch.tensor([90.0, 110, 100, 100, 150])
    parts = nats.split(2)
    states("07", "116.67", torch.stack([part.mean() for part in parts]).mean().item())
    states("07", "91.67", (nats.sum() / (len(parts) * 2)).item())
    states("07", "110", nats.mean().item())
    assert nats.sum() == 550 and "550/5" in prose("07")


def test_the_padded_mean_with_other_batches():
    assert 94.5 * (1 - 10_000 / 10_048) == pytest.approx(0.5, abs=0.06) and "half a nat too low" in prose("07")
    assert 10_000 / (2 * 9999) == pytest.approx(0.5, abs=1e-3) and "with 9,999 it is half of the truth" in prose("07")


def test_the_split_of_ten():
    train, validation = split(10, 3, 0)
    assert (len(train), len(validation)) == (7, 3) and "`split(10, 3, 0)` returns 7 and 3" in prose("07")


def test_the_wobble_of_a_pile():
    assert 24 / math.sqrt(1000) == pytest.approx(0.8, abs=0.05)
    says("0.8 nats for 1,000 images")
    assert round(0.8 * math.sqrt(2), 1) == 1.1 and "$0.8\\sqrt2\\approx1.1$ nats" in prose("07")


def test_the_price_of_a_look():
    states("07", "1.87", -_mean_of_the_least(20))
    states("07", "99.44", 100 + 0.3 * _mean_of_the_least(20))
    states("07", "0.85", -_mean_of_the_least(3))
    row = honest_choice(torch.tensor([[99.8, 99.5, 100.2]]), torch.tensor([[99.9, 100.3, 99.4]]))
    states("07", "100.3", row.item())


def test_a_class_costs_at_most_ln_10():
    states("07", "2.30", math.log(10))
    states("07", "543", 784 * math.log(2))


def test_the_recipe_that_is_described():
    recipe = recipes.COURSE
    assert (recipe.batch, recipe.clip, recipe.optimizer) == (256, 100, "muon") and recipe.kl_weight.until == 1 / 20
    says("its batches are of 256; gradients longer than 100 are cut to 100")


def test_the_bill_of_a_warm_up():
    says("with BCE 100, KL 20 and a weight that has reached 0.35, a loss of 107 is printed for a model that costs 120")
    assert 100 + 0.35 * 20 == 107 and 100 + 20 == 120


def _told(stopper, curve):
    return [(stopper.improved(epoch, value), stopper.should_stop(epoch)) for epoch, value in enumerate(curve, 1)]


def test_early_stopping():
    stopper = make_stopper(20)
    curve = [100.0 - epoch for epoch in range(15)] + [100.0] * 40
    stops = [stop for _, stop in _told(stopper, curve)]
    assert (stopper.best_epoch, stops.index(True) + 1) == (15, 35) and 93 - 20 == 73
    says("best epoch at 15 and, with a patience of 20, stops at 35")
    says("stops at 93, so its best epoch was 73")
    improved, stops = zip(*_told(make_stopper(2), [105, 103, 104, 103, 106]), strict=True)
    assert improved == (True, True, False, False, False) and stops == (False, False, False, True, True)
    says("`improved` says yes, yes, no, no, no, and `should_stop` says no, no, no, yes, yes")


def test_report_b_in_nats():
    for printed, nats in ((6954.74, "108.80"), (6950.32, "108.73"), (5939.02, "92.91")):
        states("07", nats, units.from_batch_sum_times_batch(printed, 10_000, 64))
    assert 108.80 - 108.73 == pytest.approx(0.07) and "worth 0.07 nats" in prose("07")


def test_what_is_said_of_the_checkpoints_holds():
    card = checkpoints.card("e")
    assert card.test < 98.04 and card.active_units < 32  # "most units are" switched off
    first, last = card.history[0], card.history[-1]
    assert first.train_bce + first.train_kl > first.total and last.train_bce + last.train_kl < last.total
    names = [name for name in checkpoints.names() if name.startswith("b-latent-") and name[-1].isdigit()]
    by_size = sorted(map(checkpoints.card, names), key=lambda one: one.made_by["model"]["report_b"]["latent"])
    for smaller, larger in zip(by_size, by_size[1:], strict=False):
        assert larger.test_bce < smaller.test_bce and larger.test_kl > smaller.test_kl
    as_coded, repaired = (checkpoints.card(f"b-latent-20{end}") for end in ("-as-coded", ""))
    gaps = [a.total - b.total for a, b in zip(as_coded.history, repaired.history, strict=True)]
    assert as_coded.test - repaired.test > 2 and min(gaps[9:]) > 1.5
    assert "worth more than two nats" in prose("07") and "more than two nats" in prose("06")
    for one in (checkpoints.card(name) for name in checkpoints.names() if not name.startswith(("a-", "beta-"))):
        assert abs(one.test - one.validation) < 1.5  # the figure's limits


def test_what_the_last_ten_latents_bring():
    cards = {latents: checkpoints.card(f"b-latent-{latents}") for latents in (5, 10, 20)}
    states("07", "14.38", cards[5].reported - cards[10].reported)
    states("07", "1.51", cards[10].reported - cards[20].reported)
    states("07", "1.70", cards[10].test - cards[20].test)


def test_the_piles():
    sizes = [len(data.load("mnist", pile, dtype=torch.uint8)[0]) for pile in ("train", "validation", "test")]
    assert sizes == [54_000, 6000, 10_000]


def test_the_quiz():
    text = " ".join(option.says + option.why for question in quizzes.questions("07") for option in question.options)
    assert units.batch_sizes(1000, 64) == [64] * 15 + [40]
    assert "64/40 = 1.6" in text and f"{100 * (1 - 1000 / 1024):.1f}" == "2.3" and "2.3 % too small" in text
    assert "206 - 75 = 131" in text and "40 + 10 = 50" in text
