"""Lesson 11, exercise 11.5: a path between two codes along the prior's quantiles."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.distributions import STANDARD_NORMAL, Laplace, Uniform

from ._lesson_11_spread import between
from .contract import Finding, Inputs, Values
from .judging import Judge
from .probing import Probe

Map = Callable[[Tensor], Tensor]
PER_STEP = "One code for each t: (K, D)."
_EDGE = math.sqrt(3)


def laplace_cdf(z: Tensor) -> Tensor:
    """P(Z <= z) for Laplace(0, 1), elementwise."""
    tail = torch.exp(-z.abs()) / 2
    return torch.where(z < 0, tail, 1 - tail)


PRIORS: dict[str, tuple[Map, Map]] = {
    "Laplace": (laplace_cdf, Laplace(torch.tensor(0.0), torch.tensor(1.0)).icdf),
    "normal": (torch.special.ndtr, STANDARD_NORMAL.icdf),
    "uniform": (lambda z: (z + _EDGE) / (2 * _EDGE), Uniform(torch.tensor(-_EDGE), torch.tensor(_EDGE)).icdf),
}


def quantile_path(start: Tensor, end: Tensor, t: Tensor, cdf: Map, icdf: Map) -> Tensor:
    """Codes (K, D) from start (D,) to end (D,) at t (K,), in equal steps of the prior's probability in each latent."""
    return icdf(torch.lerp(cdf(start), cdf(end), t[:, None]))


def path_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 11.5: K and D differ, the ends lie on both sides of 0, and one start is far out."""
    signs = torch.tensor([1.0, -1, 1, -1, 1])
    away = torch.cat([between(generator, 1.4, 1.6, 1), between(generator, 0.5, 1.6, 4)])
    return {
        "start": -signs * away,
        "end": signs * between(generator, 0.1, 1.2, 5),
        "t": torch.linspace(0.2, 0.8, 4) + between(generator, -0.05, 0.05, 4),
    }


def probe_path(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 11.5 and collect what comes back."""
    probe = Probe(answer)
    start, end, t = inputs["start"], inputs["end"], inputs["t"]
    for name, (cdf, icdf) in PRIORS.items():
        probe.call(name, start, end, t, cdf, icdf)
    cdf, icdf = PRIORS["Laplace"]
    probe.call("ends", start, end, torch.tensor([0.0, 1.0]), cdf, icdf)
    probe.call("one", start, end, t[1:2], cdf, icdf)
    probe.call("still", start, start, t, cdf, icdf)
    probe.call("latent", start[:1], end[:1], t, cdf, icdf)
    return probe.values


def judge_path(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 11.5."""
    judge = Judge("quantile_path", values)
    start, end, t = (inputs[name].double() for name in ("start", "end", "t"))
    for name, (cdf, icdf) in PRIORS.items():
        low, high = cdf(start), cdf(end)
        levels = torch.lerp(low, high, t[:, None])
        judge.close(
            name,
            icdf(levels),
            axes=PER_STEP,
            case=f"the {name} prior",
            rtol=1e-3,
            atol=1e-4,
            suspects=(
                (
                    "straight",
                    torch.lerp(start, end, t[:, None]),
                    "This is the straight line (also if it goes through the CDF and back): take the steps between "
                    "cdf(start) and cdf(end).",
                ),
                (
                    "own-cdf",
                    quantile_path(start, end, t, *PRIORS["normal"]),
                    "This is the normal prior's path: use the functions cdf and icdf that are given.",
                ),
                (
                    "own-steps",
                    icdf(torch.lerp(low, high, torch.linspace(0, 1, len(t), dtype=low.dtype)[:, None])),
                    "t says how far along each code lies: take its values, not even steps from 0 to 1.",
                ),
                ("levels-only", levels, "These are the levels u: the inverse CDF still has to turn them into codes."),
                (
                    "reversed",
                    icdf(torch.lerp(high, low, t[:, None])),
                    "At t = 0 the path is at start, at t = 1 at end.",
                ),
                (
                    "ends-ignored",
                    icdf(t)[:, None].expand(len(t), len(start)),
                    "t is a share of the way from cdf(start) to cdf(end).",
                ),
                ("end-missing", icdf(low * (1 - t[:, None])), "cdf(end) times t is missing."),
                (
                    "cdf-after",
                    cdf(torch.lerp(start, end, t[:, None])),
                    "The CDF of the straight line: these are levels, not codes.",
                ),
            ),
            otherwise="Levels cdf(start) and cdf(end), equal steps between them, then icdf.",
        )
    laplace = PRIORS["Laplace"]
    judge.close("ends", torch.stack([start, end]), axes=PER_STEP, case="t = 0 and t = 1", rtol=1e-3, atol=1e-4)
    for label, a, b, steps, words in (
        ("one", start, end, t[1:2], "a single t"),
        ("still", start, start, t, "equal ends"),
        ("latent", start[:1], end[:1], t, "one latent"),
    ):
        judge.close(label, quantile_path(a, b, steps, *laplace), axes=PER_STEP, case=words, rtol=1e-3, atol=1e-4)
    return judge.findings
