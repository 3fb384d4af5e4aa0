"""Answers to the exercises of lesson 09: unusual right ones, and wrong ones with the finding meant for them."""

import math

import numpy as np
import torch
from torch.distributions import MultivariateNormal, kl_divergence
from torch.distributions import Normal as TorchNormal


# 9.1 ------------------------------------------------------------------------------------------------------------
def _diagnosis(
    order="ltco", alive=0.1, margin=10.0, nats=lambda h: h[:, 0] + h[:, 1], weight=lambda h: h[-1, 2], single="t"
):
    """An answer to 9.1 with something changed: the order of the questions, a threshold, what is held against it."""
    words = {"l": "leaking", "t": "not yet trained", "c": "collapsed", "o": "over-regularised"}

    def answer(history, ceiling):
        kl, bce, total = history[-1, 1], history[-1, 0], nats(history)
        yes = {
            "l": kl < alive and bce < ceiling - margin,
            "t": single == "t" if len(total) < 2 else total[-2] - total[-1] > 5,
            "c": kl < alive,
            "o": weight(history) > 1,
        }
        return next((words[question] for question in order if yes[question]), "healthy")

    return answer


def _by_table(history, ceiling):
    rows = history.double().numpy()
    bce, kl, weight = rows[-1]
    silent, falls = kl < 0.1, len(rows) == 1 or -np.diff(rows[:, :2].sum(1))[-1] > 5
    if silent:
        return "leaking" if ceiling - bce > 10 else "not yet trained" if falls else "collapsed"
    return "not yet trained" if falls else ("healthy", "over-regularised")[int(weight > 1)]


def _by_match(history, ceiling):
    *before, (bce, kl, weight) = history.tolist()
    fall = sum(before[-1][:2]) - bce - kl if before else math.inf
    match (kl < 0.1, bce < ceiling - 10, fall > 5, weight > 1):
        case (True, True, _, _):
            return "leaking"
        case (_, _, True, _):
            return "not yet trained"
        case (True, _, _, _):
            return "collapsed"
        case (_, _, _, dear):
            return "over-regularised" if dear else "healthy"


def _near_the_ceiling(history, ceiling):
    said = _diagnosis()(history, ceiling)
    return "healthy" if said == "collapsed" and history[-1, 0] > ceiling + 100 else said


def _overcharged_first(history, ceiling):
    return "over-regularised" if history[-1, 2] > 1 and history[-1, 1] >= 0.1 else _diagnosis()(history, ceiling)


# 9.2 ------------------------------------------------------------------------------------------------------------
def _gentle(weight=lambda p, until: min(1.0, p / until), units=lambda kl, free: kl.mean(0).clamp(min=free).sum()):
    return lambda bce, kl, progress, until, free: bce.mean() + weight(progress, until) * units(kl, free)


def _gentle_by_loop(bce, kl, progress, until, free):
    weight = progress / until if progress < until else 1
    paid = 0.0
    for unit in kl.T:
        mean = unit.sum() / len(unit)
        paid = paid + (mean if mean > free else free)
    return bce.sum() / len(bce) + weight * paid


def _gentle_in_double(bce, kl, progress, until, free):
    means = torch.einsum("nd->d", kl.double()) / kl.shape[0]
    return (
        bce.double().mean()
        + np.clip(progress / until, 0, 1) * torch.relu(means - free).sum()
        + (np.clip(progress / until, 0, 1) * free * kl.shape[1])
    )


def _gentle_by_where(bce, kl, progress, until, free):
    units = kl.mean(dim=0)
    return torch.where(units > free, units, free).sum() * min(progress / until, 1) + bce.mean(dim=0)


_clamped = _gentle()


# 9.3 ------------------------------------------------------------------------------------------------------------
def _rho(covariance):
    return covariance[0, 1] / (covariance[0, 0] * covariance[1, 1]).sqrt()


def _needed(of_rho):
    return lambda covariance: of_rho(_rho(covariance))


def _needed_by_determinants(covariance):
    deviations = covariance.double().diagonal().sqrt()
    correlation = covariance.double() / torch.outer(deviations, deviations)
    noise = torch.eye(2).double() * (1 - correlation[0, 1].abs())
    return (torch.logdet(correlation) - torch.logdet(noise)) / 2


def _needed_in_math(covariance):
    (a, shared), (_, b) = covariance.tolist()
    strength = abs(shared) / math.sqrt(a * b)
    return math.log((1 + strength) / (1 - strength)) / 2


def _needed_in_numpy(covariance):
    spread = np.sqrt(np.diag(covariance.numpy().astype("f8")))
    return np.arctanh(np.abs((covariance.numpy() / spread / spread[:, None])[1, 0]))


def _by_product(covariance):
    return torch.atanh((covariance[0, 1].abs() / covariance.diagonal().prod()).clamp(max=0.999999))


# 9.4 ------------------------------------------------------------------------------------------------------------
def _parts(z, mu, logvar):
    table = TorchNormal(mu, torch.exp(logvar / 2)).log_prob(z[:, None]).sum(-1)
    return table, TorchNormal(0.0, 1.0).log_prob(z).sum(-1)


def _split(average=lambda table: table.logsumexp(1) - math.log(len(table)), end=None):
    """An answer to 9.4 with another ln q(z), or another end."""

    def answer(z, mu, logvar):
        table, prior = _parts(z, mu, logvar)
        own, middle = table.diagonal(), average(table)
        return end(own, middle, prior) if end else ((own - middle).mean(), (middle - prior).mean())

    return answer


def _split_by_loop(z, mu, logvar):
    information, mismatch = [], []
    for n, code in enumerate(z.double()):
        squares = (code - mu.double()) ** 2 / logvar.double().exp() + logvar + math.log(2 * math.pi)
        densities = -squares.sum(1) / 2
        average = torch.logsumexp(densities, 0) - math.log(len(z))
        prior = -(code.square() + math.log(2 * math.pi)).sum() / 2
        information.append(densities[n] - average)
        mismatch.append(average - prior)
    return [sum(information) / len(z), sum(mismatch) / len(z)]


def _split_with_matrices(z, mu, logvar):
    d = z.shape[1]
    table = torch.stack(
        [
            MultivariateNormal(m, torch.diag(v)).log_prob(z.double())
            for m, v in zip(mu.double(), logvar.double().exp(), strict=True)
        ],
        dim=1,
    )
    average = torch.logsumexp(table, 1) - math.log(table.shape[1])
    prior = MultivariateNormal(torch.zeros(d).double(), torch.eye(d).double()).log_prob(z.double())
    return (table.diagonal() - average).mean(), (average - prior).mean()


def _split_in_numpy(z, mu, logvar):
    z, mu, logvar = (one.numpy().astype("f8") for one in (z, mu, logvar))
    table = -(((z[:, None] - mu) ** 2) / np.exp(logvar) + logvar + np.log(2 * np.pi)).sum(2) / 2
    average = np.logaddexp.reduce(table, axis=1) - np.log(len(z))
    prior = -(z**2 + np.log(2 * np.pi)).sum(1) / 2
    return np.array((np.diag(table) - average).mean()), np.array((average - prior).mean())


def _closed_form_kl(z, mu, logvar):
    q = TorchNormal(mu, torch.exp(logvar / 2))
    return kl_divergence(q, TorchNormal(torch.zeros_like(mu), torch.ones_like(mu))).sum(1).mean()


def _wide(z, mu, logvar):
    return _split()(z, mu, 2 * logvar)


def _without_own(table):
    rest = table.masked_fill(torch.eye(len(table)).bool(), -math.inf)
    return rest.logsumexp(1) - math.log(len(table) - 1)


def _restless(history, ceiling):
    """Any change of BCE + KL by more than 5 nats counts."""
    bce, kl, _ = history[-1]
    changes = (history[:, 0] + history[:, 1]).diff().abs()
    waits = len(changes) == 0 or changes[-1] > 5
    return "not yet trained" if waits and (kl >= 0.1 or bce >= ceiling - 10) else _diagnosis()(history, ceiling)


RIGHT = {
    "9.1": [_by_table, _by_match, _diagnosis()],
    "9.2": [_gentle_by_loop, _gentle_in_double, _gentle_by_where, _clamped],
    "9.3": [_needed_by_determinants, _needed_in_math, _needed_in_numpy, _needed(lambda rho: rho.abs().atanh())],
    "9.4": [_split_by_loop, _split_with_matrices, _split_in_numpy],
}

WRONG = {
    "9.1": [
        (_diagnosis(order="tlco"), "order"),
        (_diagnosis(order="lcto"), "collapsed-too-early"),
        (_diagnosis(nats=lambda h: h[:, 0] + h[:, 1] * h[:, 2]), "weighted"),
        (_diagnosis(nats=lambda h: h[:, 0]), "bce-alone"),
        (_diagnosis(weight=lambda h: h[:, 2].max()), "weighted"),
        (_diagnosis(weight=lambda h: torch.tensor(1.0)), "weight"),
        (_diagnosis(weight=lambda h: 2.0 * (h[-1, 2] != 1)), "cheap-code"),
        (_restless, "rising"),
        (_diagnosis(alive=1.0), "kl-threshold"),
        (_diagnosis(margin=50.0), "margin"),
        (_diagnosis(margin=0.0), "margin"),
        (_diagnosis(order="tco"), "leaking"),
        (_diagnosis(order="lto"), "collapsed"),
        (_diagnosis(order="lco"), "collapsed-too-early"),
        (_diagnosis(nats=lambda h: h.new_tensor([0.0] * len(h)), single="t"), "collapsed-too-early"),
        (_diagnosis(single="no"), "single-epoch"),
        (_near_the_ceiling, "high-bce"),
        (lambda history, ceiling: _diagnosis()(history, ceiling).replace("healthy", "well"), "unknown-word"),
        (lambda history, ceiling: "collapsed", "healthy"),
        (lambda history, ceiling: 3, "not-a-word"),
        (_overcharged_first, "weight-too-early"),
        (lambda history, ceiling: history[-1], "shape"),
        (
            lambda history, ceiling: (
                "healthy" if history[-1, 1] >= 0.1 and history[-1, 2] <= 1 else _diagnosis()(history, ceiling)
            ),
            "still-falling",
        ),
    ],
    "9.2": [
        (_gentle(units=lambda kl, free: kl.mean(0).sum()), "no-free-bits"),
        (_gentle(units=lambda kl, free: kl.clamp(min=free).mean(0).sum()), "free-for-images"),
        (_gentle(units=lambda kl, free: kl.sum(1).mean().clamp(min=free)), "no-free-bits"),
        (_gentle(units=lambda kl, free: kl.mean(0).sum().clamp(min=free * kl.shape[1])), "no-free-bits"),
        (_gentle(units=lambda kl, free: kl.mean(0).clamp(max=free).sum()), "wrong-side"),
        (_gentle(units=lambda kl, free: (kl.mean(0) - free).clamp(min=0).sum()), "subtracted"),
        (_gentle(weight=lambda p, until: 1.0), "no-warm-up"),
        (_gentle(weight=lambda p, until: p), "progress-as-weight"),
        (_gentle(weight=lambda p, until: p / until), "not-capped"),
        (_gentle(units=lambda kl, free: kl.mean(0).clamp(min=free).mean()), "mean-over-units"),
        (
            lambda b, kl, p, until, free: min(1, p / until) * (b.mean() + kl.mean(0).clamp(min=free).sum()),
            "bce-weighted",
        ),
        (lambda b, kl, p, until, free: _clamped(0 * b, kl, p, until, free), "bce-missing"),
        (lambda b, kl, p, until, free: _clamped(b * len(b), kl, p, until, free), "not-averaged"),
        (lambda b, kl, p, until, free: _clamped(b, kl.detach(), p, until, free), "detached"),
    ],
    "9.3": [
        (_needed(lambda rho: -torch.log(1 - rho**2) / 2), "between-coordinates"),
        (_needed(lambda rho: 2 * rho.abs().atanh()), "half-missing"),
        (_needed(lambda rho: rho.abs().atanh() / math.log(2)), "bits"),
        (_needed(lambda rho: (rho**2).atanh()), "rho-squared"),
        (_needed(lambda rho: torch.log((1 - rho**2) / (1 - rho.abs())) / 2), "one-noise"),
        (_needed(lambda rho: -torch.log(1 - rho.abs())), "determinant-forgotten"),
        (_needed(lambda rho: rho.abs()), "correlation"),
        (_needed(lambda rho: torch.log((1 - rho.abs()) ** 2 / (1 - rho**2)) / 2), "turned-round"),
        (lambda covariance: torch.linalg.eigvalsh(covariance).log().diff().squeeze() / 2, "not-standardised"),
        (_needed(lambda rho: rho.atanh()), "sign"),
        (_by_product, "variances-for-deviations"),
        (lambda covariance: covariance[0, 1].abs().atanh().nan_to_num(nan=-1e6), "not-divided"),
        (lambda covariance: covariance, "shape"),
    ],
    "9.4": [
        (_split(end=lambda own, middle, prior: ((own - prior).mean(), (middle - prior).mean())), "whole-kl"),
        (_split(end=lambda own, middle, prior: ((middle - prior).mean(), (own - middle).mean())), "swapped"),
        (_split(end=lambda own, middle, prior: ((middle - own).mean(), (prior - middle).mean())), "sign"),
        (_split(end=lambda own, middle, prior: ((own - middle).mean(), (prior - middle).mean())), "mismatch-sign"),
        (_split(end=lambda own, middle, prior: ((own - middle).mean(), (own - prior).mean())), "mismatch-is-kl"),
        (_split(end=lambda own, middle, prior: ((own - middle).sum(), (middle - prior).sum())), "sum-over-images"),
        (_split(end=lambda own, middle, prior: (own - middle).mean()), "shape"),
        (_split(average=lambda table: table.logsumexp(1)), "not-averaged"),
        (_split(average=lambda table: table.mean(1)), "mean-of-logs"),
        (_split(average=lambda table: table.logsumexp(0) - math.log(len(table))), "wrong-axis"),
        (_split(average=_without_own), "own-left-out"),
        (_wide, "sigma-is-exp-logvar"),
        (lambda z, mu, logvar: (_closed_form_kl(z, mu, logvar), 0.0), "value"),
        (lambda z, mu, logvar: torch.zeros(2), "value"),
        (lambda z, mu, logvar: {"information": 1.0, "mismatch": 2.0}, "not-numbers"),
    ],
}
