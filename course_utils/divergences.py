"""Kullback-Leibler divergences in nats: all pairs of Normal, Laplace and Uniform, and full covariances.

KL(q || p) = E_q[ln q(z) - ln p(z)] >= 0. For two different families it is always read as

    KL(q || p) = -entropy(q) - E_q ln p(z),

so each formula below needs one expectation under q: E (z - M)^2 for a normal p, E |z - M| for a Laplace p.
Capital letters (M, B) belong to p; delta = mu - M. The formulas were derived for this course and are checked
against numerical quadrature by its tests.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.distributions import LN_2PI, Distribution, Laplace, Normal, Uniform, broadcast_shape


def kl(q: Distribution, p: Distribution) -> Tensor:
    """KL(q || p) in nats, elementwise: shape is the broadcast of q.shape and p.shape, nothing is summed.

    It is +inf wherever q puts mass outside a uniform p. Raises ValueError (both shapes are named) if the
    shapes do not broadcast, and TypeError for an object that is not of the three families.
    """
    formula = _FORMULAS.get((type(q), type(p)))
    if formula is None:
        pair = f"{type(q).__name__} and {type(p).__name__}"
        raise TypeError(f"kl knows Normal, Laplace and Uniform, not {pair}.")
    broadcast_shape("kl(q, p)", q.shape, p.shape)
    return formula(q, p)


def kl_full_normal(mu0: Tensor, cov0: Tensor, mu1: Tensor, cov1: Tensor) -> Tensor:
    """KL(N(mu0, cov0) || N(mu1, cov1)) in nats for full covariances; batch axes broadcast.

    Shapes: mu (..., D), cov (..., D, D); result (...). With Cholesky factors L0, L1 and the triangular
    M = L1^-1 L0, tr(cov1^-1 cov0) is the sum of the squares of M and ln det cov0 - ln det cov1 is
    sum_i ln M_ii^2, so the textbook (tr - D + Mahalanobis - ln det) / 2 is a sum of terms that are all >= 0.
    Raises ValueError if shapes differ or a covariance is not symmetric positive definite.
    """
    _check_same_dimension(mu0, cov0, mu1, cov1)
    factor0, factor1 = _cholesky("cov0", cov0), _cholesky("cov1", cov1)
    ratio = torch.linalg.solve_triangular(factor1, factor0, upper=False)
    shift = torch.linalg.solve_triangular(factor1, (mu0 - mu1).unsqueeze(-1), upper=False)
    diagonal = exp_minus_line(2 * ratio.diagonal(dim1=-2, dim2=-1).log()).sum(-1)
    below = ratio.tril(-1).square().sum((-2, -1))
    return (diagonal + below + shift.square().sum((-2, -1))) / 2


def exp_minus_line(t: Tensor) -> Tensor:
    """e^t - 1 - t >= 0, elementwise, to full relative accuracy: the price of a wrong log-scale.

    Subtracting t from expm1(t) loses all digits as t -> 0, where the answer is t^2/2; a series takes over for
    |t| < 0.1 (its first omitted term is below 1e-17 of the sum).
    """
    return _ExpMinusLine.apply(t)


class _ExpMinusLine(torch.autograd.Function):
    """The derivative, e^t - 1, is written down: autograd would differentiate the series term by term."""

    @staticmethod
    def forward(ctx: Any, t: Tensor) -> Tensor:
        ctx.save_for_backward(t)
        series = torch.ones_like(t)
        for k in range(12, 2, -1):  # t^2/2 (1 + t/3 (1 + t/4 (1 + ...)))
            series = (t * series).div_(k).add_(1)
        return torch.where(t.abs() < 0.1, t.square() / 2 * series, torch.expm1(t) - t)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (t,) = ctx.saved_tensors
        return grad * torch.expm1(t)


def _normal_normal(q: Normal, p: Normal) -> Tensor:
    """(g(logvar_q - logvar_p) + delta^2 / sigma_p^2) / 2 with g(t) = e^t - 1 - t.

    Key step: E (z - M)^2 = sigma^2 + delta^2. Both terms are >= 0 and vanish only for equal parameters.
    """
    shift = (q.mu - p.mu) * torch.exp(-p.logvar / 2)
    return (exp_minus_line(q.logvar - p.logvar) + shift.square()) / 2


def _laplace_laplace(q: Laplace, p: Laplace) -> Tensor:
    """g(ln b/B) + b/B g(-|delta|/b) with g(t) = e^t - 1 - t.

    Key step: E |z - M| = |delta| + b e^(-|delta|/b), integrating e^(-|z|/b) on both sides of the kink. Then
    ln(B/b) - 1 + E|z - M| / B, regrouped into two terms that are >= 0.
    """
    log_ratio = q.b.log() - p.b.log()
    return exp_minus_line(log_ratio) + log_ratio.exp() * exp_minus_line(-(q.mu - p.mu).abs() / q.b)


def _uniform_uniform(q: Uniform, p: Uniform) -> Tensor:
    """ln((C - A) / (c - a)) if [a, c] lies inside [A, C], else +inf (q puts mass where p has none)."""
    inside = (p.low <= q.low) & (q.high <= p.high)
    return torch.where(inside, torch.log(p.high - p.low) - torch.log(q.high - q.low), math.inf)


def _any_normal(q: Laplace | Uniform, p: Normal) -> Tensor:
    """-entropy(q) + (ln 2 pi + logvar + E (z - M)^2 / sigma^2) / 2, logvar and sigma being p's.

    Key step: E (z - M)^2 = variance + (mean - M)^2. Laplace: 2 b^2 + delta^2; uniform: (a^2 + ac + c^2) / 3
    for M = 0.
    """
    second_moment = (q.variance + (q.mean - p.mu).square()) * torch.exp(-p.logvar)
    return (LN_2PI + p.logvar + second_moment) / 2 - q.entropy()


def _normal_laplace(q: Normal, p: Laplace) -> Tensor:
    """-entropy(q) + ln 2B + E|z - M| / B.

    Key step (mean of a folded normal): E|z - M| = sigma sqrt(2/pi) e^(-r^2) + delta erf(r),
    r = delta / (sigma sqrt 2), because erf(r) = P(z > M) - P(z < M).
    """
    sigma = torch.exp(q.logvar / 2)
    delta = q.mu - p.mu
    r = delta / (sigma * math.sqrt(2))
    distance = sigma * math.sqrt(2 / math.pi) * torch.exp(-r.square()) + delta * torch.erf(r)
    return torch.log(2 * p.b) + distance / p.b - q.entropy()


def _uniform_laplace(q: Uniform, p: Laplace) -> Tensor:
    """-entropy(q) + ln 2B + E|z - M| / B.

    Key step, with m the middle of the interval and h half its width: E|z - M| = |m - M| if M lies outside,
    (h^2 + (m - M)^2) / 2h if inside; both are |m - M| + max(h - |m - M|, 0)^2 / 2h.
    """
    half = (q.high - q.low) / 2
    offset = (q.mean - p.mu).abs()
    overlap = torch.relu(half - offset)
    distance = offset + overlap * (overlap / half) / 2
    return torch.log(2 * p.b) + distance / p.b - q.entropy()


def _unbounded_uniform(q: Normal | Laplace, p: Uniform) -> Tensor:
    """+inf: q has mass on the whole line, p only on an interval."""
    return torch.full_like(q.mean + p.low, math.inf)


_FORMULAS: dict[tuple[type, type], Callable[..., Tensor]] = {
    (Normal, Normal): _normal_normal,
    (Normal, Laplace): _normal_laplace,
    (Normal, Uniform): _unbounded_uniform,
    (Laplace, Normal): _any_normal,
    (Laplace, Laplace): _laplace_laplace,
    (Laplace, Uniform): _unbounded_uniform,
    (Uniform, Normal): _any_normal,
    (Uniform, Laplace): _uniform_laplace,
    (Uniform, Uniform): _uniform_uniform,
}


def _check_same_dimension(mu0: Tensor, cov0: Tensor, mu1: Tensor, cov1: Tensor) -> None:
    """Every mu must be (..., D) and every covariance (..., D, D), with one D and matching batch axes."""
    for name, mu, cov in (("0", mu0, cov0), ("1", mu1, cov1)):
        if mu.ndim < 1 or cov.ndim < 2 or cov.shape[-2:] != (mu.shape[-1], mu.shape[-1]):
            raise ValueError(
                f"mu{name} {tuple(mu.shape)} and cov{name} {tuple(cov.shape)} do not match: "
                "give (..., D) and (..., D, D)."
            )
    if mu0.shape[-1] != mu1.shape[-1]:
        raise ValueError(f"mu0 {tuple(mu0.shape)} and mu1 {tuple(mu1.shape)} differ in their last axis.")
    batch = broadcast_shape("mu0 and mu1", mu0.shape[:-1], mu1.shape[:-1])
    for name, cov in (("cov0", cov0), ("cov1", cov1)):
        batch = broadcast_shape(f"batch axes of {name}", cov.shape[:-2], batch)


def _cholesky(name: str, cov: Tensor) -> Tensor:
    """The lower Cholesky factor; ValueError naming the matrix if it is not symmetric positive definite."""
    asymmetry = (cov - cov.mT).abs().amax()
    if asymmetry > 1e-5 * cov.abs().amax():  # the factorisation would silently ignore the upper triangle
        raise ValueError(f"{name} is not symmetric; pass (cov + cov.mT) / 2 or check how it was built.")
    factor, failed = torch.linalg.cholesky_ex(cov)
    if failed.any():
        raise ValueError(f"{name} is not positive definite; add a small multiple of the identity to it.")
    return factor
