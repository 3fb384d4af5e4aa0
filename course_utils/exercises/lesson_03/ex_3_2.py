"""Exercise 3.2: the pathwise gradient."""

from __future__ import annotations

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..drawing import between
from ..judging import Judge, Suspect
from .shared import PER_DRAW, cases

TITLE = "the pathwise gradient"
NAME = "pathwise_gradients"
POINTS = 1
HINTS = (
    "Chain rule: df/dmu = f'(z) * dz/dmu, with z = mu + eps.",
    "f'(z) = 2 (z - 3) and dz/dmu = 1.",
    "def pathwise_gradients(mu, eps):\n    z = ___ + ___\n    return 2 * (___)",
)


def reference(mu: Tensor | float, eps: Tensor) -> Tensor:
    """d/dmu of (z - 3)^2 at z = mu + eps, for each eps."""
    return 2 * (mu + eps - 3)


def inputs(generator: torch.Generator) -> Inputs:
    """What exercises 3.2 and 3.3 are tried with: mu of both signs, draws in three shapes, two baselines."""
    mu, baseline = 1.1 + torch.rand(2, generator=generator).double() / 2
    eps = torch.cat([torch.randn(10, generator=generator), between(generator, (5.5, 6), (-4, -3))])
    return {"mu": mu.item(), "eps": eps, "baseline": 5 + baseline.item()}


def _suspects(mu: float, eps: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions of the pathwise gradient give, the shape of eps."""
    right = reference(mu, eps)
    return (
        ("two-missing", right / 2, "The derivative of a square brings down a 2."),
        ("sign", -right, "The sign is turned round."),
        ("function-itself", (mu + eps - 3) ** 2, "This is f(z); its derivative is asked for."),
        ("noise-forgotten", 2 * (mu - 3) + 0 * eps, "The draw is z = mu + eps: eps is missing."),
        ("mu-forgotten", 2 * (eps - 3), "The draw is z = mu + eps: mu is missing."),
        ("times-eps", right * eps, "dz/dmu is 1; times eps would be the derivative by sigma."),
        ("score", (mu + eps - 3) ** 2 * eps, "This is the score-function estimator: that is the next exercise."),
        ("plus-three", 2 * (mu + eps + 3), "f is (z - 3)^2, with a minus."),
        ("eps-subtracted", 2 * (mu - eps - 3), "The draw is z = mu + eps, with a plus."),
        ("eps-multiplied", 2 * (mu * eps - 3), "The draw is z = mu + eps, a sum."),
        ("brackets", 2 * (mu + eps) - 3, "The 2 belongs to the whole bracket: 2 (z - 3)."),
        (
            "mean-for-each",
            right.mean() + 0 * eps,
            "Every draw got the mean of all: one value for each draw is asked for.",
        ),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 3.2."""
    _judge_autograd(judge, judge.values)
    for label, mu, eps, case in cases(inputs):
        judge.close(
            label,
            reference(mu, eps.double()),
            axes=PER_DRAW,
            at={"mu": mu, "eps": eps},
            case=case,
            suspects=_suspects(mu, eps.double()),
        )


def _judge_autograd(judge: Judge, values: Values) -> None:
    """A word to those who ask torch for what they can write down."""
    first = values.get("gradients")
    told = first if isinstance(first, dict) else {}
    raised = told.get("message", "")
    judge.that(
        not any(words in raised for words in ("scalar outputs", "require grad", "requires_grad")),
        "raised",
        f"pathwise_gradients stopped with {told.get('raised')}: {raised.rstrip('.')}.",
        "torch.autograd.grad gives one gradient, of a sum, and by tensors only. Nothing of it is needed here: write "
        "f'(z) down.",
    )
