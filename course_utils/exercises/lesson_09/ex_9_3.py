"""Exercise 9.3: how much must be said?"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ..contract import Inputs
from ..drawing import between
from ..judging import Judge, Suspect, attempts, told_apart

TITLE = "how much must be said?"
NAME = "needed_nats"
POINTS = 2
HINTS = (
    "Units do not matter: divide the covariance by both standard deviations, and one number is left, rho.",
    "The noise of each standardised coordinate is 1 - |rho|, the determinant of the whole 1 - rho^2: half the log of "
    "1 - rho^2 over (1 - |rho|)^2.",
    "def needed_nats(covariance):\n    rho = covariance[0, 1] / ___\n    noise = 1 - rho.___\n"
    "    return torch.log(___ / noise**2) / 2",
)
ONE_NUMBER = "One number, in nats."


def reference(covariance: Tensor) -> Tensor:
    """Least KL, nats, of an optimal VAE with one noise per coordinate on normal data of that covariance (2, 2)."""
    variances = covariance.diagonal()
    return torch.atanh(covariance[0, 1].abs() / variances.prod().sqrt())


def inputs(generator: torch.Generator) -> Inputs:
    """Two covariances of unequal variances, one of either sign, of strong and of middling correlation."""
    for _ in attempts():
        first, second, rho, other = between(generator, (0.3, 0.8), (2.0, 4.0), (0.75, 0.9), (0.3, 0.6)).tolist()
        drawn = {"positive": _covariance(first, second, rho), "negative": _covariance(second, first, -other)}
        if all(told_apart(reference(one), _suspects(one)) for one in drawn.values()):
            return {**drawn, "none": torch.diag(torch.tensor([first, second]))}
    raise AssertionError("unreachable")


def _covariance(first: float, second: float, rho: float) -> Tensor:
    """Of two numbers with these standard deviations."""
    shared = rho * first * second
    return torch.tensor([[first**2, shared], [shared, second**2]])


def _suspects(covariance: Tensor) -> list[Suspect]:
    (a, shared), (_, b) = covariance.double().tolist()
    rho = shared / math.sqrt(a * b)
    right, strength = math.atanh(abs(rho)), abs(rho)
    mutual = -math.log(1 - rho**2) / 2
    return [
        (
            "between-coordinates",
            mutual,
            "This is what one coordinate tells of the other; the code must tell what both share, which is more.",
        ),
        ("half-missing", 2 * right, "The factor 1/2 is missing."),
        ("bits", right / math.log(2), "These are bits; nats use the natural logarithm."),
        ("rho-squared", math.atanh(rho**2), "The noise of a coordinate is 1 - |rho|, not 1 - rho^2."),
        (
            "one-noise",
            math.log((1 - rho**2) / (1 - strength)) / 2,
            "There are two coordinates, each with noise 1 - |rho|: divide by both.",
        ),
        ("determinant-forgotten", -math.log(1 - strength), "The determinant of the whole, 1 - rho^2, is missing."),
        ("correlation", strength, "This is the correlation; the nats follow from it."),
        (
            "variances-for-deviations",
            _atanh(shared / (a * b)),
            "rho divides by both standard deviations, not variances.",
        ),
        ("not-divided", _atanh(shared), "The covariance was taken for the correlation: divide by both deviations."),
        (
            "not-standardised",
            (torch.linalg.eigvalsh(covariance.double()).log().diff() / 2).item(),
            "These are the eigenvalues of the covariance: divide by both deviations first, for units do not count.",
        ),
    ] + (
        [("sign", math.atanh(rho), "A negative correlation must be told as well: |rho|.")]
        if rho < 0
        else [("turned-round", -right, "The ratio is turned round: the whole over the noises.")]
    )


def _atanh(x: float) -> float:
    return math.atanh(abs(x)) if abs(x) < 1 else -1e6


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 9.3."""
    for label in ("positive", "negative"):
        covariance = inputs[label].double()
        judge.close(
            label,
            reference(covariance),
            axes=ONE_NUMBER,
            case=f"a {label} correlation",
            rtol=1e-3,
            suspects=_suspects(covariance),
            otherwise="Half the logarithm of (1 - rho^2) / (1 - |rho|)^2, with the correlation rho.",
        )
    judge.close(
        "none", 0.0, axes=ONE_NUMBER, case="no correlation", otherwise="Without correlation nothing must be said."
    )
    for label in ("positive", "negative"):
        judge.close(
            f"other units, {label}",
            reference(inputs[label].double()),
            axes=ONE_NUMBER,
            case="the same data in a hundred times smaller units",
            rtol=1e-3,
            otherwise="Nats do not depend on units: only the correlation counts.",
        )
