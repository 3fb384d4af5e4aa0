"""The numbers in the prose of lesson 07, computed again; what training gives stands in cells' outputs."""

import math
import re
from itertools import combinations

import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm

from course_utils import checkpoints, data, evaluation, quizzes, recipes, units
from course_utils.exercises.registry import find

from .numbers import printed, prose, states

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


def test_two_models_on_the_same_pile():
    images = data.load("mnist", "test")[0][:1000]
    one, other = (_nats(name, images) for name in ("e", "b-latent-20"))
    assert 0.2 < (other - one).std() / one.std() < 0.4 and "wobbles only a third as much as one mean" in prose("07")
    assert (other - one).std() / math.sqrt(1000) == pytest.approx(0.2, abs=0.05)
    says("reads 0.2 nats at 1,000 images")


def _nats(name, images):
    with torch.inference_mode():
        return checkpoints.load(name)(images).total.double()


def test_how_much_a_hundred_epochs_flatter():
    difference = round(0.2 / math.sqrt(10), 2)
    one = round(difference / math.sqrt(2), 2)
    says(f"$0.2/\\sqrt{{10}}\\approx{difference}$ for a difference, and ${difference}/\\sqrt2\\approx{one}$")
    states("07", "2.51", -_mean_of_the_least(100))
    assert 2.51 * one == pytest.approx(0.1, abs=0.01) and "a tenth of a nat" in prose("07")


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
    assert (stopper.best_epoch, stops.index(True) + 1) == (15, 35)
    says("best epoch at 15 and, with a patience of 20, stops at 35")
    improved, stops = zip(*_told(make_stopper(2), [105, 103, 104, 103, 106]), strict=True)
    assert improved == (True, True, False, False, False) and stops == (False, False, False, True, True)
    says("`improved` says yes, yes, no, no, no, and `should_stop` says no, no, no, yes, yes")


def test_report_b_in_nats():
    for logged, nats in ((6954.74, "108.80"), (6950.32, "108.73"), (5939.02, "92.91")):
        states("07", nats, units.from_batch_sum_times_batch(logged, 10_000, 64))
    assert 108.80 - 108.73 == pytest.approx(0.07) and "worth 0.07 nats" in prose("07")


def test_what_is_said_of_the_checkpoints_holds():
    card = checkpoints.card("e")
    assert card.test < 98.04 and card.active_units == 15 and "has 64 units, and 15 at work" in prose("07")
    first, last = card.history[0], card.history[-1]
    assert first.train_bce + first.train_kl > first.total and last.train_bce + last.train_kl < last.total
    states("07", "0.81", last.total - last.train_bce - last.train_kl)
    names = [name for name in checkpoints.names() if name.startswith("b-latent-") and name[-1].isdigit()]
    by_size = sorted(map(checkpoints.card, names), key=lambda one: one.made_by["model"]["report_b"]["latent"])
    for smaller, larger in zip(by_size, by_size[1:], strict=False):
        assert larger.test_bce < smaller.test_bce and larger.test_kl > smaller.test_kl
    as_coded, repaired = (checkpoints.card(f"b-latent-20{end}") for end in ("-as-coded", ""))
    states("07", "2.38", as_coded.test - repaired.test)
    seeds = checkpoints.card("b-decoder-1"), checkpoints.card("b-decoder-1-seed-1")
    states("07", "3.7", seeds[0].test - seeds[1].test)
    assert "worth more than two nats" in prose("07") and "more than two nats" in prose("06")
    for one in (checkpoints.card(name) for name in checkpoints.names() if not name.startswith(("a-", "beta-"))):
        assert abs(one.test - one.validation) < 0.5  # "less than half a nat"


def test_what_the_last_ten_latents_bring():
    cards = {latents: checkpoints.card(f"b-latent-{latents}") for latents in (5, 10, 20)}
    states("07", "14.38", cards[5].reported - cards[10].reported)
    states("07", "1.51", cards[10].reported - cards[20].reported)
    states("07", "1.70", cards[10].test - cards[20].test)


def test_the_rows_beside_report_b():
    cards = {latents: checkpoints.card(f"b-latent-{latents}") for latents in (2, 5, 6, 10, 20)}
    states("07", "5.45", cards[5].test - cards[6].test)
    ahead = {latents: card.reported - card.test for latents, card in cards.items()}
    assert 0 < ahead.pop(5) < 0.1 and min(ahead.values()) > 0.5 and len(ahead) == 4
    says("Four of our five rows with the ReLU end below Report B's numbers; at 5 latents it is a tie")
    for card in cards.values():  # "the epoch chosen on validation. (It was the last one"
        assert min(card.history, key=lambda epoch: epoch.total) is card.history[-1]


def test_what_the_units_say():
    units_kl = evaluation.evaluate(checkpoints.load("b-latent-20"), data.load("mnist", "test")[0][:500]).kl_per_unit
    said = units_kl.sort(descending=True).values
    states("07", "2.9", said[0].item())
    assert f"the last ten of 20 hold {said[10:].sum():.1f} of {said.sum():.1f} together" in prose("07")


def test_pairs_within_a_nat():
    cards = map(checkpoints.card, checkpoints.names())
    cards = [card for card in cards if not card.name.startswith(("a-", "beta-"))]
    close = [(a, b) for a, b in combinations(cards, 2) if abs(a.test - b.test) <= 1]
    swapped = [(a, b) for a, b in close if (a.test - b.test) * (a.validation - b.validation) < 0]
    assert max(abs(a.test - b.test) for a, b in swapped) < 0.6
    says(
        f"Of the {len(close)} pairs within a nat on test, validation puts {len(swapped)} in the other order, and these"
    )


def test_what_is_said_of_stored_outputs():
    last, kept = map(float, re.findall(r"weights (\S+), the kept ones (\S+) nats", printed("07", "overfit"))[0])
    assert round(last - kept) == 8 and "loses about 8 nats" in prose("07")
    honest, flattered = re.findall(r"\d+\.\d+", printed("07", "explore-patience"))
    assert honest == flattered and "both choices fall on one epoch" in prose("07")
    rows = printed("07", "seeds")
    _, (mean_128, best_128), (mean_256, best_256) = re.findall(r"mean (\S+), luckiest (\S+),", rows)
    says(f"({best_128} and {best_256}); by the means it is {float(mean_128) - float(mean_256):.1f} nats behind")
    one, *_, fifty = map(float, re.findall(r"K = .*: (\S+)", rows))
    says(f"the bounds fall by {one - fifty:.1f} nats")


def test_the_piles():
    sizes = [len(data.load("mnist", pile, dtype=torch.uint8)[0]) for pile in ("train", "validation", "test")]
    assert sizes == [54_000, 6000, 10_000]


def test_the_quiz():
    text = " ".join(option.says + option.why for question in quizzes.questions("07") for option in question.options)
    assert units.batch_sizes(1000, 64) == [64] * 15 + [40]
    assert "64/40 = 1.6" in text and f"{100 * (1 - 1000 / 1024):.1f}" == "2.3" and "2.3 % too small" in text
    assert "206 - 75 = 131" in text and "40 + 10 = 50" in text
