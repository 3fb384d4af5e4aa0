"""Exercise 4.3: the real L."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from course_utils import objectives
from course_utils.vae import reparameterize

from ..contract import Finding, Inputs, Values
from ..judging import Judge
from .probe_4_3 import COPIES, LATENTS, PIXELS, Decoder

TITLE = "the real L"
NAME = "mean_bce"
POINTS = 2
HINTS = (
    "Draw a code, decode it, take its BCE; do that L times with fresh noise; average the losses.",
    "(1/L) * sum over l of objectives.bce(decoder(z_l), x), with z_l = vae.reparameterize(mu, "
    "logvar) drawn anew for each l.",
    "def mean_bce(decoder, x, mu, logvar, L):\n    total = 0\n    for _ in range(___):\n"
    "        z = vae.reparameterize(mu, ___)\n        total = total + "
    "objectives.bce(decoder(___), x)\n    return total / ___",
)


def reference(decoder: Callable[[Tensor], Tensor], x: Tensor, mu: Tensor, logvar: Tensor, L: int) -> Tensor:
    """Reconstruction loss of each image, averaged over L draws of its code, nats, (N,)."""
    return torch.stack([objectives.bce(decoder(reparameterize(mu, logvar)), x) for _ in range(L)]).mean(0)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 4.3: a linear decoder, five images with codes of their own, and a vague code."""
    return {
        "matrix": torch.randn((LATENTS, PIXELS), generator=generator) / LATENTS**0.5,
        "x": (torch.rand((5, 1, 28, 28), generator=generator) < 0.3).float(),
        "mu": torch.randn((5, LATENTS), generator=generator),
        "logvar": -1.6 + 1.2 * torch.rand((1, LATENTS), generator=generator),
        "L": 2,
        "seed": int(torch.randint(0, 2**31, (), generator=generator)),
    }


def verdict(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 4.3."""
    judge = Judge(NAME, values)
    decoder, x, mu, L = Decoder(inputs["matrix"].double()), inputs["x"].double(), inputs["mu"].double(), inputs["L"]
    right, kl = objectives.bce(decoder(mu), x), objectives.kl_standard_normal(mu, torch.full_like(mu, -40.0))
    axes = "One number per image, (N,): the draws are averaged, the images kept apart."
    judge.close(
        "sure",
        right,
        axes=axes,
        case=f"sigma near 0 and L = {L}",
        suspects=(
            ("sum-for-mean", L * right, "This is the sum over the L draws: divide by L."),
            ("l-twice", right / L, "Divided by L once too often: a mean has divided already."),
            (
                "mean-over-pixels",
                right / PIXELS,
                "A mean over the 784 pixels: sum them, and average over the draws only.",
            ),
            ("kl-included", right + kl, "The KL is not part of this: the reconstruction only."),
            ("kl-included", right + kl / L, "The KL is not part of this; and L would not divide it."),
            ("sign", -right, "The sign is turned round: the loss is minus the log-likelihood."),
            ("batch-mean", right.mean(), "A mean over the images, too: keep them apart, (N,)."),
            ("divided-by-batch", right / len(x), "Divided by the batch size? Divide by L only."),
            *(
                (
                    "rows-mixed",
                    _mixed(decoder, x, mu, L, way),
                    "Codes and images stand in different orders: .repeat lines up with .repeat, "
                    ".repeat_interleave with .repeat_interleave, and the result is folded back the same way.",
                )
                for way in range(4)
            ),
            (
                "sigmoid-twice",
                objectives.bce(torch.sigmoid(decoder(mu)), x),
                "A sigmoid was applied twice: the decoder gives logits.",
            ),
        ),
        rtol=1e-3,
        otherwise="With no noise left, every draw gives the BCE of decoder(mu), and so does their mean.",
    )
    judge.close("one", right[:1], axes=axes, case="a batch of one image", rtol=1e-3)
    _judge_noise(judge, inputs)
    for name in ("mu", "logvar"):
        gradient = judge.array(f"gradient {name}", (5, LATENTS))
        judge.that(
            gradient is None or bool(np.abs(gradient).max() > 0),
            "detached",
            f"No gradient reaches {name}.",
            "Draw with mu + sigma * eps, without .sample(), .detach() or no_grad.",
        )
    return judge.findings


def _mixed(decoder: Callable[[Tensor], Tensor], x: Tensor, mu: Tensor, L: int, way: int) -> Tensor:
    """What comes out where codes, images and the folding back disagree about which axis runs first."""
    n = len(x)
    codes = mu.repeat(L, 1) if way in (0, 2) else mu.repeat_interleave(L, 0)
    images = x.repeat(L, 1, 1, 1) if way in (1, 2) else x.repeat_interleave(L, 0)
    bce = objectives.bce(decoder(codes), images)
    draws_first = way in (0, 3)
    return bce.view(L, n).mean(0) if draws_first else bce.view(n, L).mean(1)


def _judge_noise(judge: Judge, inputs: Inputs) -> None:
    """Whether the decoder was given L fresh draws for every image, and their losses were averaged, not they
    themselves."""
    L, mu, sigma = inputs["L"], inputs["mu"][:1].double().numpy(), torch.exp(inputs["logvar"].double() / 2).numpy()
    single, again, many = (judge.array(label, (COPIES,)) for label in ("L = 1", "again", "many"))
    if single is None or again is None or many is None:
        return
    one_draw, all_draws = ((judge.values[f"{label} codes"] - mu) / sigma for label in ("L = 1", "many"))
    judge.that(
        not np.allclose(single, again),
        "same-noise-again",
        "Two calls under different seeds gave the same numbers.",
        "No noise, or a manual_seed inside the function? Every draw needs fresh noise.",
    )
    judge.that(
        len(all_draws) == L * COPIES,
        "one-draw" if len(all_draws) < L * COPIES else "too-many-draws",
        f"The decoder was given {len(all_draws)} codes for {COPIES} images and L = {L}, expected {L * COPIES}.",
        "Every one of the L draws is decoded by itself: it is the losses that are averaged, not the codes.",
    )
    judge.that(
        one_draw.std(axis=0).mean() > 0.05,
        "noise-shared-by-images",
        "All images got the same noise.",
        "Draw noise for every image and latent, such as torch.randn_like(mu).",
    )
    judge.that(
        one_draw.std(axis=1).mean() > 0.05,
        "noise-shared-by-latents",
        "All latents of an image got the same noise.",
        "Draw noise for every image and latent, such as torch.randn_like(mu).",
    )
    _judge_scale(judge, one_draw, inputs["logvar"].double().numpy())
    judge.that(
        len(np.unique(all_draws[:, 0].round(9))) > 0.9 * len(all_draws),
        "same-draw",
        "Several of the L draws are the same code.",
        "Draw afresh for each of the L draws: inside the loop, not before it.",
    )
    if judge.findings:
        return
    decoder = Decoder(inputs["matrix"].double())
    losses = objectives.bce(
        decoder(torch.as_tensor(judge.values["many codes"])), inputs["x"][:1].double().expand(L * COPIES, 1, 28, 28)
    )
    judge.that(
        abs(many.mean() / losses.mean().item() - 1) < 1e-4,
        "averaged-too-early",
        f"With L = {L}, mean_bce gave {many.mean():.2f} nats on average; the codes that it drew cost "
        f"{losses.mean():.2f}.",
        "Draw and decode L times and average the L losses, not the logits or pictures: the loss of an "
        "average is not the average of the losses.",
    )


def _judge_scale(judge: Judge, eps: np.ndarray, logvar: np.ndarray) -> None:
    """Whether the noise has mean 0 and variance 1; else, which wrong standard deviation explains it."""

    def standard(noise: np.ndarray) -> bool:
        error = 6 / noise.size**0.5
        return bool(abs(noise.mean()) < error and abs(np.mean(noise**2) - 1) < 2**0.5 * error)

    noise, says = (
        eps * np.exp(logvar / 2),
        f"(z - mu) / sigma has mean {eps.mean():.2f} and variance {eps.var():.2f}, expected 0 and 1.",
    )
    for code, scale, cause in (
        ("sigma-is-exp-logvar", np.exp(logvar), "exp(logvar) is the variance: sigma = exp(logvar / 2)."),
        ("scale-ignored", np.ones_like(logvar), "The noise was not multiplied by sigma."),
        ("logvar-as-sigma", logvar, "logvar itself was used as sigma: take exp(logvar / 2)."),
    ):
        judge.that(standard(eps) or not standard(noise / scale), code, says, cause)
    judge.that(standard(eps), "value", says, "z = mu + exp(logvar / 2) * eps, with eps drawn from N(0, 1).")
