"""Exercise 13.3: tests for losses."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs
from ..judging import Judge
from .shared import Patient, draw, judge_answers

TITLE = "tests for losses"
NAME = "loss_test"
POINTS = 3
HINTS = (
    "Choose sizes that differ (3 images, 4 pixels, 2 units), so that no mean looks like another; and numbers that are "
    "far out, where a logarithm or an exponential breaks.",
    "loss: ones everywhere give 4 + 2. logits: at x = 1, a logit of -200 costs 200. bound: equal log weights of -1000 "
    "give -1000. pair: KL(N(0, 1) || N(1, e)) = (1 + 2/e - 1) / 2.",
    'def loss_test(name, implementation):\n    if name == "loss":\n        kl = torch.tensor([___])\n'
    "        return math.isclose(implementation(torch.ones(3, 4), kl), ___, abs_tol=1e-4)\n"
    '    if name == "logits":\n        x, logits = torch.tensor([[1.0, 0.0]]), torch.tensor([[-200.0, ___]])\n'
    '        return torch.allclose(implementation(x, logits), ___, atol=1e-3)\n    if name == "bound":\n'
    "        log_weights = torch.tensor([[-1000.0, ___], [___]])\n        return ___\n    return ___",
)


# loss(bce, kl): (N, P) and (N, D) -> one number, the mean -ELBO of an image -------------------------------------------
def loss_by_halves(bce, kl):
    """each half summed, then averaged over images."""
    return bce.sum(dim=1).mean() + kl.sum(dim=1).mean()


def loss_of_all(bce, kl):
    """all numbers summed, divided by the number of images."""
    return (bce.sum() + kl.sum()) / len(bce)


def loss_in_double(bce, kl):
    """image by image, in double precision."""
    return torch.stack([a.double().sum() + b.double().sum() for a, b in zip(bce, kl, strict=True)]).mean()


def loss_of_mean_pixels(bce, kl):
    """pixels are averaged and units summed: the KL counts as many times too much as there are pixels."""
    return bce.mean() + kl.sum(dim=1).mean()


def loss_of_the_batch(bce, kl):
    """the sum of the batch in place of the mean of an image."""
    return bce.sum() + kl.sum()


def loss_of_mean_units(bce, kl):
    """units are averaged."""
    return bce.sum(dim=1).mean() + kl.mean()


def loss_weighted(bce, kl):
    """the KL counts 0.45 times, and the sum is still called a -ELBO, as in Report D."""
    return bce.sum(dim=1).mean() + 0.45 * kl.sum(dim=1).mean()


def loss_with_sign(bce, kl):
    """the KL is subtracted."""
    return bce.sum(dim=1).mean() - kl.sum(dim=1).mean()


# logits(x, logits): (N, P) -> (N,), a cross-entropy in nats -----------------------------------------------------------
def logits_library(x, logits):
    """torch's own, summed over pixels."""
    return torch.nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(dim=1)


def logits_softplus(x, logits):
    """softplus minus x times the logit."""
    return (torch.nn.functional.softplus(logits) - x * logits).sum(dim=1)


def logits_by_maximum(x, logits):
    """the larger of 0 and the logit taken out, in double precision."""
    x, logits = x.double(), logits.double()
    return (logits.clamp(min=0) - x * logits + torch.log1p(torch.exp(-logits.abs()))).sum(dim=1).float()


def logits_by_sigmoid(x, logits):
    """a sigmoid first and logarithms of it: far out the probability is 0 or 1 and the logarithm breaks."""
    p = torch.sigmoid(logits)
    return -(x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=1)


def logits_clamped(x, logits):
    """probabilities are clamped at 1e-7, so that no pixel can cost more than 16 nats."""
    p = torch.sigmoid(logits).clamp(1e-7, 1 - 1e-7)
    return -(x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=1)


def logits_overflowing(x, logits):
    """log(1 + exp(logit)) as it stands: far above 0 the exponential overflows."""
    return (torch.log(1 + torch.exp(logits)) - x * logits).sum(dim=1)


def logits_of_normalised_pixels(x, logits):
    """pixels are normalised to mean 0 first, so that black ones lie below 0."""
    x = (x - 0.1307) / 0.3081
    return (torch.nn.functional.softplus(logits) - x * logits).sum(dim=1)


def logits_twice(x, logits):
    """a sigmoid is applied to what is taken for a logit afterwards: two activations in a row."""
    return torch.nn.functional.binary_cross_entropy_with_logits(logits.sigmoid(), x, reduction="none").sum(dim=1)


# bound(log_weights): (K, N) -> (N,), ln of the mean weight ------------------------------------------------------------
def bound_logsumexp(log_weights):
    """logsumexp minus ln K."""
    return torch.logsumexp(log_weights, dim=0) - math.log(len(log_weights))


def bound_shifted(log_weights):
    """the largest taken out by hand, in double precision."""
    w = log_weights.double()
    most = w.amax(dim=0)
    return (most + torch.log(torch.exp(w - most).mean(dim=0))).to(log_weights.dtype)


def bound_one_by_one(log_weights):
    """one weight after the other with logaddexp."""
    total = log_weights[0]
    for one in log_weights[1:]:
        total = torch.logaddexp(total, one)
    return total - math.log(len(log_weights))


def bound_mean_of_logs(log_weights):
    """the mean of the logarithms: the ELBO again, however many draws."""
    return log_weights.mean(dim=0)


def bound_underflowing(log_weights):
    """exp first: weights of e^-1000 are 0 in any precision."""
    return torch.log(torch.exp(log_weights.double()).mean(dim=0)).to(log_weights.dtype)


def bound_without_count(log_weights):
    """ln K is not taken off."""
    return torch.logsumexp(log_weights, dim=0)


def bound_of_all(log_weights):
    """the mean goes over images as well."""
    one = torch.logsumexp(log_weights.flatten(), dim=0) - math.log(log_weights.numel())
    return one.expand(log_weights.shape[1])


def bound_best_draw(log_weights):
    """the best draw alone."""
    return log_weights.amax(dim=0) - math.log(len(log_weights))


# pair(mu_q, logvar_q, mu_p, logvar_p): (N, D) -> (N,), KL of q to p ---------------------------------------------------
def pair_closed(mu_q, logvar_q, mu_p, logvar_p):
    """the closed form."""
    ratio = torch.exp(logvar_q - logvar_p)
    return (ratio + (mu_q - mu_p) ** 2 / logvar_p.exp() - 1 - logvar_q + logvar_p).sum(dim=1) / 2


def pair_library(mu_q, logvar_q, mu_p, logvar_p):
    """torch.distributions."""
    q = torch.distributions.Normal(mu_q, torch.exp(logvar_q / 2))
    p = torch.distributions.Normal(mu_p, torch.exp(logvar_p / 2))
    return torch.distributions.kl_divergence(q, p).sum(dim=1)


def pair_standardised(mu_q, logvar_q, mu_p, logvar_p):
    """q in units of p, then the KL to N(0, 1), in double precision."""
    sigma = torch.exp(logvar_p.double() / 2)
    mu, logvar = (mu_q.double() - mu_p) / sigma, logvar_q.double() - logvar_p
    return ((mu**2 + logvar.exp() - 1 - logvar) / 2).sum(dim=1).to(mu_q.dtype)


def pair_by_kl_div(mu_q, logvar_q, mu_p, logvar_p):
    """F.kl_div, which compares probabilities of classes, is fed with means."""
    log_q, p = torch.log_softmax(mu_q, dim=1), torch.softmax(mu_p, dim=1)
    return torch.nn.functional.kl_div(log_q, p, reduction="none").sum(dim=1)


def pair_reversed(mu_q, logvar_q, mu_p, logvar_p):
    """q and p change places."""
    ratio = torch.exp(logvar_p - logvar_q)
    return (ratio + (mu_q - mu_p) ** 2 / logvar_q.exp() - 1 - logvar_p + logvar_q).sum(dim=1) / 2


def pair_to_standard(mu_q, logvar_q, mu_p, logvar_p):
    """p is taken for N(0, I)."""
    return (mu_q**2 + logvar_q.exp() - 1 - logvar_q).sum(dim=1) / 2


def pair_undivided(mu_q, logvar_q, mu_p, logvar_p):
    """the distance of the means is not divided by the variance of p."""
    ratio = torch.exp(logvar_q - logvar_p)
    return (ratio + (mu_q - mu_p) ** 2 - 1 - logvar_q + logvar_p).sum(dim=1) / 2


def pair_of_means(mu_q, logvar_q, mu_p, logvar_p):
    """both variances are taken to be equal."""
    return ((mu_q - mu_p) ** 2 / logvar_p.exp()).sum(dim=1) / 2


PATIENTS = (
    Patient(
        "loss",
        (loss_by_halves, loss_of_all, loss_in_double),
        loss_of_mean_pixels,
        (loss_of_the_batch, loss_of_mean_units, loss_weighted, loss_with_sign),
        "Leave room of 1e-4, and compare numbers, not dtypes.",
    ),
    Patient(
        "logits",
        (logits_library, logits_softplus, logits_by_maximum),
        logits_by_sigmoid,
        (logits_clamped, logits_overflowing, logits_of_normalised_pixels, logits_twice),
        "At 200 nats float32 rounds at 1e-5: leave room of 1e-3.",
    ),
    Patient(
        "bound",
        (bound_logsumexp, bound_shifted, bound_one_by_one),
        bound_mean_of_logs,
        (bound_underflowing, bound_without_count, bound_of_all, bound_best_draw),
        "At -1000 float32 rounds at 1e-4: leave room of 1e-2 there.",
    ),
    Patient(
        "pair",
        (pair_closed, pair_library, pair_standardised),
        pair_by_kl_div,
        (pair_reversed, pair_to_standard, pair_undivided, pair_of_means),
        "Leave room of 1e-4.",
    ),
)


def _loss_test(loss: Callable[[Tensor, Tensor], Tensor]) -> bool:
    return math.isclose(float(loss(torch.ones(3, 4), 2 * torch.ones(3, 2))), 8.0, abs_tol=1e-4)


def _logits_test(bce: Callable[[Tensor, Tensor], Tensor]) -> bool:
    x, logits = torch.tensor([[1.0, 0.0], [0.3, 1.0]]), torch.tensor([[-200.0, 200.0], [0.0, 0.0]])
    return torch.allclose(bce(x, logits), torch.tensor([400.0, 2 * math.log(2)]), atol=1e-3)


def _bound_test(bound: Callable[[Tensor], Tensor]) -> bool:
    log_weights = torch.tensor([[-1000.0, math.log(1.0)], [-1000.0, math.log(3.0)]])
    return torch.allclose(bound(log_weights), torch.tensor([-1000.0, math.log(2.0)]), atol=1e-2)


def _pair_test(pair: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]) -> bool:
    mu_q, logvar_q = torch.tensor([[0.0, 1.0]]), torch.tensor([[0.0, 1.0]])
    mu_p, logvar_p = torch.tensor([[1.0, 1.0]]), torch.tensor([[1.0, 0.0]])
    known = (2 / math.e + math.e - 2) / 2  # (1/e + 1/e - 1 + 1) / 2 of the first unit, (e - 1 - 1) / 2 of the second
    return torch.allclose(pair(mu_q, logvar_q, mu_p, logvar_p), torch.tensor([known]), atol=1e-4)


_TESTS: dict[str, Callable[..., bool]] = {
    "loss": _loss_test,
    "logits": _logits_test,
    "bound": _bound_test,
    "pair": _pair_test,
}


def reference(patient: str, implementation: Callable[..., Tensor]) -> bool:
    """Whether an implementation of the named patient gives what is known, far out as well."""
    return _TESTS[patient](implementation)


def inputs(generator: torch.Generator) -> Inputs:
    """Implementations of all patients in a drawn order, sealed."""
    return draw(PATIENTS, generator)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 13.3."""
    judge_answers(judge, inputs, PATIENTS, keeps=2)
