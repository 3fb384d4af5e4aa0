"""Densities, samplers and divergences against torch.distributions, scipy's quadrature and known numbers."""

import math
from itertools import pairwise

import pytest
import scipy.stats
import torch
from scipy.integrate import quad
from torch.autograd import gradcheck, gradgradcheck

from course_utils.distributions import STANDARD_NORMAL, Laplace, Normal, Uniform
from course_utils.divergences import exp_minus_line, kl, kl_full_normal

FAMILIES = (Normal, Laplace, Uniform)
PAIRS = [(q, p) for q in FAMILIES for p in FAMILIES]
FINITE = [pair for pair in PAIRS if pair[1] is not Uniform or pair[0] is Uniform]
PATHWISE_DRAWS = 200_000


def f64(*values):
    return torch.tensor(values, dtype=torch.float64)


def normal(mu, sigma, dtype=torch.float64):
    return Normal(torch.tensor(mu, dtype=dtype), 2 * torch.tensor(sigma, dtype=dtype).log())


def build(family, location, scale):
    """A member of a family: scale is sigma, b, or half the width."""
    if family is Normal:
        return Normal(location, 2 * scale.log())
    return Laplace(location, scale) if family is Laplace else Uniform(location - scale, location + scale)


def parameters(seed, n=6):
    """Locations in [-2, 2] and scales in [0.3, 2.5], seeded."""
    generator = torch.Generator().manual_seed(seed)
    u = torch.rand(2, n, generator=generator, dtype=torch.float64)
    return 4 * u[0] - 2, 0.3 + 2.2 * u[1]


def draw_pair(q_family, p_family, seed, n=6):
    """A random pair; for two uniforms p is widened until it covers q, so that the KL is finite."""
    q = build(q_family, *parameters(seed, n))
    location, scale = parameters(seed + 1, n)
    if q_family is p_family is Uniform:
        scale = scale + (q.mean - location).abs() + (q.high - q.low) / 2
    return q, build(p_family, location, scale)


def to_torch(d):
    """The same density in torch.distributions."""
    if isinstance(d, Normal):
        return torch.distributions.Normal(d.mu, d.variance.sqrt())
    if isinstance(d, Laplace):
        return torch.distributions.Laplace(d.mu, d.b)
    return torch.distributions.Uniform(d.low, d.high)


def to_scipy(d):
    """The same (scalar) density in scipy.stats."""
    if isinstance(d, Normal):
        return scipy.stats.norm(d.mu.item(), d.variance.sqrt().item())
    if isinstance(d, Laplace):
        return scipy.stats.laplace(d.mu.item(), d.b.item())
    return scipy.stats.uniform(d.low.item(), (d.high - d.low).item())


def kl_by_quadrature(q, p):
    """Integral of q (ln q - ln p), split where either density has a kink."""
    q, p = to_scipy(q), to_scipy(p)
    low, high = (max(-150.0, q.support()[0]), min(150.0, q.support()[1]))
    kinks = sorted({low, high, *(k for k in (q.mean(), p.mean()) if low < k < high)})
    for step in (8, 30):  # so that no piece hides a narrow peak from the quadrature
        kinks += [k for k in (q.mean() - step * q.std(), q.mean() + step * q.std()) if low < k < high]
    kinks.sort()

    def integrand(z):
        density = q.pdf(z)
        return density * (q.logpdf(z) - p.logpdf(z)) if density else 0.0

    return sum(quad(integrand, a, b, epsabs=1e-12, epsrel=1e-12, limit=200)[0] for a, b in pairwise(kinks))


# ---- densities, entropies, moments


@pytest.mark.parametrize("family", FAMILIES)
def test_density_entropy_and_moments_match_torch(family):
    ours = build(family, *parameters(3))
    theirs = to_torch(ours)
    z = theirs.sample((50,))
    torch.testing.assert_close(ours.log_prob(z), theirs.log_prob(z))
    torch.testing.assert_close(ours.entropy(), theirs.entropy())
    torch.testing.assert_close(ours.mean, theirs.mean)
    torch.testing.assert_close(ours.variance, theirs.variance)


def test_uniform_has_no_density_outside_its_support():
    z = f64(-0.001, 0.0, 1.0, 2.0, 2.001)
    assert Uniform(0.0, f64(2.0)).log_prob(z).tolist() == pytest.approx(
        [-math.inf, -math.log(2), -math.log(2), -math.log(2), -math.inf]
    )


def test_narrow_normal_keeps_a_finite_density_in_float32():
    value = Normal(torch.tensor(1e4), -60.0).log_prob(torch.tensor(0.0))
    assert value.item() == pytest.approx(-0.5 * 1e8 * math.exp(60), rel=1e-5)


# ---- inverse CDFs and sampling


@pytest.mark.parametrize("family", FAMILIES)
def test_icdf_matches_torch(family):
    ours = build(family, *parameters(4))
    u = torch.linspace(0.001, 0.999, 999, dtype=torch.float64).unsqueeze(1)
    torch.testing.assert_close(ours.icdf(u), to_torch(ours).icdf(u), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("d", [Laplace(0.3, 0.8), STANDARD_NORMAL, Uniform(-1.0, 2.0)])
def test_icdf_is_finite_and_increasing_at_the_ends(d, dtype):
    u = torch.tensor([0.0, 1e-30, 0.5, 1 - torch.finfo(dtype).eps, 1.0], dtype=dtype)
    z = d.icdf(u)
    assert z.isfinite().all()
    assert (z.diff() >= 0).all()


def test_laplace_icdf_keeps_the_digits_of_small_u():
    assert Laplace(0.0, 1.0).icdf(torch.tensor(1e-20)).item() == pytest.approx(math.log(2e-20), rel=1e-6)


def test_icdf_gradients_are_the_derived_ones():
    u = f64(0.1, 0.5, 0.9)
    mu, b = f64(0.3).requires_grad_(), f64(0.8).requires_grad_()
    z = Laplace(mu, b).icdf(u)
    gradients = [torch.autograd.grad(z[i], (mu, b), retain_graph=True) for i in range(3)]
    assert [g[0].item() for g in gradients] == pytest.approx([1, 1, 1])
    assert [g[1].item() for g in gradients] == pytest.approx(((z - mu) / b).tolist())
    low, high = f64(-1.0).requires_grad_(), f64(2.0).requires_grad_()
    z = Uniform(low, high).icdf(u)
    gradients = [torch.autograd.grad(z[i], (low, high), retain_graph=True) for i in range(3)]
    assert [g[0].item() for g in gradients] == pytest.approx((1 - u).tolist())
    assert [g[1].item() for g in gradients] == pytest.approx(u.tolist())


@pytest.mark.parametrize("family", FAMILIES)
def test_samples_follow_their_distribution(family):
    """Kolmogorov-Smirnov; a right sampler with a fresh seed would fail once in a million runs."""
    d = build(family, f64(0.3).squeeze(), f64(0.8).squeeze())
    z = d.rsample(torch.Generator().manual_seed(11), (PATHWISE_DRAWS,))
    assert scipy.stats.kstest(z.numpy(), to_scipy(d).cdf).pvalue > 1e-6
    standard_error = (d.variance / PATHWISE_DRAWS).sqrt()
    assert (z.mean() - d.mean).abs() < 5 * standard_error
    assert z.var().item() == pytest.approx(d.variance.item(), rel=0.03)


def test_laplace_mean_distance_is_b():
    z = Laplace(f64(0.3), f64(0.8)).rsample(torch.Generator().manual_seed(5), (PATHWISE_DRAWS,))
    assert (z - 0.3).abs().mean().item() == pytest.approx(0.8, abs=5 * 0.8 / math.sqrt(PATHWISE_DRAWS))


@pytest.mark.parametrize("family", FAMILIES)
def test_rsample_is_seeded_shaped_and_pathwise(family):
    location, scale = (t.float().requires_grad_() for t in parameters(6, n=4))
    d = build(family, location, scale)
    z = d.rsample(torch.Generator().manual_seed(0), (3, 2))
    assert z.shape == (3, 2, 4) and z.dtype == torch.float32
    assert torch.equal(z, d.rsample(torch.Generator().manual_seed(0), (3, 2)))
    assert not torch.equal(z, d.rsample(torch.Generator().manual_seed(1), (3, 2)))
    assert d.rsample().shape == (4,)
    gradient = torch.autograd.grad(z.sum(), (location, scale))
    torch.testing.assert_close(gradient[0], torch.full((4,), 6.0))
    torch.testing.assert_close(gradient[1], ((z - location) / scale).sum((0, 1)), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("family", [Laplace, Uniform])
def test_a_noise_of_exactly_zero_is_no_outlier(family, monkeypatch):
    monkeypatch.setattr(torch, "rand", lambda shape, **options: torch.zeros(shape, dtype=options["dtype"]))
    z = build(family, torch.tensor(0.0), torch.tensor(1.0)).rsample(shape=(2,))
    assert z.isfinite().all() and (z >= -16).all()


# ---- the nine divergences


@pytest.mark.parametrize(("q_family", "p_family"), [pair for pair in FINITE if pair != (Uniform, Laplace)])
def test_kl_matches_torch_where_torch_knows_it(q_family, p_family):
    q, p = draw_pair(q_family, p_family, seed=20, n=200)
    expected = torch.distributions.kl_divergence(to_torch(q), to_torch(p))
    torch.testing.assert_close(kl(q, p), expected, rtol=1e-9, atol=1e-9)


def test_torch_does_not_know_uniform_against_laplace():
    q, p = draw_pair(Uniform, Laplace, seed=1)
    with pytest.raises(NotImplementedError):
        torch.distributions.kl_divergence(to_torch(q), to_torch(p))


@pytest.mark.parametrize(("q_family", "p_family"), FINITE)
def test_kl_matches_quadrature(q_family, p_family):
    q, p = draw_pair(q_family, p_family, seed=30)
    for i, value in enumerate(kl(q, p)):
        pair = [build_scalar(d, i) for d in (q, p)]
        assert value.item() == pytest.approx(kl_by_quadrature(*pair), abs=1e-8)


def build_scalar(d, i):
    """Element i of a tensor of densities."""
    return type(d)(*(value[i] for value in vars(d).values()))


@pytest.mark.parametrize(("location", "inside"), [(0.0, True), (0.9, True), (1.0, True), (5.0, False)])
def test_uniform_laplace_with_the_kink_inside_at_the_edge_and_outside(location, inside):
    q, p = Uniform(f64(-1.0), f64(1.0)), Laplace(f64(location), f64(0.7))
    expected = kl_by_quadrature(build_scalar(q, 0), build_scalar(p, 0))
    assert kl(q, p).item() == pytest.approx(expected, abs=1e-8)
    assert (q.low <= location <= q.high).item() == inside


@pytest.mark.parametrize("family", [Normal, Laplace])
def test_an_unbounded_q_is_infinitely_far_from_a_uniform_p(family):
    value = kl(build(family, torch.zeros(3, 1), torch.ones(3, 1)), Uniform(-100.0, torch.full((2,), 100.0)))
    assert value.shape == (3, 2) and (value == math.inf).all()


@pytest.mark.parametrize(
    ("q", "p", "expected"),
    [
        (normal(0.7, 0.5), STANDARD_NORMAL, 0.563147),
        (normal(-2.0, 1.7), STANDARD_NORMAL, 2.414372),
        (normal(0.0, 1.0), STANDARD_NORMAL, 0.0),
        (Laplace(0.7, 0.5), Laplace(0.0, 1.0), 0.516446),
        (Laplace(-2.0, 1.7), Laplace(0.0, 1.0), 0.993593),
        (Laplace(0.7, 0.5), STANDARD_NORMAL, 0.413939),
        (Laplace(0.0, math.sqrt(0.5)), STANDARD_NORMAL, 0.072365),
        (normal(0.7, 0.5), Laplace(0.0, 1.0), 0.704024),
        (normal(0.0, 1.0), Laplace(0.0, 1.0), 0.072093),
        (Uniform(0.2, 0.6), Uniform(0.0, 1.0), 0.916291),
        (Uniform(-0.2, 0.6), Uniform(0.0, 1.0), math.inf),
        (Uniform(0.2, 1.6), Uniform(0.0, 1.0), math.inf),
        (Uniform(-1.0, 1.0), STANDARD_NORMAL, 0.392458),
        (Uniform(-math.sqrt(3), math.sqrt(3)), STANDARD_NORMAL, 0.176485),
    ],
)
def test_kl_gives_the_numbers_of_the_reference(q, p, expected):
    assert kl(q, p).item() == pytest.approx(expected, abs=1.5e-6)


def test_report_c_pays_ten_thousand_nats_for_grey_levels_under_a_normal_prior():
    assert kl(Uniform(0.0, 255.0), STANDARD_NORMAL).item() == pytest.approx(10_832.9, abs=0.05)


@pytest.mark.parametrize(
    ("family", "best_scale", "least"),
    [(Laplace, math.sqrt(0.5), 0.072365), (Uniform, math.sqrt(3), 0.176485)],
)
def test_other_families_never_reach_a_normal_prior(family, best_scale, least):
    scale = torch.linspace(0.05, 4, 20_001, dtype=torch.float64)
    values = kl(build(family, torch.zeros_like(scale), scale), STANDARD_NORMAL)
    assert values.min().item() == pytest.approx(least, abs=1e-6)
    assert scale[values.argmin()].item() == pytest.approx(best_scale, abs=2e-3)


@pytest.mark.parametrize("family", FAMILIES)
def test_kl_is_zero_only_between_equals(family):
    q = build(family, *parameters(40))
    assert kl(q, q).abs().max() == 0
    wider = build(family, q.mean, parameters(40)[1] * 1.01)
    assert (kl(q, wider) > 1e-6).all()
    if family is not Uniform:
        assert (kl(q, build(family, q.mean + 0.01, parameters(40)[1])) > 1e-6).all()


@pytest.mark.parametrize(("q_family", "p_family"), PAIRS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_kl_is_never_negative(q_family, p_family, dtype):
    generator = torch.Generator().manual_seed(50)
    location = 1e-2 * torch.randn(2, 20_000, generator=generator, dtype=dtype)
    scale = torch.exp(0.05 * torch.randn(2, 20_000, generator=generator, dtype=dtype))
    values = kl(build(q_family, location[0], scale[0]), build(p_family, location[1], scale[1]))
    assert values.dtype == dtype
    assert values.min() >= 0


def test_kl_uniform_ignores_location_inside_the_support():
    shift = f64(0.1).requires_grad_()
    kl(Uniform(0.2 + shift, 0.6 + shift), Uniform(0.0, 1.0)).backward()
    assert shift.grad.item() == pytest.approx(0, abs=1e-12)


# ---- gradients, extremes, dtypes


@pytest.mark.parametrize(("q_family", "p_family"), FINITE)
def test_kl_gradients(q_family, p_family):
    q, p = draw_pair(q_family, p_family, seed=60, n=3)
    inputs = [v.detach().clone().requires_grad_() for d in (q, p) for v in vars(d).values()]

    def value(a, b, c, d):
        return kl(q_family(a, b), p_family(c, d))

    assert gradcheck(value, inputs)
    assert gradgradcheck(value, inputs)


@pytest.mark.parametrize("family", FAMILIES)
def test_density_and_sampler_gradients(family):
    inputs = [v.detach().clone().requires_grad_() for v in vars(build(family, *parameters(61, 3))).values()]
    u = f64(0.2, 0.4, 0.7)
    assert gradcheck(lambda a, b: family(a, b).icdf(u), inputs)
    z = family(*inputs).icdf(u).detach()
    assert gradcheck(lambda a, b: family(a, b).log_prob(z), inputs)
    assert gradcheck(lambda a, b: family(a, b).entropy(), inputs)


def test_normal_kl_gradients_are_mu_and_half_of_variance_minus_one():
    mu, logvar = f64(0.7).requires_grad_(), f64(-1.4).requires_grad_()
    kl(Normal(mu, logvar), STANDARD_NORMAL).backward()
    assert mu.grad.item() == pytest.approx(0.7)
    assert logvar.grad.item() == pytest.approx((math.exp(-1.4) - 1) / 2)


@pytest.mark.parametrize(("q_family", "p_family"), FINITE)
def test_gradients_stay_finite_at_the_kinks(q_family, p_family):
    location = torch.zeros(1, requires_grad=True)
    scale = torch.ones(1, requires_grad=True)
    kl(build(q_family, location, scale), build(p_family, torch.zeros(1), torch.ones(1))).sum().backward()
    assert location.grad.isfinite().all() and scale.grad.isfinite().all()


def test_infinite_entries_do_not_spoil_the_gradients_of_finite_ones():
    low = torch.tensor([0.2, -3.0], requires_grad=True)
    kl(Uniform(low, 0.6), Uniform(0.0, 1.0))[0].backward()
    assert low.grad.tolist() == pytest.approx([1 / 0.4, 0.0])


# No uniform at 10,000: float32 can write neither 10,000 +- 1e-13 nor 10,000 + 1e13.
@pytest.mark.parametrize(
    ("q_family", "mu"), [(Normal, 0.0), (Normal, 1e4), (Laplace, 0.0), (Laplace, 1e4), (Uniform, 0.0)]
)
@pytest.mark.parametrize("p_family", [Normal, Laplace])
@pytest.mark.parametrize("logvar", [-60.0, 60.0])
def test_float32_agrees_with_float64_at_extremes(q_family, p_family, logvar, mu):
    results = []
    for dtype in (torch.float32, torch.float64):
        location = torch.tensor([mu], dtype=dtype, requires_grad=True)
        scale = torch.tensor([logvar / 2], dtype=dtype).exp().requires_grad_()
        value = kl(build(q_family, location, scale), build(p_family, torch.zeros(1), torch.ones(1)))
        value.sum().backward()
        results.append(torch.stack([value.detach(), location.grad, scale.grad]).double())
    assert results[0].isfinite().all()
    torch.testing.assert_close(results[0], results[1], rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("logvar", [1e-4, -1e-4, 1e-2, 0.0999, 0.1001, -3e-6])
def test_small_normal_kl_keeps_its_digits_in_float32(logvar):
    exact = logvar**2 / 4 * (1 + logvar / 3 + logvar**2 / 12 + logvar**3 / 60)
    assert kl(Normal(0.0, torch.tensor(logvar)), STANDARD_NORMAL).item() == pytest.approx(exact, rel=1e-5)


def test_small_laplace_kl_keeps_its_digits_in_float32():
    mu = torch.tensor(1e-3)
    exact = 1e-6 / 2 - 1e-9 / 6
    assert kl(Laplace(mu, 1.0), Laplace(0.0, 1.0)).item() == pytest.approx(exact, rel=1e-4)


def test_exp_minus_line_against_the_same_formula_in_fifty_digits():
    mpmath = pytest.importorskip("mpmath")
    mpmath.mp.dps = 50
    t = f64(-40.0, -1.0, -0.1, -0.0999, -1e-3, -1e-9, 0.0, 1e-12, 1e-5, 0.05, 0.0999, 0.1001, 2.0, 50.0)
    exact = [float(mpmath.exp(v) - 1 - mpmath.mpf(v)) for v in t.tolist()]
    torch.testing.assert_close(exp_minus_line(t), f64(*exact), rtol=1e-14, atol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype_is_preserved_and_floats_follow_it(dtype):
    value = torch.tensor([0.5], dtype=dtype)
    for d in (Normal(0.1, value), Normal(value, 0), Laplace(0.1, value), Uniform(0.1, value)):
        results = (d.mean, d.variance, d.entropy(), d.log_prob(value), d.icdf(value), d.rsample())
        assert {result.dtype for result in results} == {dtype}
        assert kl(d, STANDARD_NORMAL).dtype == dtype
        assert kl(d, Laplace(0, 1)).dtype == dtype
    assert Normal(0.1, value).mu.item() == torch.tensor(0.1, dtype=dtype).item()
    assert Normal(0, 0).mu.dtype == torch.get_default_dtype()


def test_parameters_and_divergences_broadcast():
    q = Normal(torch.zeros(4, 1), torch.zeros(3))
    assert q.mu.shape == q.logvar.shape == q.shape == (4, 3)
    assert kl(q, Laplace(torch.zeros(5, 1, 1), 1.0)).shape == (5, 4, 3)


# ---- full covariances


def random_covariance(seed, batch=(), d=4):
    """A A^T + I / 2 with standard normal A."""
    a = torch.randn(*batch, d, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return a @ a.mT + 0.5 * torch.eye(d, dtype=torch.float64)


def test_full_normal_matches_torch_with_broadcast_batches():
    generator = torch.Generator().manual_seed(0)
    mu0 = torch.randn(5, 1, 4, generator=generator, dtype=torch.float64)
    mu1 = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    cov0, cov1 = random_covariance(1, (5, 1)), random_covariance(2)
    multivariate = torch.distributions.MultivariateNormal
    expected = torch.distributions.kl_divergence(
        multivariate(mu0, cov0).expand((5, 3)), multivariate(mu1, cov1).expand((5, 3))
    )
    torch.testing.assert_close(kl_full_normal(mu0, cov0, mu1, cov1), expected)


def test_full_normal_with_diagonal_covariances_is_the_sum_of_the_dimensions():
    q, p = draw_pair(Normal, Normal, seed=70, n=5)
    full = kl_full_normal(q.mu, q.variance.diag(), p.mu, p.variance.diag())
    torch.testing.assert_close(full, kl(q, p).sum())


def test_full_normal_is_zero_between_equals_and_unchanged_by_a_change_of_axes():
    cov0, cov1, a = random_covariance(1), random_covariance(2), random_covariance(3)
    mu0, mu1 = f64(1.0, 2.0, 3.0, 4.0), f64(0.0, -1.0, 0.5, 2.0)
    assert 0 <= kl_full_normal(mu0, cov0, mu0, cov0).item() < 1e-25
    value = kl_full_normal(mu0, cov0, mu1, cov1)
    moved = kl_full_normal(mu0 @ a.mT, a @ cov0 @ a.mT, mu1 @ a.mT, a @ cov1 @ a.mT)
    assert value > 1 and moved.item() == pytest.approx(value.item(), rel=1e-7)


def test_full_normal_gradients():
    root0, root1 = random_covariance(4, d=2).requires_grad_(), random_covariance(5, d=2).requires_grad_()
    mu0, mu1 = f64(0.3, -0.2).requires_grad_(), f64(1.0, 0.0).requires_grad_()
    assert gradcheck(lambda m, r, n, s: kl_full_normal(m, r @ r.mT, n, s @ s.mT), (mu0, root0, mu1, root1))


def test_mutual_information_of_the_rotated_toy():
    """Standard deviations 5 and 1 at 45 degrees: correlation rho = 12/13 and mutual information ln(13/5)."""
    cov = f64(13.0, 12.0, 12.0, 13.0).reshape(2, 2)
    value = kl_full_normal(torch.zeros(2).double(), cov, torch.zeros(2).double(), cov.diagonal().diag())
    assert value.item() == pytest.approx(math.log(13 / 5), abs=1e-12)


@pytest.mark.parametrize(
    ("which", "cov", "message"),
    [
        ("cov0", f64(1.0, 2.0, 2.0, 1.0).reshape(2, 2), "cov0 is not positive definite"),
        ("cov1", f64(1.0, 1.0, 1.0, 1.0).reshape(2, 2), "cov1 is not positive definite"),
        ("cov1", f64(1.0, 0.5, 0.0, 1.0).reshape(2, 2), "cov1 is not symmetric"),
        ("cov0", torch.eye(3).double(), r"mu0 \(2,\) and cov0 \(3, 3\)"),
        ("mu1", torch.zeros(3).double(), r"mu1 \(3,\) and cov1 \(4, 2, 2\)"),
        ("cov0", torch.eye(2).double().expand(5, 2, 2), r"cov1.*\(4,\).*\(5,\)"),
    ],
)
def test_full_normal_says_what_is_wrong(which, cov, message):
    eye = torch.eye(2, dtype=torch.float64)
    arguments = {"mu0": f64(0, 0), "cov0": eye, "mu1": f64(0, 0), "cov1": eye.expand(4, 2, 2)} | {which: cov}
    with pytest.raises(ValueError, match=message):
        kl_full_normal(**arguments)


# ---- messages


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Laplace(0.0, torch.tensor([1.0, 0.0])), r"needs b > 0, got 0; pass b = exp\(log_b\)"),
        (lambda: Laplace(0.0, -2.0), "got -2"),
        (lambda: Laplace(0.0, math.nan), "got nan"),
        (lambda: Uniform(1.0, 1.0), "needs low < high, got a width of 0; swap them or widen it"),
        (lambda: Uniform(torch.tensor([0.0, 2.0]), 1.0), "got a width of -1"),
        (lambda: Normal(torch.zeros(2), torch.zeros(3)), r"Normal\(mu, logvar\).*\(2,\) and \(3,\)"),
        (lambda: Normal(torch.zeros(2), 0.0).log_prob(torch.zeros(3)), r"log_prob.*\(3,\) and \(2,\)"),
        (lambda: Laplace(torch.zeros(2), 1.0).icdf(torch.zeros(3)), r"icdf.*\(3,\) and \(2,\)"),
        (lambda: kl(Normal(torch.zeros(2), 0.0), Laplace(torch.zeros(3), 1.0)), r"kl.*\(2,\) and \(3,\)"),
    ],
)
def test_wrong_parameters_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_kl_refuses_other_objects():
    with pytest.raises(TypeError, match="not Normal and int"):
        kl(STANDARD_NORMAL, 3)


def test_families_are_frozen():
    with pytest.raises(AttributeError):
        STANDARD_NORMAL.mu = torch.tensor(1.0)
