"""Lesson 03, exercises 3.2 and 3.3: two estimators of the same gradient."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .contract import Finding, Inputs, Values
from .judging import Judge
from .probing import Probe

PER_DRAW = "One value for each draw, the shape of eps: no mean yet, because its scatter is what we study."


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
    judge.close(
        "gradients",
        right,
        axes=PER_DRAW,
        at={"mu": mu, "eps": eps},
        suspects=(
            ("two-missing", right / 2, "The derivative of a square brings down a 2."),
            ("sign", -right, "The sign is turned round."),
            ("function-itself", (mu + eps - 3) ** 2, "This is f(z); its derivative is asked for."),
            ("noise-forgotten", 2 * (mu - 3) + 0 * eps, "The draw is z = mu + eps: eps is missing."),
            ("mu-forgotten", 2 * (eps - 3), "The draw is z = mu + eps: mu is missing."),
            ("times-eps", right * eps, "dz/dmu is 1; times eps would be the derivative by sigma."),
            ("score", score_gradients(mu, eps), "This is the score-function estimator: that is the next exercise."),
            ("plus-three", 2 * (mu + eps + 3), "f is (z - 3)^2, with a minus."),
            ("eps-subtracted", 2 * (mu - eps - 3), "The draw is z = mu + eps, with a plus."),
        ),
        otherwise="By the chain rule: f'(z) dz/dmu, at z = mu + eps, with f(z) = (z - 3)^2.",
    )
    judge.close("tensor", right[:4], axes=PER_DRAW, case="mu as a tensor")
    return judge.findings


def probe_score(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 3.3 and collect what comes back."""
    probe = Probe(answer)
    probe.call("plain", inputs["mu"], inputs["eps"])
    probe.collect("baseline", lambda: answer(inputs["mu"], inputs["eps"].clone(), baseline=inputs["baseline"]))
    probe.call("tensor", torch.tensor(inputs["mu"]), inputs["eps"][:1], inputs["baseline"])
    return probe.values


def judge_score(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 3.3."""
    judge = Judge("score_gradients", values)
    mu, eps, baseline = inputs["mu"], inputs["eps"].double(), inputs["baseline"]
    z, cost = mu + eps, (mu + eps - 3) ** 2
    judge.close(
        "plain",
        cost * eps,
        axes=PER_DRAW,
        at={"mu": mu, "eps": eps},
        suspects=(
            ("sign", -cost * eps, "The sign is turned round: the score is z - mu."),
            ("score-missing", cost, "This is f(z) alone: multiply by the score, z - mu."),
            ("score-only", eps, "This is the score alone: multiply by f(z)."),
            ("times-z", cost * z, "The score is z - mu, not z."),
            (
                "pathwise",
                pathwise_gradients(mu, eps),
                "This differentiates f: the score-function estimator never does.",
            ),
            ("slope-times-score", 2 * (z - 3) * eps, "f itself is multiplied by the score, not its derivative."),
            ("mu-forgotten", (eps - 3) ** 2 * eps, "The draw is z = mu + eps: mu is missing."),
            ("square-missing", (z - 3) * eps, "f(z) is the square of z - 3."),
            (
                "baseline-always",
                (cost - 10) * eps,
                "No baseline was given, so it is 0.0; 10 is for the caller to choose.",
            ),
            (
                "baseline-always",
                (cost - cost.mean()) * eps,
                "No baseline was given, so it is 0.0. (The mean cost would also "
                "depend on the draw itself, which brings a bias.)",
            ),
        ),
        otherwise="(f(z) - baseline) * (z - mu), at z = mu + eps, with f(z) = (z - 3)^2.",
    )
    judge.close(
        "baseline",
        (cost - baseline) * eps,
        axes=PER_DRAW,
        at={"mu": mu, "eps": eps, "baseline": baseline},
        suspects=(
            ("baseline-ignored", cost * eps, "The baseline was not used."),
            ("baseline-added", (cost + baseline) * eps, "The baseline is subtracted, not added."),
            (
                "baseline-outside",
                cost * eps - baseline,
                "The baseline is subtracted from f before multiplying by the score; outside, it would shift the mean.",
            ),
            ("baseline-in-z", (z - baseline - 3) ** 2 * eps, "The baseline is subtracted from f(z), not from z."),
        ),
        otherwise="(f(z) - baseline) * (z - mu): use the baseline that was given.",
    )
    judge.close("tensor", ((cost - baseline) * eps)[:1], axes=PER_DRAW, case="mu as a tensor, and one draw")
    return judge.findings
