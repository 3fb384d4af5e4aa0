"""The numbers in the prose of lesson 03, computed again."""

import math

import pytest
import torch
from numpy.polynomial.hermite_e import hermegauss

from course_utils import distributions
from tests.numbers import prose, states

NODES, WEIGHTS = hermegauss(40)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def expectation(f):
    """E f(eps) for a standard normal eps, exactly for polynomials up to degree 79 (Gauss-Hermite)."""
    return float((WEIGHTS * f(NODES)).sum())


def variance(f):
    return expectation(lambda e: f(e) ** 2) - expectation(f) ** 2


def test_both_estimators_have_mean_minus_six():
    for estimate in (lambda e: 2 * (e - 3), lambda e: (e - 3) ** 2 * e, lambda e: ((e - 3) ** 2 - 10) * e):
        assert expectation(estimate) == pytest.approx(-6)
    assert expectation(lambda e: (e - 3) ** 2) == pytest.approx(10), "J(0)"


def test_the_variances():
    assert variance(lambda e: 2 * (e - 3)) == pytest.approx(4)
    assert variance(lambda e: (e - 3) ** 2 * e) == pytest.approx(222)
    assert variance(lambda e: ((e - 3) ** 2 - 10) * e) == pytest.approx(82)
    assert [round(expectation(lambda e, k=k: e**k)) for k in (2, 4, 6)] == [1, 3, 15]
    assert expectation(lambda e: (e - 3) ** 4 * e**2) == pytest.approx(258)
    assert expectation(lambda e: (e - 3) ** 2 * e**2) == pytest.approx(12)
    assert 222 // 4 == 55 and "222/4=55" in prose("03")


@pytest.mark.parametrize(("d", "printed"), [(1, "222"), (4, "1956"), (16, "26892"), (64, "414,636")])
def test_the_variance_in_many_dimensions(d, printed):
    rest_mean = 10 * (d - 1)
    rest_square = variance(lambda e: (e - 3) ** 2) * (d - 1) + rest_mean**2
    square = 258 + 2 * 12 * rest_mean + rest_square
    assert square - 36 == pytest.approx(222 + 278 * (d - 1) + 100 * (d - 1) ** 2)
    assert round(square - 36) == int(printed.replace(",", ""))
    assert variance(lambda e: (e - 3) ** 2) == pytest.approx(38)
    if "," in printed:
        assert printed in prose("03")


def test_inverse_cdfs():
    states("03", "1.609", distributions.Laplace(0.0, 1.0).icdf(torch.tensor(0.9)).item())
    assert 2 + (6 - 2) * 0.25 == 3
    assert round(2**24 / 1e6) == 17 and "17 million" in prose("03")


def test_the_kolmogorov_smirnov_claim():
    once_in = 1 / (2 * math.exp(-2 * 1_000_000 * 0.002**2))
    assert 1400 < once_in < 1600 and "1,500" in prose("03")
