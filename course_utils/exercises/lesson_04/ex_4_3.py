"""Exercise 4.3: the real L."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_utils import objectives
from course_utils.vae import reparameterize

from ..contract import Inputs
from ..judging import Judge, Suspect, shown
from .probe_4_3 import COPIES, DRAWS, LATENTS, MANY, PIXELS, Decoder

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


PER_IMAGE = "One number per image, (N,): the draws are averaged, the images kept apart."

REMEDIES = (
    (r"lie in \[0, 1\]", "objectives.bce(logits, x): the decoder's logits come first, the image second."),
    (
        "a decoder takes codes",
        "Give the decoder one draw for each image, (N, latent), at a time, or fold the draws into N.",
    ),
    ("must match the size of tensor", "objectives.bce(decoder(z), x) is one number per image, (N,): add these up."),
)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 4.3: a linear decoder, seven grey images with codes of their own, and a vague code."""
    return {
        "matrix": torch.randn((LATENTS, PIXELS), generator=generator) / LATENTS**0.5,
        "x": (torch.rand((7, 1, 28, 28), generator=generator) * 1.6 - 0.3).clamp(0, 1),
        "mu": 2 * torch.randn((7, LATENTS), generator=generator),
        "logvar": -4 + 7 * torch.rand((1, LATENTS), generator=generator),
        "levels": torch.tensor([0.0, 1.5, -1.5, 1.0, -1.0, 0.5, -0.5])[:, None],
        "seed": int(torch.randint(0, 2**31, (), generator=generator)),
    }


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 4.3."""
    decoder, x, mu = Decoder(inputs["matrix"].double()), inputs["x"].double(), inputs["mu"].double()
    right = objectives.bce(decoder(mu), x)
    for draws in DRAWS:
        codes = judge.values.get(f"sure {draws} codes")
        judge.close(
            f"sure {draws}",
            right,
            axes=PER_IMAGE,
            case=f"sigma near 0 and L = {draws}",
            suspects=_suspects(decoder, x, mu, draws, codes),
            rtol=1e-4,
            otherwise=_of_noise(codes, mu)
            or "With no noise left, every draw gives the BCE of decoder(mu), and so does their mean.",
        )
    judge.close("one", right[:1], axes=PER_IMAGE, case="a batch of one image", rtol=1e-4)
    _judge_noise(judge, inputs)
    _judge_own_scale(judge, inputs)
    for name in ("mu", "logvar"):
        _judge_gradient(judge, name, inputs)


def _suspects(decoder: Callable[[Tensor], Tensor], x: Tensor, mu: Tensor, L: int, codes: Any) -> list[Suspect]:
    """What wrong means of L equal draws give, (N,); ``codes`` are those that the decoder was given."""
    logits = decoder(mu)
    right, kl = objectives.bce(logits, x), objectives.kl_standard_normal(mu, torch.full_like(mu, -40.0))
    drawn = len(codes) / len(x) if isinstance(codes, np.ndarray) else L
    mixed = (
        "Codes and images stand in different orders: .repeat lines up with .repeat, "
        ".repeat_interleave with .repeat_interleave, and the result is folded back the same way."
    )
    number: list[Suspect] = [
        ("sum-for-mean", L * right, "This is the sum over the L draws: divide by L."),
        ("l-twice", right / L, "Divided by L once too often: a mean has divided already."),
    ]
    if drawn != L:
        means = f"The decoder was given {drawn:g} draws of each code; L = {L} are asked for, and L divides."
        number = [
            ("return-in-loop", right / L, f"{means} Is the return inside the loop?" if drawn == 1 else means),
            ("draws-miscounted", drawn * right / L, f"{means} range(L) counts from 0 to L - 1."),
        ]
    return [
        *number,
        ("mean-over-pixels", right / PIXELS, "A mean over the 784 pixels: sum them, and average over the draws only."),
        ("kl-included", right + kl, "The KL is not part of this: the reconstruction only."),
        ("kl-included", right + kl / L, "The KL is not part of this; and L would not divide it."),
        ("sign", -right, "The sign is turned round: the loss is minus the log-likelihood."),
        ("batch-mean", right.mean(), "A mean over the images, too: keep them apart, (N,)."),
        ("divided-by-batch", right / len(x), "Divided by the batch size? Divide by L only."),
        *(("rows-mixed", _mixed(decoder, x, mu, L, way), mixed) for way in range(4)),
        (
            "sigmoid-twice",
            objectives.bce(torch.sigmoid(logits), x),
            "A sigmoid was applied twice: the decoder gives logits.",
        ),
        (
            "arguments-swapped",
            (torch.nn.functional.softplus(x) - logits * x).flatten(1).sum(1),
            "Logits and images are exchanged: the logits come first.",
        ),
    ]


def _of_noise(codes: Any, mu: Tensor) -> str:
    """Which wrong sigma spreads codes that should lie at mu; nothing where none is known."""
    if not isinstance(codes, np.ndarray) or len(codes) % len(mu) or not len(codes):
        return ""
    spread = np.std(codes.reshape(-1, *mu.shape) - mu.numpy())
    if abs(spread - 1) < 0.1:
        return "The codes spread by 1 around mu: the noise was not multiplied by sigma."
    return "logvar itself was used as sigma: take exp(logvar / 2)." if abs(spread - 40) < 4 else ""


def _judge_gradient(judge: Judge, name: str, inputs: Inputs) -> None:
    """The slope of one image's loss at the very codes that the decoder was given."""
    codes = judge.values.get(f"gradient {name} codes")
    if judge.findings or not isinstance(codes, np.ndarray):
        judge.array(f"gradient {name}", (1, LATENTS))
        return
    matrix, x, mu = inputs["matrix"].double(), inputs["x"][:1].double(), inputs["mu"][:1].double()
    z = torch.as_tensor(codes).double()
    by_code = (torch.sigmoid(z @ matrix) - x.flatten(1)) @ matrix.T
    judge.close(
        f"gradient {name}",
        (by_code if name == "mu" else by_code * (z - mu) / 2).mean(0, keepdim=True),
        case=f"the gradient by {name}",
        rtol=1e-3,
        atol=1e-3,
        otherwise="z = mu + sigma * eps, with sigma from logvar: both must stay in the graph, without .sample(), "
        ".detach() or no_grad.",
    )


def _mixed(decoder: Callable[[Tensor], Tensor], x: Tensor, mu: Tensor, L: int, way: int) -> Tensor:
    """What comes out where codes, images and the folding back disagree about which axis runs first."""
    n = len(x)
    codes = mu.repeat(L, 1) if way in (0, 2) else mu.repeat_interleave(L, 0)
    images = x.repeat(L, 1, 1, 1) if way in (1, 2) else x.repeat_interleave(L, 0)
    bce = objectives.bce(decoder(codes), images)
    draws_first = way in (0, 3)
    return bce.view(L, n).mean(0) if draws_first else bce.view(n, L).mean(1)


def _judge_noise(judge: Judge, inputs: Inputs) -> None:
    """Whether the decoder was given fresh draws for every image, and their losses were averaged, not they
    themselves."""
    single, again, many = (judge.array(label, (COPIES,)) for label in ("L = 1", "again", "many"))
    if single is None or again is None or many is None:
        return
    judge.that(
        isinstance(judge.values.get("many codes"), np.ndarray)
        and isinstance(judge.values.get("L = 1 codes"), np.ndarray),
        "decoder-not-called",
        f"{NAME} did not call the decoder that it was given.",
        "Decode with the argument decoder, not with a model of the notebook.",
    )
    judge.that(
        not np.allclose(single, again),
        "same-noise-again",
        "Two calls under different seeds gave the same numbers.",
        "No noise, or a manual_seed inside the function? Every draw needs fresh noise.",
    )
    if judge.findings:
        return
    mu, sigma = inputs["mu"][:1].double().numpy(), torch.exp(inputs["logvar"].double() / 2).numpy()
    one_draw, all_draws = ((judge.values[f"{label} codes"] - mu) / sigma for label in ("L = 1", "many"))
    judge.that(
        len(one_draw) == COPIES,
        "one-draw" if len(one_draw) < COPIES else "too-many-draws",
        f"The decoder was given {len(one_draw)} codes for {COPIES} images and L = 1.",
        "One draw for each image is asked for then.",
    )
    judge.that(
        len(all_draws) == MANY * COPIES,
        "one-draw" if len(all_draws) < MANY * COPIES else "too-many-draws",
        f"The decoder was given {len(all_draws)} codes for {COPIES} images and L = {MANY}, expected {MANY * COPIES}.",
        "Every one of the L draws is decoded by itself: it is the losses that are averaged, not the codes.",
    )
    _judge_sharing(judge, one_draw, all_draws)
    _judge_scale(judge, all_draws, inputs["logvar"].double().numpy())
    if judge.findings:
        return
    logits = Decoder(inputs["matrix"])(torch.as_tensor(judge.values["many codes"]).float())
    losses = objectives.bce(logits, inputs["x"][:1].expand(MANY * COPIES, 1, 28, 28)).double()
    judge.that(
        abs(many.mean() / losses.mean().item() - 1) < 1e-4,
        "averaged-too-early",
        f"With L = {MANY}, mean_bce gave {many.mean():.2f} nats on average; the codes that it drew cost "
        f"{losses.mean():.2f}.",
        "Draw and decode L times and average the L losses, not the logits or pictures: the loss of an "
        "average is not the average of the losses.",
    )
    in_orders = losses.view(MANY, COPIES).mean(0), losses.view(COPIES, MANY).mean(1)
    judge.that(
        any(np.allclose(many, means, rtol=1e-4) for means in in_orders),
        "images-mixed",
        f"With L = {MANY}, an image's loss is not the mean of its own {MANY} draws.",
        "Average over the draws of each image, and over nothing else.",
    )


def _judge_own_scale(judge: Judge, inputs: Inputs) -> None:
    """Whether every image has the sigma of its own logvar."""
    codes, mu, levels = judge.values.get("own codes"), inputs["mu"].double().numpy(), inputs["levels"]
    judge.array("own", (len(mu),))
    if judge.findings or not isinstance(codes, np.ndarray) or codes.shape != mu.shape:
        return
    spread = np.std((codes - mu) / torch.exp((inputs["logvar"] + levels).double() / 2).numpy(), axis=1)
    judge.that(
        bool(np.all(abs(spread - 1) < 6 / (2 * LATENTS) ** 0.5)),
        "images-mixed",
        f"For seven images whose logvar differs, (z - mu) / sigma has standard deviations {shown(spread)}, expected 1.",
        "Every image has a logvar of its own: row n of logvar belongs to row n of mu.",
    )


def _judge_sharing(judge: Judge, one_draw: np.ndarray, all_draws: np.ndarray) -> None:
    """Whether images, latents and draws have noise of their own."""
    for axis, code in enumerate(("noise-shared-by-images", "noise-shared-by-latents")):
        judge.that(
            one_draw.std(axis=axis).mean() > 0.05,
            code,
            "All images got the same noise." if axis == 0 else "All latents of an image got the same noise.",
            "Draw noise for every image and latent, such as torch.randn_like(mu).",
        )
    judge.that(
        len(np.unique(all_draws[:, 0])) > 0.9 * len(all_draws),
        "same-draw",
        "Several of the L draws are the same code.",
        "Draw afresh for each of the L draws: inside the loop, not before it.",
    )
    squares = np.mean(all_draws.reshape(MANY, -1) ** 2, axis=1) if len(all_draws) == MANY * COPIES else np.ones(1)
    judge.that(
        not np.allclose(squares, np.arange(1, MANY + 1), rtol=0.2) or len(squares) == 1,
        "draws-chained",
        f"The variance of (z - mu) / sigma grows from draw to draw: {squares[0]:.1f} at the first, "
        f"{squares[-1]:.1f} at the last.",
        "Every draw starts from mu itself: keep the draws in a name of their own.",
    )


def _judge_scale(judge: Judge, eps: np.ndarray, logvar: np.ndarray) -> None:
    """Whether the noise has mean 0 and variance 1, for narrow and for wide codes; else, which wrong standard
    deviation explains it."""
    if judge.findings:
        return
    order = logvar.ravel().argsort()

    def standard(noise: np.ndarray) -> bool:
        thirds = (noise, *np.array_split(noise[:, order], 3, axis=1))
        return all(
            abs(part.mean()) < 6 / part.size**0.5 and abs(np.mean(part**2) - 1) < 6 * (2 / part.size) ** 0.5
            for part in thirds
        )

    if standard(eps):
        fourth = np.mean(np.square(np.square(eps)))
        judge.that(
            abs(fourth - 3) < 6 * (96 / eps.size) ** 0.5,
            "not-gaussian",
            f"(z - mu) / sigma has mean 0 and variance 1, but a fourth moment of {fourth:.2f}, expected 3.",
            "The noise is torch.randn's, N(0, 1).",
        )
        return
    narrow, _, wide = (part.std() for part in np.array_split(eps[:, order], 3, axis=1))
    says = (
        f"(z - mu) / sigma has mean {eps.mean():.3f} and standard deviation {eps.std():.3f}, expected 0 and 1 "
        f"({narrow:.3f} where sigma is small, {wide:.3f} where it is large)."
    )
    for code, sigmas, cause in (
        ("sigma-is-exp-logvar", np.exp(logvar / 2), "exp(logvar) is the variance: sigma = exp(logvar / 2)."),
        ("quarter", np.exp(-logvar / 4), "One half too many: sigma = exp(logvar / 2)."),
    ):
        judge.that(not standard(eps / sigmas), code, says, cause)
    judge.that(
        not standard((eps - 0.5) * 12**0.5),
        "uniform-noise",
        says,
        "torch.rand draws between 0 and 1: the noise is torch.randn's, N(0, 1).",
    )
    judge.that(False, "value", says, "z = mu + sigma * eps, with eps drawn from N(0, 1).")
