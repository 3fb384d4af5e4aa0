"""Exercise 13.2: tests for samplers."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs
from ..judging import Judge
from .shared import Patient, draw, judge_answers

TITLE = "tests for samplers"
NAME = "sampler_test"
POINTS = 3
HINTS = (
    "No draw is right or wrong by itself: draw many, take back the noise, and ask what is promised of it.",
    "noise = (z - mu) / exp(logvar / 2): over 10,000 draws each entry has mean 0 and standard deviation 1, and no two "
    "entries of a draw are correlated; torch.autograd.grad(z.sum(), logvar) is not 0. "
    "Leave room of 0.05.",
    "def sampler_test(name, implementation):\n    generator = torch.Generator().manual_seed(___)\n"
    '    if name == "sample":\n        mu, logvar = torch.tensor([1.0, -2.0]).expand(10_000, 2), ___\n'
    "        z = implementation(mu, ___, generator)\n        noise = ___\n"
    "        return bool((noise.std(dim=0) - 1).abs().max() < 0.05) and ___\n"
    '    if name == "draws":\n        z = implementation(torch.zeros(10, 2), torch.zeros(10, 2), 400, generator)\n'
    "        return z.shape == ___ and bool((z.std(dim=___) - 1).abs().max() < 0.2) and ___\n"
    '    if name == "laplace":\n        values = implementation(torch.ones(4), ___, ___)\n'
    "        return ___\n    return ___",
)


# sample(mu, logvar, generator): (N, D) -> (N, D) ----------------------------------------------------------------------
def sample_plain(mu, logvar, generator):
    """the line of lesson 03."""
    return mu + torch.exp(logvar / 2) * torch.randn(mu.shape, generator=generator)


def sample_in_double(mu, logvar, generator):
    """noise and scale in double precision, rounded at the end."""
    noise = torch.randn(mu.shape, generator=generator, dtype=torch.float64)
    return (mu.double() + logvar.double().exp().sqrt() * noise).to(mu.dtype)


def sample_unit_by_unit(mu, logvar, generator):
    """one unit after the other, so that a seed gives other numbers."""
    columns = [torch.randn(len(mu), generator=generator) for _ in range(mu.shape[1])]
    return torch.addcmul(mu, torch.exp(0.5 * logvar), torch.stack(columns, dim=1))


def sample_with_variance(mu, logvar, generator):
    """the variance exp(logvar) stands where sigma belongs."""
    return mu + torch.exp(logvar) * torch.randn(mu.shape, generator=generator)


def sample_one_noise_for_images(mu, logvar, generator):
    """all images get the same noise."""
    return mu + torch.exp(logvar / 2) * torch.randn(1, mu.shape[1], generator=generator)


def sample_one_noise_for_units(mu, logvar, generator):
    """all units of an image get the same noise."""
    return mu + torch.exp(logvar / 2) * torch.randn(len(mu), 1, generator=generator)


def sample_detached(mu, logvar, generator):
    """no gradient reaches logvar: the branch is detached."""
    return mu + torch.exp(logvar / 2).detach() * torch.randn(mu.shape, generator=generator)


def sample_half(mu, logvar, generator):
    """the noise is never below 0."""
    return mu + torch.exp(logvar / 2) * torch.randn(mu.shape, generator=generator).abs()


# draws(mu, logvar, count, generator): (N, D) -> (count, N, D) ---------------------------------------------------------
def draws_at_once(mu, logvar, count, generator):
    """all noise at once."""
    return mu + torch.exp(logvar / 2) * torch.randn(count, *mu.shape, generator=generator)


def draws_image_by_image(mu, logvar, count, generator):
    """image by image with torch.normal, stacked."""
    sigma = torch.exp(logvar / 2)
    parts = [(m.repeat(count, 1), s.repeat(count, 1)) for m, s in zip(mu, sigma, strict=True)]
    rows = [torch.normal(mean, spread, generator=generator) for mean, spread in parts]
    return torch.stack(rows, dim=1)


def draws_by_permuting(mu, logvar, count, generator):
    """drawn with the count as the last axis, which is then moved to the front."""
    noise = torch.randn(*mu.shape, count, generator=generator, dtype=torch.float64)
    return (mu + torch.exp(logvar / 2) * noise.permute(2, 0, 1)).float()


def draws_reused(mu, logvar, count, generator):
    """the noise is drawn once and used in all draws."""
    return (mu + torch.exp(logvar / 2) * torch.randn(mu.shape, generator=generator)).expand(count, *mu.shape)


def draws_one_noise_for_images(mu, logvar, count, generator):
    """within a draw, all images get the same noise."""
    return mu + torch.exp(logvar / 2) * torch.randn(count, 1, mu.shape[1], generator=generator)


def draws_with_axes_exchanged(mu, logvar, count, generator):
    """the axes come in the order image, draw, unit."""
    noise = torch.randn(len(mu), count, mu.shape[1], generator=generator)
    return mu[:, None] + torch.exp(logvar / 2)[:, None] * noise


def draws_of_one_seed(mu, logvar, count, generator):
    """the generator that it is given is not used: each call gives the same numbers."""
    own = torch.Generator().manual_seed(1)
    return mu + torch.exp(logvar / 2) * torch.randn(count, *mu.shape, generator=own)


def draws_one_short(mu, logvar, count, generator):
    """one draw fewer than asked for."""
    return mu + torch.exp(logvar / 2) * torch.randn(count - 1, *mu.shape, generator=generator)


# laplace(mu, b, u): u from [0, 1), elementwise ------------------------------------------------------------------------
def laplace_clamped(mu, b, u):
    """log1p of a value that is kept away from -1."""
    v = u - 0.5
    return mu - b * v.sign() * torch.log1p(-2 * v.abs().clamp(max=0.5 - 2**-25))


def laplace_two_branches(mu, b, u):
    """a branch below the median, a branch above."""
    u = u.clamp(min=2**-25)
    return torch.where(u < 0.5, mu + b * torch.log(2 * u), mu - b * torch.log(2 * (1 - u)))


def laplace_library(mu, b, u):
    """the icdf of torch.distributions, in double precision, u moved inwards."""
    u = u.double().clamp(1e-9, 1 - 1e-9)
    return torch.distributions.Laplace(mu.double(), b.double()).icdf(u).float()


def laplace_infinite(mu, b, u):
    """u = 0, which torch.rand can give, becomes minus infinity."""
    v = u - 0.5
    return mu - b * v.sign() * torch.log1p(-2 * v.abs())


def laplace_mirrored(mu, b, u):
    """the sign is turned round: a large u gives a small z."""
    v = u - 0.5
    return mu + b * v.sign() * torch.log1p(-2 * v.abs().clamp(max=0.5 - 2**-25))


def laplace_without_two(mu, b, u):
    """the factor 2 in the logarithm is missing, so that no tail is ever reached."""
    v = u - 0.5
    return mu - b * v.sign() * torch.log1p(-v.abs())


def laplace_cut_off(mu, b, u):
    """u is clamped so hard, at 0.05, that both tails are missing."""
    v = u.clamp(0.05, 0.95) - 0.5
    return mu - b * v.sign() * torch.log1p(-2 * v.abs())


def laplace_is_normal(mu, b, u):
    """these are the quantiles of a normal distribution."""
    return mu + b * torch.special.ndtri(u.clamp(2**-25, 1 - 2**-24))


# estimate(mu, logvar, count, generator): (N, D) -> (N,), a KL to N(0, I) from draws -----------------------------------
def estimate_by_library(mu, logvar, count, generator):
    """the mean of log q - log p, each by torch.distributions."""
    q, p = torch.distributions.Normal(mu, torch.exp(logvar / 2)), torch.distributions.Normal(0.0, 1.0)
    z = mu + torch.exp(logvar / 2) * torch.randn(count, *mu.shape, generator=generator)
    return (q.log_prob(z) - p.log_prob(z)).sum(-1).mean(0)


def estimate_by_noise(mu, logvar, count, generator):
    """by the noise: the constants of both densities are gone."""
    noise = torch.randn(count, *mu.shape, generator=generator)
    z = mu + torch.exp(logvar / 2) * noise
    return ((z**2 - noise**2 - logvar) / 2).sum(dim=2).mean(dim=0)


def estimate_unit_by_unit(mu, logvar, count, generator):
    """a running sum over units, in double precision."""
    total = torch.zeros(len(mu), dtype=torch.float64)
    for mean, width in zip(mu.T.double(), logvar.T.double(), strict=True):
        noise = torch.randn(count, len(mu), generator=generator, dtype=torch.float64)
        total = total + ((mean + torch.exp(width / 2) * noise) ** 2 - noise**2 - width).mean(dim=0) / 2
    return total.float()


def estimate_clamped(mu, logvar, count, generator):
    """a draw that gives less than 0 is counted as 0, because a KL cannot be negative."""
    noise = torch.randn(count, *mu.shape, generator=generator)
    z = mu + torch.exp(logvar / 2) * noise
    return ((z**2 - noise**2 - logvar) / 2).sum(dim=2).clamp(min=0).mean(dim=0)


def estimate_of_size(mu, logvar, count, generator):
    """each draw counts without its sign."""
    noise = torch.randn(count, *mu.shape, generator=generator)
    z = mu + torch.exp(logvar / 2) * noise
    return ((z**2 - noise**2 - logvar) / 2).sum(dim=2).abs().mean(dim=0)


def estimate_reversed(mu, logvar, count, generator):
    """log p - log q: the sign is wrong."""
    noise = torch.randn(count, *mu.shape, generator=generator)
    z = mu + torch.exp(logvar / 2) * noise
    return ((noise**2 + logvar - z**2) / 2).sum(dim=2).mean(dim=0)


def estimate_of_one_draw(mu, logvar, count, generator):
    """the count is not used: one draw, however many were asked for."""
    noise = torch.randn(mu.shape, generator=generator)
    z = mu + torch.exp(logvar / 2) * noise
    return ((z**2 - noise**2 - logvar) / 2).sum(dim=1)


def estimate_from_prior(mu, logvar, count, generator):
    """the draws are those of the prior, not of q."""
    z = torch.randn(count, *mu.shape, generator=generator)
    return ((z**2 - (z - mu) ** 2 / logvar.exp() - logvar) / 2).sum(dim=2).mean(dim=0)


PATIENTS = (
    Patient(
        "sample",
        (sample_plain, sample_in_double, sample_unit_by_unit),
        sample_with_variance,
        (sample_one_noise_for_images, sample_one_noise_for_units, sample_detached, sample_half),
        "A seed gives other numbers where the noise is drawn in another order: ask for moments, with room.",
    ),
    Patient(
        "draws",
        (draws_at_once, draws_image_by_image, draws_by_permuting),
        draws_reused,
        (draws_one_noise_for_images, draws_with_axes_exchanged, draws_of_one_seed, draws_one_short),
        "No gradient is asked for here, and a seed may give other numbers: ask for shape and spread, with room.",
    ),
    Patient(
        "laplace",
        (laplace_clamped, laplace_two_branches, laplace_library),
        laplace_infinite,
        (laplace_mirrored, laplace_without_two, laplace_cut_off, laplace_is_normal),
        "At u = 0 any finite number will do; elsewhere leave room of 1e-4.",
    ),
    Patient(
        "estimate",
        (estimate_by_library, estimate_by_noise, estimate_unit_by_unit),
        estimate_clamped,
        (estimate_of_size, estimate_reversed, estimate_of_one_draw, estimate_from_prior),
        "It is an estimate: take many draws, and leave room of several of its standard errors.",
    ),
)


def _sample_test(sample: Callable[..., Tensor], generator: torch.Generator) -> bool:
    mu, logvar = (torch.tensor(pair).repeat(10_000, 1).requires_grad_() for pair in ([1.0, -2.0], [2.0, -3.0]))
    z = sample(mu, logvar, generator)
    slopes = torch.autograd.grad(z.sum(), (mu, logvar), allow_unused=True)
    noise = ((z - mu) / torch.exp(logvar / 2)).detach()
    moments = noise.mean(0).abs().max() < 0.05 and (noise.std(0) - 1).abs().max() < 0.05
    reached = all(slope is not None and slope.abs().sum() > 0 for slope in slopes)
    return bool(moments and noise.prod(1).mean().abs() < 0.05 and reached)


def _draws_test(draws: Callable[..., Tensor], generator: torch.Generator) -> bool:
    z = draws(torch.zeros(10, 2), torch.zeros(10, 2), 400, generator)
    again = draws(torch.zeros(10, 2), torch.zeros(10, 2), 400, generator)
    wide = z.shape == (400, 10, 2) and (z.std(0) - 1).abs().max() < 0.3 and (z.std(1).mean() - 1).abs() < 0.15
    return bool(wide and not torch.equal(z, again))


def _laplace_test(laplace: Callable[..., Tensor], generator: torch.Generator) -> bool:
    values = laplace(torch.full((4,), 1.0), torch.full((4,), 2.0), torch.tensor([0.0, 0.01, 0.5, 0.99]))
    known = torch.tensor([1 + 2 * math.log(0.02), 1.0, 1 - 2 * math.log(0.02)])
    return bool(values[0].isfinite() and torch.allclose(values[1:], known, atol=1e-4))


def _estimate_test(estimate: Callable[..., Tensor], generator: torch.Generator) -> bool:
    mu = torch.tensor([0.1, 0.5, 0.7, -1.0])[:, None].repeat(2, 2)
    known = mu.square().sum(1) / 2  # where logvar is 0
    return bool((estimate(mu, torch.zeros(8, 2), 5000, generator) - known).abs().max() < 0.12)


_TESTS: dict[str, Callable[..., bool]] = {
    "sample": _sample_test,
    "draws": _draws_test,
    "laplace": _laplace_test,
    "estimate": _estimate_test,
}


def reference(patient: str, implementation: Callable[..., Tensor]) -> bool:
    """Whether an implementation of the named patient draws what its contract promises, within what chance allows."""
    return _TESTS[patient](implementation, torch.Generator().manual_seed(0))


def inputs(generator: torch.Generator) -> Inputs:
    """Implementations of all patients in a drawn order, sealed."""
    return draw(PATIENTS, generator)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 13.2."""
    judge_answers(judge, inputs, PATIENTS, keeps=2)
