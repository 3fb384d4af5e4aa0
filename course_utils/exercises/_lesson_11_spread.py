"""Lesson 11, exercises 11.1 and 11.2: three families with the same spread, and what a Laplace posterior costs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.distributions import Laplace
from course_utils.divergences import kl

from .contract import Finding, Inputs, Values
from .judging import Judge, Suspect
from .probing import Probe, plain

FLOWS = "Every mu and b in the formula must pass its gradient on: no detach, no clamp."
PER_ELEMENT = "One value for each element: nothing is summed or averaged here."
_ROOT_2, _ROOT_3 = math.sqrt(2), math.sqrt(3)


def between(generator: torch.Generator, low: float, high: float, *shape: int) -> Tensor:
    """Draws from [low, high)."""
    return low + (high - low) * torch.rand(shape, generator=generator)


# 11.1 -----------------------------------------------------------------------------------------------------------
def same_spread(mean: Tensor, sd: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Scale b of the Laplace, ends low and high of the uniform density with this mean and standard deviation."""
    return sd / _ROOT_2, mean - _ROOT_3 * sd, mean + _ROOT_3 * sd


def spread_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 11.1; every sd is above 1, so that a square or a root shows."""
    return {
        "mean": between(generator, 0.4, 1.2, 6) * torch.tensor([1.0, -1, 1, -1, 1, -1]),
        "sd": between(generator, 1.5, 2.5, 6),
        "small": between(generator, 1e-3, 1e-2, 3),
    }


def probe_spread(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """Call the answer of exercise 11.1 and keep its three parts by name."""
    probe = Probe(answer)
    for label, mean, sd in (("", inputs["mean"], inputs["sd"]), ("small ", inputs["mean"][:3], inputs["small"])):
        parts = probe.call(f"{label}all", mean, sd)
        if isinstance(parts, list | tuple | Tensor) and len(parts) == 3:
            probe.values |= {label + name: plain(part) for name, part in zip(("b", "low", "high"), parts, strict=True)}
    return probe.values


def _edge_suspects(mean: Tensor, sd: Tensor, side: int) -> tuple[Suspect, ...]:
    """What wrong widths give for the end on this side, -1 or 1."""

    def end(half: Tensor | float) -> Tensor:
        return mean + side * half

    return (
        ("half-width-is-sd", end(sd), "The ends lie further out than one sd: the width w has w^2 / 12 = sd^2."),
        (
            "width-for-half",
            end(2 * _ROOT_3 * sd),
            "The whole width was laid on each side of the mean: half of it belongs there.",
        ),
        ("width-is-sd", end(sd / 2), "The width is larger than the sd: w^2 / 12 = sd^2."),
        ("root-missing", end(6 * sd), "w^2 = 12 sd^2: take the root of 12, too."),
        ("root-missing", end(3 * sd), "(w / 2)^2 = 3 sd^2: take the root of 3, too."),
        ("sd-as-variance", end(torch.sqrt(3 * sd)), "sd is the standard deviation: its square is the variance."),
        ("variance-as-sd", end(_ROOT_3 * sd**2), "One square too many: w = sqrt(12) sd."),
        ("divided", end(sd / _ROOT_3), "Turned round: sqrt(3) multiplies the sd."),
        ("mean-missing", side * _ROOT_3 * sd, "The interval lies around 0: move it to the mean."),
        ("width-for-end", 2 * _ROOT_3 * sd, "This is the width of the interval: its end is asked for."),
        ("swapped", end(-_ROOT_3 * sd), "low and high are exchanged."),
        ("starts-at-mean", mean, "The mean lies in the middle of the interval, not at its end."),
        (
            "starts-at-mean",
            mean + 2 * _ROOT_3 * sd,
            "The mean lies in the middle of the interval, not at its lower end.",
        ),
    )


def judge_spread(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 11.1."""
    judge = Judge("same_spread", values)
    if "b" not in values:
        _refuse_not_three(judge)
        return judge.findings
    for label, mean, sd in (
        ("", inputs["mean"].double(), inputs["sd"].double()),
        ("small ", inputs["mean"][:3].double(), inputs["small"].double()),
    ):
        judge.array(f"{label}b", tuple(sd.shape), PER_ELEMENT)
        if f"{label}all:changed" in values:
            judge.that(
                False, "changed-input", "same_spread changed one of its own inputs.", "Make new tensors instead."
            )
        at = {"mean": mean, "sd": sd}
        judge.close(
            f"{label}b",
            sd / _ROOT_2,
            at=at,
            axes=PER_ELEMENT,
            case="b",
            atol=1e-6,
            suspects=(
                ("b-is-sd", sd, "The variance of Laplace(mu, b) is 2 b^2, not b^2."),
                ("mean-added", mean + sd / _ROOT_2, "b is a scale: the mean does not enter it."),
                ("inverse", sd * _ROOT_2, "Turned round: b is smaller than the standard deviation."),
                ("root-missing", sd / 2, "2 b^2 = sd^2: take the root of 2, too."),
                ("root-missing", sd**2 / 2, "This is b^2: take the root."),
                ("sd-as-variance", torch.sqrt(sd / 2), "sd is the standard deviation: its square is the variance."),
                ("variance-as-sd", sd**2 / _ROOT_2, "One square too many: b = sd / sqrt(2)."),
            ),
            otherwise="Solve 2 b^2 = sd^2 for b.",
        )
        for name, side in (("low", -1), ("high", 1)):
            judge.close(
                label + name,
                mean + side * _ROOT_3 * sd,
                at=at,
                axes=PER_ELEMENT,
                case=name,
                suspects=_edge_suspects(mean, sd, side),
                atol=1e-6,
                otherwise="Solve w^2 / 12 = sd^2 for the width w.",
            )
    return judge.findings


def _refuse_not_three(judge: Judge) -> None:
    """A finding for an answer that is not three things."""
    raised = judge.values.get("all")
    if raised is None or isinstance(raised, dict) and "raised" in raised:
        judge.array("all", (3,))
    judge.that(False, "not-three", "same_spread did not return three things.", "return b, low, high")


# 11.2 -----------------------------------------------------------------------------------------------------------
def kl_laplace(mu: Tensor, b: Tensor) -> Tensor:
    """KL(Laplace(mu, b) || Laplace(0, 1)) in nats, elementwise."""
    return kl(Laplace(mu, b), Laplace(torch.tensor(0.0), torch.tensor(1.0)))


def laplace_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 11.2: both signs of mu, wide and narrow b."""
    signs = torch.tensor([1.0, -1, 1, -1, 1, -1])
    return {
        "mu": between(generator, 0.6, 2.2, 6) * signs,
        "b": between(generator, 1.4, 2.6, 6),
        "narrow": between(generator, 0.05, 0.5, 6),
        "table": between(generator, -2, 2, 3, 4),
    }


def probe_laplace(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 11.2 and collect what comes back."""
    probe = Probe(answer)
    mu, b, narrow = inputs["mu"], inputs["b"], inputs["narrow"]
    probe.call("wide", mu, b)
    probe.call("narrow", mu, narrow)
    probe.call("prior", torch.zeros(2), torch.ones(2))
    probe.call("table", inputs["table"], inputs["table"].abs() + 0.3)
    probe.call("far", 100 * mu, narrow / 50)
    probe.gradient("slope-mu", mu, narrow, wrt=0)
    probe.gradient("slope-b", mu, narrow, wrt=1)
    probe.gradient("slope-0", torch.zeros(6), narrow, wrt=0)
    return probe.values


def _laplace_suspects(mu: Tensor, b: Tensor) -> tuple[Suspect, ...]:
    """What wrong versions of the KL give, elementwise."""
    far, log_b = mu.abs(), b.log()
    right = far + b * torch.exp(-far / b) - 1 - log_b
    return (
        ("sign", -right, "The sign is turned round: a KL is never negative."),
        (
            "abs-missing",
            mu + b * torch.exp(-mu / b) - 1 - log_b,
            "|mu| is meant: left of the prior costs as much as right of it.",
        ),
        ("abs-missing", mu + b * torch.exp(-far / b) - 1 - log_b, "The first mu lacks its | |."),
        ("abs-missing", far + b * torch.exp(-mu / b) - 1 - log_b, "The mu in the exponent lacks its | |."),
        ("one-missing", right + 1, "The 1 is missing: at the prior the terms must cancel."),
        ("one-sign", right + 2, "The 1 is subtracted: at the prior the terms must cancel."),
        (
            "two-missing",
            right - b / 2 * torch.exp(-far / b),
            "No half before the exponential: step 3 takes the integral of step 4 twice.",
        ),
        ("log-missing", right + log_b, "The term -ln b is missing."),
        ("log-sign", right + 2 * log_b, "ln b is subtracted: a narrow posterior costs more."),
        ("two-left-over", right - math.log(2), "The ln 2 of both densities cancels: ln b, not ln 2b."),
        ("mu-missing", b - 1 - log_b + 0 * mu, "mu is missing: E|z| is b only for a density around 0."),
        ("mean-alone", far - 1 - log_b, "E|z| is more than |mu|: draws on the other side of 0 count, too."),
        ("exponential-missing", far + b - 1 - log_b, "E|z| is less than |mu| + b: the b comes with e^(-|mu|/b)."),
        ("exponent-sign", far + b * torch.exp(far / b) - 1 - log_b, "The exponent is negative: -|mu| / b."),
        ("b-missing", far + torch.exp(-far / b) - 1 - log_b, "The factor b before the exponential is missing."),
        ("exponent", far + b * torch.exp(-far) - 1 - log_b, "In the exponent, |mu| is divided by b."),
        (
            "exponent",
            far + b * torch.exp(-far * b) - 1 - log_b,
            "In the exponent, |mu| is divided by b, not multiplied.",
        ),
        *_other_densities(mu, b),
        ("half", right / 2, "No half here: it belongs to the normal density's square."),
        ("log-b-doubled", right - log_b, "ln b, not ln b^2."),
        ("no-logarithm", far + b * torch.exp(-far / b) - 1 - b, "The last term is ln b, not b."),
    )


def _other_densities(mu: Tensor, b: Tensor) -> tuple[Suspect, ...]:
    """Right formulas for other pairs of densities."""
    far, log_b = mu.abs(), b.log()
    return (
        (
            "reverse-kl",
            (far + torch.exp(-far)) / b - 1 + log_b,
            "This is KL(prior || posterior): the draws come from the posterior.",
        ),
        ("normal-formula", (mu**2 + b**2 - 1 - 2 * log_b) / 2, "This is the KL of two normal densities."),
        (
            "b-as-sd",
            kl_laplace(mu, b / _ROOT_2),
            "b is the scale in the density, not the standard deviation: no root of 2.",
        ),
    )


def judge_laplace(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 11.2."""
    judge = Judge("kl_laplace", values)
    mu, b, narrow = (inputs[name].double() for name in ("mu", "b", "narrow"))
    table = inputs["table"].double()
    for label, m, scale in (("wide", mu, b), ("narrow", mu, narrow), ("table", table, table.abs() + 0.3)):
        judge.close(
            label,
            kl_laplace(m, scale),
            at={"mu": m, "b": scale},
            axes=PER_ELEMENT,
            suspects=_laplace_suspects(m, scale),
            otherwise="KL = |mu| + b e^(-|mu|/b) - 1 - ln b.",
        )
    judge.close("prior", torch.zeros(2), axes=PER_ELEMENT, case="the prior itself", atol=1e-5)
    judge.close("far", kl_laplace(100 * mu, narrow / 50), case="a far, narrow posterior", axes=PER_ELEMENT)
    judge.close(
        "slope-mu",
        mu.sign() * (1 - torch.exp(-mu.abs() / narrow)),
        case="the derivative by mu",
        atol=1e-4,
        otherwise=FLOWS,
    )
    share = mu.abs() / narrow
    judge.close(
        "slope-b", (1 + share) * torch.exp(-share) - 1 / narrow, case="the derivative by b", atol=1e-3, otherwise=FLOWS
    )
    judge.close(
        "slope-0",
        torch.zeros(6),
        case="the derivative by mu at mu = 0",
        otherwise="At mu = 0 the slope is 0: mu.abs() knows that, the root of mu**2 does not.",
    )
    return judge.findings
