"""Answers to the exercises of lesson 03: unusual right ones, and wrong ones with the finding meant for them."""

import numpy as np
import torch
from torch.distributions import Laplace, Normal, Uniform

_KEPT = torch.randn(4000, 3, generator=torch.Generator().manual_seed(0))


def _sigma(logvar):
    return (logvar / 2).exp()


def _reseeding(mu, logvar):
    torch.manual_seed(0)
    return mu + _sigma(logvar) * torch.randn_like(mu)


def _box_muller(mu, logvar):
    u, v = torch.rand(2, *mu.shape, dtype=torch.float64)
    return mu + _sigma(logvar) * torch.sqrt(-2 * torch.log(1 - u)) * torch.cos(2 * torch.pi * v)


def _loop(mu, logvar):
    return torch.stack([m + s * torch.randn(m.shape) for m, s in zip(mu, _sigma(logvar), strict=True)])


def _in_place(mu, eps):
    eps.add_(mu)
    return 2 * (eps - 3)


def _autograd(mu, eps):
    m = torch.full_like(eps, float(mu)).requires_grad_(True)
    return torch.autograd.grad(((m + eps - 3) ** 2).sum(), m)[0]


def _by_log_prob(mu, eps, baseline=0.0):
    m = torch.full_like(eps, float(mu)).requires_grad_(True)
    z = (m + eps).detach()
    (score,) = torch.autograd.grad(Normal(m, 1.0).log_prob(z).sum(), m)
    return ((z - 3) ** 2 - baseline) * score


def _two_halves(mu, b, u):
    u = u.clamp(1e-7, 1 - 1e-7)
    return torch.where(u < 0.5, mu + b * torch.log(2 * u), mu - b * torch.log(2 * (1 - u)))


def _naive(mu, b, u):
    v = u - 0.5
    return mu - b * v.sign() * torch.log(1 - 2 * v.abs())


RIGHT = {
    "3.1": [lambda mu, logvar: Normal(mu, _sigma(logvar)).rsample(), _box_muller, _loop,
            lambda mu, logvar: mu - logvar.exp().sqrt() * torch.randn(mu.shape),
            lambda mu, logvar: torch.addcmul(mu, torch.exp(0.5 * logvar), torch.empty_like(mu).normal_()),
            lambda mu, logvar: torch.lerp(mu, mu + torch.randn_like(mu), _sigma(logvar))],
    "3.2": [_autograd, lambda mu, eps: 2 * eps + 2 * mu - 6,
            lambda mu, eps: 2 * (np.float64(mu) + eps.numpy().astype("f8") - 3),
            lambda mu, eps: torch.stack([2 * (mu + e - 3) for e in eps])],
    "3.3": [_by_log_prob, lambda mu, eps, baseline=0.0: eps * ((mu + eps).sub(3).square() - baseline),
            lambda mu, eps, baseline=0: (np.float64(mu) + eps.numpy() - 3) ** 2 * eps.numpy() - baseline * eps.numpy(),
            lambda mu, eps, baseline=0.0: ((mu + eps - 3) ** 2 - baseline) * ((mu + eps) - mu)],
    "3.4": [lambda low, high, u: Uniform(low, high).icdf(u), lambda low, high, u: torch.lerp(low, high, u),
            lambda low, high, u: (1 - u) * low + u * high, lambda low, high, u: (low + (high - low).double() * u)],
    "3.5": [_two_halves, lambda mu, b, u: Laplace(mu, b).icdf(u.clamp(1e-7, 1 - 1e-7)),
            lambda mu, b, u: _naive(mu.double(), b.double(), u.double().clamp(1e-9, 1 - 1e-9)),
            lambda mu, b, u: mu + b * (torch.relu(-torch.log(2 * (1 - u.clamp(1e-7, 1 - 1e-7))))
                                       - torch.relu(-torch.log(2 * u.clamp(1e-7, 1 - 1e-7))))],
}

WRONG = {
    "3.1": [
        (lambda mu, logvar: mu, "noise-forgotten"),
        (lambda mu, logvar: mu + logvar.exp() * torch.randn_like(mu), "sigma-is-exp-logvar"),
        (lambda mu, logvar: mu + logvar * torch.randn_like(mu), "logvar-as-sigma"),
        (lambda mu, logvar: mu + torch.randn_like(mu), "scale-ignored"),
        (lambda mu, logvar: mu + torch.randn_like(mu) / _sigma(logvar), "inverse-sigma"),
        (lambda mu, logvar: mu + (2 * logvar).exp() * torch.randn_like(mu), "double-logvar"),
        (lambda mu, logvar: mu + _sigma(logvar) * torch.rand_like(mu), "uniform-noise"),
        (lambda mu, logvar: mu + _sigma(logvar) * (torch.rand_like(mu) - 0.5), "value"),
        (lambda mu, logvar: mu + _sigma(logvar) * 12**0.5 * (torch.rand_like(mu) - 0.5), "not-normal"),
        (lambda mu, logvar: mu + _sigma(logvar) * torch.randn(len(mu), 1), "noise-shared-by-latents"),
        (lambda mu, logvar: mu + _sigma(logvar) * torch.randn(1, mu.shape[1]), "noise-shared-by-images"),
        (_reseeding, "same-noise-again"),
        (lambda mu, logvar: mu + _sigma(logvar) * _KEPT, "same-noise-again"),
        (lambda mu, logvar: torch.normal(mu, _sigma(logvar)).detach(), "detached"),
        (lambda mu, logvar: torch.normal(mu, _sigma(logvar)), "detached"),
        (lambda mu, logvar: Normal(mu, _sigma(logvar)).sample(), "detached"),
        (lambda mu, logvar: mu + _sigma(logvar).detach() * torch.randn_like(mu), "detached"),
        (lambda mu, logvar: mu.detach() + _sigma(logvar) * torch.randn_like(mu), "detached"),
        (lambda mu, logvar: (mu + _sigma(logvar) * torch.randn_like(mu)).sum(1), "shape"),
        (lambda mu, logvar: mu + 2**0.5 * _sigma(logvar) * torch.randn_like(mu), "value"),
    ],
    "3.2": [
        (lambda mu, eps: mu + eps - 3, "two-missing"),
        (lambda mu, eps: -2 * (mu + eps - 3), "sign"),
        (lambda mu, eps: (mu + eps - 3) ** 2, "function-itself"),
        (lambda mu, eps: 2 * (mu - 3) * torch.ones_like(eps), "noise-forgotten"),
        (lambda mu, eps: 2 * (eps - 3), "mu-forgotten"),
        (lambda mu, eps: 2 * (mu + eps - 3) * eps, "times-eps"),
        (lambda mu, eps: (mu + eps - 3) ** 2 * eps, "score"),
        (lambda mu, eps: (2 * (mu + eps - 3)).mean(), "shape"),
        (_in_place, "changed-input"),
        (lambda mu, eps: -6.0 * torch.ones_like(eps), "value"),
    ],
    "3.3": [
        (lambda mu, eps, baseline=0.0: -((mu + eps - 3) ** 2 - baseline) * eps, "sign"),
        (lambda mu, eps, baseline=0.0: (mu + eps - 3) ** 2 - baseline, "score-missing"),
        (lambda mu, eps, baseline=0.0: eps, "score-only"),
        (lambda mu, eps, baseline=0.0: ((mu + eps - 3) ** 2 - baseline) * (mu + eps), "times-z"),
        (lambda mu, eps, baseline=0.0: 2 * (mu + eps - 3), "pathwise"),
        (lambda mu, eps, baseline=0.0: (2 * (mu + eps - 3) - baseline) * eps, "slope-times-score"),
        (lambda mu, eps, baseline=0.0: ((eps - 3) ** 2 - baseline) * eps, "mu-forgotten"),
        (lambda mu, eps, baseline=0.0: (mu + eps - 3) ** 2 * eps, "baseline-ignored"),
        (lambda mu, eps, baseline=0.0: ((mu + eps - 3) ** 2 + baseline) * eps, "baseline-added"),
        (lambda mu, eps, baseline=0.0: (mu + eps - 3) ** 2 * eps - baseline, "baseline-outside"),
        (lambda mu, eps, baseline=0.0: (((mu + eps - 3) ** 2 - baseline) * eps).mean(), "shape"),
        (lambda mu, eps: (mu + eps - 3) ** 2 * eps, "raised"),
    ],
    "3.4": [
        (lambda low, high, u: low + high * u, "high-for-width"),
        (lambda low, high, u: high - (high - low) * u, "falling"),
        (lambda low, high, u: (high - low) * u, "width-only"),
        (lambda low, high, u: low + u, "no-width"),
        (lambda low, high, u: (u - low) / (high - low), "cdf"),
        (lambda low, high, u: (low + high) / 2 + 0 * u, "midpoint"),
        (lambda low, high, u: low + (high - low) * torch.rand_like(u), "value"),
        (lambda low, high, u: (low + (high - low) * u).detach(), "detached"),
        (lambda low, high, u: (low + (high - low) * u).mean(), "shape"),
    ],
    "3.5": [
        (_naive, "not-finite"),
        (lambda mu, b, u: 2 * mu - _two_halves(mu, b, u), "falling"),
        (lambda mu, b, u: _two_halves(mu, 1.0, u), "b-missing"),
        (lambda mu, b, u: _two_halves(0.0, b, u), "mu-missing"),
        (lambda mu, b, u: mu + (_two_halves(mu, b, u) - mu).abs(), "sign-missing"),
        (lambda mu, b, u: mu - b * torch.log(1 - u), "exponential"),
        (lambda mu, b, u: mu - b * (u - 0.5).sign() * torch.log(1 - (u - 0.5).abs()), "two-missing"),
        (lambda mu, b, u: torch.where(u < 0.5, mu + b * u.log(), mu - b * (1 - u).log()), "two-missing"),
        (lambda mu, b, u: _two_halves(mu, 1 / b, u), "b-divides"),
        (lambda mu, b, u: torch.exp(-(u - mu).abs() / b) / (2 * b), "density"),
        (lambda mu, b, u: Laplace(mu, b).cdf(u), "cdf"),
        (lambda mu, b, u: Normal(mu, b).icdf(u), "normal"),
        (lambda mu, b, u: _two_halves(mu, b, u.clamp(0.01, 0.99)), "edges-cut"),
        (lambda mu, b, u: _two_halves(mu, b, u).detach(), "detached"),
    ],
}
