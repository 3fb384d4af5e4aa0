"""The numbers in the prose of lesson 14, computed again: from cards, weights and closed forms."""

import math

import pytest
import torch

from course_utils import capstone, checkpoints, data, objectives, quizzes, units
from course_utils.exercises.registry import find

from .numbers import prose, states

compare = find("14.2").reference
decide = find("14.4").reference
first_fault = find("14.3").reference
run_numbers = find("14.1").reference
SEEDS = ("", "-seed-1", "-seed-2")
SMALL = {10: [f"beta-1{seed}" for seed in SEEDS], 20: [f"beta-1-latent-20{seed}" for seed in SEEDS]}
NATS = {size: [checkpoints.card(name).test for name in names] for size, names in SMALL.items()}
HONEST = {
    **{"bce": 78.4, "kl": 19.6, "nats": 98.0, "iwae": 94.1, "active_units": 11, "latents": 64},
    **{"validation": [120.5, 101.2, 98.3, 98.9], "epoch": 3},
}


def says(words):
    assert words in " ".join(prose("14").split()), words


@pytest.fixture(scope="module")
def measured():
    """Both sizes' runs on the lesson's images and draws."""
    return {
        size: [capstone.measure(checkpoints.load(name), 1000, 20) for name in names] for size, names in SMALL.items()
    }


def test_the_two_gaps_of_report_bs_row():
    reported = [units.from_batch_sum_times_batch(loss, 10_000, 64) for loss in (6035.80, 5939.02)]
    ours = [checkpoints.card(f"b-latent-{size}").test for size in (10, 20)]
    states("14", "1.51", reported[0] - reported[1])
    states("14", "1.70", ours[0] - ours[1])
    one_model = [checkpoints.card(f"b-decoder-1{seed}").test for seed in SEEDS]
    states("14", "3.74", max(one_model) - min(one_model))
    minutes = [checkpoints.card(f"b-latent-{size}").seconds / 60 for size in (10, 20)]
    assert 10 < min(minutes) and max(minutes) < 21
    says("ten to twenty minutes")


def test_what_twenty_latents_change(measured):
    def step(field):
        return sum(run[field] for run in measured[20]) / 3 - sum(run[field] for run in measured[10]) / 3

    assert -11.7 < step("bce") < -10.7
    says("falls by about eleven nats")
    assert 6.7 < step("kl") < 7.4
    says("rises by about seven")
    assert {run["active_units"] for run in measured[20]} == {20}
    for size, low, high in ((10, 2.2, 2.8), (20, 3.6, 4.0)):
        nats = [run["bce"] + run["kl"] for run in measured[size]]
        assert max(nats) - min(nats) < 0.5
        assert all(low < total - run["iwae"] < high for total, run in zip(nats, measured[size], strict=True))
    says("about two and a half nats below $-$ELBO with 10 latents and almost four with 20")
    says("differ by a few tenths of a nat only")


def test_the_examples_of_the_exercises():
    bce, kl = torch.tensor([90.0, 110.0]), torch.tensor([[0.004], [0.02]])
    total, mean, price, _, active = run_numbers(bce, kl, -bce[None] - kl.T)
    assert (round(total.item(), 3), mean.item(), round(price.item(), 3), active.item()) == (100.012, 100, 0.012, 1)
    assert compare([1, 2], [4, 6]) == (-3.5, pytest.approx(1 / 3))
    assert [decide([1, 2, 3], [5, 6, 7], least) for least in (2, 3, 7)] == ["confirmed", "undecided", "refuted"]
    assert first_fault(HONEST, 44.69) == "possible"


def test_the_share_of_six_runs_and_of_two():
    gap, share = compare(NATS[10], NATS[20])
    states("14", "3.91", gap)
    assert share == pytest.approx(2 / 20) and math.comb(6, 3) == 20
    says("the share is 10 %")
    assert compare([checkpoints.card("b-latent-10").test], [checkpoints.card("b-latent-20").test])[1] == 1
    says("the share is 100 %, *always*")
    states("14", "0.029", compare([0.0] * 4, [1.0] * 4)[1])


def test_what_the_six_questions_find_and_miss():
    states("14", "5.3", math.log(200))
    x, _ = data.load("mnist", "test", limit=1000)
    floor = objectives.entropy_floor(x).mean().item()
    assert first_fault({**HONEST, "iwae": 94.1 - math.log(200)}, floor) == "possible"
    says("Five of the six slips are caught")


def test_the_claims():
    pairs = [ten - twenty for ten in NATS[10] for twenty in NATS[20]]
    states("14", "3.6", min(pairs))
    states("14", "4.1", max(pairs))
    five = [checkpoints.card(f"b-decoder-5{seed}").test for seed in SEEDS[:2]]
    one = [checkpoints.card(f"b-decoder-1{seed}").test for seed in SEEDS]
    assert max(one) - min(five) - (min(one) - max(five)) > 4
    says(f"{max(one) - min(one):.2f} of these are the spread of decoder 1's own seeds")


def test_where_the_example_stands_on_the_board(measured):
    nats = [run["bce"] + run["kl"] for runs in measured.values() for run in runs]
    reported = {name: checkpoints.card(name).reported for name in ("e", "b-latent-5", "b-latent-2")}
    assert max(reported["e"], reported["b-latent-5"]) < min(nats) and max(nats) < reported["b-latent-2"]
    says("behind Report E and Report B's larger codes, before its models with 2 latents")


def test_the_quiz():
    text = " ".join(option.why for question in quizzes.questions("14") for option in question.options)
    assert decide([91.7, 91.8, 92.0], [92.1, 93.0, 93.9], 1) == "undecided" and "undecided" in text
    assert decide([91.7, 91.8, 92.0], [92.1, 93.0, 93.9], 0) == "confirmed"
    assert first_fault({**HONEST, "bce": 60.0, "kl": 20.0, "nats": 80.0, "iwae": 44.0}, 44.8) == "bound"
    assert compare([95.0], [99.0]) == (-4.0, 1.0)
