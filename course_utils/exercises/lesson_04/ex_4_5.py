"""Exercise 4.5: the beta that reductions hide."""

from __future__ import annotations

from itertools import product

import torch

from ..contract import Inputs
from ..judging import Judge, Suspect
from .probe_4_3 import PIXELS
from .probe_4_5 import REDUCTIONS

TITLE = "the beta that reductions hide"
NAME = "effective_beta"
POINTS = 2
HINTS = (
    'Express each half in units of "per image". By what factor is a sum over the batch larger, a '
    "mean over pixels smaller?",
    'factor of "sum": images; of "per image": 1; of "mean": 1 / pixels for the BCE, 1 / latents for the KL. '
    "beta = weight * factor of KL / factor of BCE.",
    "def effective_beta(weight, bce, kl, images, pixels=784, latents=32):\n"
    '    bce_factor = {"sum": ___, "per image": 1, "mean": ___}[bce]\n'
    '    kl_factor = {"sum": ___, "per image": 1, "mean": ___}[kl]\n    return weight * ___ / ___',
)

REMEDIES = (
    ("cannot access local variable", 'A branch is missing: each of "sum", "per image" and "mean" needs one, for both.'),
    ("KeyError", 'The three words are "sum", "per image" and "mean".'),
)


def reference(weight: float, bce: str, kl: str, images: int, pixels: int = PIXELS, latents: int = 32) -> float:
    """The beta of BCE + beta * KL, nats per image, that a loss with these reductions trains: one number."""
    bce_unit = {"sum": images, "per image": 1, "mean": 1 / pixels}[bce]
    kl_unit = {"sum": images, "per image": 1, "mean": 1 / latents}[kl]
    return weight * kl_unit / bce_unit


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 4.5."""
    images, pixels, latents = (torch.randint(0, 40, (3,), generator=generator) + torch.tensor([110, 500, 210])).tolist()
    return {
        "weight": 0.03 + 0.05 * torch.rand((), generator=generator).item(),
        "images": images,
        "pixels": pixels,
        "latents": latents,
    }


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 4.5."""
    weight, n, p, d = (inputs[name] for name in ("weight", "images", "pixels", "latents"))
    for bce, kl in sorted(product(REDUCTIONS, REDUCTIONS), key=lambda pair: pair[0] == pair[1]):
        judge.close(
            f"{bce} / {kl}",
            reference(weight, bce, kl, n, p, d),
            suspects=_beta_suspects(weight, bce, kl, n, p, d),
            case=f'bce="{bce}", kl="{kl}", weight {weight:.2f}, {n} images, {p} pixels, {d} latents',
            rtol=1e-6,
            atol=0,
            otherwise='Write both halves as a factor times "per image"; beta = weight * (factor of KL) / '
            "(factor of BCE).",
        )
    for label, expected in (
        ("one more mean / sum", weight * (n + 1) * (p + 1)),
        ("one more sum / mean", weight / (n + 1) / (d + 1)),
    ):
        judge.close(
            label,
            expected,
            case=f"{label.removeprefix('one more ')}, {n + 1} images, {p + 1} pixels, {d + 1} latents",
            rtol=1e-6,
            atol=0,
        )
    judge.close(
        "defaults",
        2.5 * PIXELS / 32,
        case="weight 2.5, pixels and latents not given",
        rtol=1e-6,
        atol=0,
        otherwise="The defaults are pixels=784 and latents=32.",
    )


def _beta_suspects(weight: float, bce: str, kl: str, n: int, p: int, d: int) -> tuple[Suspect, ...]:
    """What a wrong factor for one of the reductions makes of the beta."""

    def beta(total: float = n, bce_mean: float = 1 / p, kl_mean: float = 1 / d) -> float:
        factors = {"sum": total, "per image": 1}
        return weight * {**factors, "mean": kl_mean}[kl] / {**factors, "mean": bce_mean}[bce]

    upside_down = "Upside down: weight and the factor of the KL stand above, the factor of the BCE below."
    return (
        ("upside-down", weight**2 / beta(), upside_down),
        ("upside-down", 1 / beta(), upside_down),
        ("weight-missing", beta() / weight, "The weight of the KL is missing."),
        ("weight-divides", beta() / weight**2, "The weight multiplies the KL."),
        ("batch-forgotten", beta(total=1), 'A "sum" over the batch is images times what "per image" is.'),
        (
            "batch-in-the-mean",
            beta(bce_mean=1 / (n * p), kl_mean=1 / (n * d)),
            'The images are averaged in "per image" as well: '
            'beside it, a "mean" divides by the pixels (or latents) only.',
        ),
        (
            "batch-in-the-mean",
            beta(bce_mean=1 / (n * p)),
            'The images are averaged in "per image" as well: beside it, a "mean" divides by the pixels only.',
        ),
        ("mean-multiplies", beta(bce_mean=p, kl_mean=d), "A mean divides: its factor is 1 / pixels, or 1 / latents."),
        ("mean-multiplies", beta(kl_mean=d), "A mean divides: its factor is 1 / latents."),
        ("mean-multiplies", beta(bce_mean=p), "A mean divides: its factor is 1 / pixels."),
        (
            "pixels-forgotten",
            beta(bce_mean=1),
            "A mean over pixels makes the BCE smaller by their number, so the KL weighs that much more.",
        ),
        ("latents-forgotten", beta(kl_mean=1), "The KL's mean divides by the latents."),
        ("size-written-in", beta(bce_mean=1 / PIXELS), "pixels is an argument, not always 784."),
        ("size-written-in", beta(kl_mean=1 / 32), "latents is an argument, not always 32."),
        ("size-written-in", beta(bce_mean=1 / PIXELS, kl_mean=1 / 32), "pixels and latents are arguments."),
        ("size-written-in", beta(total=100), "images is an argument, not always 100."),
        ("pixels-for-latents", beta(kl_mean=1 / p), "The KL is a mean over latents, not over pixels."),
        ("latents-for-pixels", beta(bce_mean=1 / d), "The BCE is a mean over pixels, not over latents."),
    )
