"""The numbers in the prose of lesson 11, computed again."""

import math

import pytest
import torch
from scipy.integrate import quad
from scipy.stats import laplace, norm, uniform

from course_utils import data, quizzes, units
from course_utils.autodecoder import FAMILIES, GaussianPixels
from course_utils.checkpoints import fits
from course_utils.distributions import STANDARD_NORMAL, Laplace, Uniform
from course_utils.divergences import kl
from course_utils.exercises.lesson_11.probe_11_5 import PRIORS
from course_utils.exercises.registry import find
from tests.numbers import prose, states

same_spread = find("11.1").reference
kl_laplace = find("11.2").reference
support_inside = find("11.4").reference
quantile_path = find("11.5").reference

R2, R3 = math.sqrt(2), math.sqrt(3)
UNIT = {"normal": norm(), "Laplace": laplace(scale=1 / R2), "uniform": uniform(-R3, 2 * R3)}


def value(tensor):
    return torch.as_tensor(tensor).item()


def test_the_reported_errors():
    off = {
        name: [units.from_frobenius(metric, 1000, 64) for metric in pair]
        for name, pair in {"normal": (0.0186, 0.1112), "uniform": (0.1457, 0.1644)}.items()
    }
    assert round(off["uniform"][0]) == 32 and "32 grey levels" in prose("11")
    assert round(off["uniform"][0] / off["normal"][0]) == 8 and "eight times" in prose("11")


def test_equal_spreads():
    assert all(density.std() == pytest.approx(1) for density in UNIT.values())
    states("11", "1.414", R2)
    states("11", "3.464", 2 * R3)
    states("11", "1.732", R3)
    b, low, high = (value(part) for part in same_spread(torch.tensor(1.0), torch.tensor(2.0)))
    assert (b, low, high) == pytest.approx((1.414, -2.464, 4.464), abs=1e-3)
    assert "1.414, -2.464 and 4.464" in prose("11")


def test_what_each_family_injects():
    assert UNIT["Laplace"].ppf(0.75) == pytest.approx(0.49, abs=5e-3) and "within 0.49" in prose("11")
    assert UNIT["uniform"].ppf(0.75) == pytest.approx(0.87, abs=5e-3) and "farther than 0.87" in prose("11")
    beyond = {name: 2 * density.sf(3) for name, density in UNIT.items()}
    assert round(1 / beyond["Laplace"], -1) == 70 and "one in 70" in prose("11")
    assert round(beyond["Laplace"] / beyond["normal"]) == 5 and "five times as many" in prose("11")
    assert beyond["uniform"] == 0
    for name, printed in (("normal", "1.4189"), ("Laplace", "1.3466"), ("uniform", "1.2425")):
        states("11", printed, float(UNIT[name].entropy()))


def test_the_laplace_kl_step_by_step():
    mu, b = 0.7, 0.5
    density = laplace(mu, b).pdf
    below = quad(lambda z: -z * density(z), -30, 0)[0]
    assert below == pytest.approx(b / 2 * math.exp(-mu / b)), "step 4"
    distance = mu + 2 * below
    states("11", "0.8233", distance)
    states("11", "0.6931", -math.log(b))
    states("11", "0.5164", distance - 1 - math.log(b))
    for printed, pair in (("0.5164", (0.7, 0.5)), ("0.9936", (-2.0, 1.7))):
        states("11", printed, value(kl_laplace(*map(torch.tensor, pair))))


def test_the_uniform_kl():
    states("11", "0.9163", value(kl(Uniform(0.2, 0.6), Uniform(0.0, 1.0))))
    states("11", "0.693", math.log(2))
    assert value(kl(Uniform(0.1, 1.01), Uniform(0.0, 1.0))) == math.inf


def test_among_a_hundred_laplace_latents_one_jolts_in_three_draws_of_four():
    inside = 1 - 2 * (1 - UNIT["Laplace"].cdf(3))
    assert 0.73 < 1 - inside**100 < 0.78 and "some Laplace jolt comes in three draws of four" in prose("11")


def test_what_twenty_draws_say():
    draws = {n: Uniform(0.1, 1.01).rsample(torch.Generator().manual_seed(8), (n,)) for n in (20, 100, 1000)}
    beyond = {n: int((z > 1).sum()) for n, z in draws.items()}
    assert beyond[20] == 0 < beyond[100] < beyond[1000]
    states("11", "0.094", math.log(1 / 0.91))
    assert (0.9 / 0.91) ** 20 == pytest.approx(0.8, abs=0.01) and "four times out of five" in prose("11")


def test_the_programs_price():
    narrow, wide = (math.log(255), 1 / 255), (math.log(255 / 200), 200 / 255)
    for printed, number in zip(("5.541", "0.004", "0.243", "0.784"), narrow + wide, strict=True):
        states("11", printed, number)
    low, width = torch.rand((2, 200_000), generator=torch.Generator().manual_seed(0))
    assert (low + width > 1).float().mean().item() == pytest.approx(0.5, abs=0.01) and "$2^{-100}$" in prose("11")
    states("11", "1.04", math.sqrt(12) * 0.3)
    best = min((w / 1000 for w in range(1, 3464)), key=lambda w: w**2 / 24 / 0.3**2 - math.log(w))
    assert best == pytest.approx(math.sqrt(12) * 0.3, abs=1e-3)


def test_the_interval_inside():
    logit = math.log(0.4 / 0.6)
    low, high = support_inside(torch.tensor(0.0), torch.tensor(logit))
    assert (value(low), value(high)) == pytest.approx((0.3, 0.7), abs=2e-3) and "$[0.3,0.7]$" in prose("11")
    assert torch.sigmoid(torch.tensor(-200.0)) == 0


def test_prices_against_the_normal_prior():
    for name, q, printed in (("Laplace", Laplace(0.0, 1 / R2), "0.0724"), ("uniform", Uniform(-R3, R3), "0.1765")):
        price = value(kl(q, STANDARD_NORMAL))
        states("11", printed, price)
        states("11", {"Laplace": "7.24", "uniform": "17.65"}[name], 100 * price)
        assert price == pytest.approx(float(norm.entropy() - UNIT[name].entropy()), abs=1e-6)
    cheapest = min((value(kl(Uniform(-h / 100, h / 100), STANDARD_NORMAL)), h) for h in range(50, 400))[1]
    assert cheapest == pytest.approx(100 * R3, abs=1), "the best interval ends at the root of 3"
    low, high = torch.tensor(-0.4), torch.tensor(1.1)
    square = quad(lambda z: z**2 / 1.5, -0.4, 1.1)[0]
    assert square == pytest.approx(value(low**2 + low * high + high**2) / 3, rel=1e-6)


def test_the_weight_of_report_cs_kl():
    def weight(s):
        return 5 / 100 * 784 / (2 * 255**2 * s**2)

    assert weight(0.0174) == pytest.approx(1, abs=0.01) and "$s=0.0174$" in prose("11")
    states("11", "4.4", 255 * math.sqrt(weight(1)))
    for printed, metric in (("4.1", 0.0186), ("4.5", 0.0204), ("32.1", 0.1457)):
        states("11", printed, units.from_frobenius(metric, 1000, 64))


def test_a_wider_prior_changes_no_price():
    """Stretching posterior and prior alike leaves the KL as it is."""
    spreads = [FAMILIES[family].prior.variance.sqrt().item() for family in ("normal", "laplace", "uniform")]
    assert spreads == pytest.approx([1, R2, 1]) and "their standard deviations are 1, 1.41 and 1" in prose("11")
    narrow = kl(Laplace(0.7 / R2, 0.5 / R2), Laplace(0.0, 1 / R2))
    assert value(narrow) == pytest.approx(value(kl(Laplace(0.7, 0.5), Laplace(0.0, 1.0))))


def test_the_ticks_that_hold_equal_shares_of_each_prior():
    upper = [(2 * k + 1) / 18 for k in range(5, 9)]
    ticks = {"normal": [norm.ppf(p) for p in upper], "Laplace": [-math.log(2 * (1 - p)) for p in upper]}
    for printed, value in zip(("0.28", "0.59", "0.97", "1.59"), ticks["normal"], strict=True):
        states("11", printed, value)
    for printed, value in zip(("0.25", "0.59", "1.10", "2.20"), ticks["Laplace"], strict=True):
        states("11", printed, value)
    states("11", "0.385", math.sqrt(3) * 2 / 9)


def test_half_way():
    levels = laplace.cdf([-1, 0.5])
    for printed, number in (
        ("0.1839", levels[0]),
        ("0.6967", levels[1]),
        ("0.4403", levels.mean()),
        ("0.127", -laplace.ppf(levels.mean())),
        ("0.189", -norm.ppf(norm.cdf([-1, 0.5]).mean())),
    ):
        states("11", printed, number)
    ends = torch.tensor([-1.0]), torch.tensor([0.5]), torch.tensor([0.5])
    assert value(quantile_path(*ends, *PRIORS["uniform"])) == pytest.approx(-0.25)


def test_the_repaired_models():
    errors, prices = {}, {}
    for family in ("normal", "laplace", "uniform"):
        cards = [fits.card(name) for name in fits.names() if name.startswith(f"vad-{family}")]
        assert len(cards) == 3
        errors[family], prices[family] = [card.test_rmse for card in cards], [card.test_kl for card in cards]
    normal, uniform_ = (units.from_frobenius(metric, 1000, 64) for metric in (0.1112, 0.1644))
    assert max(map(max, errors.values())) < normal, "below Report C's best"
    assert round(uniform_ - normal) == 12 and "gap of twelve grey levels" in prose("11")
    gap = min(errors["uniform"]) - max(errors["normal"])
    seeds = max(max(family) - min(family) for family in errors.values())
    assert 0.5 < gap < 2.5 and "one or two" in prose("11") and gap > 5 * seeds, "more than the seeds differ"
    assert min(prices["uniform"]) > max(prices["normal"]), "pays more nats as well"


def test_laplace_wins_by_its_elbo_on_training_images():
    images = data.load("fashion_mnist", "train+validation", limit=1000)[0]
    nats = {}
    for family in ("laplace", "normal", "uniform"):
        fitted = fits.load(f"vad-{family}")
        with torch.no_grad():
            z, kl = fitted.codes.draw(torch.arange(1000), torch.Generator().manual_seed(0))
            pixels = GaussianPixels(fitted.card.s)(fitted.decoder(z), images)
        nats[family] = (pixels + kl.sum(dim=1)).mean().item()
    for family, printed in (("laplace", 952), ("normal", 914), ("uniform", 879)):
        assert nats[family] == pytest.approx(-printed, abs=3) and f"-{printed}" in prose("11")
    assert fits.card("vad-laplace").test_kl > fits.card("vad-normal").test_kl


def test_the_quiz():
    asked = str(quizzes.questions("11"))
    assert (0.9 / 0.91) ** 20 == pytest.approx(0.8, abs=0.01) and "four times out of five" in asked
    assert "ln(1 / 0.91) = 0.09" in asked and round(math.log(1 / 0.91), 2) == 0.09
