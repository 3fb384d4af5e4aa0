"""Exercise 3.1: a draw that can be differentiated."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..contract import Finding, Inputs, Values
from ..judging import Judge

TITLE = "a draw that can be differentiated"
NAME = "reparameterize"
POINTS = 2
HINTS = (
    "Three lines: sigma from logvar, fresh normal noise of the right shape, then shift and stretch it.",
    "z = mu + sigma * eps, with sigma = exp(logvar / 2) and eps from torch.randn_like.",
    "def reparameterize(mu, logvar):\n    sigma = torch.exp(___)\n    eps = "
    "torch.randn_like(___)\n    return mu + ___ * ___",
)


IMAGES, LATENTS = 4000, 3


SIX_ERRORS_MEAN = 6 / (IMAGES * LATENTS) ** 0.5


# Closer than this are the same noise: 32-bit rounding moves it by less; by chance, 3 in 100 neighbours are so close.
TWINS = 4e-6


SIX_ERRORS_SQUARE = 6 * (2 / (IMAGES * LATENTS / 2)) ** 0.5


def reference(mu: Tensor, logvar: Tensor) -> Tensor:
    """z = mu + exp(logvar / 2) eps with fresh eps ~ N(0, I), the shape of mu."""
    return mu + torch.exp(logvar / 2) * torch.randn_like(mu)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 3.1."""
    mu = 4 * torch.rand((IMAGES, LATENTS), generator=generator) - 2
    logvar = -0.5 - 2 * torch.rand((IMAGES, LATENTS), generator=generator)
    seed = int(torch.randint(0, 2**31, (), generator=generator))
    return {"mu": mu, "logvar": logvar, "seed": seed}


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 3.1."""
    judge = Judge(NAME, values)
    mu, logvar = inputs["mu"].double().numpy(), inputs["logvar"].double().numpy()
    axes = "One code for each image: the shape of mu."
    z, again = judge.array("z", mu.shape, axes), judge.array("again", mu.shape, axes)
    if z is None or again is None:
        return judge.findings
    judge.that(
        bool(np.isfinite(z).all()),
        "not-finite",
        "reparameterize returned values that are not finite.",
        "A root or a logarithm of logvar, which is negative here? sigma = exp(logvar / 2).",
    )
    judge.that(
        not np.allclose(z, mu, atol=1e-6),
        "noise-forgotten",
        "reparameterize returned mu itself.",
        "Add sigma times fresh noise.",
    )
    judge.that(
        not np.allclose(z, again),
        "same-noise-again",
        "Two calls under different seeds gave the same codes.",
        "No noise, a manual_seed inside the function, or noise that was drawn once and kept? Draw afresh "
        "in every call.",
    )
    eps = (z - mu) / np.exp(logvar / 2)
    _judge_independence(judge, eps)
    _judge_scale(judge, z - mu, logvar)
    kurtosis = np.mean(eps**4)
    judge.that(
        abs(kurtosis - 3) < 0.6,
        "not-normal",
        f"The noise has a fourth moment of {kurtosis:.2f}; a normal one has 3.",
        "torch.randn draws normal noise.",
    )
    _judge_repetition(judge, eps)
    judge.array("one", (1, 1), "A batch of one image with one latent keeps both axes: (1, 1).")
    _judge_gradients(judge, mu)
    return judge.findings


def _judge_gradients(judge: Judge, mu: np.ndarray) -> None:
    """Whether dz/dmu is 1 and dz/dlogvar is (z - mu) / 2."""
    gradients = judge.array("gradients", (3, *mu.shape))
    if gradients is None:
        return
    judge.values["dmu"], judge.values["dlogvar"] = gradients[1], gradients[2]
    cut = (
        "detached",
        np.zeros_like(mu),
        "torch.normal draws, but no gradient comes through it: write mu + sigma * eps.",
    )
    judge.close("dmu", np.ones_like(mu), case="the derivative of z by mu", suspects=(cut,))
    judge.close(
        "dlogvar",
        (gradients[0] - mu) / 2,
        case="the derivative of z by logvar",
        rtol=1e-3,
        otherwise="sigma = exp(logvar / 2) must stay in the graph.",
    )


def _judge_scale(judge: Judge, noise: np.ndarray, logvar: np.ndarray) -> None:
    """Whether noise / sigma has mean 0 and variance 1, for small and for large logvar; else, which wrong sigma fits."""
    eps = noise / np.exp(logvar / 2)
    judge.that(
        not (eps.min() >= 0 and eps.max() <= 1),
        "uniform-noise",
        "The noise lies between 0 and 1 only.",
        "torch.rand draws uniform noise; torch.randn draws normal noise.",
    )
    if _is_standard(eps, logvar):
        return
    wrong_scales = (
        ("sigma-is-exp-logvar", np.exp(logvar), "exp(logvar) is the variance: sigma = exp(logvar / 2)."),
        ("logvar-as-sigma", logvar, "logvar itself was used as sigma: take exp(logvar / 2)."),
        ("scale-ignored", np.ones_like(logvar), "The noise was not multiplied by sigma."),
        ("inverse-sigma", np.exp(-logvar / 2), "The noise was divided by sigma: multiply."),
        ("double-logvar", np.exp(2 * logvar), "exp(2 * logvar)? The half goes the other way: exp(logvar / 2)."),
    )
    for code, scale, cause in wrong_scales:
        judge.that(not _is_standard(noise / scale, logvar), code, _spread(eps), cause)
    judge.that(
        False, "value", _spread(eps), "z = mu + sigma * eps, with eps drawn from N(0, 1) and sigma = exp(logvar / 2)."
    )


def _is_standard(eps: np.ndarray, logvar: np.ndarray) -> bool:
    low = logvar < np.median(logvar)
    squares = [np.mean(eps[part] ** 2) for part in (low, ~low)]
    return bool(abs(eps.mean()) < SIX_ERRORS_MEAN and all(abs(square - 1) < SIX_ERRORS_SQUARE for square in squares))


def _spread(eps: np.ndarray) -> str:
    return f"(z - mu) / sigma has mean {eps.mean():.2f} and variance {eps.var():.2f}, expected 0 and 1."


def _judge_independence(judge: Judge, eps: np.ndarray) -> None:
    """Whether every image and every latent has noise of its own."""
    judge.that(
        eps.std(axis=1).mean() > 0.05,
        "noise-shared-by-latents",
        "All latents of an image got the same noise.",
        "Draw noise of the full shape (N, latent), such as torch.randn_like(mu).",
    )
    judge.that(
        eps.std(axis=0).mean() > 0.05,
        "noise-shared-by-images",
        "All images got the same noise.",
        "Draw noise of the full shape (N, latent), such as torch.randn_like(mu).",
    )


def _judge_repetition(judge: Judge, eps: np.ndarray) -> None:
    """Whether parts of the noise were used twice, with either sign."""
    gaps = np.diff(np.sort(np.abs(eps), axis=None))
    judge.that(
        bool(np.mean(gaps < TWINS) < 0.25),
        "noise-repeated",
        "Some codes share their noise (perhaps with its sign turned).",
        "Draw all of it at once, such as torch.randn_like(mu), without repeating or mirroring.",
    )
