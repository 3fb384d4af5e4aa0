"""Answers to the exercises of lesson 03: unusual right ones, and wrong ones with the finding meant for them."""

import numpy as np
import torch
from torch.distributions import Laplace, Normal, StudentT, Uniform

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


def _drawn_for_half(sign):
    def answer(mu, logvar):
        half = torch.randn(len(mu) // 2 + 1, mu.shape[1])
        return mu + _sigma(logvar) * torch.cat([half, sign * half])[: len(mu)]

    return answer


def _without_gradients(mu, logvar):
    with torch.no_grad():
        return mu + _sigma(logvar) * torch.randn_like(mu)


def _in_place(mu, eps):
    eps.add_(mu)
    return 2 * (eps - 3)


def _autograd(mu, eps):
    m = torch.full_like(eps, float(mu)).requires_grad_(True)
    return torch.autograd.grad(((m + eps - 3) ** 2).sum(), m)[0]


def _gradient_of_many(mu, eps):
    mu = torch.tensor(float(mu), requires_grad=True)
    return torch.autograd.grad((mu + eps - 3) ** 2, mu)[0]


def _by_log_prob(mu, eps, baseline=0.0):
    m = torch.full_like(eps, float(mu)).requires_grad_(True)
    z = (m + eps).detach()
    (score,) = torch.autograd.grad(Normal(m, 1.0).log_prob(z).sum(), m)
    return ((z - 3) ** 2 - baseline) * score


def _two_halves(mu, b, u):
    u = u.clamp(1e-7, 1 - 1e-7)
    return torch.where(u < 0.5, mu + b * torch.log(2 * u), mu - b * torch.log(2 * (1 - u)))


def _one_by_one(mu, b, u):
    return torch.stack(
        [
            m + k * torch.log(2 * x) if x < 0.5 else m - k * torch.log(2 * (1 - x))
            for m, k, x in zip(mu, b, u.clamp(1e-7, 1 - 1e-7), strict=True)
        ]
    )


def _scaled(scale):
    return lambda mu, logvar: mu + scale(logvar) * torch.randn_like(mu)


def _uniform(low, high, u):
    return low + (high - low) * u


def _naive(mu, b, u):
    v = u - 0.5
    return mu - b * v.sign() * torch.log(1 - 2 * v.abs())


def _over_v(mu, b, u):
    v = u.clamp(1e-7, 1 - 1e-7) - 0.5
    return mu - b * (v / v.abs()) * torch.log1p(-2 * v.abs())


def _repaired_afterwards(mu, b, u):
    return torch.nan_to_num(Laplace(mu, b).icdf(u), posinf=20.0, neginf=-20.0)


RIGHT = {
    "3.1": [
        lambda mu, logvar, eps=None: mu + _sigma(logvar) * (torch.randn_like(mu) if eps is None else eps),
        lambda mu, logvar: mu.double() + _sigma(logvar.double()) * torch.from_numpy(np.random.randn(*mu.shape)),
        lambda mu, logvar: mu + torch.einsum("nij,nj->ni", torch.diag_embed(_sigma(logvar)), torch.randn_like(mu)),
        lambda mu, logvar: Normal(mu, _sigma(logvar)).rsample(),
        _box_muller,
        _loop,
        lambda mu, logvar: mu - logvar.exp().sqrt() * torch.randn(mu.shape),
        lambda mu, logvar: torch.addcmul(mu, torch.exp(0.5 * logvar), torch.empty_like(mu).normal_()),
        lambda mu, logvar: torch.cat(
            [Normal(m, _sigma(v)).rsample() for m, v in zip(mu.split(500), logvar.split(500), strict=True)]
        ),
        lambda mu, logvar: torch.lerp(mu, mu + torch.randn_like(mu), _sigma(logvar)),
    ],
    "3.2": [
        _autograd,
        lambda mu, eps: 2 * eps + 2 * mu - 6,
        lambda mu, eps: 2 * (np.float64(mu) + eps.numpy().astype("f8") - 3),
        lambda mu, eps: torch.stack([2 * (mu + e - 3) for e in eps]),
        lambda mu, eps: (2 * (float(mu) + eps - 3)).tolist(),
        lambda mu, eps: torch.func.vmap(torch.func.grad(lambda m, e: (m + e - 3) ** 2), (None, 0))(
            torch.as_tensor(mu).to(eps), eps.flatten()
        ).view_as(eps),
    ],
    "3.3": [
        _by_log_prob,
        lambda mu, eps, baseline=0.0: eps * ((mu + eps).sub(3).square() - baseline),
        lambda mu, eps, baseline=0: (np.float64(mu) + eps.numpy() - 3) ** 2 * eps.numpy() - baseline * eps.numpy(),
        lambda mu, eps, baseline=0.0: ((mu + eps - 3) ** 2 - baseline) * ((mu + eps) - mu),
    ],
    "3.4": [
        lambda low, high, u: Uniform(low, high).icdf(u),
        lambda low, high, u: torch.lerp(low, high, u),
        lambda low, high, u: (1 - u) * low + u * high,
        lambda low, high, u: low + (high - low).double() * u,
        lambda low, high, u: torch.stack([a + (c - a) * x for a, c, x in zip(low, high, u, strict=True)]),
    ],
    "3.5": [
        _two_halves,
        lambda mu, b, u: Laplace(mu, b).icdf(u.clamp(1e-7, 1 - 1e-7)),
        lambda mu, b, u: _naive(mu.double(), b.double(), u.double().clamp(1e-9, 1 - 1e-9)),
        lambda mu, b, u: (
            mu
            + b
            * (
                torch.relu(-torch.log(2 * (1 - u.clamp(1e-7, 1 - 1e-7))))
                - torch.relu(-torch.log(2 * u.clamp(1e-7, 1 - 1e-7)))
            )
        ),
        lambda mu, b, u: Laplace(mu, b).icdf(u.clamp(1e-5, 1 - 1e-5)),
        lambda mu, b, u: mu - b * (u - 0.5).sign() * torch.log((1 - 2 * (u - 0.5).abs()).clamp(min=1e-7)),
        lambda mu, b, u: _one_by_one(mu.flatten(), b.flatten(), u.flatten()).view_as(u),
        lambda mu, b, u: torch.stack([_two_halves(*row) for row in zip(mu, b, u, strict=True)]),
    ],
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
        (lambda mu, logvar: mu + _sigma(logvar) * torch.randn_like(mu).abs(), "value"),
        (lambda mu, logvar: _sigma(logvar) + mu * torch.randn_like(mu), "value"),
        (lambda mu, logvar: mu + _sigma(logvar) * (2.0 * torch.randint(0, 2, mu.shape) - 1), "not-normal"),
        (_drawn_for_half(1), "noise-repeated"),
        (_drawn_for_half(-1), "noise-repeated"),
        (_without_gradients, "detached"),
        (lambda mu, logvar: (mu + _sigma(logvar) * torch.randn_like(mu)).detach().numpy(), "detached"),
        (lambda mu, logvar: mu.data + _sigma(logvar).data * torch.randn_like(mu), "detached"),
        (lambda mu, logvar: mu.add_(_sigma(logvar) * torch.randn_like(mu)), "changed-input"),
        (lambda mu, logvar: (mu + _sigma(logvar) * torch.randn_like(mu)).squeeze(), "shape"),
        (lambda mu, logvar: None, "returned-nothing"),
        (_scaled(lambda logvar: _sigma(logvar.clamp(max=0))), "value"),
        (_scaled(lambda logvar: _sigma(logvar.clamp(min=-4))), "value"),
        (_scaled(lambda logvar: _sigma(logvar.clamp(-6, 2))), "value"),
        (_scaled(lambda logvar: _sigma(logvar.abs())), "value"),
        (_scaled(lambda logvar: 0.97 * _sigma(logvar)), "value"),
        (_scaled(lambda logvar: 1.03 * _sigma(logvar)), "value"),
        (_scaled(lambda logvar: 0.98 * _sigma(logvar)), "value"),
        (_scaled(lambda logvar: _sigma(logvar) + 0.01), "value"),
        (_scaled(lambda logvar: logvar.exp() / 2), "half-outside"),
        (_scaled(lambda logvar: logvar / 2), "half-of-logvar"),
        (_scaled(lambda logvar: (logvar / 4).exp()), "root-of-root"),
        (_scaled(torch.sqrt), "not-finite"),
        (lambda mu, logvar: mu.clamp(-5, 5) + _sigma(logvar) * torch.randn_like(mu), "value"),
        (lambda mu, logvar: mu + _sigma(logvar) * torch.randn_like(mu).clamp(-2, 2), "value"),
        (lambda mu, logvar: mu + _sigma(logvar) * (0.6**0.5) * StudentT(5.0).sample(mu.shape), "not-normal"),
        (lambda mu, logvar: logvar + _sigma(mu) * torch.randn_like(mu), "value"),
        (lambda mu, logvar: mu + _sigma(logvar) + torch.randn_like(mu), "value"),
        (lambda mu, logvar: (mu + _sigma(logvar) * torch.randn_like(mu), 0), "several-returned"),
        (lambda mu, logvar: mu + _sigma(logvar) * torch.randn_like(mu) + mu - mu.detach(), "value"),
        (lambda mu, logvar: mu + _sigma(logvar) * torch.randn_like(mu) + logvar - logvar.detach(), "value"),
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
        (lambda mu, eps: 2 * (mu + eps + 3), "plus-three"),
        (lambda mu, eps: 2 * (mu - eps - 3), "eps-subtracted"),
        (lambda mu, eps: None, "returned-nothing"),
        (lambda mu, eps: -6.0 * torch.ones_like(eps), "value"),
        (lambda mu, eps: 2 * (abs(mu) + eps - 3), "value"),
        (lambda mu, eps: 2 * ((mu or 1) + eps - 3), "value"),
        (lambda mu, eps: (2 * (mu + eps - 3)).clamp(max=0), "value"),
        (lambda mu, eps: 0.97 * 2 * (mu + eps - 3), "value"),
        (lambda mu, eps: (2 * (mu + eps - 3)).mean() + 0 * eps, "mean-for-each"),
        (lambda mu, eps: 2 * (mu + eps) - 3, "brackets"),
        (lambda mu, eps: 2 * (mu * eps - 3), "eps-multiplied"),
        (lambda mu, eps: (2 * (mu + eps - 3)).flatten(), "shape"),
        (lambda mu, eps: [2 * (float(mu) + e - 3) for e in eps.tolist()], "raised"),
        (_gradient_of_many, "raised"),
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
        (lambda mu, eps, b=0.0: ((mu + eps - 3) ** 2 - b) * eps, "raised"),
        (lambda mu, eps, baseline=0.0: (mu + eps - 3 - baseline) * eps, "square-missing"),
        (lambda mu, eps, baseline=10.0: ((mu + eps - 3) ** 2 - baseline) * eps, "baseline-always"),
        (lambda mu, eps, baseline=0.0: ((mu + eps - 3) ** 2 - ((mu + eps - 3) ** 2).mean()) * eps, "baseline-always"),
        (lambda mu, eps, baseline=0.0: (mu + eps - 3 - baseline) ** 2 * eps, "baseline-in-z"),
        (lambda mu, eps, baseline=0.0: ((mu + eps - 3) ** 2 - baseline) * eps / 2, "value"),
        (lambda mu, eps, baseline=0.0: ((mu + eps - 3) ** 2 - abs(baseline)) * eps, "baseline-sign"),
        (lambda mu, eps, baseline=0.0: ((mu + eps - 3) ** 2 - max(baseline, 0)) * eps, "baseline-ignored"),
        (lambda mu, eps, baseline=None: ((mu + eps - 3) ** 2 - baseline) * eps, "raised"),
        (lambda mu, eps, baseline=0.0: ((abs(mu) + eps - 3) ** 2 - baseline) * eps, "value"),
        (lambda mu, eps, baseline=0.0: ((mu + eps + 3) ** 2 - baseline) * eps, "plus-three"),
        (lambda mu, eps, baseline=0.0: ((mu + eps - 3).abs() - baseline) * eps, "square-missing"),
        (lambda mu, eps, baseline=0.0: -((mu + eps - 3) ** 2 - baseline) * eps**2 / 2, "log-density"),
        (lambda mu, eps, baseline=0.0: 0.97 * ((mu + eps - 3) ** 2 - baseline) * eps, "value"),
        (lambda mu, eps, baseline=0.0: (((mu + eps - 3) ** 2 - baseline) * eps).flatten(), "shape"),
    ],
    "3.4": [
        (lambda low, high, u: low + high * u, "high-for-width"),
        (lambda low, high, u: high - (high - low) * u, "falling"),
        (lambda low, high, u: (high - low) * u, "width-only"),
        (lambda low, high, u: low + u, "no-width"),
        (lambda low, high, u: (u - low) / (high - low), "cdf"),
        (lambda low, high, u: (low + high) / 2 + 0 * u, "midpoint"),
        (lambda low, high, u: low + (high - low) * torch.rand_like(u), "own-noise"),
        (lambda low, high, u: Uniform(low, high).rsample(), "own-noise"),
        (lambda low, high, u: low + (high + low) * u, "sum-for-width"),
        (lambda low, high, u: low[0] + (high[0] - low[0]) * u, "first-interval"),
        (lambda low, high, u: (low + high) / 2 + (high - low) * (2 * u - 1), "twice-the-width"),
        (lambda low, high, u: low + (high.detach() - low) * u, "detached"),
        (lambda low, high, u: low.detach() + (high - low) * u, "half-detached"),
        (lambda low, high, u: low + (high - low.detach()) * u, "half-detached"),
        (lambda low, high, u: (low + (high - low) * u).detach(), "detached"),
        (lambda low, high, u: (low + (high - low) * u).mean(), "shape"),
        (lambda low, high, u: _uniform(low, high, u).clamp(-5, 5), "value"),
        (lambda low, high, u: _uniform(low.abs(), high, u), "value"),
        (lambda low, high, u: _uniform(low, high, u.clamp(0.05, 0.95)), "u-clamped"),
        (lambda low, high, u: _uniform(low, high, u.clamp(0.001, 0.999)), "value"),
        (lambda low, high, u: high + (high - low) * u, "low-for-high"),
        (lambda low, high, u: (low + high) / 2 + (high - low) * u, "around-the-middle"),
        (lambda low, high, u: _uniform(high, low, u), "falling"),
        (lambda low, high, u: 0.97 * _uniform(low, high, u), "value"),
        (lambda low, high, u: _uniform(low, high, u).round(decimals=2), "value"),
        (lambda low, high, u: _uniform(low, high, u).detach() + 0 * low + 0 * high, "value"),
        (lambda low, high, u: torch.tensor([_uniform(*one) for one in zip(low, high, u, strict=True)]), "raised"),
        (lambda low, high, u: _uniform(low, high, u).flatten(), "shape"),
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
        (lambda mu, b, u: _two_halves(mu.detach(), b, u), "detached"),
        (lambda mu, b, u: Laplace(mu, b).rsample(), "own-noise"),
        (lambda mu, b, u: _two_halves(mu, b / 2**0.5, u), "variance-for-scale"),
        (lambda mu, b, u: mu + (_two_halves(mu, b, u) - mu) / np.log(10), "decimal-logarithm"),
        (lambda mu, b, u: mu - b * (u - 0.5).sign() * torch.log1p(1 - 2 * (u - 0.5).abs()), "one-added-twice"),
        (_over_v, "not-finite"),
        (_repaired_afterwards, "gradient-not-finite"),
        (lambda mu, b, u: Laplace(mu, b).icdf(u).clamp(-20, 20), "gradient-not-finite"),
        (lambda mu, b, u: Laplace(mu, b).icdf(u.clamp(min=1e-7)), "not-finite"),
        (lambda mu, b, u: _two_halves(mu, b, u.clamp(1e-4, 1 - 1e-4)), "edges-cut"),
        (lambda mu, b, u: _two_halves(mu, b, u.clamp(1e-3, 1 - 1e-3)), "edges-cut"),
        (lambda mu, b, u: _two_halves(mu, b.clamp(min=1), u), "value"),
        (lambda mu, b, u: _two_halves(mu.abs(), b, u), "value"),
        (lambda mu, b, u: _two_halves(b, mu, u), "value"),
        (lambda mu, b, u: 0.97 * _two_halves(mu, b, u), "value"),
        (lambda mu, b, u: _two_halves(mu, b, u).round(decimals=2), "value"),
        (lambda mu, b, u: mu + b**2 * _two_halves(0 * mu, 1.0, u), "b-squared"),
        (
            lambda mu, b, u: mu - b * (u - 0.5).sign() * torch.log1p(2 * (u - 0.5).abs()),
            "sign-in-logarithm",
        ),
        (lambda mu, b, u: _two_halves(mu, b.detach(), u), "detached"),
        (lambda mu, b, u: _two_halves(mu, b, u).flatten(), "shape"),
        (_one_by_one, "raised"),
        (lambda mu, b, u: torch.where(u == 0.5, mu + 0.1 * b, Laplace(mu, b).icdf(u.clamp(1e-7, 1 - 1e-7))), "median"),
    ],
}
