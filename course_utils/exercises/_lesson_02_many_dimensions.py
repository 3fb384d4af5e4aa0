"""Lesson 02, exercises 2.4 to 2.6: the KL divergence in many dimensions, and the importance-weighted bound."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from course_utils import divergences, objectives

from ._lesson_02_one_dimension import scalar_suspects, uniform
from .contract import Finding, Inputs, Values
from .judging import Judge, Suspect
from .probing import Probe


# 2.4 ------------------------------------------------------------------------------------------------------------
def kl_diagonal(mu: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(mu, diag exp(logvar)) || N(0, I)) in nats: (N, D) -> (N,)."""
    return objectives.kl_standard_normal(mu, logvar)


def diagonal_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 2.4."""
    mu, logvar = uniform(generator, 0.4, 1.5, 7, 4), uniform(generator, -2.5, -0.6, 7, 4)
    mu[::2] *= -1
    return {"mu": mu, "logvar": logvar, "prior": torch.zeros(3, 5), "far": torch.full((2, 3), -60.0)}


def probe_diagonal(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 2.4 and collect what comes back."""
    probe = Probe(answer)
    mu, logvar = inputs["mu"], inputs["logvar"]
    probe.call("batch", mu, logvar)
    probe.call("one", mu[:1], logvar[:1])
    probe.call("prior", inputs["prior"], inputs["prior"])
    probe.call("far", 0 * inputs["far"], inputs["far"])
    probe.gradient("gradient", mu, logvar, wrt=1)
    return probe.values


def _diagonal_suspects(mu: Tensor, logvar: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions of the diagonal formula give, (N,)."""
    right = objectives.kl_standard_normal(mu, logvar)
    one_dimensional = scalar_suspects(mu, (logvar / 2).exp())
    return (
        (
            "mean-over-latents",
            right / mu.shape[1],
            "A mean over the latents: the KL of independent parts is their sum.",
        ),
        ("divided-by-batch", right / len(mu), "Divided by the batch size? Each image has its own KL."),
        (
            "sigma-is-exp-logvar",
            (mu**2 + (2 * logvar).exp() - 1 - 2 * logvar).sum(1) / 2,
            "exp(logvar) is already the variance: it was squared once more.",
        ),
        (
            "logvar-taken-as-sigma",
            (mu**2 + logvar**2 - 1 - (logvar**2).log()).sum(1) / 2,
            "logvar was used as sigma: take exp(logvar / 2) first.",
        ),
        (
            "one-outside-sum",
            ((mu**2 + logvar.exp() - logvar).sum(1) - 1) / 2,
            "The -1 belongs inside the sum: each latent brings its own.",
        ),
        (
            "variance-squared",
            (mu**2 + (2 * logvar).exp() - 1 - logvar).sum(1) / 2,
            "exp(logvar) is the variance already: do not square it.",
        ),
        (
            "logvar-taken-as-log-sigma",
            (mu**2 + logvar.exp() - 1 - 2 * logvar).sum(1) / 2,
            "2 * logvar? logvar is ln sigma^2 already.",
        ),
        *((code, value.sum(1), cause) for code, value, cause in one_dimensional),
    )


def judge_diagonal(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 2.4."""
    judge = Judge("kl_diagonal", values)
    mu, logvar = inputs["mu"].double(), inputs["logvar"].double()
    right = objectives.kl_standard_normal(mu, logvar)
    axes = "One value per image, (N,): sum over the latents (axis 1), never over the batch (axis 0)."
    judge.close("batch", right, axes=axes, case="a batch of 7", suspects=_diagonal_suspects(mu, logvar))
    judge.close(
        "one",
        right[:1],
        axes=axes,
        case="a batch of one image",
        otherwise="The KL of an image must not depend on its neighbours in the batch.",
    )
    judge.close("prior", np.zeros(3), axes=axes, case="mu = 0, logvar = 0")
    judge.close(
        "far",
        np.full(2, 88.5),
        axes=axes,
        case="logvar = -60",
        otherwise="The logarithm of exp(-60) is lost to rounding: use logvar itself.",
    )
    judge.close("gradient", (logvar.exp() - 1) / 2, case="the gradient with respect to logvar")
    return judge.findings


# 2.5 ------------------------------------------------------------------------------------------------------------
def kl_full(mu: Tensor, cov: Tensor) -> Tensor:
    """KL(N(mu, cov) || N(0, I)) in nats, one number."""
    return divergences.kl_full_normal(mu, cov, torch.zeros_like(mu), torch.eye(len(mu), dtype=mu.dtype))


def full_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 2.5."""
    factor = torch.eye(3).double() + 0.7 * torch.tril(uniform(generator, 0.4, 1.0, 3, 3).double())
    mu = uniform(generator, 0.5, 1.5, 3).double()
    return {
        "mu": mu,
        "cov": factor @ factor.T,
        "diagonal": torch.diag(uniform(generator, 1.5, 3.0, 2).double()),
        "small": 1e-6 * torch.eye(64).double(),
    }


def probe_full(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 2.5 and collect what comes back."""
    probe = Probe(answer)
    probe.call("full", inputs["mu"], inputs["cov"])
    probe.call("diagonal", inputs["mu"][:2], inputs["diagonal"])
    probe.call("prior", torch.zeros(4).double(), torch.eye(4).double())
    probe.call("small", torch.zeros(64).double(), inputs["small"])
    return probe.values


def _full_suspects(mu: Tensor, cov: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions of the formula with a full covariance give."""
    trace, square, logdet, d = cov.trace(), mu @ mu, torch.logdet(cov), len(mu)
    return (
        ("half-missing", trace + square - d - logdet, "The 1/2 in front is missing."),
        ("sign", -(trace + square - d - logdet) / 2, "The sign is turned round: KL is never negative."),
        (
            "off-diagonal-ignored",
            (trace + square - d - cov.diagonal().log().sum()) / 2,
            "Only the variances on the diagonal entered: ln det needs the whole matrix.",
        ),
        (
            "dimension",
            (trace + square - 1 - logdet) / 2,
            "Subtract the dimension d, not 1: each dimension brings its own 1.",
        ),
        ("dimension", (trace + square - 2 - logdet) / 2, "Subtract the dimension d = len(mu), not always 2."),
        ("log-missing", (trace + square - d) / 2, "The term -ln det is missing."),
        (
            "det-not-log",
            (trace + square - d - cov.det()) / 2,
            "The logarithm of the determinant is meant, not the determinant.",
        ),
        ("log-sign", (trace + square - d + logdet) / 2, "ln det enters with a minus."),
        (
            "sum-for-trace",
            (cov.sum() + square - d - logdet) / 2,
            "The trace is the sum of the diagonal, not of all entries.",
        ),
        ("mu-missing", (trace - d - logdet) / 2, "The term mu^T mu is missing."),
        (
            "mu-not-squared",
            (trace + mu.norm() - d - logdet) / 2,
            "mu^T mu is the squared length of mu, not its length.",
        ),
        (
            "reverse-kl",
            divergences.kl_full_normal(torch.zeros_like(mu), torch.eye(d).double(), mu, cov),
            "This is KL(p || q): q and p are exchanged.",
        ),
    )


def judge_full(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 2.5."""
    judge = Judge("kl_full", values)
    mu, cov = inputs["mu"], inputs["cov"]
    judge.close(
        "full",
        kl_full(mu, cov),
        axes="One number is asked for; mu @ mu adds up the squares, mu * mu does not.",
        case="a 3 x 3 covariance",
        suspects=_full_suspects(mu, cov),
    )
    judge.close("diagonal", kl_full(mu[:2], inputs["diagonal"]), case="a diagonal covariance")
    judge.close("prior", 0.0, case="mu = 0, covariance I")
    judge.close(
        "small",
        kl_full(torch.zeros(64).double(), inputs["small"]),
        case="64 dimensions of variance 1e-6",
        otherwise="det underflows to 0 there: ask for its logarithm directly, torch.logdet.",
    )
    return judge.findings


# 2.6 ------------------------------------------------------------------------------------------------------------
def iwae_bound(log_w: Tensor) -> Tensor:
    """Importance-weighted bound on ln p(x) in nats: (K, N) -> (N,)."""
    return objectives.iwae(log_w)


def weights(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 2.6."""
    log_w = uniform(generator, -3, 0, 6, 4)
    return {"log_w": log_w, "deep": log_w - 300 * torch.arange(4)}


def probe_weights(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 2.6 and collect what comes back."""
    probe = Probe(answer)
    probe.call("weights", inputs["log_w"])
    probe.call("one", inputs["log_w"][:1])
    probe.call("deep", inputs["deep"])
    return probe.values


def judge_weights(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 2.6."""
    judge = Judge("iwae_bound", values)
    log_w = inputs["log_w"].double()
    right, k = objectives.iwae(log_w), len(log_w)
    axes = "log_w is (K, N): the K samples disappear (axis 0), one bound per image stays, (N,)."
    judge.close(
        "weights",
        right,
        axes=axes,
        case="K = 6 samples of 4 images",
        suspects=(
            (
                "elbo",
                log_w.mean(0),
                "This averages the logarithms: that is the ELBO. Average the weights, then take the logarithm.",
            ),
            ("k-forgotten", right + math.log(k), "The 1/K is missing: subtract ln K."),
            ("k-added", right + 2 * math.log(k), "ln K is subtracted, not added."),
            ("k-not-log", right + math.log(k) - k, "Dividing by K inside the logarithm subtracts ln K, not K."),
            ("divided-outside", (right + math.log(k)) / k, "The division by K belongs inside the logarithm."),
            ("no-logarithm", right.exp(), "This is the average weight: take its logarithm."),
            ("maximum", log_w.max(0).values, "This is the largest log weight alone."),
            ("sign", -right, "The bound on log p(x) itself is asked for, not its negative."),
            (
                "images-counted",
                right + math.log(k) - math.log(log_w.shape[1]),
                "Divided by the number of images; K counts samples (axis 0).",
            ),
        ),
    )
    judge.close("one", log_w[0], axes=axes, case="K = 1", otherwise="With one sample the bound is log w itself.")
    judge.close(
        "deep",
        objectives.iwae(inputs["deep"].double()),
        axes=axes,
        case="log weights near 0, -300, -600, -900",
        otherwise="exp(-900) is 0 in floating point: torch.logsumexp takes the largest out first, for each image.",
    )
    return judge.findings
