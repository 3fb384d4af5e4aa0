"""Exercise 3.3: the score-function gradient."""

from __future__ import annotations

from torch import Tensor

from ..contract import Inputs
from ..judging import Judge, Suspect
from . import ex_3_2
from .ex_3_2 import reference as pathwise_gradients
from .shared import PER_DRAW, cases

TITLE = "the score-function gradient"
NAME = "score_gradients"
POINTS = 2
HINTS = (
    "Never differentiate f. Multiply what f gives (less the baseline) by the score.",
    "(f(z) - baseline) * (z - mu), with f(z) = (z - 3)^2, z = mu + eps, so z - mu = eps.",
    "def score_gradients(mu, eps, baseline=0.0):\n    z = mu + eps\n    cost = (___) ** 2\n    "
    "return (cost - ___) * ___",
)

inputs = ex_3_2.inputs


def reference(mu: Tensor | float, eps: Tensor, baseline: Tensor | float = 0.0) -> Tensor:
    """((z - 3)^2 - baseline) * (z - mu) at z = mu + eps, for each eps."""
    return ((mu + eps - 3) ** 2 - baseline) * eps


def _plain_suspects(mu: float, eps: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions give without a baseline, the shape of eps."""
    z, cost = mu + eps, (mu + eps - 3) ** 2
    return (
        ("sign", -cost * eps, "The sign is turned round: the score is z - mu."),
        ("score-missing", cost, "This is f(z) alone: multiply by the score, z - mu."),
        ("score-only", eps, "This is the score alone: multiply by f(z)."),
        ("times-z", cost * z, "The score is z - mu, not z."),
        ("pathwise", pathwise_gradients(mu, eps), "This differentiates f: the score-function estimator never does."),
        ("slope-times-score", 2 * (z - 3) * eps, "f itself is multiplied by the score, not its derivative."),
        ("mu-forgotten", (eps - 3) ** 2 * eps, "The draw is z = mu + eps: mu is missing."),
        ("square-missing", (z - 3) * eps, "f(z) is the square of z - 3."),
        ("square-missing", (z - 3).abs() * eps, "f(z) is the square of z - 3, not its distance."),
        ("plus-three", (z + 3) ** 2 * eps, "f is (z - 3)^2, with a minus."),
        (
            "log-density",
            -cost * eps**2 / 2,
            "f(z) was multiplied by ln q: multiply by its derivative by mu, the score.",
        ),
        ("baseline-always", (cost - 10) * eps, "No baseline was given, so it is 0.0; 10 is for the caller to choose."),
        (
            "baseline-always",
            (cost - cost.mean()) * eps,
            "No baseline was given, so it is 0.0. (The mean cost would also "
            "depend on the draw itself, which brings a bias.)",
        ),
    )


def _baseline_suspects(mu: float, eps: Tensor, baseline: float) -> tuple[Suspect, ...]:
    """What wrong versions give with a baseline, the shape of eps."""
    z, cost = mu + eps, (mu + eps - 3) ** 2
    return (
        ("baseline-ignored", cost * eps, "The baseline was not used."),
        ("baseline-sign", (cost - abs(baseline)) * eps, "The baseline may be negative: subtract it as it is."),
        ("baseline-added", (cost + baseline) * eps, "The baseline is subtracted, not added."),
        (
            "baseline-outside",
            cost * eps - baseline,
            "The baseline is subtracted from f before multiplying by the score; outside, it would shift the mean.",
        ),
        ("baseline-in-z", (z - baseline - 3) ** 2 * eps, "The baseline is subtracted from f(z), not from z."),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 3.3."""
    for label, mu, eps, case in cases(inputs):
        noise = eps.double()
        judge.close(
            label,
            reference(mu, noise),
            axes=PER_DRAW,
            at={"mu": mu, "eps": eps},
            case=case,
            suspects=_plain_suspects(mu, noise),
        )
    mu, eps = inputs["mu"], inputs["eps"].double()
    for label, baseline in (("baseline", inputs["baseline"]), ("below", -inputs["baseline"])):
        judge.close(
            label,
            reference(mu, eps, baseline),
            axes=PER_DRAW,
            at={"mu": mu, "eps": eps, "baseline": baseline},
            suspects=_baseline_suspects(mu, eps, baseline),
        )
    one = reference(mu, eps[:1], inputs["baseline"])
    judge.close("baseline, one", one, axes=PER_DRAW, case="mu as a tensor, one draw and a baseline")
