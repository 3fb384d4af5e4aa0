"""Exercises of lesson 11: equal spreads, two KLs, a support that cannot leave the prior's, paths along quantiles."""

from __future__ import annotations

from . import _lesson_11_inside as inside
from . import _lesson_11_path as path
from . import _lesson_11_spread as spread
from . import _lesson_11_support as support
from .contract import Exercise

EXERCISES = (
    Exercise(
        id="11.1",
        title="the same spread",
        name="same_spread",
        points=1,
        hints=(
            "The variance is sd squared. Set it equal to each family's variance, and solve.",
            "2 b^2 = sd^2, and w^2 / 12 = sd^2 for the width w; half of w lies on each side of the mean.",
            "def same_spread(mean, sd):\n    b = sd / ___\n    half_width = ___ * sd\n    return b, mean "
            "- ___, mean + ___",
        ),
        reference=spread.same_spread,
        inputs=spread.spread_inputs,
        probe=spread.probe_spread,
        verdict=spread.judge_spread,
    ),
    Exercise(
        id="11.2",
        title="the KL of two Laplace densities",
        name="kl_laplace",
        points=2,
        hints=(
            "Two pieces: the average distance of a draw from 0, and the difference of the two entropies.",
            "KL = |mu| + b e^(-|mu| / b) - 1 - ln b.",
            "def kl_laplace(mu, b):\n    distance = mu.abs() + b * torch.exp(___)\n    return distance - "
            "___ - torch.log(___)",
        ),
        reference=spread.kl_laplace,
        inputs=spread.laplace_inputs,
        probe=spread.probe_laplace,
        verdict=spread.judge_laplace,
    ),
    Exercise(
        id="11.3",
        title="the KL of two uniform densities",
        name="kl_uniform",
        points=2,
        hints=(
            "First the case inside. Then say, for each element, whether it has left the prior's support.",
            "ln((C - A) / (c - a)) where [a, c] lies in [A, C], else +inf; torch.where chooses for each element.",
            "def kl_uniform(low, high, prior_low, prior_high):\n    inside = torch.log((___) / (___))\n"
            "    outside = (low < ___) | (high > ___)\n    return torch.where(outside, ___, inside)",
        ),
        reference=support.kl_uniform,
        inputs=support.interval_inputs,
        probe=support.probe_intervals,
        verdict=support.judge_intervals,
    ),
    Exercise(
        id="11.4",
        title="a support that cannot leave",
        name="support_inside",
        points=2,
        hints=(
            "Give the width first, as a share of [0, 1]. What room is left for the place?",
            "Bound both free numbers, to b and w. The width is the share sigmoid(w) of [0, 1], the left "
            "end the share sigmoid(b) of the room that the width leaves.",
            "def support_inside(place, width):\n    share = torch.sigmoid(width.clamp(-8, ___))\n"
            "    room = 1 - ___\n    low = torch.sigmoid(place.clamp(-8, ___)) * room\n    return low, low + ___",
        ),
        reference=inside.support_inside,
        inputs=inside.free_inputs,
        probe=inside.probe_support,
        verdict=inside.judge_support,
    ),
    Exercise(
        id="11.5",
        title="a path along quantiles",
        name="quantile_path",
        points=2,
        hints=(
            "Walk in levels, not in codes: from cdf(start) to cdf(end), then back with icdf.",
            "u(t) = (1 - t) cdf(start) + t cdf(end), z(t) = icdf(u(t)); t[:, None] gives one row for each t.",
            "def quantile_path(start, end, t, cdf, icdf):\n    u = (1 - t[:, None]) * ___ + t[:, None] * "
            "___\n    return icdf(___)",
        ),
        reference=path.quantile_path,
        inputs=path.path_inputs,
        probe=path.probe_path,
        verdict=path.judge_path,
    ),
)
