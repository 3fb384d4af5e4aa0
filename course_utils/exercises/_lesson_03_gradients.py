"""Lesson 03, exercises 3.2 to 3.5: two gradient estimators, and two samplers by inverse CDF."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from course_utils.distributions import Laplace, Uniform

from .contract import Finding, Inputs, Values
from .judging import Judge, Suspect
from .probing import Probe

PER_DRAW = "One value for each draw, the shape of eps: no mean yet, because its scatter is what we study."
PER_NOISE = "One draw for each u: the same shape."


# 3.2 and 3.3 ------------------------------------------------------------------------------------------------------
def pathwise_gradients(mu: Tensor | float, eps: Tensor) -> Tensor:
    """d/dmu of (z - 3)^2 at z = mu + eps, for each eps."""
    return 2 * (mu + eps - 3)


def score_gradients(mu: Tensor | float, eps: Tensor, baseline: Tensor | float = 0.0) -> Tensor:
    """((z - 3)^2 - baseline) * (z - mu) at z = mu + eps, for each eps."""
    return ((mu + eps - 3) ** 2 - baseline) * eps


def noise_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercises 3.2 and 3.3."""
    mu, baseline = 0.5 + torch.rand(2, generator=generator).double()
    return {"mu": mu.item(), "eps": torch.randn(9, generator=generator), "baseline": 5 + baseline.item()}


def probe_pathwise(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 3.2 and collect what comes back."""
    probe = Probe(answer)
    probe.call("gradients", inputs["mu"], inputs["eps"])
    probe.call("tensor", torch.tensor(inputs["mu"]), inputs["eps"][:4])
    return probe.values


def judge_pathwise(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 3.2."""
    judge = Judge("pathwise_gradients", values)
    mu, eps = inputs["mu"], inputs["eps"].double()
    right = pathwise_gradients(mu, eps)
    judge.close("gradients", right, axes=PER_DRAW, at={"mu": mu, "eps": eps}, suspects=(
        ("two-missing", right / 2, "The derivative of a square brings down a 2."),
        ("sign", -right, "The sign is turned round."),
        ("function-itself", (mu + eps - 3) ** 2, "This is f(z); its derivative is asked for."),
        ("noise-forgotten", 2 * (mu - 3) + 0 * eps, "The draw is z = mu + eps: eps is missing."),
        ("mu-forgotten", 2 * (eps - 3), "The draw is z = mu + eps: mu is missing."),
        ("times-eps", right * eps, "dz/dmu is 1; times eps would be the derivative by sigma."),
        ("score", score_gradients(mu, eps), "This is the score-function estimator: that is the next exercise."),
    ))
    judge.close("tensor", right[:4], axes=PER_DRAW, case="mu as a tensor")
    return judge.findings


def probe_score(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 3.3 and collect what comes back."""
    probe = Probe(answer)
    probe.call("plain", inputs["mu"], inputs["eps"])
    probe.call("baseline", inputs["mu"], inputs["eps"], inputs["baseline"])
    return probe.values


def judge_score(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 3.3."""
    judge = Judge("score_gradients", values)
    mu, eps, baseline = inputs["mu"], inputs["eps"].double(), inputs["baseline"]
    z = mu + eps
    cost = (z - 3) ** 2
    judge.close("plain", cost * eps, axes=PER_DRAW, at={"mu": mu, "eps": eps}, suspects=(
        ("sign", -cost * eps, "The sign is turned round: the score is (z - mu) / sigma^2."),
        ("score-missing", cost, "This is f(z) alone: multiply by the score, z - mu."),
        ("score-only", eps, "This is the score alone: multiply by f(z)."),
        ("times-z", cost * z, "The score is z - mu, not z."),
        ("pathwise", pathwise_gradients(mu, eps), "This differentiates f: the score-function estimator never does."),
        ("slope-times-score", 2 * (z - 3) * eps, "f itself is multiplied by the score, not its derivative."),
        ("mu-forgotten", (eps - 3) ** 2 * eps, "The draw is z = mu + eps: mu is missing."),
    ))
    judge.close("baseline", (cost - baseline) * eps, axes=PER_DRAW, at={"mu": mu, "eps": eps, "baseline": baseline}, suspects=(
        ("baseline-ignored", cost * eps, "The baseline was not used."),
        ("baseline-added", (cost + baseline) * eps, "The baseline is subtracted, not added."),
        ("baseline-outside", cost * eps - baseline,
         "The baseline is subtracted from f before multiplying by the score; outside, it would shift the mean."),
    ))
    return judge.findings


# 3.4 ------------------------------------------------------------------------------------------------------------
def sample_uniform(low: Tensor | float, high: Tensor | float, u: Tensor) -> Tensor:
    """The z of U(low, high) below which a fraction u lies."""
    return Uniform(torch.as_tensor(low, dtype=u.dtype), torch.as_tensor(high, dtype=u.dtype)).icdf(u)


def uniform_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 3.4."""
    low, width, u = torch.rand((3, 7), generator=generator)
    return {"low": low - 2, "high": low - 1.5 + width, "u": u, "edges": torch.tensor([0.0, 1.0])}


def probe_uniform(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 3.4 and collect what comes back."""
    probe = Probe(answer)
    low, high, u = inputs["low"], inputs["high"], inputs["u"]
    probe.call("draws", low, high, u)
    probe.call("edges", low[:2], high[:2], inputs["edges"])
    probe.gradient("slope", low, high, u, wrt=0)
    return probe.values


def judge_uniform(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 3.4."""
    judge = Judge("sample_uniform", values)
    low, high, u = (inputs[name].double() for name in ("low", "high", "u"))
    judge.close("draws", low + (high - low) * u, axes=PER_NOISE, at={"low": low, "high": high, "u": u}, suspects=(
        ("high-for-width", low + high * u, "u is stretched by the width, high - low, not by high."),
        ("falling", high - (high - low) * u, "This falls with u: an inverse CDF rises, from low at u = 0 to high at u = 1."),
        ("width-only", (high - low) * u, "low is missing: the draw starts at 0."),
        ("no-width", low + u, "The width, high - low, is missing."),
        ("cdf", (u - low) / (high - low), "This is the CDF, from z to u: turn it round."),
        ("midpoint", (low + high) / 2 + 0 * u, "This is the mean: u is missing."),
    ))
    judge.close("edges", torch.stack([low[0], high[1]]), case="u = 0 and u = 1")
    judge.close("slope", 1 - u, case="the derivative by low")
    return judge.findings


# 3.5 ------------------------------------------------------------------------------------------------------------
def sample_laplace(mu: Tensor | float, b: Tensor | float, u: Tensor) -> Tensor:
    """The z of Laplace(mu, b) below which a fraction u lies; finite at the edges too."""
    return Laplace(torch.as_tensor(mu, dtype=u.dtype), torch.as_tensor(b, dtype=u.dtype)).icdf(u)


def laplace_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 3.5."""
    mu, b, u = torch.rand((3, 8), generator=generator)
    u = torch.cat([0.05 + 0.4 * u[:4], 0.55 + 0.4 * u[4:]])
    return {"mu": mu + 0.3, "b": b + 1.4, "u": u, "edges": torch.tensor([0.0, 1 - 2**-24, 1.0])}


def probe_laplace(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 3.5 and collect what comes back."""
    probe = Probe(answer)
    mu, b, u = inputs["mu"], inputs["b"], inputs["u"]
    probe.call("draws", mu, b, u)
    probe.call("edges", torch.zeros(3), torch.ones(3), inputs["edges"])
    probe.gradient("slope", mu, b, u, wrt=1)
    return probe.values


def _laplace_suspects(mu: Tensor, b: Tensor, u: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions of the inverse CDF give."""
    v = u - 0.5
    magnitude = -torch.log1p(-2 * v.abs())
    return (
        ("falling", mu - b * v.sign() * magnitude, "This falls with u: the signs of the two halves are exchanged."),
        ("b-missing", mu + v.sign() * magnitude, "The stretch b is missing."),
        ("mu-missing", b * v.sign() * magnitude, "mu is missing."),
        ("sign-missing", mu + b * magnitude, "All draws lie on one side: below u = 1/2 the draw lies left of mu."),
        ("exponential", mu - b * torch.log(1 - u), "-b ln(1 - u) is an exponential distribution, one side only."),
        ("two-missing", mu + b * v.sign() * -torch.log(1 - v.abs()), "Inside the logarithm stands 2|v|, not |v|."),
        ("two-missing", mu + b * torch.where(v < 0, u.log(), -(1 - u).log()), "Inside the logarithm stands 2u, not u."),
        ("b-divides", mu + v.sign() * magnitude / b, "b stretches: multiply by it."),
        ("density", torch.exp(-(u - mu).abs() / b) / (2 * b), "This is the density at u; the inverse of the CDF is asked for."),
        ("cdf", torch.where(u < mu, torch.exp((u - mu) / b) / 2, 1 - torch.exp(-(u - mu) / b) / 2),
         "This is the CDF, from z to u: solve it for z."),
        ("normal", mu + b * torch.special.ndtri(u), "This is the inverse CDF of a normal distribution."),
    )


def judge_laplace(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 3.5."""
    judge = Judge("sample_laplace", values)
    mu, b, u = (inputs[name].double() for name in ("mu", "b", "u"))
    right = sample_laplace(mu, b, u)
    judge.close("draws", right, axes=PER_NOISE, at={"mu": mu, "b": b, "u": u}, suspects=_laplace_suspects(mu, b, u))
    edges = judge.array("edges", (3,), PER_NOISE)
    if edges is not None:
        judge.that(bool(np.isfinite(edges).all()), "not-finite", f"sample_laplace returned {edges} at u = 0, near 1 and 1.",
                   "Keep u away from 0 and 1 first: u.clamp(1e-7, 1 - 1e-7).")
        far_out = np.array([-1, 1, 1]) * edges
        judge.that(bool((far_out > math.log(1e5)).all()), "edges-cut", f"sample_laplace returned {edges} at u = 0, near 1 and 1.",
                   "The clamp cuts off too much: 1e-7 from the edge is enough.")
    judge.close("slope", (right - mu) / b, case="the derivative by b")
    return judge.findings
