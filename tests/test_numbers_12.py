"""The numbers in the prose of lesson 12, computed again."""

import math
import re

import nbformat
import pytest
import torch
import torch.nn.functional as F

from course_utils import checkpoints, data, quizzes, turns
from course_utils.checkpoints import gans
from course_utils.class_coverage import frechet_distance
from course_utils.exercises.registry import find
from course_utils.gan import Discriminator, GanRecipe, Generator, train_gan
from course_utils.vae import parameter_count
from tests.numbers import SOLUTIONS, prose, states

discriminator_loss = find("12.1").reference
generator_loss = find("12.2").reference
class_shares = find("12.4").reference
missed_steps = find("12.6").reference

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
    states("12", "0.7233", discriminator_loss(torch.tensor([2.0, 0.0]), torch.tensor([-1.0])).item())
    states("12", "1.0032", generator_loss(torch.tensor([-1.0, 0.0])).item())


def test_the_slopes_at_minus_six():
    slope = 1 / (1 + math.exp(6))
    states("12", "0.0025", slope)
    states("12", "0.9975", 1 - slope)


def test_report_ds_log_in_nats():
    assert STEPS == 550 and "$55{,}000/550=100$" in prose("12")
    states("12", "2.92", 100 * 0.02921)
    states("12", "0.470", 100 * 0.00470)
    for row, g, d in (
        ("epoch 10, its first line", 2.92, 0.470),
        ("epoch 19", 2.29, 0.604),
        ("a coin", math.log(2), 2 * math.log(2)),
    ):
        pays, called_real, right = f"{g:.{3 if g < 1 else 2}f}", 100 * math.exp(-g), 100 * math.exp(-d / 2)
        assert f"| {row} | {pays} nats | {called_real:.0f} % | {d:.3f} nats | {right:.0f} % |" in prose("12")
    assert 0.19 < 1 - 2.29 / 2.92 < 0.23 and "fallen by a fifth" in prose("12")
    assert 0.604 / 0.470 > 1.25 and "risen by more than a quarter" in prose("12")


def test_the_networks_are_large():
    sizes = [parameter_count(network()) for network in (Generator, Discriminator)]
    assert [f"{size:,d}" for size in sizes] == ["959,512", "1,329,153"]
    assert "959,512 numbers to learn in $G$ and 1,329,153 in $D$" in prose("12")
    assert sum(sizes) > 10 * 175_665 and "more than ten times the 175,665" in prose("12")


def test_without_batchnorm_the_noise_is_seen_through_within_ten_steps():
    images, recipe = data.load("mnist", "test")[0][:640], GanRecipe(10, 64, 1, 1e-3, 2e-4, (0.5, 0.999))
    paid = {}
    for batchnorm in (False, True):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            players = Generator(), Discriminator(batchnorm=batchnorm)
        paid[batchnorm] = [epoch.discriminator for epoch in train_gan(*players, images, recipe, turns.both)]
    assert paid[False][-1] < 0.7 and "sees through the noise within ten steps" in prose("12")
    assert max(abs(nats - 2 * math.log(2)) for nats in paid[True]) < 0.1


def test_a_frechet_distance_in_one_dimension():
    a = torch.randn((400, 1), generator=torch.Generator().manual_seed(0)).double()
    a = (a - a.mean()) / a.std()
    assert frechet_distance(a, 3 + 2 * a) == pytest.approx(10) and "$9+1=10$" in prose("12")


def test_two_sure_pictures_of_three():
    logits = torch.zeros(3, 10)
    logits[:2, 3] = 9
    assert class_shares(logits).tolist() == pytest.approx([0, 0, 0, 2 / 3, *[0] * 6])
    assert "entry 3 is $\\frac23$" in prose("12")


def test_the_schedules():
    assert missed_steps(turns.schedule_d, 6, 5) == [5, 0, 0, 0, 0, 5]
    assert "`[5, 0, 0, 0, 0, 5]`" in prose("12")
    for every, skips in ((500, 1), (50, 11)):
        assert missed_steps(turns.SkipSteps(every), 1, STEPS) == [skips]
        assert missed_steps(turns.SkipStepsAsCoded(every), 1, STEPS) == [0]
    assert "B skips 1 step in 550, C skips 11" in prose("12") and "0 skips in 550 steps" in prose("12")


def test_the_table_of_runs_is_what_the_cards_say():
    assert f"200 epochs of {STEPS} steps, {200 * STEPS:,d} in all" in prose("12")
    for run, name in (
        ("both", "gan-both"),
        ("A", "gan-a"),
        ("B", "gan-b"),
        ("C", "gan-c"),
        ("D", "gan-d"),
        ("report", "gan-report"),
    ):
        card = gans.card(name)
        epochs = rf"\n\| {run} \| .* \| {len(card.history)} of {card.steps} steps \|\n"
        assert re.search(epochs, prose("12")), run
        assert run == "both" or 550 <= len(card.history) * card.steps <= 660
        recipe, batchnorm = gans.STORE.plans[name].recipe, {} if run == "report" else {"batchnorm": True}
        assert card.made_by["discriminator"] == {"Discriminator": batchnorm}
        rates = (5e-05, 0.0001, 0.9) if run == "report" else (0.001, 0.0002, 0.5)
        assert (recipe.generator_lr, recipe.discriminator_lr, recipe.betas[0]) == rates


def test_what_the_two_extreme_runs_pay():
    report, both = gans.card("gan-report").history, gans.card("gan-both").history
    assert 17 < report[-1].generator < 18 and "pays more than 17 nats" in prose("12")
    assert all(
        max(abs(epoch.discriminator - 2 * math.log(2)), abs(epoch.generator - math.log(2))) < 0.25 for epoch in both
    ) and "within a quarter of a nat" in prose("12")


def _after_440_steps(key):
    cards = [gans.card("gan-both" if (key, seed) == ("base", 0) else f"gan-{key}-seed-{seed}") for seed in range(3)]
    return [next(seen for seen in card.snapshots if seen.epoch * card.steps == 440) for card in cards]


def test_batchnorm_matters_more_than_the_size_of_the_code():
    distances = {key: [seen.frechet for seen in _after_440_steps(key)] for key in ("base", "latent-80", "latent-20")}
    plain = [seen.frechet for seen in _after_440_steps("plain")]
    assert max(map(max, distances.values())) < min(plain)
    means = [sum(three) / 3 for three in distances.values()]
    assert max(means) - min(means) < max(distances["latent-20"]) - min(distances["latent-20"])
    assert "differ by less than the three seeds with 20 latents do among themselves" in prose("12")
    winners = [min(distances, key=lambda key: distances[key][seed]) for seed in range(3)]
    assert winners == ["base", "latent-20", "latent-80"]
    assert "with seed 0 the 100 latents win, with seed 1 the 20, with seed 2 the 80" in prose("12")
    assert 440 / STEPS == 0.8 and "four fifths of one of Report D's epochs" in prose("12")


def test_the_small_game_stays_on_its_axis():
    """The generator's loss against the best discriminator at the slider's end, by the sum that the lesson takes."""
    cells = nbformat.read(SOLUTIONS / "12_gans_beside_vaes.ipynb", as_version=4).cells
    (code,) = (cell.source for cell in cells if cell.id == "small-game")
    end = float(re.search(r'slider\("distance m", 0, (\d+)', code)[1])
    top = float(re.search(r'ylabel="nats", ylim=\(0, ([\d.]+)\)', code)[1])
    x = torch.linspace(end - 12, end + 12, 4801, dtype=torch.float64)
    density = torch.distributions.Normal(end, 1).log_prob(x).exp()
    assert top - 1 < torch.trapezoid(density * F.softplus(end * x - end**2 / 2), x) < top


def test_the_best_discriminator_two_standard_deviations_away():
    x = torch.linspace(-12, 14, 20_001, dtype=torch.float64)
    real, drawn = (torch.distributions.Normal(m, 1).log_prob(x).exp() for m in (0.0, 2.0))
    logit = 2 - 2 * x
    pays = torch.trapezoid(real * F.softplus(-logit) + drawn * F.softplus(logit), x).item()
    states("12", "0.71", pays)
    states("12", "2.36", torch.trapezoid(drawn * F.softplus(-logit), x).item())
    assert pays == pytest.approx(math.log(2), abs=0.03) and "about half a coin" in prose("12")


def test_the_vae_saw_more_pictures_than_the_gan():
    gan = gans.card("gan-both")
    pictures = len(gan.history) * gan.steps * 100
    assert len(gan.history) * gan.steps == 1650 == 3 * STEPS and "1,650 steps, three of Report D" in prose("12")
    assert checkpoints.card("e").epochs * 54_000 > 7 * pictures and "more than seven times as many" in prose("12")


def test_the_quiz():
    text = " ".join(option.says + option.why for question in quizzes.questions("12") for option in question.options)
    assert "2 ln 2 = 1.386" in text and "550 / 50" in text and "ln 10 = 2.303" in text
