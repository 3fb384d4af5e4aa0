"""Answers to the exercises of lesson 02: unusual right ones, and wrong ones with the finding meant for them."""

import math

import numpy as np
import torch
from torch.distributions import (
    Independent,
    MultivariateNormal,
    Normal,
    kl_divergence,
)


def _tensors(*values):
    return [torch.as_tensor(v, dtype=torch.float64) for v in values]


def _numpy_log_ratio(z, mu, sigma):
    z, mu, sigma = (t.numpy().astype("f8") for t in (z, mu, sigma))
    return -np.log(sigma) - 0.5 * ((z - mu) / sigma) ** 2 + 0.5 * z**2


def _kl_by_quadrature(mu, sigma):
    mu, sigma = _tensors(mu, sigma)
    z = torch.linspace(-14, 14, 28001, dtype=torch.float64).view(-1, *([1] * mu.ndim))
    q, p = Normal(mu, sigma), Normal(0.0, 1.0)
    return torch.trapezoid(q.log_prob(z).exp() * (q.log_prob(z) - p.log_prob(z)), dx=0.001, dim=0)


def _grid():
    return torch.meshgrid(torch.linspace(-2, 2, 9), torch.linspace(0.5, 2, 7), indexing="ij")


def _looping_test(kl):
    if abs(float(kl(0.0, 1.0))) > 1e-4:
        return False
    for mu in (-2.0, -1.0, 0.0, 1.0, 2.0):
        for sigma in (0.5, 0.8, 1.0, 1.5, 2.0):
            if float(kl(mu, sigma)) < -1e-4:
                return False
    return abs(float(kl(1.0, 2.0)) - 1.3068528) < 1e-3


def _comparing_test(kl):
    mu, sigma = _grid()
    return torch.allclose(
        kl(mu, sigma).double(), kl_divergence(Normal(mu, sigma), Normal(0.0, 1.0)).double(), atol=1e-4
    )


def _numpy_test(kl):
    values = np.array([[float(kl(m, s)) for s in (0.5, 1.0, 2.0)] for m in (-1.0, 0.0, 1.0)])
    return np.all(values > -1e-3) & (abs(values[1, 1]) < 1e-3) & (abs(values[2, 2] - 2 + math.log(2)) < 1e-3)


def _prior_zero(kl):
    return bool(abs(kl(0.0, 1.0)) < 1e-4)


def _never_negative(kl):
    return bool((kl(*_grid()) > -1e-4).all())


def _known_value(kl):
    return bool(abs(kl(1.0, 2.0) - 1.30685) < 1e-4)


def _three_demands(kl):
    return _prior_zero(kl) and _never_negative(kl) and _known_value(kl)


def _asserting_test(kl):
    assert _prior_zero(kl)
    assert _never_negative(kl)
    assert _known_value(kl)
    return True


def _positive(kl, mu=(-2, 2), sigma=(0.5, 2)):
    return bool((kl(torch.linspace(*mu, 9)[:, None], torch.linspace(*sigma, 9)) > -1e-4).all())


def _kl_of_my_own(mu, sigma):
    mu, sigma = torch.as_tensor(mu), torch.as_tensor(sigma)
    return (mu**2 + sigma**2 - 1 - 2 * sigma.log()) / 2


def _log_ratio(z, mu, sigma):
    return z**2 / 2 - (z - mu) ** 2 / (2 * sigma**2) - sigma.log()


def _kl(mu, logvar):
    return (mu**2 + logvar.exp() - 1 - logvar) / 2


def _loop_over_images(mu, logvar):
    return torch.stack(
        [
            sum(0.5 * (m * m + v.exp() - 1 - v) for m, v in zip(a, b, strict=True))
            for a, b in zip(mu, logvar, strict=True)
        ]
    )


def _kl_diagonal_in_place(mu, logvar):
    mu.pow_(2)
    return ((mu + logvar.exp() - 1 - logvar) / 2).sum(1)


def _eigen_kl(mu, cov):
    eigenvalues = torch.linalg.eigvalsh(cov)
    return 0.5 * (eigenvalues - 1 - eigenvalues.log()).sum() + 0.5 * mu.dot(mu)


def _full(trace=1.0, square=1.0, logdet=1.0, d=1.0):
    return lambda mu, cov: (trace * cov.trace() + square * mu @ mu - d * len(mu) - logdet * torch.logdet(cov)) / 2


def _max_trick(log_w):
    top = log_w.max(dim=0).values
    return top + (log_w - top).exp().mean(dim=0).log()


def _iwae_in_numpy(log_w):
    return np.logaddexp.reduce(log_w.numpy().astype("f8"), axis=0) - np.log(log_w.shape[0])


RIGHT = {
    "2.1": [
        lambda z, mu, sigma: Normal(mu, sigma).log_prob(z) - Normal(0.0, 1.0).log_prob(z),
        _numpy_log_ratio,
        lambda z, mu, sigma: (z * z - ((z - mu) / sigma) ** 2) / 2 - sigma.double().log(),
        lambda z, mu, sigma: torch.log(Normal(mu, sigma).log_prob(z).exp() / Normal(0.0, 1.0).log_prob(z).exp()),
    ],
    "2.2": [
        lambda mu, sigma: kl_divergence(Normal(mu, sigma), Normal(0.0, 1.0)),
        _kl_by_quadrature,
        lambda mu, sigma: 0.5 * mu.double() ** 2 + 0.5 * (sigma.double() ** 2 - 1) - sigma.double().log(),
        lambda mu, sigma, eps=0.0: -0.5 * (1 + (sigma**2 + eps).log() - mu.pow(2) - sigma.pow(2)),
        lambda mu, sigma: np.log(1 / sigma.numpy()) + (sigma.numpy() ** 2 + mu.numpy() ** 2) / 2 - 0.5,
    ],
    "2.3": [
        lambda kl: bool(
            torch.isclose(kl(torch.tensor(0.0), torch.tensor(1.0)), torch.tensor(0.0), atol=1e-4)
            and (kl(*_grid()) >= -1e-5).all()
            and abs(kl(1, 2) - 1.30685) < 5e-5
        ),
        _looping_test,
        _comparing_test,
        _numpy_test,
        lambda kl: torch.tensor(_prior_zero(kl) and _never_negative(kl) and _known_value(kl)),
        lambda kl: int(all(test(kl) for test in (_known_value, _never_negative, _prior_zero))),
        lambda kl: _prior_zero(kl) and _known_value(kl) and _positive(kl),
        lambda kl: _three_demands(lambda mu, sigma: kl(torch.as_tensor(mu).double(), torch.as_tensor(sigma).double())),
        lambda kl: bool(kl(0.0, 1.0) < 1e-4) and _never_negative(kl) and _known_value(kl),
    ],
    "2.4": [
        lambda mu, logvar: kl_divergence(
            Independent(Normal(mu, (logvar / 2).exp()), 1),
            Independent(Normal(torch.zeros_like(mu), torch.ones_like(mu)), 1),
        ),
        _loop_over_images,
        lambda mu, logvar: -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=-1),
        lambda mu, logvar: torch.einsum("nd->n", _kl(mu.double(), logvar.double())),
        lambda mu, logvar: 0.5 * (mu.square().sum(1) + logvar.expm1().sum(1) - logvar.sum(1)),
    ],
    "2.5": [
        lambda mu, cov: kl_divergence(
            MultivariateNormal(mu, cov), MultivariateNormal(torch.zeros_like(mu), torch.eye(len(mu)).to(mu))
        ),
        _eigen_kl,
        lambda mu, cov: (
            0.5 * (np.trace(cov.numpy()) + mu.numpy() @ mu.numpy() - len(mu) - np.linalg.slogdet(cov.numpy())[1])
        ),
        lambda mu, cov: (
            0.5 * ((cov.diagonal() + mu**2 - 1).sum() - 2 * torch.linalg.cholesky(cov).diagonal().log().sum())
        ),
        lambda mu, cov: _full()(mu, cov).reshape(1),
    ],
    "2.6": [
        _max_trick,
        _iwae_in_numpy,
        lambda log_w: (log_w.double() - math.log(len(log_w))).logsumexp(0),
        lambda log_w: torch.stack([c.logsumexp(0) for c in log_w.T]) - torch.tensor(float(log_w.shape[0])).log(),
        lambda log_w: torch.cat([_max_trick(part) for part in log_w.split(2, dim=1)]),
        lambda log_w: torch.log_softmax(log_w, 0).neg().add(log_w).mean(0) - math.log(len(log_w)),
    ],
}

WRONG = {
    "2.1": [
        (lambda z, mu, sigma: Normal(0.0, 1.0).log_prob(z) - Normal(mu, sigma).log_prob(z), "reversed"),
        (lambda z, mu, sigma: Normal(mu, sigma).log_prob(z), "only-log-q"),
        (lambda z, mu, sigma: (Normal(mu, sigma).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).exp(), "no-logarithm"),
        (
            lambda z, mu, sigma: Normal(mu, sigma).log_prob(z).exp() - Normal(0.0, 1.0).log_prob(z).exp(),
            "densities-subtracted",
        ),
        (lambda z, mu, sigma: z**2 / 2 - (z - mu) ** 2 / (2 * sigma) - sigma.log(), "sigma-not-squared"),
        (lambda z, mu, sigma: z**2 / 2 - (z - mu) ** 2 / (2 * sigma**2), "log-sigma-missing"),
        (lambda z, mu, sigma: z**2 / 2 - (z - mu) ** 2 / (2 * sigma**2) - sigma.log() / 2, "half-log-sigma"),
        (lambda z, mu, sigma: z**2 - (z - mu) ** 2 / sigma**2 - sigma.log(), "half-missing"),
        (lambda z, mu, sigma: (Normal(mu, sigma).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).mean(), "shape"),
        (lambda z, mu, sigma: Normal(mu, sigma).log_prob(z) - Normal(0.0, 1.0).log_prob(z) + 0.9189, "value"),
        (lambda z, mu, sigma: _log_ratio(z, mu, sigma) - math.log(2 * math.pi) / 2, "constant-left"),
        (lambda z, mu, sigma: _log_ratio(z, mu, sigma.clamp(min=1)), "value"),
        (lambda z, mu, sigma: _log_ratio(z, mu, sigma.clamp(max=1.3)), "value"),
        (lambda z, mu, sigma: _log_ratio(z, mu.abs(), sigma), "value"),
        (lambda z, mu, sigma: _log_ratio(z, 0, sigma), "mu-missing"),
        (lambda z, mu, sigma: _log_ratio(mu, z, sigma), "value"),
        (lambda z, mu, sigma: 0.97 * _log_ratio(z, mu, sigma), "value"),
        (lambda z, mu, sigma: _log_ratio(z, mu, sigma).round(decimals=2), "value"),
        (lambda z, mu, sigma: Normal(mu, sigma).log_prob(z) - Normal(0 * mu, sigma).log_prob(z), "prior-moved"),
        (lambda z, mu, sigma: Normal(mu, sigma).log_prob(z) - Normal(mu, 1.0).log_prob(z), "prior-moved"),
        (lambda z, mu, sigma: z**2 / 2 - (z - mu) ** 2 / (2 * sigma**2) - sigma.log10(), "decimal-logarithm"),
        (lambda z, mu, sigma: z**2 / 2 - (z - mu) / (2 * sigma**2) - sigma.log(), "not-squared"),
        (lambda z, mu, sigma: z**2 / 2 - (z - mu) ** 2 / (2 * sigma**2) - math.log(sigma), "raised"),
        (lambda z, mu, sigma: _log_ratio(z, mu, sigma).tolist(), "not-numbers"),
        (
            lambda z, mu, sigma: torch.stack([_log_ratio(*one) for one in zip(z, mu, sigma, strict=False)]),
            "shape",
        ),
        (lambda z, mu, sigma: Normal(mu, sigma**2).log_prob(z) - Normal(0.0, 1.0).log_prob(z), "variance-as-sigma"),
        (lambda z, mu, sigma: Normal(mu, sigma.sqrt()).log_prob(z) - Normal(0.0, 1.0).log_prob(z), "sigma-as-variance"),
        (lambda z, mu, sigma: Normal(mu, sigma).log_prob(z) + Normal(0.0, 1.0).log_prob(z), "added"),
        (lambda z, mu, sigma: z**2 / 2 - (z - mu) ** 2 / 2 * sigma**2 - sigma.log(), "brackets"),
        (lambda z, mu, sigma: z**2 / 2 - (z - mu) ** 2 / (2 * sigma**2) + sigma.log(), "log-sigma-sign"),
    ],
    "2.2": [
        (lambda mu, sigma: mu**2 + sigma**2 - 1 - (sigma**2).log(), "half-missing"),
        (lambda mu, sigma: -(mu**2 + sigma**2 - 1 - (sigma**2).log()) / 2, "sign"),
        (lambda mu, sigma: (mu**2 + sigma - 1 - sigma.log()) / 2, "sigma-for-variance"),
        (lambda mu, sigma: (mu**2 + sigma**2 - 1 - sigma.log()) / 2, "half-log"),
        (lambda mu, sigma: (mu + sigma**2 - 1 - 2 * sigma.log()) / 2, "mu-not-squared"),
        (lambda mu, sigma: (sigma**2 - 1 - 2 * sigma.log()) / 2, "mu-missing"),
        (lambda mu, sigma: (mu**2 + sigma**2 - 1) / 2, "log-missing"),
        (lambda mu, sigma: (mu**2 + sigma**2 - 2 * sigma.log()) / 2, "one-missing"),
        (lambda mu, sigma: (mu**2 + sigma**2 - 1 + 2 * sigma.log()) / 2, "log-sign"),
        (lambda mu, sigma: -((sigma**2).log() + 1 + ((sigma**2).log() + mu**2).exp()) / 2, "printed-formula"),
        (lambda mu, sigma: kl_divergence(Normal(0.0, 1.0), Normal(mu, sigma)), "reverse-kl"),
        (lambda mu, sigma: ((mu**2 + sigma**2 - 1 - 2 * sigma.log()) / 2).sum(), "shape"),
        (lambda mu, sigma: print((mu**2 + sigma**2 - 1 - 2 * sigma.log()) / 2), "returned-nothing"),
        (lambda mu, sigma: 0.563147 * torch.ones_like(mu), "value"),
        (lambda mu, sigma: _kl_of_my_own(mu, sigma.clamp(min=0.1)), "value"),
        (lambda mu, sigma: _kl_of_my_own(mu, sigma.clamp(min=0.02)), "value"),
        (lambda mu, sigma: _kl_of_my_own(mu, sigma.clamp(max=1.6)), "value"),
        (lambda mu, sigma: _kl_of_my_own(mu.clamp(min=0), sigma), "value"),
        (lambda mu, sigma: _kl_of_my_own(mu, sigma) + 1, "one-sign"),
        (lambda mu, sigma: (mu.abs() + sigma**2 - 1 - 2 * sigma.log()) / 2, "mu-not-squared"),
        (lambda mu, sigma: (mu**2 + sigma**2 - 1 - 2 * sigma.log10()) / 2, "decimal-logarithm"),
        (lambda mu, sigma: (mu**2 + sigma - 1 - 2 * sigma.log()) / 2, "root-of-variance"),
        (lambda mu, sigma: (mu**2 - 1 - 2 * sigma.log()) / 2, "variance-missing"),
        (lambda mu, sigma: _kl_of_my_own(sigma, mu), "not-finite"),
        (lambda mu, sigma: 0.97 * _kl_of_my_own(mu, sigma), "value"),
        (lambda mu, sigma: _kl_of_my_own(mu, sigma).round(decimals=2), "value"),
        (lambda mu, sigma: _kl_of_my_own(mu, sigma).flatten(), "shape"),
        (lambda mu, sigma: _kl_of_my_own(mu, sigma).tolist(), "not-numbers"),
        (lambda mu, sigma: torch.stack([_kl_of_my_own(m, s) for m, s in zip(mu, sigma, strict=True)]), "raised"),
        (lambda mu, sigma: torch.tensor([_kl_of_my_own(m, s) for m, s in zip(mu, sigma, strict=True)]), "raised"),
        (lambda mu, sigma: 1 / 2 * mu**2 + sigma**2 - 1 - (sigma**2).log(), "brackets"),
    ],
    "2.3": [
        (lambda kl: True, "accepts-all"),
        (lambda kl: False, "refuses-right"),
        (_prior_zero, "misses-negative"),
        (_never_negative, "misses-prior"),
        (_known_value, "misses-negative"),
        (lambda kl: _never_negative(kl) and _known_value(kl), "misses-prior"),
        (lambda kl: _prior_zero(kl) and _known_value(kl), "misses-negative"),
        (lambda kl: _prior_zero(kl) and _never_negative(kl), "misses-value"),
        (lambda kl: bool(kl(0.0, 1.0) == 0) and _never_negative(kl) and _known_value(kl), "refuses-right"),
        (lambda kl: _never_negative(kl) and _known_value(kl) and bool(abs(kl(0.0, 1.0)) < 1e-2), "misses-prior"),
        (lambda kl: _prior_zero(kl) and _never_negative(kl) and bool(kl(1.0, 2.0) - 1.30685 < 1e-4), "misses-value"),
        (lambda kl: _prior_zero(kl) and _never_negative(kl) and bool(1.30685 - kl(1.0, 2.0) < 1e-4), "misses-value"),
        (lambda kl: _prior_zero(kl) and _known_value(kl) and _positive(kl, mu=(0, 2)), "misses-negative"),
        (lambda kl: _prior_zero(kl) and _known_value(kl) and _positive(kl, mu=(-2, 0)), "misses-negative"),
        (lambda kl: _prior_zero(kl) and _known_value(kl) and _positive(kl, sigma=(1, 1)), "misses-negative"),
        (lambda kl: _prior_zero(kl) and _known_value(kl) and _positive(kl, sigma=(1, 2)), "misses-negative"),
        (lambda kl: _prior_zero(kl) and _known_value(kl) and _positive(kl, sigma=(0.5, 1)), "misses-negative"),
        (lambda kl: _prior_zero(kl) and _known_value(kl) and bool((kl(*_grid()) > -1e-4).any()), "misses-negative"),
        (lambda kl: _prior_zero(kl) and _known_value(kl) and bool(kl(*_grid()).mean() > 0), "misses-negative"),
        (lambda kl: _prior_zero(kl) or _never_negative(kl) or _known_value(kl), "misses-negative"),
        (lambda kl: _three_demands(_kl_of_my_own), "accepts-all"),
        (lambda kl: _prior_zero(kl) == _known_value(kl) and _never_negative(kl), "misses-several"),
        (_asserting_test, "raised"),
        (lambda kl: [_three_demands(kl)], "not-numbers"),
        (lambda kl: (_prior_zero(kl), _never_negative(kl), _known_value(kl)), "not-numbers"),
        (lambda kl: str(_three_demands(kl)), "not-numbers"),
        (lambda kl: "right" in kl.__qualname__, "refuses-right"),
        (lambda kl: not (_prior_zero(kl) and _never_negative(kl) and _known_value(kl)), "refuses-right"),
        (lambda kl: print(_prior_zero(kl)), "returned-nothing"),
        (lambda kl: kl(*_grid()) > -1e-4, "shape"),
        (lambda kl: _prior_zero(kl) and bool((kl(*_grid()) >= 0).all()) and _known_value(kl), "refuses-rounded"),
        (lambda kl: _prior_zero(kl) and bool(kl(*_grid()) >= 0) and _known_value(kl), "raised"),
        (
            lambda kl: _prior_zero(kl) and _never_negative(kl) and bool(abs(kl(1.0, 2.0) - 1.3) < 1e-2),
            "misses-value",
        ),
    ],
    "2.4": [
        (lambda mu, logvar: _kl(mu, logvar).mean(1), "mean-over-latents"),
        (lambda mu, logvar: _kl(mu, logvar).sum(), "shape"),
        (lambda mu, logvar: _kl(mu, logvar).sum(0), "shape"),
        (lambda mu, logvar: _kl(mu, logvar), "shape"),
        (lambda mu, logvar: _kl(mu, logvar).sum(1) / len(mu), "divided-by-batch"),
        (lambda mu, logvar: 2 * _kl(mu, logvar).sum(1), "half-missing"),
        (lambda mu, logvar: -_kl(mu, logvar).sum(1), "sign"),
        (lambda mu, logvar: (mu**2 + logvar.exp() ** 2 - 1 - 2 * logvar).sum(1) / 2, "sigma-is-exp-logvar"),
        (lambda mu, logvar: (mu**2 + logvar**2 - 1 - (logvar**2).log()).sum(1) / 2, "logvar-taken-as-sigma"),
        (lambda mu, logvar: (mu**2 + logvar.exp() - 1 - 2 * logvar).sum(1) / 2, "logvar-taken-as-log-sigma"),
        (lambda mu, logvar: (mu**2 + logvar.exp() - 1 + logvar).sum(1) / 2, "log-sign"),
        (lambda mu, logvar: _kl(mu, logvar).detach().sum(1), "detached"),
        (lambda mu, logvar: _kl(mu, logvar.exp().clamp_min(1e-6).log()).sum(1), "value"),
        (lambda mu, logvar: _kl(mu, logvar.exp().log()).sum(1).round(decimals=2), "value"),
        (_kl_diagonal_in_place, "changed-input"),
        (lambda mu, logvar: _kl(mu, logvar.clamp(max=0)).sum(1), "value"),
        (lambda mu, logvar: _kl(mu, logvar.clamp(min=-4)).sum(1), "value"),
        (lambda mu, logvar: _kl(mu, logvar.clamp(-30, 20)).sum(1), "value"),
        (lambda mu, logvar: _kl(mu, logvar.abs()).sum(1), "value"),
        (lambda mu, logvar: _kl(logvar, mu).sum(1), "value"),
        (lambda mu, logvar: _kl(mu.detach(), logvar).sum(1), "detached"),
        (lambda mu, logvar: _kl(mu, logvar.detach()).sum(1), "detached"),
        (lambda mu, logvar: (mu**2 + logvar.exp().detach() - 1 - logvar).sum(1) / 2, "value"),
        (lambda mu, logvar: (mu**2 + logvar.exp() - 1 - logvar.log()).sum(1) / 2, "not-finite"),
        (lambda mu, logvar: (mu**2 + (logvar / 2).exp() - 1 - logvar).sum(1) / 2, "root-of-variance"),
        (lambda mu, logvar: (mu.abs() + logvar.exp() - 1 - logvar).sum(1) / 2, "mu-not-squared"),
        (lambda mu, logvar: (mu**2 + logvar.exp() + 1 - logvar).sum(1) / 2, "one-sign"),
        (lambda mu, logvar: _kl(mu, logvar).sum(1).squeeze(), "shape"),
        (lambda mu, logvar: _kl(mu, logvar)[:, :4].sum(1), "value"),
        (lambda mu, logvar: _kl(mu, logvar).sum(1).mean().expand(len(mu)), "value"),
        (lambda mu, logvar: 0.97 * _kl(mu, logvar).sum(1), "value"),
        (lambda mu, logvar: _kl(mu, logvar).sum(1).tolist(), "not-numbers"),
        (lambda mu, logvar: ((mu**2 + logvar.exp() - logvar).sum(1) - 1) / 2, "one-outside-sum"),
        (lambda mu, logvar: (mu**2 + logvar.exp() ** 2 - 1 - logvar).sum(1) / 2, "variance-squared"),
        (lambda mu, logvar: _kl(torch.tensor(mu.numpy()), torch.tensor(logvar.numpy())).sum(1), "detached"),
    ],
    "2.5": [
        (lambda mu, cov: 2 * _full()(mu, cov), "half-missing"),
        (lambda mu, cov: -_full()(mu, cov), "sign"),
        (lambda mu, cov: (cov.trace() + mu @ mu - len(mu) - cov.diagonal().log().sum()) / 2, "off-diagonal-ignored"),
        (lambda mu, cov: (cov.trace() + mu @ mu - 1 - torch.logdet(cov)) / 2, "dimension"),
        (_full(logdet=0.0), "log-missing"),
        (lambda mu, cov: (cov.trace() + mu @ mu - len(mu) - torch.det(cov)) / 2, "det-not-log"),
        (_full(logdet=-1.0), "log-sign"),
        (lambda mu, cov: (cov.sum() + mu @ mu - len(mu) - torch.logdet(cov)) / 2, "sum-for-trace"),
        (_full(square=0.0), "mu-missing"),
        (lambda mu, cov: (cov.trace() + mu.norm() - len(mu) - torch.logdet(cov)) / 2, "mu-not-squared"),
        (
            lambda mu, cov: kl_divergence(
                MultivariateNormal(torch.zeros_like(mu), torch.eye(len(mu)).to(mu)), MultivariateNormal(mu, cov)
            ),
            "reverse-kl",
        ),
        (lambda mu, cov: (cov.trace() + mu @ mu - len(mu) - torch.log(torch.det(cov))) / 2, "not-finite"),
        (lambda mu, cov: (cov + torch.outer(mu, mu)).diagonal(), "shape"),
        (lambda mu, cov: (cov.trace() + mu.sum() - len(mu) - torch.logdet(cov)) / 2, "sum-for-square"),
        (lambda mu, cov: (cov.trace() + mu @ mu - 3 - torch.logdet(cov)) / 2, "dimension"),
        (lambda mu, cov: (cov.trace() + mu @ mu - cov.numel() - torch.logdet(cov)) / 2, "dimension"),
        (_full(d=0.0), "dimension-missing"),
        (_full(trace=0.0), "trace-missing"),
        (lambda mu, cov: (cov.trace() + mu @ mu - len(mu) - torch.log10(cov.det())) / 2, "decimal-logarithm"),
        (_full(logdet=2.0), "value"),
        (lambda mu, cov: 0.97 * _full()(mu, cov), "value"),
        (lambda mu, cov: _full()(mu, cov).round(decimals=2), "value"),
        (lambda mu, cov: _full()(mu, cov.abs()), "signs-lost"),
        (lambda mu, cov: _full()(mu.clamp(min=0), cov), "value"),
        (lambda mu, cov: (cov.trace() + mu @ mu - 2 - torch.logdet(cov)) / 2, "dimension"),
    ],
    "2.6": [
        (lambda log_w: log_w.mean(0), "elbo"),
        (lambda log_w: torch.logsumexp(log_w, 0), "k-forgotten"),
        (lambda log_w: torch.logsumexp(log_w, 0) + math.log(len(log_w)), "k-added"),
        (lambda log_w: torch.logsumexp(log_w, 0) - len(log_w), "k-not-log"),
        (lambda log_w: torch.logsumexp(log_w, 0) / len(log_w), "divided-outside"),
        (lambda log_w: log_w.exp().mean(0), "no-logarithm"),
        (lambda log_w: log_w.exp().mean(0).log(), "not-finite"),
        (lambda log_w: log_w.max() + (log_w - log_w.max()).exp().mean(0).log(), "not-finite"),
        (lambda log_w: log_w.max(0).values, "maximum"),
        (lambda log_w: -_max_trick(log_w), "sign"),
        (lambda log_w: torch.logsumexp(log_w, 0) - math.log(log_w.shape[1]), "images-counted"),
        (lambda log_w: torch.logsumexp(log_w, 1) - math.log(log_w.shape[1]), "shape"),
        (lambda log_w: _max_trick(log_w).mean(), "shape"),
        (lambda log_w: torch.logsumexp(log_w / len(log_w), 0), "divided-weights"),
        (lambda log_w: torch.logsumexp(log_w, 0) - math.log10(len(log_w)), "decimal-logarithm"),
        (lambda log_w: torch.logsumexp(log_w, 0) - math.log(log_w.numel()), "all-counted"),
        (lambda log_w: torch.logsumexp(log_w, 0) - math.log(6), "value"),
        (lambda log_w: _max_trick(log_w).tolist(), "not-numbers"),
        (lambda log_w: _max_trick(log_w).squeeze(), "shape"),
        (lambda log_w: _max_trick(log_w.clamp(max=0)), "value"),
        (lambda log_w: _max_trick(log_w.clamp(min=-200)), "value"),
        (lambda log_w: _max_trick(log_w).mean().expand(log_w.shape[1]), "value"),
        (lambda log_w: 0.97 * _max_trick(log_w), "value"),
        (lambda log_w: _max_trick(log_w).round(decimals=2), "value"),
    ],
}
