"""Exercise 2.6: the importance-weighted bound."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from course_utils import objectives

from ..contract import Inputs
from ..drawing import uniform
from ..judging import Judge, Suspect

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
    """Log weights of both signs, of one sample, of one image, and so far apart that their exponentials do not fit."""
    log_w = uniform(generator, -3, 3, 6, 7)
    deep = log_w + 300 * torch.tensor([0, -1, -3, 1, -2, 0, 1])
    return {"weights": log_w, "one": log_w[:1], "image": log_w[:, :1].clone(), "deep": deep}


def _suspects(log_w: Tensor) -> Iterator[Suspect]:
    """What wrong versions of the bound give, (N,)."""
    right, k, n = objectives.iwae(log_w), len(log_w), log_w.shape[1]
    yield from (
        (
            "elbo",
            log_w.mean(0),
            "This averages the logarithms: that is the ELBO. Average the weights, then take the logarithm.",
        ),
        ("k-forgotten", right + math.log(k), "The 1/K is missing: subtract ln K."),
        ("k-added", right + 2 * math.log(k), "ln K is subtracted, not added."),
        ("k-not-log", right + math.log(k) - k, "Dividing by K inside the logarithm subtracts ln K, not K."),
        (
            "divided-outside",
            (right + math.log(k)) / k,
            "The logarithm was divided by K. Divide the sum of the weights by K: that subtracts ln K.",
        ),
        (
            "divided-weights",
            (log_w / k).logsumexp(0),
            "log_w / K takes K-th roots of the weights. Divide their sum by K: that subtracts ln K.",
        ),
        (
            "decimal-logarithm",
            right + math.log(k) - math.log10(k),
            "ln K is the natural logarithm, math.log.",
        ),
        ("no-logarithm", right.exp(), "This is the average weight: take its logarithm."),
        ("maximum", log_w.max(0).values, "This is the largest log weight alone."),
        ("sign", -right, "The bound on log p(x) itself is asked for, not its negative."),
        (
            "images-counted",
            right + math.log(k) - math.log(n),
            "Divided by the number of images; K counts samples (axis 0).",
        ),
        (
            "all-counted",
            right - math.log(n),
            "Divided by the number of all weights; K counts the samples of one image (axis 0).",
        ),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 2.6."""
    axes = "log_w is (K, N): the K samples disappear (axis 0), one bound per image stays, (N,)."
    cases = (("weights", "K = 6 samples of 7 images"), ("one", "K = 1"), ("image", "K = 6 samples of one image"))
    for label, case in cases:
        log_w = inputs[label].double()
        judge.close(label, objectives.iwae(log_w), axes=axes, case=case, suspects=_suspects(log_w))
    case = "log weights near 0, -300, -900 and +300"
    judge.finite(
        "deep",
        (7,),
        "exp(-900) is 0 and exp(300) is inf in floating point: torch.logsumexp takes the largest out first, for each "
        "image.",
        axes=axes,
        case=case,
    )
    judge.close("deep", objectives.iwae(inputs["deep"].double()), axes=axes, case=case)
