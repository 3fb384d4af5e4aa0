"""Exercise 2.6: the importance-weighted bound."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from course_utils import objectives

from ..contract import Finding, Inputs, Values
from ..drawing import uniform
from ..judging import Judge

TITLE = "the importance-weighted bound"
NAME = "iwae_bound"
POINTS = 2
HINTS = (
    "Average the weights, not their logarithms; and let torch.logsumexp do the sum, so that nothing underflows.",
    "L_K = ln( (1/K) sum_k exp(log_w_k) ) = logsumexp_k(log_w_k) - ln K.",
    "def iwae_bound(log_w):\n    samples = log_w.shape[___]\n    return torch.logsumexp(log_w, "
    "dim=___) - math.log(___)",
)


def reference(log_w: Tensor) -> Tensor:
    """Importance-weighted bound on ln p(x) in nats: (K, N) -> (N,)."""
    return objectives.iwae(log_w)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 2.6."""
    log_w = uniform(generator, -3, 0, 6, 4)
    return {"log_w": log_w, "deep": log_w - 300 * torch.arange(4)}


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 2.6."""
    judge = Judge(NAME, values)
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
