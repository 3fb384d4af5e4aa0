"""Exercise 9.4: information and mismatch."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from course_utils.distributions import STANDARD_NORMAL, Normal

from ..contract import Inputs
from ..drawing import uniform
from ..judging import Judge, Suspect, attempts, told_apart
from .probe_9_4 import PARTS

TITLE = "information and mismatch"
NAME = "split_kl"
POINTS = 2
HINTS = (
    "Three numbers for each code: ln q(z|x) of its own image, ln q(z) over all images, ln p(z). Then two means.",
    "table[n, m] = ln N(z_n; mu_m, sigma_m^2), (N, N); its diagonal is ln q(z|x), and torch.logsumexp(table, dim=1) - "
    "ln N is ln q(z).",
    "def split_kl(z, mu, logvar):\n    table = ___  # (N, N): code n under the Gaussian of image m\n"
    "    own, prior = table.diagonal(), ___\n    average = torch.logsumexp(table, dim=___) - math.log(___)\n"
    "    return (own - average).mean(), (average - ___).mean()",
)
CASES = {
    "some": "nine images",
    "two": "two images far apart",
    "narrow": "nine images with narrow posteriors",
    "wide": "nine images with posteriors wider than the prior",
}


def reference(z: Tensor, mu: Tensor, logvar: Tensor) -> tuple[Tensor, Tensor]:
    """Information and mismatch, nats, from one code of each of N images: z, mu and logvar are (N, D)."""
    own, average, prior = _densities(z, mu, logvar)
    return (own - average).mean(), (average - prior).mean()


def _densities(z: Tensor, mu: Tensor, logvar: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """ln q(z|x), ln q(z) and ln p(z) of each code, (N,) each."""
    table = Normal(mu, logvar).log_prob(z[:, None]).sum(2)
    return table.diagonal(), table.logsumexp(1) - math.log(len(z)), STANDARD_NORMAL.log_prob(z).sum(1)


def inputs(generator: torch.Generator) -> Inputs:
    """Codes of which some overlap; two images whose codes never do; nine that say nearly all that nine can say, ln 9;
    and codes near 0 of wide posteriors, to whom the prior is the likelier one."""
    for _ in attempts():
        mu, logvar = 1.2 * torch.randn((9, 3), generator=generator) + 0.4, uniform(generator, -2.0, 0.5, 9, 3)
        z = mu + torch.exp(logvar / 2) * torch.randn((9, 3), generator=generator)
        right, suspects = reference(z, mu, logvar), _suspects(z, mu, logvar)
        if all(told_apart(right[i], suspects[part]) for i, part in enumerate(PARTS)):
            far = torch.tensor([[60.0, -20.0], [-60.0, 40.0]])
            return {
                "some": (z, mu, logvar),
                "two": (far + 0.1, far, torch.tensor([[-1.0, 0.3], [0.2, -0.5]])),
                "narrow": _codes(generator, spread=3.0, logvar=(-8.0, -5.0)),
                "wide": (0.5 * mu, 0.3 * mu.flip(0), uniform(generator, 2.2, 3.2, 9, 3)),
            }
    raise AssertionError("unreachable")


def _codes(generator: torch.Generator, spread: float, logvar: tuple[float, float]) -> tuple[Tensor, Tensor, Tensor]:
    """One code of each of nine images, and their posteriors, (9, 3) each."""
    mu, own = spread * torch.randn((9, 3), generator=generator), uniform(generator, *logvar, 9, 3)
    return mu + torch.exp(own / 2) * torch.randn((9, 3), generator=generator), mu, own


def _suspects(z: Tensor, mu: Tensor, logvar: Tensor) -> dict[str, list[Suspect]]:
    """What the usual slips give for either part."""
    own, average, prior = _densities(z, mu, logvar)
    table, n = Normal(mu, logvar).log_prob(z[:, None]).sum(2), len(z)
    averages = {
        ("not-averaged", "logsumexp adds the N densities up: subtract ln N."): average + math.log(n),
        ("mean-of-logs", "The logarithms were averaged: average the densities, by logsumexp."): table.mean(1),
        (
            "wrong-axis",
            "logsumexp ran over the codes: the average is over the images' Gaussians.",
        ): table.logsumexp(0) - math.log(n),
        (
            "own-left-out",
            "The code's own Gaussian was left out of q(z); it is one of the N.",
        ): (table - torch.diag(torch.full((n,), math.inf))).logsumexp(1) - math.log(n - 1),
    }
    own_wide, average_wide, _ = _densities(z, mu, 2 * logvar)
    both: dict[str, list[Suspect]] = {
        "information": [
            ("whole-kl", (own - prior).mean(), "This is the whole KL: the information is own minus average."),
            ("swapped", (average - prior).mean(), "The parts are exchanged: information first, then mismatch."),
            ("sign", (average - own).mean(), "The sign is turned round: own minus average."),
            ("sigma-is-exp-logvar", (own_wide - average_wide).mean(), "The variance is exp(logvar)."),
            ("sum-over-images", (own - average).sum(), "Added up over the codes: take the mean."),
        ],
        "mismatch": [
            ("mismatch-is-kl", (own - prior).mean(), "This is the whole KL: the mismatch is average minus prior."),
            ("mismatch-sign", (prior - average).mean(), "The sign is turned round: average minus prior."),
        ],
    }
    for (code, cause), wrong in averages.items():
        both["information"].append((code, (own - wrong).mean(), cause))
        both["mismatch"].append((code, (wrong - prior).mean(), cause))
    return both


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 9.4."""
    for label, case in CASES.items():
        codes = [one.double() for one in inputs[label]]
        judge.parts(
            label,
            dict(zip(PARTS, reference(*codes), strict=True)),
            case=case,
            suspects=_suspects(*codes) if label == "some" else None,
            otherwise="The means of ln q(z|x) - ln q(z) and of ln q(z) - ln p(z), with sums over the latents.",
        )
