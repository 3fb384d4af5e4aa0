"""The numbers in the prose of lesson 00, computed again."""

import math

import torch

from course_utils import data
from course_utils.quizzes import questions
from tests.numbers import prose, states


def test_counts_and_scales():
    states("00", "0.2", 51 / 255)
    states("00", "1.443", 1 / math.log(2))
    for split, count in (("train", "54,000"), ("validation", "6,000"), ("test", "10,000")):
        assert f"{len(data.load('mnist', split, dtype=torch.uint8)[1]):,}" == count
    assert "10,000" in prose("00") and "60,000" in prose("00")


def test_the_share_of_grey_pixels_in_the_quiz():
    images, _ = data.load("mnist", "test")
    share = ((images > 0) & (images < 1)).double().mean().item()
    assert f"{100 * share:.1f} %" in questions("00")[3].asks
    assert 0.16 < share < 0.2, "almost a fifth"
    clothes, _ = data.load("fashion_mnist", "test")
    assert round(((clothes > 0) & (clothes < 1)).double().mean().item(), 1) == 0.5


def test_the_digits_named_in_the_text():
    _, labels = data.load("mnist", "test", limit=20)
    assert labels.tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9, 0, 6, 9, 0, 1, 5, 9, 7, 3, 4]
    assert labels[8] == 5, "the ninth image"
