"""Exercise 8.2: the density of all codes together."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from course_utils.distributions import LN_2PI, STANDARD_NORMAL, Normal

from ..contract import Inputs
from ..drawing import uniform
from ..judging import Judge, attempts, told_apart

TITLE = "the density of all codes together"
NAME = "log_aggregate"
POINTS = 2
HINTS = (
    "Compare every z with every posterior: z[:, None] has shape (B, 1, D) and meets mu (N, D) in "
    "(B, N, D). Add up the latents, then average over N.",
    "ln q(z) = logsumexp over n of [sum over d of ln N(z_d; mu_nd, sigma_nd^2)] - ln N, with ln "
    "N(z; mu, sigma^2) = -((z - mu)^2 / sigma^2 + logvar + ln 2 pi) / 2.",
    "def log_aggregate(z, mu, logvar):\n    each = -((z[:, None] - mu) ** 2 / ___ + ___ + "
    "math.log(2 * math.pi)) / 2\n"
    "    of_posterior = each.sum(dim=___)\n    return torch.logsumexp(___, dim=1) - ___",
)

NARROW, WIDE = "6 posteriors with logvar from -8 to -2", "6 posteriors with logvar from -1 to 2"

PER_CODE = "One number for each z, (B,): sum over the latents, average over the N posteriors."


def reference(z: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """ln q(z) of z (B, D), in nats, (B,), where q is the average of N(mu_n, exp(logvar_n)), (N, D) each."""
    return torch.logsumexp(_pairs(z, mu, logvar).sum(2), dim=1) - math.log(len(mu))


def _pairs(z: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """ln density of each z under each posterior and in each latent, (B, N, D)."""
    return Normal(mu, logvar).log_prob(z[:, None])


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 8.2: B, N and D all differ; a batch in which every suspect shows, and codes of as many
    posteriors, some much narrower and some wider than the prior.

    Narrow ones lie close together: no density is so low that float32 could not add it to another and take it off.
    """
    apart = 2 * torch.randn((6, 3), generator=generator)
    apart[1], apart[2] = 7 + uniform(generator, 0, 1, 3), -7 - uniform(generator, 0, 1, 3)
    more = {
        "far": 40 + 10 * torch.rand((2, 3), generator=generator),
        NARROW: _codes(generator, uniform(generator, -0.5, 0.5, 6, 3), -8.2, -2.2),
        WIDE: _codes(generator, apart, -1.2, 2.4),
    }
    for _ in attempts():
        z, mu = (torch.randn((n, 3), generator=generator) for n in (5, 7))
        logvar = uniform(generator, -1.2, -0.3, 7, 3)
        right, suspects = reference(z, mu, logvar), _aggregate_suspects(z, mu, logvar)
        if told_apart(right, suspects) and not _in_order(right):
            return {"z": z, "mu": mu, "logvar": logvar, **more}
    raise AssertionError("unreachable")


def _codes(generator: torch.Generator, centre: Tensor, low: float, high: float) -> tuple[Tensor, Tensor, Tensor]:
    """A code of each posterior, the last first, and the posteriors: each wider than the one before, (6, 3) each."""
    logvar = torch.linspace(low, high, 6)[:, None] + uniform(generator, -0.2, 0.2, 6, 3)
    return (centre + (logvar / 2).exp() * torch.randn((6, 3), generator=generator)).flip(0), centre, logvar


def _in_order(values: Tensor) -> bool:
    """Whether values rise or fall from first to last, so that sorting them would go unnoticed."""
    steps = values.diff()
    return bool((steps > 0).all() or (steps < 0).all())


def _aggregate_suspects(z: Tensor, mu: Tensor, logvar: Tensor) -> tuple[tuple[str, Tensor, str], ...]:
    each, log_n = _pairs(z, mu, logvar), math.log(len(mu))
    right, per_posterior = torch.logsumexp(each.sum(2), 1) - log_n, each.sum(2)
    return (
        (
            "mean-of-logs",
            per_posterior.mean(1),
            "This is the mean of the logarithms; ln q(z) is the logarithm of the mean: logsumexp over n, less ln N.",
        ),
        ("sum-for-mean", right + log_n, "The densities were added, not averaged: subtract ln N."),
        (
            "wrong-count",
            right + log_n - math.log(len(z)),
            "Divided by the number of z; the average runs over the N posteriors.",
        ),
        (
            "wrong-count",
            right + log_n - math.log(mu.shape[1]),
            "Divided by the number of latents; the average runs over the N posteriors.",
        ),
        ("wrong-count", right + 2 * log_n, "ln N was added: subtract it."),
        (
            "wrong-count",
            right + log_n - math.log10(len(mu)),
            "log10 of N was subtracted: the natural logarithm is meant.",
        ),
        ("wrong-count", right + log_n - len(mu), "N itself was subtracted: its logarithm, ln N, is meant."),
        (
            "wrong-count",
            torch.logsumexp(per_posterior, 1) / len(mu),
            "A logarithm was divided by N: dividing the mean by N is subtracting ln N from its logarithm.",
        ),
        (
            "constant-once",
            right + (mu.shape[1] - 1) * LN_2PI / 2,
            "The constant -ln(2 pi) / 2 was counted once; every latent has it.",
        ),
        (
            "mixed-per-latent",
            (torch.logsumexp(each, 1) - log_n).sum(1),
            "The average was taken in each latent by itself: first add the latents' logarithms (all "
            "latents belong to one posterior), then average.",
        ),
        (
            "mean-over-latents",
            torch.logsumexp(each.mean(2), 1) - log_n,
            "The logarithms of the latents are added, not averaged.",
        ),
        ("nearest-only", per_posterior.amax(1), "This is the largest density alone: average all N."),
        *_density_slips(z, mu, logvar),
        ("sign", -right, "The sign is turned round."),
        ("density", right.exp(), "This is q(z) itself: its logarithm is asked for."),
        ("prior", STANDARD_NORMAL.log_prob(z).sum(1), "This is ln p(z) of the prior: average the posteriors instead."),
        ("bits", right / math.log(2), "These are bits; nats use the natural logarithm."),
    )


def _density_slips(z: Tensor, mu: Tensor, logvar: Tensor) -> tuple[tuple[str, Tensor, str], ...]:
    """What wrong densities of a single posterior give, averaged rightly."""
    each, log_n, standardised = _pairs(z, mu, logvar), math.log(len(mu)), (z[:, None] - mu) ** 2

    def mixed(log_density: Tensor) -> Tensor:
        return torch.logsumexp(log_density.sum(2), 1) - log_n

    return (
        (
            "sigma-is-exp-logvar",
            mixed(_pairs(z, mu, 2 * logvar)),
            "exp(logvar) is the variance: sigma = exp(logvar / 2).",
        ),
        (
            "variance-forgotten",
            mixed(_pairs(z, mu, 0 * logvar)),
            "logvar was not used: each posterior has a spread of its own.",
        ),
        (
            "logvar-as-variance",
            mixed(-(standardised / logvar + logvar + LN_2PI) / 2),
            "The squares were divided by logvar: divide by the variance, exp(logvar).",
        ),
        (
            "square-missing",
            mixed(-((z[:, None] - mu) * torch.exp(-logvar) + logvar + LN_2PI) / 2),
            "The distance from mu was not squared.",
        ),
        (
            "half-missing",
            mixed(-(standardised * torch.exp(-logvar) + logvar + LN_2PI)),
            "The factor 1/2 of the Gaussian's exponent is missing.",
        ),
        ("constant-missing", mixed(each + LN_2PI / 2), "The constant -ln(2 pi) / 2 for each latent is missing."),
        (
            "normaliser-missing",
            mixed(each + logvar / 2),
            "The term -logvar / 2 is missing: a wide Gaussian is a low one.",
        ),
        (
            "normaliser-missing",
            mixed(-standardised * torch.exp(-logvar) / 2),
            "Only the exponent: -(logvar + ln(2 pi)) / 2 for each latent is missing.",
        ),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 8.2."""
    z, mu, logvar = (inputs[name].double() for name in ("z", "mu", "logvar"))
    right = reference(z, mu, logvar)
    judge.close(
        "batch",
        right,
        axes=PER_CODE,
        case="5 codes and 7 posteriors",
        suspects=_aggregate_suspects(z, mu, logvar),
        otherwise="For each z: logsumexp over n of ln N(z; mu_n, sigma_n^2), less ln N.",
    )
    judge.close("one", right[:1], axes=PER_CODE, case="one code")
    judge.close(
        "single",
        reference(z, mu[:1], logvar[:1]),
        axes=PER_CODE,
        case="a single posterior",
        otherwise="With N = 1 this is the logarithm of one Gaussian's density.",
    )
    judge.close("flat", reference(z[:, :1], mu[:, :1], logvar[:, :1]), axes=PER_CODE, case="one latent")
    for label in (NARROW, WIDE):
        codes = [one.double() for one in inputs[label]]
        judge.close(
            label,
            reference(*codes),
            axes=PER_CODE,
            case=label,
            rtol=5e-4,
            atol=1e-3,
            suspects=_density_slips(*codes),
            otherwise="Much narrower posteriors and wider ones follow the same formula: is logvar kept within bounds?",
        )
    judge.close(
        "far",
        reference(inputs["far"].double(), mu, logvar),
        axes=PER_CODE,
        case="codes far from all posteriors",
        otherwise="exp(-1000) is 0 for a computer, and ln 0 is -inf: stay with logarithms, torch.logsumexp.",
    )
