"""Exercise 13.1: tests for formulas."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs
from ..judging import Judge
from .shared import Patient, draw, judge_answers

TITLE = "tests for formulas"
NAME = "formula_test"
POINTS = 3
HINTS = (
    "For each patient, a few inputs whose answer you can write down, in one tensor; and one comparison with room.",
    "bce: a black, a white and a grey pixel cost -ln(1 - p), -ln p and a sum of both. cdf: 1/2 at mu, nearly 0 and 1 "
    "far away. support: ln 2 for a half of [0, 1], inf outside of it.",
    'def formula_test(name, implementation):\n    if name == "kl":\n        return kl_test(___)\n'
    '    if name == "bce":\n        x, p = torch.tensor([[0.0, 1.0, 0.3]]), torch.tensor([[0.25, 0.5, 0.6]])\n'
    "        return torch.allclose(implementation(x, p), torch.tensor([___]), atol=1e-4)\n"
    '    if name == "cdf":\n        values = implementation(torch.tensor([___]), torch.ones(3), ___)\n'
    "        return torch.allclose(values, ___, atol=1e-4)\n    low, high = torch.tensor([0.5, -0.5, 0.5]), ___\n"
    "    return torch.allclose(implementation(low, high), torch.tensor([math.log(2), ___, ___]), atol=1e-4)",
)


# kl(mu, logvar): (N, D) -> (N,) ---------------------------------------------------------------------------------------
def kl_closed(mu, logvar):
    """the closed form, as lesson 02 has it."""
    return (mu**2 + logvar.exp() - 1 - logvar).sum(dim=1) / 2


def kl_library(mu, logvar):
    """torch.distributions in double precision."""
    own = torch.distributions.Normal(mu.double(), (logvar.double() / 2).exp())
    return torch.distributions.kl_divergence(own, torch.distributions.Normal(0.0, 1.0)).sum(-1).to(mu.dtype)


def kl_by_unit(mu, logvar):
    """unit by unit, with each rounding error of float32."""
    total = torch.zeros(len(mu)) - 3e-7
    for mean, width in zip(mu.T, logvar.T, strict=True):
        sigma = torch.exp(0.5 * width)
        total = total + 0.5 * (mean * mean + sigma * sigma) - 0.5 - sigma.log()
    return total


def kl_as_printed(mu, logvar):
    """the minus signs and a bracket were lost, as Report E prints it."""
    return -(1 + logvar + torch.exp(logvar + mu**2)).sum(dim=1) / 2


def kl_doubled(mu, logvar):
    """the factor 1/2 is missing."""
    return (mu**2 + logvar.exp() - 1 - logvar).sum(dim=1)


def kl_averaged(mu, logvar):
    """a mean over the units in place of a sum."""
    return (mu**2 + logvar.exp() - 1 - logvar).mean(dim=1) / 2


def kl_sigma_for_variance(mu, logvar):
    """sigma stands where the variance belongs; at the prior both are 1."""
    return (mu**2 + torch.exp(logvar / 2) - 1 - logvar).sum(dim=1) / 2


def kl_one_sided(mu, logvar):
    """means below 0 cost nothing."""
    return (mu.clamp(min=0) ** 2 + logvar.exp() - 1 - logvar).sum(dim=1) / 2


def kl_of_the_batch(mu, logvar):
    """every image gets the mean of the batch."""
    return ((mu**2 + logvar.exp() - 1 - logvar).sum() / 2 / len(mu)).expand(len(mu))


# bce(x, p): (N, P) -> (N,) --------------------------------------------------------------------------------------------
def bce_library(x, p):
    """torch's own cross-entropy, summed over pixels."""
    return torch.nn.functional.binary_cross_entropy(p, x, reduction="none").sum(dim=1)


def bce_by_hand(x, p):
    """both logarithms written out, in double precision."""
    x, p = x.double(), p.double()
    return -(torch.xlogy(x, p) + torch.xlogy(1 - x, 1 - p)).sum(dim=1).float()


def bce_by_logits(x, p):
    """by way of the logits, image by image."""
    logits = torch.log(p) - torch.log1p(-p)
    return torch.stack([(torch.nn.functional.softplus(a) - b * a).sum() for a, b in zip(logits, x, strict=True)])


def bce_without_minus(x, p):
    """the leading minus is missing, as in Report E's formula: it is the log-likelihood."""
    return (x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=1)


def bce_averaged(x, p):
    """a mean over pixels in place of a sum."""
    return torch.nn.functional.binary_cross_entropy(p, x, reduction="none").mean(dim=1)


def bce_exchanged(x, p):
    """image and probabilities change places."""
    return torch.nn.functional.binary_cross_entropy(x, p, reduction="none").sum(dim=1)


def bce_of_white(x, p):
    """what is black costs nothing: the term with 1 - x is missing."""
    return -(x * torch.log(p)).sum(dim=1)


def bce_in_bits(x, p):
    """bits in place of nats."""
    return -(torch.xlogy(x, p) + torch.xlogy(1 - x, 1 - p)).sum(dim=1) / math.log(2)


def bce_of_a_threshold(x, p):
    """grey pixels are rounded to black or white first."""
    return torch.nn.functional.binary_cross_entropy(p, x.round(), reduction="none").sum(dim=1)


# cdf(x, mu, b): the Laplace distribution, elementwise -----------------------------------------------------------------
def cdf_two_branches(x, mu, b):
    """one branch below mu, one above."""
    tail = torch.exp(-(x - mu).abs() / b) / 2
    return torch.where(x < mu, tail, 1 - tail)


def cdf_library(x, mu, b):
    """torch.distributions."""
    return torch.distributions.Laplace(mu, b, validate_args=False).cdf(x)


def cdf_by_sign(x, mu, b):
    """one line for both sides, with expm1, in double precision."""
    away = (x - mu).double() / b
    return (0.5 - 0.5 * away.sign() * torch.expm1(-away.abs())).to(x.dtype)


def cdf_is_density(x, mu, b):
    """this is the density, under the heading CDF, as in Report C."""
    return torch.exp(-(x - mu).abs() / b) / (2 * b)


def cdf_without_scale(x, mu, b):
    """b is not used."""
    tail = torch.exp(-(x - mu).abs()) / 2
    return torch.where(x < mu, tail, 1 - tail)


def cdf_both_tails(x, mu, b):
    """above mu it falls again: the second branch lacks its 1 minus."""
    return torch.exp(-(x - mu).abs() / b) / 2


def cdf_without_half(x, mu, b):
    """above mu it is 1 - exp(...), without the factor 1/2."""
    tail = torch.exp(-(x - mu).abs() / b)
    return torch.where(x < mu, tail / 2, 1 - tail)


def cdf_of_the_other_tail(x, mu, b):
    """it runs from 1 down to 0: the two branches are exchanged."""
    tail = torch.exp(-(x - mu).abs() / b) / 2
    return torch.where(x < mu, 1 - tail, tail)


# support(low, high): KL of Uniform(low, high) to Uniform(0, 1), elementwise -------------------------------------------
def support_where(low, high):
    """minus the log of the width inside [0, 1], inf elsewhere."""
    inside = (low >= 0) & (high <= 1)
    return torch.where(inside, -torch.log(high - low), torch.full_like(low, math.inf))


def support_by_element(low, high):
    """number by number, in plain Python."""
    pairs = zip(low.tolist(), high.tolist(), strict=True)
    return torch.tensor([math.log(1 / (b - a)) if 0 <= a and b <= 1 else math.inf for a, b in pairs])


def support_library(low, high):
    """torch.distributions."""
    own, prior = torch.distributions.Uniform(low, high), torch.distributions.Uniform(0.0, 1.0)
    return torch.distributions.kl_divergence(own, prior)


def support_grows(low, high):
    """it is the width itself, which grows where the KL falls, as in Report C's code."""
    return high - low


def support_everywhere(low, high):
    """outside of [0, 1] it is finite."""
    return -torch.log(high - low)


def support_of_one_side(low, high):
    """only the lower end is looked at: high may be above 1."""
    return torch.where(low >= 0, -torch.log(high - low), torch.full_like(low, math.inf))


def support_of_the_other_side(low, high):
    """only the upper end is looked at: low may be below 0."""
    return torch.where(high <= 1, -torch.log(high - low), torch.full_like(low, math.inf))


def support_with_sign(low, high):
    """the sign is wrong: a narrow posterior costs less than 0."""
    inside = (low >= 0) & (high <= 1)
    return torch.where(inside, torch.log(high - low), torch.full_like(low, math.inf))


PATIENTS = (
    Patient(
        "kl",
        (kl_closed, kl_library, kl_by_unit),
        kl_as_printed,
        (kl_doubled, kl_averaged, kl_sigma_for_variance, kl_one_sided, kl_of_the_batch),
        "Leave room of 1e-4: sums round, and -3e-7 is a right KL of 0.",
    ),
    Patient(
        "bce",
        (bce_library, bce_by_hand, bce_by_logits),
        bce_without_minus,
        (bce_averaged, bce_exchanged, bce_of_white, bce_in_bits, bce_of_a_threshold),
        "Work your known value out again: every pixel adds its part. Leave room of 1e-4, with 0 < p < 1.",
    ),
    Patient(
        "cdf",
        (cdf_two_branches, cdf_library, cdf_by_sign),
        cdf_is_density,
        (cdf_without_scale, cdf_both_tails, cdf_without_half, cdf_of_the_other_tail),
        "Leave room of 1e-4, and give tensors only.",
    ),
    Patient(
        "support",
        (support_where, support_by_element, support_library),
        support_grows,
        (support_everywhere, support_of_one_side, support_of_the_other_side, support_with_sign),
        "Leave room of 1e-4, give tensors of one axis, and keep low below high, as the contract says.",
    ),
)


def _kl_test(kl: Callable[[Tensor, Tensor], Tensor]) -> bool:
    mu, logvar = torch.tensor([[0.0, 0.0], [1.0, -2.0]]), torch.tensor([[0.0, 0.0], [0.0, 2.0]])
    return torch.allclose(kl(mu, logvar), torch.tensor([0.0, (1 + 4 + math.exp(2) - 1 - 2) / 2]), atol=1e-4)


def _bce_test(bce: Callable[[Tensor, Tensor], Tensor]) -> bool:
    grey = -(0.3 * math.log(0.2) + 0.7 * math.log(0.8))
    x, p = torch.tensor([[0.0, 1.0], [0.3, 0.0]]), torch.tensor([[0.25, 0.1], [0.2, 0.5]])
    right = torch.tensor([-math.log(0.75) - math.log(0.1), grey + math.log(2)])
    return torch.allclose(bce(x, p), right, atol=1e-4)


def _cdf_test(cdf: Callable[[Tensor, Tensor, Tensor], Tensor]) -> bool:
    values = cdf(torch.tensor([-1.0, 1.0, 3.0]), torch.ones(3), torch.full((3,), 2.0))
    return torch.allclose(values, torch.tensor([math.exp(-1) / 2, 0.5, 1 - math.exp(-1) / 2]), atol=1e-4)


def _support_test(kl: Callable[[Tensor, Tensor], Tensor]) -> bool:
    low, high = torch.tensor([0.25, 0.0, -0.2, 0.5]), torch.tensor([0.75, 1.0, 0.6, 1.1])
    return torch.allclose(kl(low, high), torch.tensor([math.log(2), 0.0, math.inf, math.inf]), atol=1e-4)


_TESTS: dict[str, Callable[..., bool]] = {"kl": _kl_test, "bce": _bce_test, "cdf": _cdf_test, "support": _support_test}


def reference(patient: str, implementation: Callable[..., Tensor]) -> bool:
    """Whether an implementation of the named patient gives what is known at a few places."""
    return _TESTS[patient](implementation)


def inputs(generator: torch.Generator) -> Inputs:
    """Implementations of all patients in a drawn order, sealed."""
    return draw(PATIENTS, generator)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 13.1."""
    judge_answers(judge, inputs, PATIENTS, keeps=2)
