"""Answers to the exercises of lesson 01: unusual right ones, and wrong ones with the finding meant for them."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch.distributions import Bernoulli


def _per_image(t):
    return t.flatten(1).sum(1)


def _naive(logits, x):
    p = torch.sigmoid(logits)
    return _per_image(-(x * p.log() + (1 - x) * (1 - p).log()))


def _clamped(logits, x):
    p = torch.sigmoid(logits).clamp(1e-7, 1 - 1e-7)
    return _per_image(-(x * p.log() + (1 - x) * (1 - p).log()))


def _choosing(logits, x):
    return _per_image(torch.where(logits > 20, logits, torch.log1p(logits.exp())) - x * logits)


def _bce(logits, x):
    return _per_image(F.binary_cross_entropy_with_logits(logits, x, reduction="none"))


def _loop(logits, x):
    return torch.stack(
        [F.binary_cross_entropy_with_logits(a, b, reduction="sum") for a, b in zip(logits, x, strict=True)]
    )


def _entropy_numpy(x):
    x = x.numpy().astype("f8").reshape(len(x), -1)
    with np.errstate(all="ignore"):
        return np.nansum(-x * np.log(x), axis=1) + np.nansum(-(1 - x) * np.log(1 - x), axis=1)


def _entropy_masked(x):
    grey = (x > 0) & (x < 1)
    safe = torch.where(grey, x, 0.5)
    return _per_image(torch.where(grey, -safe * safe.log() - (1 - safe) * (1 - safe).log(), 0.0))


def _entropy_in_place(x):
    x.clamp_(1e-7, 1 - 1e-7)
    return _per_image(-x * x.log() - (1 - x) * (1 - x).log())


def _plain_entropy(x):
    return _per_image(-x * x.log() - (1 - x) * (1 - x).log())


def _mean_nats(train, test, eps=1e-6):
    p = train.double().mean(0).clamp(eps, 1 - eps)
    return _per_image(-test * p.log() - (1 - test) * (1 - p).log())


def _logits(train):
    return torch.logit(train.mean(0).clamp(1e-6, 1 - 1e-6))


def _clamped_below_only(train, test):
    p = train.mean(0).clamp(min=1e-6)
    return _per_image(-torch.xlogy(test, p) - torch.xlogy(1 - test, 1 - p))


def _mean_nats_numpy(train, test):
    p = np.clip(train.numpy().astype("f8").mean(0), 1e-6, 1 - 1e-6)
    t = test.numpy()
    return -(t * np.log(p) + (1 - t) * np.log1p(-p)).sum(axis=(1, 2, 3))


def _sizes(n, batch):
    return [min(batch, n - start) for start in range(0, n, batch)]


def _right_b(printed, n, batch):
    return printed * n / sum(size**2 for size in _sizes(n, batch))


def _right_e(printed, n, batch):
    return printed * math.ceil(n / batch) * batch / n


RIGHT = {
    "1.1": [
        _bce,
        _loop,
        lambda logits, x: _per_image(F.softplus(logits.double()) - x * logits),
        lambda logits, x: -_per_image(x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)),
        lambda logits, x: torch.cat([_bce(a, b) for a, b in zip(logits.split(2), x.split(2), strict=True)]),
        torch.func.vmap(lambda logits, x: (F.softplus(logits) - x * logits).sum()),
        lambda logits, x: -Bernoulli(logits=logits, validate_args=False).log_prob(x).sum((1, 2, 3)),
        lambda logits, x: torch.einsum("nchw->n", torch.relu(logits) - x * logits + torch.log1p((-logits.abs()).exp())),
    ],
    "1.2": [
        _entropy_numpy,
        _entropy_masked,
        lambda x: _per_image(torch.special.entr(x) + torch.special.entr(1 - x)),
        lambda x: (
            Bernoulli(probs=x.double(), validate_args=False).entropy().sum(dim=(1, 2, 3))
            if ((x > 0) & (x < 1)).all()
            else _entropy_masked(x.double())
        ),
        lambda x: -(torch.xlogy(x, x) + torch.xlogy(1 - x, 1 - x)).sum((1, 2, 3)),
        lambda x: F.binary_cross_entropy(x, x, reduction="none").sum((1, 2, 3)),
        lambda x: _per_image((-x * x.log()).nan_to_num() + (-(1 - x) * (1 - x).log()).nan_to_num()),
    ],
    "1.3": [
        _mean_nats,
        _mean_nats_numpy,
        lambda train, test: torch.stack(
            [F.binary_cross_entropy(train.mean(0).clamp(1e-6, 1 - 1e-6), t, reduction="sum") for t in test]
        ),
        lambda train, test: _bce(torch.logit(train.sum(0) / len(train), eps=1e-6).repeat(len(test), 1, 1, 1), test),
    ],
    "1.4": [
        lambda printed, n, batch: printed / (sum(s * s for s in _sizes(n, batch)) / n),
        lambda printed, n, batch: printed * n / ((n // batch) * batch**2 + (n % batch) ** 2),
        lambda printed, n, batch: torch.tensor(printed, dtype=torch.float64) * n / np.square(_sizes(n, batch)).sum(),
    ],
    "1.5": [
        lambda printed, n, batch: printed * math.ceil(n / batch) * batch / n,
        lambda printed, n, batch: printed * -(-n // batch) * batch / n,
        lambda printed, n, batch: np.float64(printed) / n * len(range(0, n, batch)) * batch,
    ],
}

WRONG = {
    "1.1": [
        (lambda logits, x: _bce(logits, x) / 784, "mean-over-pixels"),
        (lambda logits, x: F.binary_cross_entropy_with_logits(logits, x), "shape"),
        (lambda logits, x: F.binary_cross_entropy_with_logits(logits, x, reduction="sum"), "shape"),
        (lambda logits, x: F.binary_cross_entropy_with_logits(logits, x, reduction="none"), "shape"),
        (lambda logits, x: _bce(logits, x) / len(x), "divided-by-batch"),
        (lambda logits, x: -_bce(logits, x), "sign"),
        (lambda logits, x: _per_image(-x * F.logsigmoid(logits)), "ink-only"),
        (lambda logits, x: _bce(logits, x) / math.log(2), "bits"),
        (lambda logits, x: _bce(torch.sigmoid(logits), x), "sigmoid-twice"),
        (lambda logits, x: _per_image((torch.sigmoid(logits) - x) ** 2), "squared-error"),
        (lambda logits, x: _per_image(F.softplus(logits) + x * logits - logits), "logit-sign"),
        (lambda logits, x: _per_image(F.softplus(logits)), "linear-term-missing"),
        (lambda logits, x: _per_image(F.softplus(logits) + x * logits), "linear-term-sign"),
        (lambda logits, x: _per_image(F.softplus(-logits) - x * logits), "softplus-sign"),
        (_naive, "not-finite"),
        (_clamped, "value"),
        (_choosing, "not-finite"),
        (lambda logits, x: _per_image(torch.log1p(logits.exp()) - x * logits), "not-finite"),
        (lambda logits, x: -_per_image(Bernoulli(torch.sigmoid(logits)).log_prob(x)), "raised"),
        (
            lambda logits, x: _per_image(F.binary_cross_entropy(torch.sigmoid(logits), x, reduction="none")),
            "value",
        ),
        (lambda logits, x: _bce(logits.clamp(-20, 20), x), "value"),
        (lambda logits, x: _bce(logits.clamp(-88, 88), x), "value"),
        (lambda logits, x: _bce(logits.clamp(max=500), x), "value"),
        (lambda logits, x: _bce(logits.clamp(min=-500), x), "value"),
        (lambda logits, x: _bce(x, logits), "swapped"),
        (lambda logits, x: _bce(logits, 1 - x), "logit-sign"),
        (lambda logits, x: _per_image(F.softplus(logits) - x), "logit-missing"),
        (lambda logits, x: _per_image(F.softplus(logits) - logits), "logit-subtracted"),
        (lambda logits, x: _per_image(-x * logits), "softplus-missing"),
        (lambda logits, x: _bce(logits, x) / math.log(10), "decimal-logarithm"),
        (lambda logits, x: _bce(logits, x)[0].expand(len(x)), "value"),
        (lambda logits, x: _bce(logits, x).mean().expand(len(x)), "value"),
        (lambda logits, x: 0.97 * _bce(logits, x), "value"),
        (lambda logits, x: _bce(logits.detach(), x) + 0 * logits.sum(), "value"),
        (lambda logits, x: _bce(logits, x)[:, None], "shape"),
        (lambda logits, x: _bce(logits, x).numpy(), "detached"),
        (lambda logits, x: (F.softplus(logits) - x * logits).flatten().sum(1), "raised"),
        (lambda logits, x: _bce(logits, x).detach(), "detached"),
        (lambda logits, x: _bce(logits, x.round()), "value"),
        (lambda logits, x: ((1 - x) * F.softplus(logits)).flatten(1).sum(1), "paper-only"),
    ],
    "1.2": [
        (_plain_entropy, "not-finite"),
        (lambda x: _per_image(torch.special.entr(x)), "ink-only"),
        (lambda x: _per_image(torch.special.entr(1 - x)), "paper-only"),
        (lambda x: -_entropy_masked(x), "sign"),
        (lambda x: _entropy_masked(x) / 784, "mean-over-pixels"),
        (lambda x: _entropy_masked(x) / len(x), "divided-by-batch"),
        (lambda x: _entropy_masked(x) / math.log(2), "bits"),
        (lambda x: _entropy_masked(x).sum(), "shape"),
        (lambda x: torch.special.entr(x) + torch.special.entr(1 - x), "shape"),
        (lambda x: torch.zeros(len(x)), "value"),
        (_entropy_in_place, "changed-input"),
        (lambda x: torch.xlogy(x), "raised"),
        (lambda x: _entropy_masked(x).tolist(), "not-numbers"),
        (lambda x: list(_entropy_masked(x)), "not-numbers"),
        (lambda x: _entropy_masked(x).squeeze(), "shape"),
        (lambda x: -_per_image(torch.xlogy(x, 1 - x) + torch.xlogy(1 - x, x)), "exchanged"),
        (lambda x: _per_image(torch.special.entr(x) - torch.special.entr(1 - x)), "half-sign"),
        (lambda x: _per_image(x * (1 - x)), "quadratic"),
        (lambda x: _entropy_masked(x) / math.log(10), "decimal-logarithm"),
        (lambda x: 2 * _per_image(torch.special.entr(x)), "value"),
        (lambda x: _entropy_masked(x.clamp(min=0.004)), "value"),
        (lambda x: _entropy_masked(x).mean().expand(len(x)), "value"),
        (lambda x: _plain_entropy(x.clamp(1e-6, 1 - 1e-6)), "value"),
        (lambda x: _per_image(-torch.xlogy(x, x) - torch.xlogy(1 - x, 1 - x).flatten(1).sum(1)), "raised"),
        (lambda x: _plain_entropy(x.clamp(1e-7, 1 - 1e-7)), "value"),
        (
            lambda x: _per_image(torch.special.entr(x.clamp(0.01, 0.99)) + torch.special.entr(1 - x.clamp(0.01, 0.99))),
            "value",
        ),
    ],
    "1.3": [
        (lambda train, test: _mean_nats(test, test), "own-mean"),
        (lambda train, test: _mean_nats(test, train)[: len(test)], "swapped"),
        (lambda train, test: _mean_nats(train.mean().expand(1, 1, 28, 28), test), "one-grey"),
        (lambda train, test: _mean_nats(train, test) / 784, "mean-over-pixels"),
        (lambda train, test: _bce(train.mean(0).expand_as(test), test), "mean-as-logit"),
        (lambda train, test: _entropy_masked(train.mean(0)[None]).expand(len(test)), "floor-of-the-mean"),
        (lambda train, test: -_mean_nats(train, test), "sign"),
        (lambda train, test: _mean_nats(train, test, eps=0.0), "not-finite"),
        (lambda train, test: _mean_nats(train, test, eps=1e-2), "other-bound"),
        (lambda train, test: _mean_nats(train, test, eps=1e-3), "other-bound"),
        (lambda train, test: _mean_nats(train, test, eps=1e-5), "other-bound"),
        (lambda train, test: _mean_nats(train, test, eps=1e-7), "other-bound"),
        (lambda train, test: _mean_nats(train, test, eps=5e-6), "value"),
        (lambda train, test: _bce(test, _logits(train).expand_as(test)), "arguments-swapped"),
        (
            lambda train, test: _bce(torch.logit(train.mean(0)).clamp(1e-6, 1 - 1e-6).expand_as(test), test),
            "clamped-logits",
        ),
        (lambda train, test: _bce(torch.sigmoid(_logits(train)).expand_as(test), test), "mean-as-logit"),
        (lambda train, test: _bce(-_logits(train).expand_as(test), test), "value"),
        (lambda train, test: _mean_nats(train.sum(0)[None], test), "summed"),
        (lambda train, test: _mean_nats(train, test) / len(test), "divided-by-batch"),
        (lambda train, test: _entropy_masked(test), "floor-of-the-images"),
        (lambda train, test: _mean_nats(train.median(0).values[None], test), "value"),
        (lambda train, test: _mean_nats(train[:5], test), "value"),
        (lambda train, test: _mean_nats(train, test.round()), "value"),
        (lambda train, test: 0.97 * _mean_nats(train, test), "value"),
        (lambda train, test: _mean_nats(train, test).mean().expand(len(test)), "value"),
        (lambda train, test: _mean_nats(train, test).tolist(), "not-numbers"),
        (_clamped_below_only, "not-finite"),
        (lambda train, test: _mean_nats(train, test).mean(), "shape"),
        (lambda train, test: _mean_nats(train, train), "shape"),
    ],
    "1.4": [
        (lambda printed, n, batch: printed / batch, "all-batches-full"),
        (lambda printed, n, batch: printed * sum(s * s for s in _sizes(n, batch)) / n, "multiplied"),
        (lambda printed, n, batch: printed * n / (math.ceil(n / batch) * batch**2), "padded-count"),
        (lambda printed, n, batch: printed * n / ((n // batch or 1) * batch**2), "last-batch-dropped"),
        (lambda printed, n, batch: printed / n, "divided-by-n"),
        (lambda printed, n, batch: printed, "unchanged"),
        (lambda printed, n, batch: printed / 63.9232, "one-case-only"),
        (lambda printed, n, batch: _right_b(printed, n, 64), "one-case-only"),
        (lambda printed, n, batch: printed * n / ((n // batch) * batch ^ 2 + (n % batch) ^ 2), "power"),
        (lambda printed, n, batch: printed * n / ((n // batch) * (batch ^ 2) + ((n % batch) ^ 2)), "power"),
        (lambda printed, n, batch: printed * n / sum(s ^ 2 for s in _sizes(n, batch)), "power"),
        (lambda printed, n, batch: printed * n / (1.0 * batch ^ 2), "raised"),
        (lambda printed, n, batch: round(_right_b(printed, n, batch), 2), "rounded"),
        (lambda printed, n, batch: round(_right_b(printed, n, batch)), "rounded"),
        (lambda printed, n, batch: int(_right_b(printed, n, batch)), "rounded"),
        (lambda printed, n, batch: printed // (sum(s * s for s in _sizes(n, batch)) / n), "rounded"),
        (lambda printed, n, batch: printed / (sum(s * s for s in _sizes(n, batch)) // n), "value"),
        (lambda printed, n, batch: printed / round(sum(s * s for s in _sizes(n, batch)) / n), "value"),
        (lambda printed, n, batch: printed / sum(s * s for s in _sizes(n, batch)), "n-forgotten"),
        (lambda printed, n, batch: printed / sum(s * s for s in _sizes(n, batch)) / n, "divided-by-n"),
        (lambda printed, n, batch: printed * n / ((n // batch) * batch**2 + n % batch), "rest-not-squared"),
        (lambda printed, n, batch: _right_b(printed, batch, n), "all-batches-full"),
        (lambda printed, n, batch: 0.97 * _right_b(printed, n, batch), "value"),
        (lambda printed, n, batch: printed * n / sum(_sizes(n, batch)), "unchanged"),
        (lambda printed, n, batch: (printed, n), "shape"),
    ],
    "1.5": [
        (lambda printed, n, batch: printed * n / (math.ceil(n / batch) * batch), "upside-down"),
        (lambda printed, n, batch: printed, "unchanged"),
        (lambda printed, n, batch: printed * (n // batch) * batch / n, "rounded-down"),
        (lambda printed, n, batch: printed * (n // batch + 1) * batch / n, "fractional-batches"),
        (lambda printed, n, batch: printed * math.ceil(n / batch), "per-batch"),
        (lambda printed, n, batch: printed * n / sum(s * s for s in _sizes(n, batch)), "report-b"),
        (lambda printed, n, batch: printed * 1.0048, "one-case-only"),
        (lambda printed, n, batch: _right_e(printed, n, 64), "one-case-only"),
        (lambda printed, n, batch: printed * round(n / batch) * batch / n, "rounded-down"),
        (lambda printed, n, batch: printed * math.ceil(n / batch) / n, "batch-forgotten"),
        (lambda printed, n, batch: printed * batch / n, "batches-forgotten"),
        (lambda printed, n, batch: printed * math.ceil(n / batch) * batch, "n-forgotten"),
        (lambda printed, n, batch: round(_right_e(printed, n, batch), 2), "rounded"),
        (lambda printed, n, batch: int(_right_e(printed, n, batch)), "rounded"),
        (lambda printed, n, batch: printed * (n / batch) * batch / n, "unchanged"),
        (lambda printed, n, batch: _right_e(printed, batch, n), "value"),
        (lambda printed, n, batch: None, "returned-nothing"),
    ],
}
