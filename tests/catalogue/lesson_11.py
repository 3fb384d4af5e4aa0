"""Answers to the exercises of lesson 11: unusual right ones, and wrong ones with the finding meant for them."""

import math

import numpy as np
import torch
from torch.distributions import Laplace, Normal, Uniform, kl_divergence

_R2, _R3, _R12 = math.sqrt(2), math.sqrt(3), math.sqrt(12)


def _spread_by_scaling(mean, sd):
    scale = sd / Laplace(0.0, 1.0).stddev
    unit = Uniform(-1.0, 1.0)
    return [scale, mean - sd / unit.stddev, mean + sd / unit.stddev]


def _spread_in_place(mean, sd):
    sd.mul_(_R3)
    return sd / _R3 / _R2, mean - sd, mean + sd


def _kl_laplace(mu, b):
    return mu.abs() + b * torch.exp(-mu.abs() / b) - 1 - b.log()


def _laplace_by_hand(mu, b):
    rows = [
        abs(m) + s * torch.exp(-abs(m) / s) - 1 - torch.log(s) for m, s in zip(mu.flatten(), b.flatten(), strict=True)
    ]
    return torch.stack(rows).reshape(mu.shape)


def _kl_uniform(low, high, prior_low, prior_high):
    return torch.log(prior_high - prior_low) - torch.log(high - low)


def _outside(low, high, prior_low, prior_high):
    return (low < prior_low) | (high > prior_high)


def _uniform_written_into(low, high, prior_low, prior_high):
    kl = _kl_uniform(low, high, prior_low, prior_high)
    kl[_outside(low, high, prior_low, prior_high)] = float("inf")
    return kl


def _uniform_in_a_loop(low, high, prior_low, prior_high):
    rows = []
    for a, c, a_prior, c_prior in zip(*(t.flatten() for t in (low, high, prior_low, prior_high)), strict=True):
        rows.append(((c_prior - a_prior) / (c - a)).log() if a >= a_prior and c <= c_prior else torch.tensor(torch.inf))
    return torch.stack(rows).view_as(low)


def _uniform_with_mask_times_inf(low, high, prior_low, prior_high):
    return _kl_uniform(low, high, prior_low, prior_high) + _outside(low, high, prior_low, prior_high) * torch.inf


def _one_for_all(low, high, prior_low, prior_high):
    kl = _kl_uniform(low, high, prior_low, prior_high)
    return torch.full_like(kl, torch.inf) if _outside(low, high, prior_low, prior_high).any() else kl


def _overlap(low, high, prior_low, prior_high):
    return _kl_uniform(torch.maximum(low, prior_low), torch.minimum(high, prior_high), prior_low, prior_high)


def _where(outside, low, high, prior_low, prior_high, value=torch.inf):
    return torch.where(outside, value, _kl_uniform(low, high, prior_low, prior_high))


def _tame(free):
    return free.clamp(-8, 8)


def _share_first(place, width):
    share = torch.sigmoid(8 * torch.tanh(width / 8))
    low = torch.sigmoid(8 * torch.tanh(place / 8)) * (1 - share)
    return low, low + share


def _by_exp(place, width):
    low, share = (free.exp() / (1 + free.exp()) for free in (place, width))
    return low * (1 - share), low * (1 - share) + share


def _root_not_taken(place, width):
    """Right values, but the branch that is never taken has no derivative."""
    return _share_first(place, torch.where(width.abs() < 1e9, width, (-1 - width.abs()).sqrt()))


def _left_first(place, width):
    low = torch.sigmoid(_tame(place))
    return torch.stack([low, low + (1 - low) * torch.sigmoid(_tame(width))])


def _softmax(place, width):
    shares = torch.stack([_tame(place), _tame(width), torch.zeros_like(place)]).softmax(0)
    return shares[0], 1 - shares[2]


def _middle_and_half(place, width):
    half = torch.sigmoid(_tame(width).double()) / 2
    middle = half + (1 - 2 * half) * torch.sigmoid(_tame(place).double())
    return [middle - half, middle + half]


def _by_arctan(place, width):
    """Needs no taming: even at 10,000 the arctangent has not reached its limit in 32 bits."""
    high = 0.5 + torch.atan(place) / math.pi
    return high * (0.5 + torch.atan(width) / math.pi), high


def _by_softsign(place, width):
    """Slow: narrow intervals at the edges take free numbers far beyond 8."""
    share, rest = (0.5 + 0.4999 * free / (1 + free.abs()) for free in (width, place))
    return rest * (1 - share), rest * (1 - share) + share


def _cut_off(place, width):
    """Right wherever the interval does not stick out of [0, 1]; there, one end stands still."""
    middle, half = torch.sigmoid(_tame(place)), torch.sigmoid(_tame(width)) / 2
    return (middle - half).clamp(min=0), (middle + half).clamp(max=1)


def _untamed(place, width):
    share = torch.sigmoid(width)
    low = torch.sigmoid(place) * (1 - share)
    return low, low + share


def _two_sigmoids(place, width):
    return torch.sigmoid(_tame(place)), torch.sigmoid(_tame(width))


def _sorted_sigmoids(place, width):
    a, c = _two_sigmoids(place, width)
    return torch.minimum(a, c), torch.maximum(a, c)


def _clamped(place, width):
    low = place.clamp(0, 1)
    return low, (low + width.exp()).clamp(max=1)


def _fixed_width(place, width):
    low = 0.8 * torch.sigmoid(place)
    return low, low + 0.2


def _centred(place, width):
    half = torch.sigmoid(_tame(width)) / 2
    return 0.5 - half, 0.5 + half


def _one_number(place, width):
    share = torch.sigmoid(_tame(width))
    low = torch.sigmoid(_tame(width)) * (1 - share)
    return low, low + share


def _at_least_a_tenth(place, width):
    share = 0.3 + 0.7 * torch.sigmoid(_tame(width))
    low = torch.sigmoid(_tame(place)) * (1 - share)
    return low, low + share


def _at_least(place, width, least, most):
    share = least + (most - least) * torch.sigmoid(_tame(width))
    low = torch.sigmoid(_tame(place)) * (1 - share)
    return low, low + share


def _middle_that_sticks_out(place, width):
    middle, half = torch.sigmoid(_tame(place)), torch.sigmoid(_tame(width)) / 2
    return middle - half, middle + half


def _rescaled(place, width):
    low, high = _share_first(place, width)
    return 2 * _R3 * low - _R3, 2 * _R3 * high - _R3


def _path_by_rows(start, end, t, cdf, icdf):
    return torch.stack([icdf((1 - x) * cdf(start) + x * cdf(end)) for x in t])


def _path_by_latents(start, end, t, cdf, icdf):
    columns = [icdf(cdf(a) + t * (cdf(b) - cdf(a))) for a, b in zip(start, end, strict=True)]
    return torch.stack(columns, dim=1)


def _path_in_numpy(start, end, t, cdf, icdf):
    levels = np.outer(1 - t.numpy(), cdf(start).numpy()) + np.outer(t.numpy(), cdf(end).numpy())
    return icdf(torch.from_numpy(levels)).numpy()


def _levels(start, end, t, cdf):
    return torch.lerp(cdf(start), cdf(end), t[:, None])


def _straight(start, end, t):
    return torch.lerp(start, end, t[:, None])


RIGHT = {
    "11.1": [
        _spread_by_scaling,
        lambda mean, sd: torch.stack([(sd**2 / 2) ** 0.5, mean - (12 * sd**2) ** 0.5 / 2, mean + (3 * sd**2).sqrt()]),
        lambda mean, sd: tuple(x.numpy() for x in (sd * _R2 / 2, mean - _R3 * sd, mean + _R3 * sd)),
        lambda mean, sd: (sd.double() / _R2, mean.double() - _R12 / 2 * sd, (mean + _R12 / 2 * sd).double()),
        lambda mean, sd: ((sd / _R2).tolist(), (mean - _R3 * sd).tolist(), mean + _R3 * sd),
    ],
    "11.2": [
        lambda mu, b: kl_divergence(Laplace(mu, b), Laplace(torch.zeros_like(mu), torch.ones_like(b))),
        _laplace_by_hand,
        lambda mu, b: _kl_laplace(mu.double(), b.double()),
        lambda mu, b: b * (mu.abs() / b + torch.expm1(-mu.abs() / b)) + (b - 1 - b.log()),
        lambda mu, b: torch.where(mu > 0, mu + b * torch.exp(-mu / b), -mu + b * torch.exp(mu / b)) - 1 - b.log(),
        lambda mu, b: torch.relu(mu) + torch.relu(-mu) + b * torch.exp(-mu.abs() / b) - torch.log(math.e * b),
        lambda mu, b: torch.maximum(mu, -mu) + b / torch.exp(mu.abs() / b) - (1 + torch.log(2 * b)) + math.log(2),
    ],
    "11.3": [
        lambda low, high, a, c: kl_divergence(Uniform(low, high), Uniform(a, c)),
        _uniform_written_into,
        _uniform_in_a_loop,
        lambda low, high, a, c: _kl_uniform(low, high, a, c).masked_fill(_outside(low, high, a, c), math.inf),
        lambda low, high, a, c: _where(~((low >= a) & (high <= c)), low.double(), high.double(), a, c),
        lambda low, high, a, c: torch.where(
            torch.minimum(low - a, c - high) < 0, torch.inf, -torch.log((high - low) / (c - a))
        ),
    ],
    "11.4": [
        _share_first,
        _left_first,
        _softmax,
        _middle_and_half,
        _by_arctan,
        _by_softsign,
        lambda place, width: tuple(1 - end for end in reversed(_share_first(place, width))),
    ],
    "11.5": [
        _path_by_rows,
        _path_by_latents,
        _path_in_numpy,
        lambda start, end, t, cdf, icdf: icdf(
            cdf(start.double()) + t.double()[:, None] * (cdf(end.double()) - cdf(start.double()))
        ),
        lambda start, end, t, cdf, icdf: icdf(torch.stack([1 - t, t], 1) @ torch.stack([cdf(start), cdf(end)])),
    ],
}

WRONG = {
    "11.1": [
        (lambda mean, sd: (sd, mean - _R3 * sd, mean + _R3 * sd), "b-is-sd"),
        (lambda mean, sd: (sd * _R2, mean - _R3 * sd, mean + _R3 * sd), "inverse"),
        (lambda mean, sd: (sd / 2, mean - _R3 * sd, mean + _R3 * sd), "root-missing"),
        (lambda mean, sd: (sd**2 / 2, mean - _R3 * sd, mean + _R3 * sd), "root-missing"),
        (lambda mean, sd: ((sd / 2).sqrt(), mean - _R3 * sd, mean + _R3 * sd), "sd-as-variance"),
        (lambda mean, sd: (sd / _R2, mean - sd, mean + sd), "half-width-is-sd"),
        (lambda mean, sd: (sd / _R2, mean - _R12 * sd, mean + _R12 * sd), "width-for-half"),
        (lambda mean, sd: (sd / _R2, mean - sd / 2, mean + sd / 2), "width-is-sd"),
        (lambda mean, sd: (sd / _R2, mean - 6 * sd, mean + 6 * sd), "root-missing"),
        (lambda mean, sd: (sd / _R2, mean - (3 * sd).sqrt(), mean + (3 * sd).sqrt()), "sd-as-variance"),
        (lambda mean, sd: (sd / _R2, -_R3 * sd, _R3 * sd), "mean-missing"),
        (lambda mean, sd: (sd / _R2, mean + _R3 * sd, mean - _R3 * sd), "swapped"),
        (lambda mean, sd: (sd / _R2, mean - _R3 * sd, _R12 * sd), "width-for-end"),
        (lambda mean, sd: (mean + sd / _R2, mean - _R3 * sd, mean + _R3 * sd), "mean-added"),
        (lambda mean, sd: (sd / _R2, mean, mean + _R12 * sd), "starts-at-mean"),
        (lambda mean, sd: (sd / _R2, mean - _R3 * sd, mean + _R12 * sd), "width-for-half"),
        (lambda mean, sd: (sd / _R2, (mean - _R3 * sd).mean(), mean + _R3 * sd), "shape"),
        (lambda mean, sd: (sd / _R2, mean.abs() - _R3 * sd, mean.abs() + _R3 * sd), "value"),
        (lambda mean, sd: (sd / _R2, mean - _R3 * sd, _R12 * sd), "width-for-end"),
        (lambda mean, sd: (sd / 1.4, mean - 1.7 * sd, mean + 1.7 * sd), "value"),
        (lambda mean, sd: (sd / _R2, _R12 * sd), "not-three"),
        (lambda mean, sd: sd / _R2, "not-three"),
        (lambda mean, sd: (sd / _R2).mean(), "not-three"),
        (lambda mean, sd: sd[0] / _R2, "not-three"),
        (lambda mean, sd: (sd / _R2, mean + _R3 * sd, mean + _R3 * sd), "wrong-side"),
        (lambda mean, sd: (sd / _R2, mean - _R3 * sd, mean - _R3 * sd), "wrong-side"),
        (lambda mean, sd: (sd / _R2, mean - _R12 * sd, mean), "width-for-half"),
        (lambda mean, sd: (sd / _R2, mean - _R3 * sd.clamp(max=3), mean + _R3 * sd.clamp(max=3)), "value"),
        (lambda mean, sd: (sd.clamp(min=0.1) / _R2, mean - _R3 * sd, mean + _R3 * sd), "value"),
        (lambda mean, sd: (sd / _R2, mean.clamp(-2, 2) - _R3 * sd, mean.clamp(-2, 2) + _R3 * sd), "value"),
        (lambda mean, sd: (1.03 * sd / _R2, mean - _R3 * sd, mean + _R3 * sd), "value"),
        (lambda mean, sd: (sd / _R2, mean - 1.03 * _R3 * sd, mean + 1.03 * _R3 * sd), "value"),
        (lambda mean, sd: (sd / _R2, mean - _R3 * sd[0], mean + _R3 * sd[0]), "value"),
        (lambda mean, sd: (mean - _R3 * sd, mean + _R3 * sd, sd / _R2), "value"),
        (_spread_in_place, "changed-input"),
        (lambda mean, sd: None, "returned-nothing"),
        (lambda mean, sd: (sd / math.sqrt(2.0), mean - math.sqrt(3 * sd), mean + math.sqrt(3 * sd)), "raised"),
        (lambda mean, sd: _spread_by_scaling(mean, sd**2), "variance-as-sd"),
        (lambda mean, sd: (sd / 2**0.5, mean - sd / 3**0.5, mean + sd / 3**0.5), "divided"),
    ],
    "11.2": [
        (lambda mu, b: -_kl_laplace(mu, b), "sign"),
        (lambda mu, b: mu + b * torch.exp(-mu / b) - 1 - b.log(), "abs-missing"),
        (lambda mu, b: mu.abs() + b * torch.exp(-mu / b) - 1 - b.log(), "abs-missing"),
        (lambda mu, b: _kl_laplace(mu, b) + 1, "one-missing"),
        (lambda mu, b: _kl_laplace(mu, b) + 2, "one-sign"),
        (lambda mu, b: mu.abs() + b / 2 * torch.exp(-mu.abs() / b) - 1 - b.log(), "two-missing"),
        (lambda mu, b: _kl_laplace(mu, b) + b.log(), "log-missing"),
        (lambda mu, b: _kl_laplace(mu, b) + 2 * b.log(), "log-sign"),
        (lambda mu, b: mu.abs() + b * torch.exp(-mu.abs() / b) - 1 - torch.log(2 * b), "two-left-over"),
        (lambda mu, b: b - 1 - b.log(), "mu-missing"),
        (lambda mu, b: mu.abs() - 1 - b.log(), "mean-alone"),
        (lambda mu, b: mu.abs() + b - 1 - b.log(), "exponential-missing"),
        (lambda mu, b: mu.abs() + b * torch.exp(mu.abs() / b) - 1 - b.log(), "exponent-sign"),
        (lambda mu, b: mu.abs() + b * torch.exp(-mu.abs()) - 1 - b.log(), "exponent"),
        (lambda mu, b: mu.abs() + torch.exp(-mu.abs() / b) - 1 - b.log(), "b-missing"),
        (lambda mu, b: kl_divergence(Laplace(torch.zeros_like(mu), torch.ones_like(b)), Laplace(mu, b)), "reverse-kl"),
        (lambda mu, b: kl_divergence(Normal(mu, b), Normal(0.0, 1.0)), "normal-formula"),
        (lambda mu, b: _kl_laplace(mu, b / _R2), "b-as-sd"),
        (lambda mu, b: _kl_laplace(mu, b) / 2, "half"),
        (lambda mu, b: _kl_laplace(mu, b).sum(), "shape"),
        (lambda mu, b: _kl_laplace(mu, b).sum(-1), "shape"),
        (lambda mu, b: _kl_laplace(mu, b).detach(), "detached"),
        (lambda mu, b: _kl_laplace(mu, b).numpy(), "detached"),
        (lambda mu, b: _kl_laplace((mu**2).sqrt(), b), "not-finite"),
        (lambda mu, b: _kl_laplace(mu, b.clamp(min=0.5)), "value"),
        (lambda mu, b: _kl_laplace(mu.clamp(-10, 10), b), "value"),
        (lambda mu, b: _kl_laplace(mu, b.clamp(max=2)), "value"),
        (lambda mu, b: _kl_laplace((mu ^ 2).sqrt(), b), "raised"),
        (lambda mu, b: 1.03 * _kl_laplace(mu, b), "value"),
        (lambda mu, b: _kl_laplace(mu, b.detach()), "detached"),
        (lambda mu, b: _kl_laplace(mu.detach(), b), "detached"),
        (lambda mu, b: _kl_laplace(mu, b[..., :1].expand_as(b)), "value"),
        (lambda mu, b: mu.abs() + b * torch.exp(-mu.abs() / b) - 1 - torch.log10(b), "value"),
        (lambda mu, b: _kl_laplace(b, mu.abs()), "value"),
        (lambda mu, b: mu.abs() + (b * torch.exp(-mu.abs() / b)).detach() - 1 - b.log(), "value"),
        (lambda mu, b: mu.abs() + b * math.exp(-mu.abs() / b) - 1 - math.log(b), "raised"),
        (lambda mu, b: None, "returned-nothing"),
        (lambda mu, b: _kl_laplace(mu, b) - b.log(), "log-b-doubled"),
        (lambda mu, b: mu.abs() + b * torch.exp(-mu.abs() / b) - 1 - b, "no-logarithm"),
    ],
    "11.3": [
        (_kl_uniform, "finite-right"),
        (lambda low, high, a, c: -_kl_uniform(low, high, a, c), "sign"),
        (lambda low, high, a, c: (high - low) / (c - a), "report-c"),
        (lambda low, high, a, c: (c - a) / (high - low), "no-logarithm"),
        (lambda low, high, a, c: (c - a) - (high - low), "difference"),
        (lambda low, high, a, c: -torch.log(high - low), "prior-forgotten"),
        (lambda low, high, a, c: _kl_uniform(low, high, a, c) / math.log(2), "bits"),
        (lambda low, high, a, c: _where(low < a, low, high, a, c), "finite-right"),
        (lambda low, high, a, c: _where((high < a) | (low > c), low, high, a, c), "finite-right"),
        (lambda low, high, a, c: _where((low < a) | (high >= c), low, high, a, c), "edge-refused"),
        (lambda low, high, a, c: _where(_outside(low, high.detach(), a, c), low, high.detach(), a, c), "detached"),
        (lambda low, high, a, c: _where(high > c, low, high, a, c), "finite-left"),
        (lambda low, high, a, c: _where((low < a) & (high > c), low, high, a, c), "finite-right"),
        (lambda low, high, a, c: _where((low < a) ^ (high > c), low, high, a, c), "finite-both"),
        (lambda low, high, a, c: _where((low > a) & (high < c), low, high, a, c), "infinite-inside"),
        (lambda low, high, a, c: _where(_outside(low, high, a, c), low, high, a, c, -torch.inf), "minus-infinity"),
        (lambda low, high, a, c: _where(_outside(low, high, a, c), low, high, a, c, 1e9), "finite-right"),
        (lambda low, high, a, c: _where((low <= a) | (high >= c), low, high, a, c), "edge-refused"),
        (lambda low, high, a, c: _where(_outside(low, high, a, c), low, high, a, c).detach(), "detached"),
        (lambda low, high, a, c: _where(_outside(low, high, a, c), low, high, a, c).mean(), "shape"),
        (_uniform_with_mask_times_inf, "not-a-number"),
        (
            lambda low, high, a, c: _where(_outside(low + 0.01, high - 0.01, a, c), low, high, a, c),
            "finite-right-little",
        ),
        (
            lambda low, high, a, c: _where(_outside(low, high - 0.01 * (c - a), a, c), low, high, a, c),
            "finite-right-little",
        ),
        (
            lambda low, high, a, c: _where(_outside(low + 0.01 * (c - a), high, a, c), low, high, a, c),
            "finite-left-little",
        ),
        (lambda low, high, a, c: _where((low <= a) & (high < c) | (high > c), low, high, a, c), "edge-refused"),
        (lambda low, high, a, c: _where((high - low) > (c - a), low, high, a, c), "finite-right"),
        (lambda low, high, a, c: _where(low < a | high > c, low, high, a, c), "raised"),
        (lambda low, high, a, c: _where(~(low >= a & high <= c), low, high, a, c), "raised"),
        (lambda low, high, a, c: _where(_outside(low, high, a, c) | (low < -6), low, high, a, c), "infinite-inside"),
        (lambda low, high, a, c: 1.03 * _where(_outside(low, high, a, c), low, high, a, c), "value"),
        (
            lambda low, high, a, c: torch.where(
                _outside(low, high, a, c), torch.inf, torch.log10((c - a) / (high - low))
            ),
            "value",
        ),
        (
            lambda low, high, a, c: _where(_outside(low, high, a, c), low.detach(), high, a, c),
            "detached",
        ),
        (_one_for_all, "not-elementwise"),
        (_overlap, "finite-right"),
        (lambda low, high, a, c: torch.inf if low < a or high > c else _kl_uniform(low, high, a, c), "raised"),
        (lambda low, high, a, c: kl_divergence(Uniform(a, c), Uniform(low, high)), "infinite-inside"),
        (lambda *ends: (ends[1] - ends[0]) * _kl_uniform(*ends), "times-width"),
        (lambda *ends: (ends[1] - ends[0]) / (ends[3] - ends[2]) * _kl_uniform(*ends), "averaged-over-prior"),
    ],
    "11.4": [
        (_two_sigmoids, "turned-round"),
        (_sorted_sigmoids, "empty"),
        (_untamed, "empty-far-out"),
        (_clamped, "empty"),
        (_fixed_width, "out-of-reach"),
        (_centred, "out-of-reach"),
        (_one_number, "out-of-reach"),
        (_at_least_a_tenth, "out-of-reach"),
        (_rescaled, "outside-left"),
        (lambda place, width: _untamed(place.clamp(-30, 30), width.clamp(-30, 30)), "empty-far-out"),
        (lambda place, width: _share_first(place.clamp_(-8, 8), width), "changed-input"),
        (lambda place, width: (torch.sigmoid(_tame(place)) / 2, 0.5 + torch.sigmoid(_tame(width)) / 2), "out-of-reach"),
        (lambda place, width: (torch.sigmoid(place), torch.sigmoid(place) + torch.sigmoid(width)), "outside-right"),
        (lambda place, width: (torch.sigmoid(place), torch.sigmoid(place) + width.exp()), "outside-right"),
        (lambda place, width: (place, place + width.exp()), "outside-left"),
        (lambda place, width: (place, width), "outside-left"),
        (lambda place, width: tuple(end.detach() for end in _share_first(place, width)), "detached"),
        (lambda place, width: _share_first(place, width.detach()), "no-slope"),
        (_cut_off, "no-slope"),
        (lambda place, width: _share_first(place.detach(), width), "no-slope"),
        (lambda place, width: _share_first(place, width)[0], "not-a-pair"),
        (lambda place, width: tuple(reversed(_share_first(place, width))), "exchanged"),
        (lambda place, width: (_share_first(place, width)[0], torch.sigmoid(_tame(width))), "turned-round"),
        (lambda place, width: tuple(end.mean() for end in _share_first(place, width)), "shape"),
        (lambda place, width: _share_first(place.clamp_(-1, 1), width), "changed-input"),
        (lambda place, width: None, "returned-nothing"),
        (lambda place, width: _share_first(place, width)[0].mean(), "not-a-pair"),
        (lambda place, width: _share_first(place.clamp(-3, 3), width.clamp(-3, 3)), "out-of-reach"),
        (lambda place, width: _at_least(place, width, 0.05, 1.0), "out-of-reach"),
        (lambda place, width: _at_least(place, width, 0.0, 0.9), "out-of-reach"),
        (lambda place, width: _share_first(place, place), "out-of-reach"),
        (_middle_that_sticks_out, "outside-left"),
        (lambda place, width: tuple(end.round(decimals=3) for end in _share_first(place, width)), "empty-far-out"),
        (_by_exp, "not-finite"),
        (_root_not_taken, "gradient-not-finite"),
        (lambda place, width: _share_first(place.sort().values, width), "not-elementwise"),
    ],
    "11.5": [
        (lambda start, end, t, cdf, icdf: _straight(start, end, t), "straight"),
        (lambda start, end, t, cdf, icdf: icdf(cdf(_straight(start, end, t))), "straight"),
        (lambda start, end, t, cdf, icdf: torch.lerp(cdf(start), cdf(end), t[:, None]), "levels-only"),
        (lambda start, end, t, cdf, icdf: icdf(torch.lerp(cdf(end), cdf(start), t[:, None])), "reversed"),
        (lambda start, end, t, cdf, icdf: icdf(t)[:, None].expand(len(t), len(start)), "ends-ignored"),
        (lambda start, end, t, cdf, icdf: cdf(_straight(start, end, t)), "cdf-after"),
        (lambda start, end, t, cdf, icdf: icdf(torch.lerp(cdf(start), cdf(end), t[:, None])).T, "shape"),
        (lambda start, end, t, cdf, icdf: icdf(torch.lerp(cdf(start), cdf(end), t.mean())), "shape"),
        (lambda start, end, t, cdf, icdf: icdf(torch.lerp(cdf(start), cdf(end), t)), "raised"),
        (
            lambda start, end, t, cdf, icdf: torch.special.ndtri(
                torch.lerp(torch.special.ndtr(start), torch.special.ndtr(end), t[:, None])
            ),
            "own-cdf",
        ),
        (
            lambda start, end, t, cdf, icdf: icdf(
                torch.lerp(cdf(start), cdf(end), torch.linspace(0, 1, len(t))[:, None])
            ),
            "own-steps",
        ),
        (lambda start, end, t, cdf, icdf: icdf((cdf(start) + cdf(end) * t[:, None]).clamp(0, 1)), "value"),
        (lambda start, end, t, cdf, icdf: icdf(cdf(start) * (1 - t[:, None])), "end-missing"),
        (lambda start, end, t, cdf, icdf: icdf(start * (1 - t[:, None]) + end * t[:, None]), "value"),
        (lambda start, end, t, cdf, icdf: icdf(cdf(start)), "shape"),
        (lambda start, end, t, cdf, icdf: icdf(torch.lerp(cdf(start), cdf(end), t.reshape(4, 1))), "raised"),
        (lambda start, end, t, cdf, icdf: icdf(torch.lerp(cdf(start), cdf(end), t[:, None]).clamp(0.3, 0.7)), "value"),
        (lambda start, end, t, cdf, icdf: None, "returned-nothing"),
        (lambda start, end, t, cdf, icdf: icdf(_levels(start, end, t, cdf).clamp(0.1, 0.9)), "value"),
        (lambda start, end, t, cdf, icdf: icdf(_levels(start, end, t, cdf).clamp(0.01, 0.99)), "value"),
        (lambda start, end, t, cdf, icdf: icdf(_levels(start, end, t, cdf)).clamp(-2, 2), "value"),
        (lambda start, end, t, cdf, icdf: icdf(_levels(start.clamp(-2, 2), end.clamp(-2, 2), t, cdf)), "value"),
        (lambda start, end, t, cdf, icdf: icdf(_levels(start, end, t.sort().values, cdf)), "value"),
        (lambda start, end, t, cdf, icdf: cdf(_levels(start, end, t, icdf)), "value"),
        (lambda start, end, t, cdf, icdf: icdf((1 - t) * cdf(start) + t * cdf(end)), "raised"),
        (lambda start, end, t, cdf, icdf: 1.03 * icdf(_levels(start, end, t, cdf)), "value"),
        (lambda start, end, t, cdf, icdf: icdf(_levels(start, end, t, cdf)).round(decimals=2), "value"),
        (lambda start, end, t, cdf, icdf: icdf(_levels(start, end, t**2, cdf)), "value"),
        (lambda start, end, t, cdf, icdf: icdf(_levels(start.abs(), end, t, cdf)), "value"),
    ],
}
