"""Lesson 08, exercises 8.3 and 8.4: what each latent unit tells, and a path between two codes."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.distributions import STANDARD_NORMAL, Normal
from course_utils.divergences import kl

from .contract import Finding, Inputs, Values
from .judging import Judge, Suspect
from .probing import Probe

PER_UNIT = "One number for each latent unit, (D,): average over the images, keep the units apart."
PER_STEP = "One code for each t: (K, D)."


# 8.3 ------------------------------------------------------------------------------------------------------------
def kl_per_unit(mu: Tensor, logvar: Tensor) -> Tensor:
    """Mean over images of each unit's KL to the prior, nats: (N, D), (N, D) -> (D,)."""
    return kl(Normal(mu, logvar), STANDARD_NORMAL).mean(0)


def code_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 8.3: units of very different spread, and one in their midst that equals the prior."""
    mu = torch.randn((6, 4), generator=generator) * torch.tensor([2.0, 0.0, 1.0, 0.5]) + torch.tensor(
        [0.3, 0.0, -0.4, 0.6]
    )
    logvar = -0.3 - 1.5 * torch.rand((6, 4), generator=generator)
    logvar[:, 1] = 0
    return {"mu": mu, "logvar": logvar}


def probe_units(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 8.3 and collect what comes back."""
    probe = Probe(answer)
    mu, logvar = inputs["mu"], inputs["logvar"]
    probe.call("units", mu, logvar)
    probe.call("one", mu[:1], logvar[:1])
    probe.call("twice", torch.cat([mu, mu]), torch.cat([logvar, logvar]))
    return probe.values


def _unit_suspects(mu: Tensor, logvar: Tensor) -> tuple[Suspect, ...]:
    right, variance, squares = kl_per_unit(mu, logvar), logvar.exp(), mu**2
    return (
        (
            "sum-over-images",
            right * len(mu),
            "Summed over the images: take the mean, so that more images do not mean more nats.",
        ),
        ("half-missing", right * 2, "The factor 1/2 is missing."),
        ("sign", -right, "The sign is turned round: a KL is never negative."),
        ("divided-by-units", right / mu.shape[1], "Divided by the number of units: each unit has its own number."),
        ("sigma-is-exp-logvar", kl_per_unit(mu, 2 * logvar), "exp(2 logvar)? The variance is exp(logvar)."),
        (
            "sigma-for-variance",
            (squares + (logvar / 2).exp() - 1 - logvar).mean(0) / 2,
            "exp(logvar / 2) is sigma; the formula wants sigma^2, exp(logvar).",
        ),
        (
            "logvar-as-variance",
            (squares + logvar - 1 - logvar).mean(0) / 2,
            "logvar was used as the variance: exp(logvar).",
        ),
        ("means-only", squares.mean(0) / 2, "Only the part of the means: (sigma^2 - 1 - ln sigma^2) / 2 is missing."),
        ("spread-only", (variance - 1 - logvar).mean(0) / 2, "Only the part of the spreads: mu^2 / 2 is missing."),
        ("one-missing", (squares + variance - logvar).mean(0) / 2, "The -1 is missing: at the prior the KL must be 0."),
        ("logarithm-missing", (squares + variance - 1).mean(0) / 2, "The term -ln sigma^2 is missing."),
        ("mu-not-squared", (mu + variance - 1 - logvar).mean(0) / 2, "mu enters squared."),
        ("logarithm-halved", (squares + variance - 1 - logvar / 2).mean(0) / 2, "ln sigma^2 is logvar itself."),
        (
            "averaged-too-early",
            kl_per_unit(mu.mean(0, keepdim=True), logvar.mean(0, keepdim=True)),
            "The codes were averaged before the KL: take each image's KL first, then the mean.",
        ),
        (
            "variance-of-means",
            mu.var(0),
            "This is the spread of the means, another measure of activity: the mean KL is asked for.",
        ),
        (
            "variance-of-means",
            mu.var(0, correction=0),
            "This is the spread of the means, another measure of activity: the mean KL is asked for.",
        ),
        (
            "reverse",
            ((squares + 1) / variance - 1 + logvar).mean(0) / 2,
            "This is KL(p || q), from the prior to the posterior.",
        ),
        ("bits", right / math.log(2), "These are bits; nats use the natural logarithm."),
    )


def judge_units(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 8.3."""
    judge = Judge("kl_per_unit", values)
    mu, logvar = inputs["mu"].double(), inputs["logvar"].double()
    right = kl_per_unit(mu, logvar)
    judge.close(
        "units",
        right,
        axes=PER_UNIT,
        case="6 images and 4 units",
        suspects=_unit_suspects(mu, logvar),
        otherwise="(mu^2 + exp(logvar) - 1 - logvar) / 2 for each image and unit, then the mean over the images.",
    )
    judge.close(
        "one",
        kl_per_unit(mu[:1], logvar[:1]),
        axes=PER_UNIT,
        case="one image",
        otherwise="The mean over as many images as there are, len(mu): here one.",
    )
    judge.close(
        "twice",
        right,
        axes=PER_UNIT,
        case="the same images twice",
        otherwise="The mean must not change when every image comes twice.",
    )
    return judge.findings


# 8.4 ------------------------------------------------------------------------------------------------------------
def slerp(start: Tensor, end: Tensor, t: Tensor) -> Tensor:
    """Spherical interpolation: (D,), (D,), (K,) -> (K, D); the straight line where both point the same way."""
    cosine = (start / start.norm()) @ (end / end.norm())
    angle = cosine.clamp(-1, 1).arccos().clamp(min=1e-4)
    weights = torch.sin(torch.stack([1 - t, t], dim=1) * angle) / torch.sin(angle)
    return weights @ torch.stack([start, end])


def path_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 8.4: an angle between 1.08 and 1.2, lengths that differ, and one code whose cosine
    with itself is exactly 1."""
    first, other = torch.linalg.qr(torch.randn((6, 2), generator=generator))[0].T
    angle, long, short, length = torch.rand(4, generator=generator)
    angle = 1.08 + 0.12 * angle
    end = (1.3 + short) * (angle.cos() * first + angle.sin() * other)
    t = 0.1 + 0.3 * torch.rand(4, generator=generator) + 0.12 * torch.arange(4)
    on_an_axis = (1.5 + length) * torch.eye(6)[torch.randint(0, 6, (), generator=generator)]
    return {
        "start": (3 + long) * first,
        "end": end,
        "t": t,
        "edges": torch.tensor([0.0, 1.0]),
        "axis": on_an_axis,
        "codes": torch.randn((16, 64), generator=generator),
    }


def probe_path(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 8.4 and collect what comes back."""
    probe = Probe(answer)
    start, end, t = inputs["start"], inputs["end"], inputs["t"]
    probe.call("path", start, end, t)
    probe.call("edges", start, end, inputs["edges"])
    probe.call("short", start[:3] / 9, end[:3] / 9, t[:1])
    probe.call("parallel", inputs["axis"], 2 * inputs["axis"], t)
    probe.call("nowhere", inputs["axis"], inputs["axis"], t)
    probe.call("rounded", start, 3 * start, t)
    for i, code in enumerate(inputs["codes"]):
        probe.call(f"itself {i}", code, code, t)
    return probe.values


def _path_suspects(start: Tensor, end: Tensor, t: Tensor) -> tuple[tuple[str, Tensor, str], ...]:
    a, b, column = start / start.norm(), end / end.norm(), t[:, None]
    cosine = a @ b
    angle = cosine.arccos()
    line, lengths = (1 - column) * start + column * end, (1 - column) * start.norm() + column * end.norm()

    def path(omega: Tensor, first: Tensor, last: Tensor) -> Tensor:
        return (torch.sin((1 - column) * omega) * first + torch.sin(column * omega) * last) / torch.sin(omega)

    return (
        (
            "straight",
            line,
            "This is the straight line. Does t stand inside the sine, sin(t angle)? Was the dot product "
            "divided by both lengths? Undivided, it is cut off at 1: angle 0.",
        ),
        (
            "unit-lengths",
            path(angle, a, b),
            "The lengths were lost: the sine weights multiply start and end themselves, not the unit vectors.",
        ),
        (
            "lengths-put-back",
            path(angle, a, b) * lengths,
            "Direction and length were interpolated apart; the formula multiplies start and end "
            "themselves by the sine weights.",
        ),
        ("backwards", path(angle, end, start), "t = 0 must give start, t = 1 end: the weights are exchanged."),
        (
            "rescaled-line",
            line / line.norm(dim=1, keepdim=True) * lengths,
            "A straight line, rescaled: the angle must grow evenly with t, by the sine weights.",
        ),
        ("cosine-as-angle", path(cosine, start, end), "The cosine was used as the angle: take arccos of it."),
        (
            "sine-missing",
            path(angle, start, end) * torch.sin(angle),
            "The division by sin(angle) is missing: at t = 0 the path must be at start.",
        ),
        ("half-angle", path(angle / 2, start, end), "The whole angle between start and end is meant."),
        (
            "cosine-weights",
            torch.cos(column * torch.pi / 2) * start + torch.sin(column * torch.pi / 2) * end,
            "These weights fit an angle of 90 degrees only: compute the angle.",
        ),
        ("start-plus-end", start + column * end, "t = 1 must give end alone."),
    )


def judge_path(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 8.4."""
    judge = Judge("slerp", values)
    start, end, t = (inputs[name].double() for name in ("start", "end", "t"))
    judge.close(
        "path",
        slerp(start, end, t),
        axes=PER_STEP,
        suspects=_path_suspects(start, end, t),
        case="4 values of t",
        otherwise="sin((1 - t) angle) / sin(angle) * start + sin(t angle) / sin(angle) * end, angle = arccos of "
        "the cosine.",
    )
    judge.close(
        "edges",
        torch.stack([start, end]),
        axes=PER_STEP,
        case="t = 0 and t = 1",
        otherwise="At t = 0 the path is at start, at t = 1 at end, for any number of t.",
    )
    judge.close(
        "short", slerp(start[:3] / 9, end[:3] / 9, t[:1]), axes=PER_STEP, case="other codes and a single t", rtol=1e-3
    )
    same_way = (
        "The angle is 0, and 0 / 0 is nan: keep the angle at 1e-4 at least, with .clamp(min=1e-4). Rounding "
        "may also carry the cosine above 1."
    )
    axis = inputs["axis"].double()
    judge.close(
        "parallel",
        (1 + t)[:, None] * axis,
        axes=PER_STEP,
        case="end = 2 * start",
        rtol=2e-3,
        atol=2e-3,
        otherwise=same_way,
    )
    judge.close(
        "nowhere", axis.expand(len(t), -1), axes=PER_STEP, case="end = start", rtol=2e-3, atol=2e-3, otherwise=same_way
    )
    judge.close(
        "rounded",
        (1 + 2 * t)[:, None] * start,
        axes=PER_STEP,
        case="end = 3 * start",
        rtol=2e-3,
        atol=2e-3,
        otherwise=same_way,
    )
    for i, code in enumerate(inputs["codes"].double()):
        judge.close(
            f"itself {i}",
            code.expand(len(t), -1),
            axes=PER_STEP,
            case="end = start",
            rtol=2e-3,
            atol=2e-3,
            otherwise=same_way,
        )
    return judge.findings
