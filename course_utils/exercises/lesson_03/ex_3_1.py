"""Exercise 3.1: a draw that can be differentiated."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..judging import Judge
from ..probing import NO_GRADIENT

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
MANY = (4000, 100)
"""Draws and latents of the call whose moments are looked at: enough to resolve 1 % of sigma."""

# Closer than this are the same noise: 32-bit rounding moves it by less; by chance, 3 in 100 neighbours are so close.
TWINS = 4e-6


def reference(mu: Tensor, logvar: Tensor) -> Tensor:
    """z = mu + exp(logvar / 2) eps with fresh eps ~ N(0, I), the shape of mu."""
    return mu + torch.exp(logvar / 2) * torch.randn_like(mu)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 3.1."""
    mu = 4 * torch.rand((IMAGES, LATENTS), generator=generator) - 2
    logvar = 5 * torch.rand((IMAGES, LATENTS), generator=generator) - 3
    seed = int(torch.randint(0, 2**31, (), generator=generator))
    many = torch.linspace(-9, 5, MANY[1]) + torch.rand(MANY[1], generator=generator) / 10
    mus = torch.linspace(-8, 8, MANY[1])[torch.randperm(MANY[1], generator=generator)]
    return {"mu": mu, "logvar": logvar, "seed": seed, "mus": mus, "logvars": many, "repeats": MANY[0]}


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 3.1."""
    mu, logvar = inputs["mu"].double().numpy(), inputs["logvar"].double().numpy()
    axes = "One code for each image: the shape of mu."
    _judge_pair(judge, judge.values)
    z, again = judge.array("z", mu.shape, axes), judge.array("again", mu.shape, axes)
    if z is None or again is None:
        return
    judge.that(
        bool(np.isfinite(z).all()),
        "not-finite",
        "reparameterize returned values that are not finite.",
        "A root or a logarithm of logvar, which may be negative? sigma = exp(logvar / 2).",
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
    if judge.findings:
        return
    eps = (z - mu) / np.exp(logvar / 2)
    _judge_independence(judge, eps)
    _judge_uniform(judge, eps)
    _judge_scale(judge, inputs["mus"].double().numpy(), inputs["logvars"].double().numpy())
    _judge_repetition(judge, eps)
    judge.array("one", (1, 1), "A batch of one image with one latent keeps both axes: (1, 1).")
    _judge_gradients(judge, mu)


def _judge_pair(judge: Judge, values: Values) -> None:
    """Whether z came alone: some return the noise, or mu and logvar, beside it."""
    parts = values.get("z:parts")
    judge.that(
        parts is None,
        "several-returned",
        f"reparameterize returned a tuple of {parts} things, expected one tensor.",
        "Return z alone.",
    )


def _judge_gradients(judge: Judge, mu: np.ndarray) -> None:
    """Whether dz/dmu is 1 and dz/dlogvar is (z - mu) / 2."""
    z = judge.array("drawn", mu.shape)
    missing = [name for name in ("mu", "logvar") if isinstance(judge.values.get(f"by {name}"), dict)]
    for name in missing if len(missing) == 1 else ():
        judge.that(
            judge.values[f"by {name}"] != NO_GRADIENT,
            "detached",
            f"No gradient reaches {name} through what reparameterize returned.",
            "It left the graph on its way: .detach(), .data, .item() or no_grad cut it.",
        )
    cut = (
        "detached",
        np.zeros_like(mu),
        "torch.normal draws, but no gradient comes through it: write mu + sigma * eps.",
    )
    judge.close("by mu", np.ones_like(mu), case="the derivative of z by mu", suspects=(cut,))
    if z is not None:
        judge.close(
            "by logvar",
            (z - mu) / 2,
            case="the derivative of z by logvar",
            rtol=1e-3,
            otherwise="sigma = exp(logvar / 2) must stay in the graph, and nothing else of logvar beside it.",
        )


def _judge_uniform(judge: Judge, eps: np.ndarray) -> None:
    judge.that(
        not (eps.min() >= 0 and eps.max() <= 1),
        "uniform-noise",
        "The noise lies between 0 and 1 only.",
        "torch.rand draws uniform noise; torch.randn draws normal noise.",
    )


def _judge_scale(judge: Judge, mu: np.ndarray, logvar: np.ndarray) -> None:
    """Whether noise / sigma is standard normal for small and for large logvar; else, which wrong sigma fits.

    The probe kept the mean, the mean square and the mean fourth power of z - mu in each latent, over many images.
    """
    moments = judge.values.get("moments")
    shape = moments.shape if isinstance(moments, np.ndarray) else ()
    if shape not in ((), (3, len(logvar))):
        axes = "One code for each image: the shape of mu."
        judge.that(False, "shape", f"{NAME} returned shape {shape}, expected {MANY}.", axes)
    moments = judge.array("moments", (3, len(logvar)))
    if moments is None:
        return
    sigma = np.exp(logvar / 2)
    if not _is_standard(moments, sigma):
        middle = np.abs(logvar) < 3  # where no wrong scale is lost beside mu in 32 bits
        wrong_scales = (
            ("sigma-is-exp-logvar", np.exp(logvar), "exp(logvar) is the variance: sigma = exp(logvar / 2)."),
            ("logvar-as-sigma", logvar, "logvar itself was used as sigma: take exp(logvar / 2)."),
            ("scale-ignored", np.ones_like(logvar), "The noise was not multiplied by sigma."),
            ("inverse-sigma", 1 / sigma, "The noise was divided by sigma: multiply."),
            ("double-logvar", np.exp(2 * logvar), "exp(2 * logvar)? The half goes the other way: exp(logvar / 2)."),
            ("half-outside", np.exp(logvar) / 2, "exp(logvar) / 2? The half belongs inside: exp(logvar / 2)."),
            ("half-of-logvar", logvar / 2, "logvar / 2 is ln sigma: sigma = exp(logvar / 2)."),
            ("root-of-root", np.exp(logvar / 4), "exp(logvar / 4)? The root was taken twice: exp(logvar / 2)."),
        )
        for code, scale, cause in wrong_scales:
            fits = _is_standard(moments[:, middle], scale[middle])
            judge.that(not fits, code, _spread(moments, sigma), cause)
        one_side = _off_centre(moments, sigma, mu) or _one_side(moments, sigma, logvar)
        judge.that(False, "value", one_side or _spread(moments, sigma), "" if one_side else WIDTH)
    fourth = np.mean(moments[2] / sigma**4)
    judge.that(
        abs(fourth - 3) < 0.1,
        "not-normal",
        f"The noise has a fourth moment of {fourth:.2f}; a normal one has 3.",
        "torch.randn draws normal noise.",
    )


WIDTH = "z = mu + sigma * eps, with eps drawn from N(0, 1)."


def _is_standard(moments: np.ndarray, scale: np.ndarray) -> bool:
    """Whether noise divided by ``scale`` has mean 0 and variance 1, on the whole and for small and large scales."""
    mean, square = moments[0] / scale, moments[1] / scale**2
    parts, error = np.array_split(square, 3), 6 / (MANY[0] * len(scale)) ** 0.5
    return bool(
        abs(mean.mean()) < error
        and abs(square.mean() - 1) < 2**0.5 * error
        and all(abs(part.mean() - 1) < 6**0.5 * error for part in parts)
    )


def _off_centre(moments: np.ndarray, sigma: np.ndarray, mu: np.ndarray) -> str:
    """Words for draws that scatter as they should, but not around mu; empty where that is not so."""
    mean, square = moments[0] / sigma, moments[1] / sigma**2
    right_width = np.abs(square - mean**2 - 1) < 6 * (2 / MANY[0]) ** 0.5
    if not right_width.all() or np.abs(mean).max() < 6 / MANY[0] ** 0.5:
        return ""
    at = np.abs(mean).argmax()
    return f"z scatters around {mu[at] + moments[0][at]:.4g} at mu = {mu[at]:.4g}, expected {mu[at]:.4g}."


def _one_side(moments: np.ndarray, sigma: np.ndarray, logvar: np.ndarray) -> str:
    """Words for a sigma that is right for some logvar and wrong for others; empty where it is wrong for all."""
    square = moments[1] / sigma**2
    wrong = np.abs(square - 1) > 6 * (2 / MANY[0]) ** 0.5
    if wrong.all() or not wrong.any() or abs(moments[0] / sigma).max() > 6 / MANY[0] ** 0.5:
        return ""
    at = np.abs(np.log(square)).argmax()
    return (
        f"(z - mu) / sigma has variance {square[at]:.3g} at logvar = {logvar[at]:.2f}, expected 1; "
        f"it is right for {np.sum(~wrong)} of {len(logvar)} values of logvar from -9 to 5."
    )


def _spread(moments: np.ndarray, sigma: np.ndarray) -> str:
    mean, square = np.mean(moments[0] / sigma), np.mean(moments[1] / sigma**2)
    return f"(z - mu) / sigma has mean {mean:.3g} and variance {square - mean**2:.4g}, expected 0 and 1."


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
