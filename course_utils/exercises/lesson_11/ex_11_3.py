"""Exercise 11.3: the KL of two uniform densities."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from course_utils.distributions import Uniform
from course_utils.divergences import kl

from ..contract import Inputs
from ..drawing import uniform
from ..judging import Judge, Suspect, shown
from .probe_11_3 import posterior
from .shared import PER_ELEMENT

TITLE = "the KL of two uniform densities"
NAME = "kl_uniform"
POINTS = 2
HINTS = (
    "First the case inside. Then say, for each element, whether it has left the prior's support.",
    "ln((C - A) / (c - a)) where [a, c] lies in [A, C], else +inf; torch.where chooses for each element.",
    "def kl_uniform(low, high, prior_low, prior_high):\n    inside = torch.log((___) / (___))\n"
    "    outside = (low < ___) | (high > ___)\n    return torch.where(outside, ___, inside)",
)


def reference(low: Tensor, high: Tensor, prior_low: Tensor, prior_high: Tensor) -> Tensor:
    """KL(U(low, high) || U(prior_low, prior_high)) in nats, elementwise; +inf where the posterior leaves the prior."""
    return kl(Uniform(low, high), Uniform(prior_low, prior_high))


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 11.3: priors to the left of 0, around it and to the right, and posteriors given by the
    shares of the prior's width at which they end."""
    prior_low = uniform(generator, -1, 1, 6) + torch.tensor([-3.0, 4, -20, -3, 40, -2])
    width = uniform(generator, 3, 6, 6)
    left, right = uniform(generator, 0.1, 0.3, 6), uniform(generator, 0.5, 0.9, 6)
    return {"prior_low": prior_low, "prior_high": prior_low + width, "left": left, "right": right}


def _inside_suspects(width: Tensor, prior_width: Tensor) -> tuple[Suspect, ...]:
    """What wrong formulas give where the posterior lies inside."""
    right = torch.log(prior_width / width)
    return (
        ("sign", -right, "Turned round: the prior's width stands above, so that a narrow posterior costs more."),
        (
            "report-c",
            width / prior_width,
            "This is the price of Report C's program: the share of the prior's width. It rises where the KL falls.",
        ),
        ("no-logarithm", prior_width / width, "This is the ratio of the widths: take its logarithm."),
        ("difference", prior_width - width, "Widths are divided, or their logarithms subtracted."),
        (
            "prior-forgotten",
            -torch.log(width),
            "This is -ln of the posterior's width alone: the prior's width is missing.",
        ),
        (
            "prior-forgotten",
            torch.log(width),
            "This is ln of the posterior's width alone: the prior's width is missing.",
        ),
        ("bits", right / math.log(2), "These are bits; nats use the natural logarithm."),
        ("times-width", width * right, "The density 1 / width integrates to 1: no width is left over."),
        (
            "averaged-over-prior",
            width / prior_width * right,
            "The average runs over the posterior's draws, all of which pay the same.",
        ),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 11.3."""
    prior_low, prior_high = inputs["prior_low"].double(), inputs["prior_high"].double()
    low, high = (end.double() for end in posterior(inputs, "inside"))
    at = {"low": low, "high": high, "prior_low": prior_low, "prior_high": prior_high}
    right = torch.log((prior_high - prior_low) / (high - low))
    _judge_kind(
        judge,
        "inside",
        "infinite-inside",
        "for a posterior inside the prior's support",
        "Which way round is the comparison? Outside means low < prior_low or high > prior_high.",
    )
    judge.close(
        "inside",
        right,
        at=at,
        axes=PER_ELEMENT,
        suspects=_inside_suspects(high - low, prior_high - prior_low),
        case="a posterior inside",
        otherwise="ln of the prior's width less ln of the posterior's width.",
    )
    for case, words in (
        ("right", "leaves on the right"),
        ("left", "leaves on the left"),
        ("both", "leaves on both sides"),
        ("disjoint", "lies outside altogether, on the right"),
        ("disjoint-left", "lies outside altogether, on the left"),
        ("right-little", "leaves by very little on the right"),
        ("left-little", "leaves by very little on the left"),
    ):
        _judge_outside(judge, case, words)
    for label, words in (
        ("equal", "the prior itself"),
        ("touches", "a posterior that begins where the prior begins"),
        ("touches-right", "a posterior that ends where the prior ends"),
        ("nearly", "a posterior that is hardly narrower than the prior"),
    ):
        begin, stop = (end.double() for end in posterior(inputs, label))
        _judge_kind(
            judge,
            label,
            "edge-refused",
            f"for {words}",
            "A posterior that ends exactly where the prior ends has not left: < and >, not <= and >=.",
        )
        judge.close(
            label, torch.log((prior_high - prior_low) / (stop - begin)), case=words, axes=PER_ELEMENT, rtol=1e-3
        )
    _judge_mixed(judge, right)
    _judge_table(judge, right)
    judge.close("slope-low", 1 / (high - low), case="the derivative by low", rtol=1e-3)
    judge.close("slope-high", -1 / (high - low), case="the derivative by high", rtol=1e-3)


def _judge_kind(judge: Judge, label: str, code: str, words: str, cause: str) -> None:
    """Whether a posterior that has not left gets numbers, neither nan nor inf."""
    got = judge.array(label, (6,), PER_ELEMENT)
    if got is None:
        return
    judge.that(
        not np.isnan(got).any(),
        "not-a-number",
        f"kl_uniform returned nan {words}.",
        "0 * inf and inf - inf are not numbers: choose with torch.where.",
    )
    judge.that(not np.isposinf(got).any(), code, f"kl_uniform returned inf {words}.", cause)


def _judge_outside(judge: Judge, case: str, words: str) -> None:
    """Whether a posterior that leaves costs +inf, in every element."""
    got = judge.array(case, (6,), PER_ELEMENT)
    if got is None or np.isposinf(got).all():
        return
    says = f"kl_uniform returned {shown(got)} for a posterior that {words}, expected inf."
    if np.isnan(got).any():
        judge.that(False, "not-a-number", says, "0 * inf and inf - inf are not numbers: choose with torch.where.")
    if np.isneginf(got).any():
        judge.that(False, "minus-infinity", says, "ln p = -inf stands in ln q - ln p with a minus: +inf.")
    judge.that(
        False,
        f"finite-{case}",
        says,
        "Where the prior has no density, a draw is infinitely surprising: "
        "torch.where(outside, torch.inf, ...), with outside if either end has left.",
    )


def _judge_table(judge: Judge, right: Tensor) -> None:
    """Whether tensors may have two axes."""
    got = judge.array("table", (2, 3), PER_ELEMENT)
    expected = np.where(np.arange(6) % 2 == 1, np.inf, right.numpy()).reshape(2, 3)
    judge.that(
        got is None or np.allclose(got, expected, rtol=1e-4),
        "not-elementwise",
        f"kl_uniform returned {shown(got)} for tensors of shape (2, 3), expected {shown(expected)}.",
        PER_ELEMENT,
    )


def _judge_mixed(judge: Judge, right: Tensor) -> None:
    """Whether each element is decided by itself."""
    got = judge.array("mixed", (6,), PER_ELEMENT)
    if got is None:
        return
    expected = np.where(np.arange(6) % 2 == 1, np.inf, right.numpy())
    judge.that(
        not np.isnan(got).any(),
        "not-a-number",
        f"kl_uniform returned {shown(got)} where some posteriors leave.",
        "0 * inf is not a number: choose with torch.where.",
    )
    judge.that(
        np.allclose(got, expected, rtol=1e-4),
        "not-elementwise",
        f"kl_uniform returned {shown(got)} where every second posterior leaves, expected {shown(expected)}.",
        "Decide for each element: torch.where, not if.",
    )
