"""Exercise 11.5: a path along quantiles."""

from __future__ import annotations

import torch
from torch import Tensor

from ..contract import Inputs
from ..drawing import uniform
from ..judging import Judge
from .probe_11_5 import PRIORS, Map, tails

TITLE = "a path along quantiles"
NAME = "quantile_path"
POINTS = 2
HINTS = (
    "Walk in levels, not in codes: from cdf(start) to cdf(end), then back with icdf.",
    "u(t) = (1 - t) cdf(start) + t cdf(end), z(t) = icdf(u(t)); t[:, None] gives one row for each t.",
    "def quantile_path(start, end, t, cdf, icdf):\n    u = (1 - t[:, None]) * ___ + t[:, None] * "
    "___\n    return icdf(___)",
)

PER_STEP = "One code for each t: (K, D)."


def reference(start: Tensor, end: Tensor, t: Tensor, cdf: Map, icdf: Map) -> Tensor:
    """Codes (K, D) from start (D,) to end (D,) at t (K,), in equal steps of the prior's probability in each latent."""
    return icdf(torch.lerp(cdf(start), cdf(end), t[:, None]))


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 11.5: K and D differ, the ends lie on both sides of 0, one start is far out, and t is
    not in order; levels of ends in the tails."""
    signs = torch.tensor([1.0, -1, 1, -1, 1, 1, -1])
    away = torch.cat([uniform(generator, 1.4, 1.6, 1), uniform(generator, 0.5, 1.6, 6)])
    return {
        "start": -signs * away,
        "end": signs * uniform(generator, 0.1, 1.2, 7),
        "t": torch.tensor([0.6, 0.2, 0.8, 0.4, 0.1, 0.7]) + uniform(generator, -0.05, 0.05, 6),
        "from": torch.tensor([0.001, 0.999, 0.03, 0.002, 0.95, 0.5, 0.98]) * uniform(generator, 0.95, 1.0, 7),
        "to": torch.tensor([0.004, 0.9, 0.97, 0.999, 0.01, 0.05, 0.3]) * uniform(generator, 0.95, 1.0, 7),
    }


REMEDIES = (
    (
        "size of tensor|broadcast",
        "t, (K,), meets the levels of an end, (D,): make a column of it, t[:, None], and K rows of D come out.",
    ),
)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 11.5."""
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
                    reference(start, end, t, *PRIORS["normal"]),
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
            otherwise="First cdf, of both ends; then the steps between these levels; then icdf.",
        )
    laplace = PRIORS["Laplace"]
    for name, (cdf, icdf) in PRIORS.items():
        first, last = tails(inputs, icdf)
        judge.close(
            f"{name} tails",
            icdf(torch.lerp(cdf(first.double()), cdf(last.double()), t[:, None])),
            axes=PER_STEP,
            case=f"ends in the tails of the {name} prior",
            rtol=1e-3,
            atol=1e-3,
            otherwise="Levels may be as near to 0 and 1 as they are: nothing keeps them, or the codes, in bounds.",
        )
    judge.close("ends", torch.stack([start, end]), axes=PER_STEP, case="t = 0 and t = 1", rtol=1e-3, atol=1e-4)
    for label, a, b, steps, words in (
        ("one", start, end, t[1:2], "a single t"),
        ("still", start, start, t, "equal ends"),
        ("latent", start[:1], end[:1], t, "one latent"),
    ):
        judge.close(label, reference(a, b, steps, *laplace), axes=PER_STEP, case=words, rtol=1e-3, atol=1e-4)
