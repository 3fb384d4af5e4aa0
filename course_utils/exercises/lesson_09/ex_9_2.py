"""Exercise 9.2: warm-up and free bits."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils.objectives import Elbo
from course_utils.schedules import WarmUp

from ..contract import Inputs
from ..drawing import between, uniform
from ..judging import Judge, Suspect, attempts, told_apart
from .probe_9_2 import LATE, LONG

TITLE = "warm-up and free bits"
NAME = "gentle_loss"
POINTS = 2
HINTS = (
    "Three steps: the mean KL of each unit over the batch; no unit below free; the sum, times a weight that rises.",
    "weight = min(1, progress / until); loss = bce.mean() + weight * kl.mean(0).clamp(min=free).sum().",
    "def gentle_loss(bce, kl, progress, until, free):\n    weight = min(1, ___)\n    units = kl.mean(dim=___)\n"
    "    return bce.mean() + weight * units.clamp(min=___).___",
)
ONE_NUMBER = "One number, the loss of the batch."


def reference(bce: Tensor, kl: Tensor, progress: float, until: float, free: float) -> Tensor:
    """Loss of a batch, nats: BCE (N,) and KL (N, D), a weight that rises until ``until``, ``free`` nats a unit."""
    return Elbo(bce, kl).loss(WarmUp(until)(progress), free)


def inputs(generator: torch.Generator) -> Inputs:
    """Units on both sides of the free bits, each with images on both sides; before, at and after the warm-up's end.

    The numbers are small, so that each slip shows; once more they are as large as a lesson's, in a longer warm-up.
    """
    for _ in attempts():
        bce, kl = uniform(generator, 2, 6, 9), uniform(generator, 0, 1, 9, 5)
        kl = kl * torch.tensor([0.2, 3.0, 0.5, 6.0, 1.1])
        until, free = between(generator, (0.2, 0.5), (0.3, 0.45)).tolist()
        drawn = {"bce": bce, "kl": kl, "until": until, "free": free, "progress": until * 0.4}
        if told_apart(reference(bce, kl, until * 0.4, until, free), _suspects(drawn, until * 0.4)):
            return drawn
    raise AssertionError("unreachable")


def _suspects(inputs: Inputs, progress: float) -> list[Suspect]:
    bce, kl, until, free = (inputs[name] for name in ("bce", "kl", "until", "free"))
    weight, units = min(1.0, progress / until), kl.mean(0)
    right, mean = units.clamp(min=free).sum(), bce.mean()
    return [
        ("no-free-bits", mean + weight * units.sum(), "No unit was given its free nats: clamp(min=free)."),
        (
            "free-for-images",
            mean + weight * kl.clamp(min=free).mean(0).sum(),
            "Each image was lifted to free before the mean: take the mean over the batch first.",
        ),
        (
            "wrong-side",
            mean + weight * units.clamp(max=free).sum(),
            "The units were cut from above: none shall count as less than free.",
        ),
        (
            "subtracted",
            mean + weight * (units - free).clamp(min=0).sum(),
            "What is above free was charged alone: a unit counts as its KL or as free, whichever is more.",
        ),
        ("no-warm-up", mean + right, "The weight is min(1, progress / until); here it was 1."),
        ("progress-as-weight", mean + progress * right, "The weight reaches 1 at until: progress / until."),
        ("bce-weighted", weight * (mean + right), "Only the KL is weighted; the BCE has its full price always."),
        ("mean-over-units", mean + weight * right / len(units), "The units are added up, not averaged."),
        ("bce-missing", weight * right, "The BCE is missing."),
        ("not-averaged", bce.sum() + weight * right, "The BCE was added up over the images: take its mean."),
    ]


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 9.2."""
    bce, kl, until, free = (inputs[name] for name in ("bce", "kl", "until", "free"))
    for label, progress in (("during", inputs["progress"]), ("after", 2 * until), ("start", 0.0)):
        uncapped = bce.mean() + progress / until * kl.mean(0).clamp(min=free).sum()
        judge.close(
            label,
            reference(bce, kl, progress, until, free),
            axes=ONE_NUMBER,
            case=f"progress {progress:.3f}, until = {until:.3f}",
            suspects=[
                ("not-capped", uncapped, "After the warm-up the weight stays 1: min(1, progress / until)."),
                *_suspects(inputs, progress),
            ]
            if progress
            else (),
            otherwise="bce.mean() plus the weight times the sum over units of max(mean KL, free).",
        )
    judge.close(
        "no gift",
        reference(bce, kl, 1.0, until, 0.0),
        axes=ONE_NUMBER,
        case="free = 0 after the warm-up",
        otherwise="Then nothing is left but the mean -ELBO, BCE + KL.",
    )
    judge.close(
        "large",
        reference(40 * bce, 10 * kl, LATE, LONG, 10 * free),
        axes=ONE_NUMBER,
        case=f"a BCE of {40 * bce.mean():.0f} nats, progress {LATE}, until = {LONG}",
        otherwise="bce.mean() plus the weight times the sum over units of max(mean KL, free).",
    )
    judge.close(
        "slope of the BCE",
        torch.full(bce.shape, 1 / len(bce)),
        case="its derivative by bce",
        otherwise="Each image's BCE has derivative 1 / N: no detach, no rounding.",
    )
    slope = torch.where(kl.mean(0) > free, 0.4 / len(bce), 0.0).expand_as(kl)
    judge.close(
        "slope",
        slope,
        case="its derivative by kl",
        otherwise="A unit below free has derivative 0, one above it weight / N for each image.",
    )
