"""The numbers in the prose of lesson 09, computed again: from cards, closed forms, and the course's own answers."""

import math

import pytest
import torch

from course_utils import checkpoints, quizzes
from course_utils.exercises.registry import find

from .numbers import prose, states

diagnose = find("9.1").reference
gentle_loss = find("9.2").reference
needed_nats = find("9.3").reference
split_kl = find("9.4").reference
AVERAGED, SUMMED = ([checkpoints.card(f"a-{step}{ending}") for step in range(1, 7)] for ending in ("", "-sum"))


def says(words):
    assert words in prose("09"), words


def _history(card):
    return torch.tensor([(epoch.bce, epoch.kl, epoch.kl_weight) for epoch in card.history], dtype=torch.float64)


def test_the_scale_of_the_loss_alone_brings_the_kl_back():
    assert max(card.test_kl for card in AVERAGED) < 0.01 and max(card.active_units for card in AVERAGED) == 0
    kls = [card.test_kl for card in SUMMED]
    assert 5 < min(kls) and max(kls) < 25
    says("a KL below 0.01 nats in each")
    says("a KL of 5 to 25")
    for averaged, summed in zip(AVERAGED, SUMMED, strict=True):  # a control changes one thing
        assert averaged.made_by["model"] == summed.made_by["model"]
        assert averaged.made_by["recipe"] == {**summed.made_by["recipe"], "kl_weight": {"Constant": {"value": 784.0}}}


def test_the_repairs_of_the_decoder():
    states("09", "581.9", SUMMED[0].test_bce)
    states("09", "103.2", SUMMED[2].test_bce)
    states("09", "24.5", SUMMED[1].test_kl)
    assert abs(SUMMED[1].test_bce - 205.80) < 0.5, "what the mean image costs"
    before, last = (epoch.bce + epoch.kl for epoch in AVERAGED[0].history[1:])
    states("09", "615.6", before)
    states("09", "597.4", last)
    states("09", "207.9", AVERAGED[2].test_bce)
    assert f"{205.80 / 784:.2f}" == "0.26" and "$205.80/784=0.26$" in prose("09")


def test_the_diagnoses():
    assert [diagnose(_history(card), 205.80) for card in AVERAGED] == ["not yet trained"] * 2 + ["collapsed"] * 4
    assert {diagnose(_history(card), 205.80) for card in SUMMED} == {"not yet trained"}
    falls = [card.history[-2].total - card.history[-1].total for card in AVERAGED[:2]]
    assert [round(fall) for fall in falls] == [18, 43] and "by 18 and 43 nats an epoch" in prose("09")
    assert round(AVERAGED[0].history[-1].kl, 3) == 0.004 and "Its KL is 0.004" in prose("09")
    example = torch.tensor([[150.0, 0.0, 1], [104, 21, 1], [101, 22, 1]])
    assert diagnose(example, 206.0) == "healthy"
    says("the sum fell from 125 to 123")


def test_the_first_nat_saves_far_less_than_784():
    cards = [checkpoints.card(name) for name in checkpoints.names() if checkpoints.card(name).test_kl > 0.1]
    saved = [(205.80 - card.test_bce) / card.test_kl for card in cards]
    assert max(saved) < 30
    says("does a nat of code save more than 30 nats of BCE")
    assert 205.80 - SUMMED[2].test_bce > 100 and round(SUMMED[2].test_kl) == 25
    says("a hundred nats of BCE for twenty-five of KL")


def test_the_bill_of_free_bits():
    kl = torch.tensor([[0.0, 1.0], [0.2, 3.0]])
    assert gentle_loss(torch.tensor([10.0, 10.0]), kl, 0.2, 0.4, 0.5).item() == pytest.approx(11.25)
    says("$10+0.5\\,(0.5+2)=11.25$")


def test_the_two_clouds():
    states("09", "4.447", math.log(2 * math.pi * math.e) + math.log(5))
    turned = torch.tensor([[13.0, 12.0], [12.0, 13.0]]).double()
    states("09", "1.609", needed_nats(turned).item())
    assert needed_nats(turned).item() == pytest.approx(math.log(5)) and needed_nats(torch.diag(turned.diagonal())) == 0
    says("variances 13 and 13 and covariance 12")


def test_the_split():
    far = torch.tensor([[50.0], [-50.0]])
    states("09", "0.693", split_kl(far, far, torch.zeros(2, 1))[0].item())
    states("09", "6.91", math.log(1000))


def test_the_weights():
    cards = [checkpoints.card(f"beta-{weight}") for weight in (1, 4, 16, 784)]
    for name in ("test_bce", "test"):
        values = [getattr(card, name) for card in cards]
        assert values == sorted(values)
        for value in values:
            states("09", f"{value:.1f}", value)
    kls = [card.test_kl for card in cards]
    assert kls == sorted(kls, reverse=True) and kls[-1] < 0.01
    for card in cards[:3]:
        states("09", f"{card.test_kl:.1f}", card.test_kl)


def test_the_quiz():
    text = " ".join(option.why for question in quizzes.questions("09") for option in question.options)
    assert "128 times 0.1 is 12.8" in text and 128 * 0.1 == pytest.approx(12.8)
