"""Losses in nats per image: known values, invariances, extremes, and the exactly solvable IWAE toy."""

import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from torch.autograd import gradcheck

from course_utils.distributions import Normal
from course_utils.objectives import (
    Elbo,
    bce,
    entropy_floor,
    iwae,
    kl_standard_normal,
    log_continuous_bernoulli_constant,
    negative_elbo,
)


def batch(n=130, dtype=torch.float64, seed=0):
    """Logits and grey images (n, 1, 28, 28), mu and logvar (n, 5)."""
    generator = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn(n, 1, 28, 28, generator=generator, dtype=dtype)
    x = torch.rand(n, 1, 28, 28, generator=generator, dtype=dtype)
    mu, logvar = torch.randn(2, n, 5, generator=generator, dtype=dtype)
    return logits, x, mu, logvar


# ---- reconstruction


def test_bce_matches_its_definition_and_sums_over_pixels():
    logits, x, _, _ = batch()
    p = torch.sigmoid(logits)
    expected = -(x * p.log() + (1 - x) * (1 - p).log()).sum((1, 2, 3))
    torch.testing.assert_close(bce(logits, x), expected)
    torch.testing.assert_close(bce(logits.flatten(1), x.flatten(1)), expected)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_bce_is_exact_at_huge_logits(dtype):
    logits = torch.tensor([[1e4], [-1e4], [1e4], [-1e4], [1e4]], dtype=dtype).requires_grad_()
    x = torch.tensor([[1.0], [0.0], [0.0], [1.0], [0.25]], dtype=dtype)
    values = bce(logits, x)
    assert values.tolist() == [0.0, 0.0, 1e4, 1e4, 7500.0]
    values.sum().backward()
    assert logits.grad.squeeze(1).tolist() == [0.0, 0.0, 1.0, -1.0, 0.75]


def test_undecided_decoder_pays_ln_two_per_pixel():
    _, x, _, _ = batch(3)
    assert bce(torch.zeros_like(x), x).tolist() == pytest.approx([543.43] * 3, abs=0.005)


def test_entropy_floor_is_reached_at_the_image_itself_and_never_beaten():
    logits, x, _, _ = batch()
    torch.testing.assert_close(bce(torch.logit(x), x), entropy_floor(x))
    assert (bce(logits, x) > entropy_floor(x)).all()
    assert (bce(torch.logit(x) + 0.01, x) > entropy_floor(x)).all()


def test_entropy_floor_is_zero_for_black_and_white_and_ln_two_for_grey():
    assert entropy_floor(torch.tensor([[0.0, 1.0, 1.0], [0.5, 0.0, 0.5]])).tolist() == pytest.approx(
        [0.0, 2 * math.log(2)]
    )


# ---- KL and ELBO


def test_kl_standard_normal_sums_over_latents():
    mu = torch.tensor([[0.7, -2.0], [0.0, 0.0]], dtype=torch.float64)
    sigma = torch.tensor([[0.5, 1.7], [1.0, 1.0]], dtype=torch.float64)
    values = kl_standard_normal(mu, 2 * sigma.log())
    assert values.tolist() == pytest.approx([0.563147 + 2.414372, 0], abs=2e-6)


def test_values_do_not_depend_on_the_batch():
    arguments = batch(130)
    whole = negative_elbo(*arguments)
    for size in (1, 7, 64):
        parts = [negative_elbo(*pieces) for pieces in zip(*(a.split(size) for a in arguments), strict=True)]
        torch.testing.assert_close(torch.cat([part.reconstruction for part in parts]), whole.reconstruction)
        torch.testing.assert_close(torch.cat([part.kl for part in parts]), whole.kl)


def test_values_add_over_pixels_and_latents():
    logits, x, mu, logvar = batch()
    pixels = bce(logits[..., :9], x[..., :9]) + bce(logits[..., 9:], x[..., 9:])
    torch.testing.assert_close(pixels, bce(logits, x))
    floors = entropy_floor(x[..., :9]) + entropy_floor(x[..., 9:])
    torch.testing.assert_close(floors, entropy_floor(x))
    halves = kl_standard_normal(mu[:, :2], logvar[:, :2]) + kl_standard_normal(mu[:, 2:], logvar[:, 2:])
    torch.testing.assert_close(halves, kl_standard_normal(mu, logvar))


def test_elbo_weighs_only_the_kl_and_averages_over_images_only():
    elbo = Elbo(torch.tensor([10.0, 20.0, 60.0]), torch.tensor([[0.5, 0.5], [2.0, 0.0], [1.0, 5.0]]))
    assert elbo.kl.tolist() == [1.0, 2.0, 6.0]
    assert elbo.total.tolist() == [11.0, 22.0, 66.0]
    assert elbo.loss().item() == elbo.total.mean().item() == 33.0
    assert elbo.loss(beta=0.45).item() == pytest.approx(30 + 0.45 * 3)
    assert elbo.loss(beta=0).item() == 30.0


def test_negative_elbo_is_made_of_its_parts():
    logits, x, mu, logvar = batch(4)
    elbo = negative_elbo(logits, x, mu, logvar)
    assert torch.equal(elbo.reconstruction, bce(logits, x))
    assert torch.equal(elbo.kl, kl_standard_normal(mu, logvar))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype_is_preserved(dtype):
    logits, x, mu, logvar = batch(2, dtype)
    p = torch.sigmoid(mu)
    results = (*negative_elbo(logits, x, mu, logvar), entropy_floor(x), iwae(mu))
    assert {result.dtype for result in (*results, log_continuous_bernoulli_constant(p))} == {dtype}
    assert bce(logits, (x > 0.5).to(torch.uint8)).dtype == dtype


def test_gradients():
    logits, x, mu, logvar = (a.flatten(1)[:, :4].requires_grad_() for a in batch(3))
    assert gradcheck(lambda a, m, s: negative_elbo(a, x.detach(), m, s).loss(0.7), (logits, mu, logvar))
    assert gradcheck(iwae, (mu,))


# ---- IWAE


def test_iwae_is_a_log_mean_that_survives_huge_weights():
    log_w = torch.tensor([[-1e4, 0.0, 3.0], [-1e4, math.log(3), 3.0]], dtype=torch.float64)
    assert iwae(log_w).tolist() == pytest.approx([-1e4, math.log(2), 3.0])
    assert iwae(log_w[:1]).tolist() == log_w[0].tolist()


X = torch.tensor(1.5, dtype=torch.float64)
LOG_P = Normal(torch.zeros_like(X), math.log(1.25)).log_prob(X).item()


def log_joint(z):
    """ln p(z) + ln p(X | z) for z ~ N(0, 1), X | z ~ N(z, 0.25)."""
    return Normal(0.0, 0.0).log_prob(z) + Normal(z, math.log(0.25)).log_prob(X)


def toy_log_weights(q, samples, repeats):
    """ln w from draws of q: (samples, repeats)."""
    z = q.rsample(torch.Generator().manual_seed(17), (samples, repeats))
    return log_joint(z) - q.log_prob(z)


def toy_q(mu, sigma):
    return Normal(torch.tensor(mu, dtype=torch.float64), 2 * math.log(sigma))


def test_toy_evidence():
    assert LOG_P == pytest.approx(-1.9305, abs=5e-5)


def test_exact_posterior_makes_every_weight_the_evidence():
    posterior = Normal(torch.tensor(1.2, dtype=torch.float64), math.log(0.2))
    log_w = toy_log_weights(posterior, samples=5, repeats=1000)
    torch.testing.assert_close(log_w, torch.full_like(log_w, LOG_P), rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("mu", "sigma", "expected"),
    [(1.2, 1.0, -3.1463), (1.2, 0.2, -2.3441), (0.0, 1.0, -6.7701)],
)
def test_toy_elbo_is_the_evidence_minus_the_posterior_gap(mu, sigma, expected):
    """K = 1 by quadrature; the reference's Monte Carlo numbers carry an error below 0.05."""
    q = toy_q(mu, sigma)

    def integrand(z):
        z = torch.tensor(z, dtype=torch.float64)
        return (q.log_prob(z).exp() * (log_joint(z) - q.log_prob(z))).item()

    elbo = quad(integrand, mu - 9 * sigma, mu + 9 * sigma, epsabs=1e-10)[0]
    gap = 0.5 * ((sigma**2 + (mu - 1.2) ** 2) / 0.2 - 1 - math.log(sigma**2 / 0.2))
    assert elbo == pytest.approx(LOG_P - gap, abs=1e-8)
    assert elbo == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize(
    ("mu", "sigma", "bounds"),
    [
        (1.2, 1.0, {5: -2.0276, 50: -1.9360, 500: -1.9316}),
        (1.2, 0.2, {5: -2.1903, 50: -2.0533, 500: -1.9716}),
        (0.0, 1.0, {5: -2.4443, 50: -1.9638, 500: -1.9331}),
    ],
)
def test_toy_bound_rises_to_the_evidence(mu, sigma, bounds):
    values = []
    for samples, expected in bounds.items():
        bound = iwae(toy_log_weights(toy_q(mu, sigma), samples, repeats=4000))
        # Both numbers are Monte Carlo: five standard errors of 1,000 repeats (ours has 4,000).
        assert bound.mean().item() == pytest.approx(expected, abs=5 * bound.std().item() / math.sqrt(1000))
        values.append(bound.mean().item())
    assert np.all(np.diff(values) > 0)
    assert values[-1] < LOG_P + 0.02


# ---- continuous Bernoulli


REFERENCE_CONSTANTS = [(0.5, 0.693), (0.1, 1.010), (0.9, 1.010), (0.01, 1.545), (1e-6, 2.626)]


@pytest.mark.parametrize(("p", "expected"), REFERENCE_CONSTANTS)
def test_continuous_bernoulli_constant_gives_the_numbers_of_the_reference(p, expected):
    value = log_continuous_bernoulli_constant(torch.tensor(p, dtype=torch.float64)).item()
    assert value == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize("p", [0.003, 0.2, 0.44, 0.46, 0.4999, 0.5, 0.7])
def test_continuous_bernoulli_integrates_to_one(p):
    constant = log_continuous_bernoulli_constant(torch.tensor(p, dtype=torch.float64)).exp().item()
    mass = quad(lambda x: p**x * (1 - p) ** (1 - x), 0, 1, epsabs=1e-13)[0]
    assert constant * mass == pytest.approx(1, abs=1e-12)


def test_continuous_bernoulli_matches_torch_far_from_one_half():
    p = torch.tensor([1e-5, 0.05, 0.3, 0.6, 0.97], dtype=torch.float64)
    x = torch.tensor(0.3, dtype=torch.float64)
    likelihood = torch.distributions.ContinuousBernoulli(p).log_prob(x)
    ours = log_continuous_bernoulli_constant(p) + x * p.log() + (1 - x) * torch.log1p(-p)
    torch.testing.assert_close(ours, likelihood)


def test_continuous_bernoulli_gradients_around_one_half_and_near_the_ends():
    p = torch.tensor([0.1, 0.4499, 0.4501, 0.5, 0.52, 0.5501, 0.9], dtype=torch.float64, requires_grad=True)
    assert gradcheck(log_continuous_bernoulli_constant, (p,))
    p = torch.tensor([1e-30, 1e-6, 0.4999, 0.5, 0.5001, 1 - 1e-6], requires_grad=True)
    log_continuous_bernoulli_constant(p).sum().backward()
    assert p.grad.isfinite().all()
    slope = [8 / 3 * (value - 0.5) for value in p[2:5].tolist()]  # ln C = ln 2 + (1 - 2p)^2 / 3 + ...
    assert p.grad[2:5].tolist() == pytest.approx(slope, rel=1e-3)


def test_continuous_bernoulli_constant_in_float32_agrees_with_float64():
    p = torch.cat([torch.logspace(-30, -1, 200), torch.linspace(0.1, 0.9, 2001)])
    torch.testing.assert_close(
        log_continuous_bernoulli_constant(p).double(),
        log_continuous_bernoulli_constant(p.double()),
        rtol=1e-5,
        atol=0,
    )


def test_continuous_bernoulli_constant_is_infinite_at_the_ends():
    assert log_continuous_bernoulli_constant(torch.tensor([0.0, 1.0])).tolist() == [math.inf, math.inf]


# ---- messages


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bce(torch.zeros(2, 784), torch.zeros(2, 1, 28, 28)), r"\(2, 784\) and x \(2, 1, 28, 28\)"),
        (lambda: bce(torch.zeros(2, 3), torch.full((2, 3), 255.0)), r"spans \[255, 255\]; divide.*by 255"),
        (lambda: bce(torch.zeros(1, 2), torch.tensor([[-0.5, 1.0]])), r"spans \[-0.5, 1\]"),
        (lambda: bce(torch.zeros(1, 2), torch.tensor([[math.nan, 1.0]])), r"must lie in \[0, 1\]"),
        (lambda: bce(torch.zeros(784), torch.zeros(784)), r"\(N, ...\), got \(784,\)"),
        (lambda: entropy_floor(torch.full((2, 3), 255.0)), "divide grey levels by 255"),
        (lambda: kl_standard_normal(torch.zeros(4, 2), torch.zeros(4, 3)), r"\(4, 2\) and logvar \(4, 3\)"),
        (lambda: kl_standard_normal(torch.zeros(4, 2), torch.zeros(1, 2)), r"\(4, 2\) and logvar \(1, 2\)"),
        (
            lambda: negative_elbo(*torch.zeros(2, 3, 9), *torch.zeros(2, 4, 5)),
            r"logits \(3, 9\) and mu \(4, 5\)",
        ),
        (lambda: iwae(torch.tensor(0.0)), r"shape \(\); give \(K, N\)"),
        (lambda: iwae(torch.zeros(0, 4)), r"shape \(0, 4\)"),
        (lambda: log_continuous_bernoulli_constant(torch.tensor(1.5)), "apply a sigmoid"),
    ],
)
def test_wrong_inputs_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
