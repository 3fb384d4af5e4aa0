"""Lesson 08, exercises 8.1 and 8.2: a grid of equal shares of the prior, and the density of all codes together."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.distributions import LN_2PI, STANDARD_NORMAL, Normal

from .contract import Finding, Inputs, Values
from .judging import Judge
from .probing import Probe

PER_PICTURE = "One code for each picture, (side * side, 2), row by row from the top left."
PER_CODE = "One number for each z, (B,): sum over the latents, average over the N posteriors."


# 8.1 ------------------------------------------------------------------------------------------------------------
def quantile_grid(side: int) -> Tensor:
    """Codes (side * side, 2) of a picture grid whose cells hold equal shares of N(0, I); z1 grows right, z2 upwards."""
    return _grid(STANDARD_NORMAL.icdf(_middles(side)))


def _middles(side: int) -> Tensor:
    return (torch.arange(side) + 0.5) / side


def _grid(ticks: Tensor) -> Tensor:
    """Ticks (side,) on both axes -> (side * side, 2) in reading order."""
    z2, z1 = torch.meshgrid(ticks.flip(0), ticks, indexing="ij")
    return torch.stack([z1, z2], dim=-1).reshape(-1, 2)


def side_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 8.1."""
    side, other = torch.randperm(6, generator=generator)[:2].add(4).tolist()
    return {"side": side, "other": other}


def probe_grid(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 8.1 and collect what comes back."""
    probe = Probe(answer)
    probe.call("grid", inputs["side"])
    probe.call("other", inputs["other"])
    probe.call("one", 1)
    probe.call("two", 2)
    return probe.values


def judge_grid(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 8.1."""
    judge, side = Judge("quantile_grid", values), inputs["side"]
    right, q = quantile_grid(side), STANDARD_NORMAL.icdf(_middles(side))
    rising, falling = _grid(q).view(side, side, 2), _grid(-q).view(side, side, 2)
    inner = torch.arange(1, side + 1) / (side + 1)
    judge.close(
        "grid",
        right,
        axes=PER_PICTURE,
        case=f"side = {side}",
        rtol=1e-3,
        atol=1e-4,
        suspects=(
            (
                "square",
                _grid(torch.linspace(-1, 1, side)),
                "This is the square [-1, 1]^2 again: send the levels through the inverse CDF.",
            ),
            (
                "levels-only",
                _grid(_middles(side)),
                "These are the levels u: the inverse CDF, torch.special.ndtri, still has to turn them into z.",
            ),
            (
                "other-levels",
                _grid(STANDARD_NORMAL.icdf(inner)),
                "The levels k / (side + 1) leave more at the edges: take the middles of side equal "
                "strips, (k + 1/2) / side.",
            ),
            (
                "upside-down",
                rising.flip(0).reshape(-1, 2),
                "The first row of pictures is the top, where z2 is largest.",
            ),
            ("mirrored", rising.flip(1).reshape(-1, 2), "z1 grows from left to right."),
            ("mirrored", falling.reshape(-1, 2), "Turned by 180 degrees: z1 grows to the right, z2 upwards."),
            (
                "column-by-column",
                rising.transpose(0, 1).reshape(-1, 2),
                "The codes run column by column: the pictures are laid out row by row.",
            ),
            (
                "coordinates-swapped",
                right.flip(1),
                "z1 and z2 are exchanged: z1 stands in column 0 and changes along a row of pictures.",
            ),
            (
                "last-runs-first",
                torch.cartesian_prod(q, q),
                "Here z2 changes along a row of pictures (the order of cartesian_prod): z1 changes along "
                "a row, z2 falls from row to row.",
            ),
            (
                "diagonal",
                torch.stack([q, q], 1).repeat_interleave(side, 0),
                "Both coordinates move together: every level of z1 meets every level of z2.",
            ),
            (
                "uniform-cdf",
                _grid(torch.special.ndtr(torch.linspace(-1, 1, side))),
                "ndtr goes from z to u; its inverse is ndtri.",
            ),
            (
                "pairs-repeated",
                torch.stack([q.repeat(side), q.repeat(side)], 1),
                "The levels are right, the pairs are not: each z1 must meet each z2 once.",
            ),
        ),
        otherwise="Levels u = (k + 1/2) / side, then z = torch.special.ndtri(u); each z1 meets each z2 once.",
    )
    judge.close(
        "other",
        quantile_grid(inputs["other"]),
        axes=PER_PICTURE,
        case=f"side = {inputs['other']}",
        rtol=1e-3,
        atol=1e-4,
        otherwise="Does the grid follow its argument?",
    )
    judge.close(
        "one",
        quantile_grid(1),
        axes=PER_PICTURE,
        case="side = 1",
        atol=1e-4,
        otherwise="The middle of one strip is the median, 0.",
    )
    judge.close("two", quantile_grid(2), axes=PER_PICTURE, case="side = 2", rtol=1e-3, atol=1e-4)
    return judge.findings


# 8.2 ------------------------------------------------------------------------------------------------------------
def log_aggregate(z: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """ln q(z) of z (B, D), in nats, (B,), where q is the average of N(mu_n, exp(logvar_n)), (N, D) each."""
    return torch.logsumexp(_pairs(z, mu, logvar).sum(2), dim=1) - math.log(len(mu))


def _pairs(z: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """ln density of each z under each posterior and in each latent, (B, N, D)."""
    return Normal(mu, logvar).log_prob(z[:, None])


def posterior_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 8.2: B, N and D all differ."""
    z = torch.randn((5, 3), generator=generator)
    mu = torch.randn((7, 3), generator=generator)
    logvar = -1.2 + 0.9 * torch.rand((7, 3), generator=generator)
    return {"z": z, "mu": mu, "logvar": logvar, "far": 40 + 10 * torch.rand((2, 3), generator=generator)}


def probe_aggregate(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 8.2 and collect what comes back."""
    probe = Probe(answer)
    z, mu, logvar = inputs["z"], inputs["mu"], inputs["logvar"]
    probe.call("batch", z, mu, logvar)
    probe.call("one", z[:1], mu, logvar)
    probe.call("single", z, mu[:1], logvar[:1])
    probe.call("flat", z[:, :1], mu[:, :1], logvar[:, :1])
    probe.call("far", inputs["far"], mu, logvar)
    return probe.values


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


def judge_aggregate(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 8.2."""
    judge = Judge("log_aggregate", values)
    z, mu, logvar = (inputs[name].double() for name in ("z", "mu", "logvar"))
    right = log_aggregate(z, mu, logvar)
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
        log_aggregate(z, mu[:1], logvar[:1]),
        axes=PER_CODE,
        case="a single posterior",
        otherwise="With N = 1 this is the logarithm of one Gaussian's density.",
    )
    judge.close("flat", log_aggregate(z[:, :1], mu[:, :1], logvar[:, :1]), axes=PER_CODE, case="one latent")
    judge.close(
        "far",
        log_aggregate(inputs["far"].double(), mu, logvar),
        axes=PER_CODE,
        case="codes far from all posteriors",
        otherwise="exp(-1000) is 0 for a computer, and ln 0 is -inf: stay with logarithms, torch.logsumexp.",
    )
    return judge.findings
