"""Exercise 14.1: five numbers of a run."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ..contract import Inputs
from ..drawing import uniform
from ..judging import Judge, Suspect, attempts, told_apart
from .probe_14_1 import PARTS

TITLE = "five numbers of a run"
NAME = "run_numbers"
POINTS = 2
HINTS = (
    "Four are means over images. The bound is made image by image first; activity is asked of each unit's mean.",
    "-IWAE is minus the mean over images of logsumexp(log_w, dim=0) - ln K; a unit is active if its mean KL over the "
    "images is above 0.01.",
    "def run_numbers(bce, kl, log_w):\n    bound = torch.logsumexp(log_w, dim=___) - math.log(___)\n"
    "    active = (kl.mean(dim=___) > 0.01).sum()\n    mean_bce, mean_kl = bce.mean(), kl.sum(dim=___).mean()\n"
    "    return mean_bce + mean_kl, mean_bce, mean_kl, ___, active",
)
ACTIVE = 0.01
EXCHANGED = "The KL was added up over the images and averaged over the units: the other way round."
CASES = {"run": "six draws", "single": "a single draw", "collapsed": "a collapsed run"}


def reference(bce: Tensor, kl: Tensor, log_w: Tensor) -> tuple[Tensor, ...]:
    """-ELBO, BCE, KL, -IWAE and active units of a run from BCE (N,), KL (N, D) and log weights (K, N), nats."""
    bound = torch.logsumexp(log_w, dim=0) - math.log(len(log_w))
    mean_bce, mean_kl = bce.mean(), kl.sum(dim=1).mean()
    return mean_bce + mean_kl, mean_bce, mean_kl, -bound.mean(), (kl.mean(dim=0) > ACTIVE).sum()


def inputs(generator: torch.Generator) -> Inputs:
    """Units of six kinds, which each way of counting counts differently; a single draw; a run that has collapsed."""
    for _ in attempts():
        run, single = _run(generator, 9, 6), _run(generator, 5, 1)
        collapsed = (
            uniform(generator, 20, 60, 4),
            uniform(generator, 0, 0.004, 4, 3),
            uniform(generator, -60, -20, 3, 4),
        )
        right, suspects = reference(*run), _suspects(*run)
        if all(told_apart(right[i], suspects[part]) for i, part in enumerate(PARTS)):
            return {"run": run, "single": single, "collapsed": collapsed}
    raise AssertionError("unreachable")


def _run(generator: torch.Generator, n: int, draws: int) -> tuple[Tensor, Tensor, Tensor]:
    """BCE, KL and log weights far below what exp can hold in float32."""
    bce = uniform(generator, 80, 140, n)
    level = torch.tensor([6.0, 0.6, 0.05, 0.03, 0.006, 0.002, *[0.0003] * 5])
    kl = level * uniform(generator, 0.85, 1.1, n, len(level))
    kl[:, 3] *= torch.arange(n) % 3 > 0  # active, though some images do without it
    kl[0, 4] = 0.02  # for one image only
    log_w = -(bce + kl.sum(1) + 40) + uniform(generator, -3, 3, draws, n)
    log_w[-1] += 2  # the last draw counts
    return bce, kl, log_w


def _suspects(bce: Tensor, kl: Tensor, log_w: Tensor) -> dict[str, list[Suspect]]:
    """What the usual slips give, by part."""
    draws, n = log_w.shape
    mean_bce, mean_kl = bce.mean(), kl.sum(1).mean()
    log_sum = torch.logsumexp(log_w, dim=0)
    right = (log_sum - math.log(draws)).mean()
    active = (kl.mean(0) > ACTIVE).sum()
    return {
        "-ELBO": [
            ("units-averaged", mean_bce + kl.mean(), "The KL was averaged over its units: add them up."),
            ("kl-missing", mean_bce, "This is the BCE alone: -ELBO is BCE plus KL, and comes first."),
            ("elbo-sign", -(mean_bce + mean_kl), "This is the ELBO; costs are asked for, so minus it."),
            ("images-added", bce.sum() + kl.sum(), "Added up over the images: take the mean."),
            ("axes-exchanged", mean_bce + kl.sum(0).mean(), EXCHANGED),
            ("kl-subtracted", mean_bce - mean_kl, "The KL was subtracted: it is a cost, too."),
        ],
        "BCE": [("images-added", bce.sum(), "Added up over the images: take the mean.")],
        "KL": [
            ("units-averaged", kl.mean(), "Averaged over the units: add them up, then take the mean over images."),
            ("images-added", kl.sum(), "Added up over the images: take the mean."),
            ("axes-exchanged", kl.sum(0).mean(), EXCHANGED),
        ],
        "-IWAE": [
            ("mean-of-logs", -log_w.mean(), "The logarithms were averaged: that is -ELBO again, with more draws."),
            ("not-averaged", -log_sum.mean(), "logsumexp adds up: subtract ln K for the mean of K weights."),
            (
                "wrong-axis",
                -(torch.logsumexp(log_w, dim=1) - math.log(n)).mean(),
                "logsumexp ran over the images: the draws of one image stand in a column, dim=0.",
            ),
            ("bound-sign", right, "This is the bound on ln p; costs are asked for, so minus it."),
            ("best-draw", -log_w.max(0).values.mean(), "This is the best draw of each image: average the weights."),
            (
                "images-first",
                math.log(draws) - torch.logsumexp(log_w.mean(1), dim=0),
                "The images were averaged first: each image has a bound of its own.",
            ),
            (
                "wrong-count",
                math.log(n) - log_sum.mean(),
                "ln N was subtracted: the mean is over the K draws, so ln K.",
            ),
            ("ln-k-added", -right - 2 * math.log(draws), "ln K was added: subtract it from logsumexp."),
        ],
        "number of active units": [
            (
                "entries",
                (kl > ACTIVE).sum(),
                "Images and units were counted: take each unit's mean over the images first.",
            ),
            ("any-image", (kl > ACTIVE).any(0).sum(), "One image above 0.01 is not enough: the mean over images is."),
            ("every-image", (kl > ACTIVE).all(0).sum(), "Not every image must be above 0.01: the mean over images is."),
            ("sum-above", (kl.sum(0) > ACTIVE).sum(), "The sum over the images was compared: take the mean."),
            ("all-units", kl.shape[1], "This is the number of units, asleep or not."),
            ("tenth", (kl.mean(0) > 10 * ACTIVE).sum(), "The threshold is 0.01 nats."),
            ("asleep", kl.shape[1] - active, "These are the sleeping units."),
            ("share", active / kl.shape[1], "This is the share of active units: count them."),
        ],
    }


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 14.1."""
    for label, case in CASES.items():
        if f"{label} -IWAE" in judge.values:
            judge.finite(
                f"{label} -IWAE",
                (),
                "exp of a hundred negative nats is 0 in float32, and its logarithm infinite: torch.logsumexp.",
            )
        judge.parts(
            label,
            dict(zip(PARTS, reference(*inputs[label]), strict=True)),
            case=case,
            suspects=_suspects(*inputs[label]) if label == "run" else None,
            otherwise="Means over images; sums over units; the bound by logsumexp over the draws, minus ln K.",
        )
