"""Exercises of lesson 08: a grid of the latent plane, the aggregate posterior, active units, paths, and neighbours."""

from __future__ import annotations

from . import _lesson_08_neighbours as neighbours
from . import _lesson_08_plane as plane
from . import _lesson_08_units as units
from .contract import Exercise

EXERCISES = (
    Exercise(
        id="8.1",
        title="a grid of equal shares of the prior",
        name="quantile_grid",
        points=2,
        hints=(
            "Three steps: the middles of equal strips of [0, 1]; their normal quantiles; every pair of "
            "two of them, row by row from the top.",
            "u_k = (k + 1/2) / side, q = torch.special.ndtri(u). In the row of pictures number r (from "
            "the top) z2 is q[side - 1 - r], and z1 runs through q.",
            "def quantile_grid(side):\n    u = (torch.arange(side) + ___) / ___\n    q = torch.special.ndtri(u)\n"
            "    z1 = q.repeat(___)\n    z2 = q.flip(0).repeat_interleave(___)\n    return "
            "torch.stack([___, ___], dim=1)",
        ),
        reference=plane.quantile_grid,
        inputs=plane.side_inputs,
        probe=plane.probe_grid,
        verdict=plane.judge_grid,
    ),
    Exercise(
        id="8.2",
        title="the density of all codes together",
        name="log_aggregate",
        points=2,
        hints=(
            "Compare every z with every posterior: z[:, None] has shape (B, 1, D) and meets mu (N, D) in "
            "(B, N, D). Add up the latents, then average over N.",
            "ln q(z) = logsumexp over n of [sum over d of ln N(z_d; mu_nd, sigma_nd^2)] - ln N, with ln "
            "N(z; mu, sigma^2) = -((z - mu)^2 / sigma^2 + logvar + ln 2 pi) / 2.",
            "def log_aggregate(z, mu, logvar):\n    each = -((z[:, None] - mu) ** 2 / ___ + ___ + "
            "math.log(2 * math.pi)) / 2\n"
            "    of_posterior = each.sum(dim=___)\n    return torch.logsumexp(___, dim=1) - ___",
        ),
        reference=plane.log_aggregate,
        inputs=plane.posterior_inputs,
        probe=plane.probe_aggregate,
        verdict=plane.judge_aggregate,
    ),
    Exercise(
        id="8.3",
        title="what each unit tells",
        name="kl_per_unit",
        points=1,
        hints=(
            "Lesson 02's closed form for each image and unit, and then a mean over one axis only.",
            "(mu^2 + sigma^2 - 1 - ln sigma^2) / 2 with sigma^2 = exp(logvar) and ln sigma^2 = logvar; "
            "mean over axis 0.",
            "def kl_per_unit(mu, logvar):\n    kl = (mu**2 + ___ - 1 - ___) / 2\n    return kl.mean(dim=___)",
        ),
        reference=units.kl_per_unit,
        inputs=units.code_inputs,
        probe=units.probe_units,
        verdict=units.judge_units,
    ),
    Exercise(
        id="8.4",
        title="a path on the sphere",
        name="slerp",
        points=2,
        hints=(
            "First the angle between the two codes, from their dot product and their lengths; then one "
            "weight for start and one for end, for each t.",
            "angle = arccos(start . end / (|start| |end|)), kept at 1e-4 at least; weights sin((1 - t) "
            "angle) / sin(angle) and sin(t angle) / sin(angle).",
            "def slerp(start, end, t):\n    cosine = (start @ end) / (___ * ___)\n    angle = "
            "torch.arccos(cosine.clamp(-1, 1)).clamp(min=___)\n"
            "    w_start = torch.sin(___ * angle) / torch.sin(angle)\n    w_end = torch.sin(___ * angle) "
            "/ torch.sin(angle)\n"
            "    return w_start[:, None] * start + w_end[:, None] * end",
        ),
        reference=units.slerp,
        inputs=units.path_inputs,
        probe=units.probe_path,
        verdict=units.judge_path,
    ),
    Exercise(
        id="8.5",
        title="do neighbours agree?",
        name="knn_purity",
        points=2,
        hints=(
            "All distances at once; forbid the point itself (a distance of infinity); take the k "
            "smallest; compare labels.",
            "d = torch.cdist(codes, codes), infinity on its diagonal; the indices of d.topk(k, "
            "largest=False); the mean of labels[indices] == labels[:, None].",
            "def knn_purity(codes, labels, k):\n    distances = torch.cdist(codes, ___).fill_diagonal_(___)\n"
            "    nearest = distances.topk(___, largest=___).indices\n    return (labels[nearest] == "
            "labels[:, ___]).float().mean()",
        ),
        reference=neighbours.knn_purity,
        inputs=neighbours.labelled_inputs,
        probe=neighbours.probe_purity,
        verdict=neighbours.judge_purity,
    ),
)
