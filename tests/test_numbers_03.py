"""The numbers in the prose of lesson 03, computed again."""

import functools
import math

import nbformat
import pytest
import torch
from numpy.polynomial.hermite_e import hermegauss

from course_utils import data, distributions, divergences
from tests.numbers import SOLUTIONS, prose, states

(NOTEBOOK,) = SOLUTIONS.glob("03_*.ipynb")
NODES, WEIGHTS = hermegauss(40)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def code(cell_id):
    """The source of one code cell of the solved lesson."""
    (cell,) = (cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.id == cell_id)
    return cell.source


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
    assert (222 / 4, 82 / 4) == (55.5, 20.5) and "$222/4=55.5$" in prose("03") and "$82/4=20.5$" in prose("03")


def test_single_draws():
    pathwise, score = (lambda e: 2 * (e - 3)), (lambda e, b=0: ((e - 3) ** 2 - b) * e)
    assert [pathwise(e) for e in (-2, 2, 1)] == [-10, -2, -4]
    assert [score(e) for e in (-2, 2, 1)] == [-50, 2, 4] and score(1, 10) == -6
    for printed in ("$-10$", "$-50$", "$-2$", "$+2$", "$(1-3)^2\\cdot1=4$", "$(4-10)\\cdot1=-6$", "$f'(1)=2(1-3)=-4$"):
        assert printed in prose("03"), printed


def test_the_jump():
    height = 1 / math.sqrt(2 * math.pi)
    states("03", "0.399", height)
    eps = torch.randn(1_000_000, generator=torch.Generator().manual_seed(0))
    assert ((eps > 0) * eps).mean().item() == pytest.approx(height, abs=0.005) and "gets 0.40" in prose("03")


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


def test_a_baseline_turns_the_square_into_a_line_and_pathwise_stays_ahead():
    rng = torch.Generator().manual_seed(3)
    for d in (1, 4, 16):
        eps = torch.randn(400_000, d, generator=rng)
        score = (((eps - 3) ** 2).sum(dim=1) - 10 * d) * eps[:, 0]
        assert score.var().item() == pytest.approx(82 + 38 * (d - 1), rel=0.03)
    assert 82 + 38 * 63 == 2476 and "2,476" in prose("03")
    assert 2476 / 4 == 619 and "619 times" in prose("03")


def test_inverse_cdfs():
    states("03", "1.609", distributions.Laplace(0.0, 1.0).icdf(torch.tensor(0.9)).item())
    assert 2 + (6 - 2) * 0.25 == 3
    assert round(2**24 / 1e6) == 17 and "17 million" in prose("03")
    one = torch.tensor(1.0)
    assert (one - torch.nextafter(one, torch.tensor(0.0))).item() == pytest.approx(6e-8, rel=0.01)
    assert "$6\\cdot10^{-8}$" in prose("03")


def test_the_implicit_gradient():
    b, z = torch.tensor(0.8, requires_grad=True), torch.tensor(1.5)
    laplace = torch.distributions.Laplace(0.3, b)
    (slope,) = torch.autograd.grad(laplace.cdf(z), b)
    assert (-slope / laplace.log_prob(z).exp()).item() == pytest.approx((1.5 - 0.3) / 0.8) == pytest.approx(1.5)
    assert "here 1.5" in prose("03")


@pytest.fixture(scope="module")
def fit():
    """The lesson's own function ``fit``, from the cells that make it; it remembers what it found."""
    scope = {
        "torch": torch,
        "data": data,
        "distributions": distributions,
        "divergences": divergences,
        "reparameterize": lambda mu, logvar: mu + torch.exp(logvar / 2) * torch.randn_like(mu),
    }
    exec(code("pca-decoder"), scope)
    exec(code("fit").partition("\nruns =")[0], scope)
    return functools.cache(scope["fit"])


@pytest.mark.parametrize(
    ("estimator", "least", "most"), [("pathwise", 0.3, 1.5), ("score, baseline", 9, 20), ("score, plain", 200, 500)]
)
def test_the_digit(fit, estimator, least, most):
    with torch.random.fork_rng():
        for seed in range(3):
            assert least < fit(estimator, seed)[0][-1] < most
    for printed in ("about 1 nat above", "9 to 20 nats", "more than 200"):
        assert printed in prose("03")


def test_a_larger_rate_does_not_help_the_plain_score_function(fit, monkeypatch):
    adam = torch.optim.Adam
    with torch.random.fork_rng():
        lesson, final = [fit("score, plain", seed)[0][-1] for seed in range(2)], {}
        for rate in (0.03, 0.3):
            monkeypatch.setattr(torch.optim, "Adam", lambda parameters, lr, rate=rate: adam(parameters, lr=rate))
            final[rate] = [fit.__wrapped__("score, plain", seed)[0][-1] for seed in range(2)]
    assert "lr=0.1)" in code("fit") and max(lesson) < min(final[0.03]) and min(final[0.3]) > 1000


def test_the_kolmogorov_smirnov_claim():
    once_in = 1 / (2 * math.exp(-2 * 1_000_000 * 0.002**2))
    assert 1400 < once_in < 1600 and "1,500" in prose("03")
