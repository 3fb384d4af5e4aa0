"""Lesson 04, exercise 4.3: an average over L draws, examined by the codes that reach the decoder; and 4.5: the beta
of two reductions.

The thresholds of 4.3 stand at least six standard errors from what a right answer gives.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from course_utils import objectives
from course_utils.vae import reparameterize

from .contract import Finding, Inputs, Values
from .judging import Judge, Suspect
from .probing import Probe

PIXELS, COPIES, LATENTS = 784, 40, 100
_REDUCTIONS = ("sum", "per image", "mean")


# 4.3 ------------------------------------------------------------------------------------------------------------
def mean_bce(decoder: Callable[[Tensor], Tensor], x: Tensor, mu: Tensor, logvar: Tensor, L: int) -> Tensor:
    """Reconstruction loss of each image, averaged over L draws of its code, nats, (N,)."""
    return torch.stack([objectives.bce(decoder(reparameterize(mu, logvar)), x) for _ in range(L)]).mean(0)


def draws_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 4.3: a linear decoder, five images with codes of their own, and a vague code."""
    return {
        "matrix": torch.randn((LATENTS, PIXELS), generator=generator) / LATENTS**0.5,
        "x": (torch.rand((5, 1, 28, 28), generator=generator) < 0.3).float(),
        "mu": torch.randn((5, LATENTS), generator=generator),
        "logvar": -1.6 + 1.2 * torch.rand((1, LATENTS), generator=generator),
        "L": 2,
        "seed": int(torch.randint(0, 2**31, (), generator=generator)),
    }


class _Decoder:
    """A linear decoder that remembers which codes it was given."""

    def __init__(self, matrix: Tensor) -> None:
        self._matrix = matrix
        self.codes: list[Tensor] = []

    def __call__(self, z: Tensor) -> Tensor:
        if z.ndim != 2:
            raise ValueError(f"a decoder takes codes (N, latent), it was given {tuple(z.shape)}")
        self.codes.append(z.detach().double())
        return (z.to(self._matrix.dtype) @ self._matrix).view(-1, 1, 28, 28)


def probe_draws(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """First with codes so sure that noise does not matter; then one vague code in many copies, with 1 and with L
    draws."""
    probe = Probe(answer)
    x, mu, L = inputs["x"], inputs["mu"], inputs["L"]
    sure = torch.full_like(mu, -40.0)
    copies = (x[:1].repeat(COPIES, 1, 1, 1), mu[:1].repeat(COPIES, 1), inputs["logvar"].repeat(COPIES, 1))

    def seeded(label: str, seed: int, draws: int) -> None:
        decoder = _Decoder(inputs["matrix"])

        def call() -> Tensor:
            torch.manual_seed(inputs["seed"] + seed)
            return answer(decoder, *copies, draws)

        probe.collect(label, call)
        probe.values[f"{label} codes"] = torch.cat(decoder.codes).numpy() if decoder.codes else None

    probe.call("sure", _Decoder(inputs["matrix"]), x, mu, sure, L)
    probe.call("one", _Decoder(inputs["matrix"]), x[:1], mu[:1], sure[:1], L)
    for seed, (label, draws) in enumerate((("L = 1", 1), ("again", 1), ("many", L))):
        seeded(label, seed, draws)
    for i, name in ((2, "mu"), (3, "logvar")):
        probe.gradient(f"gradient {name}", _Decoder(inputs["matrix"]), x, mu, inputs["logvar"].repeat(5, 1), L, wrt=i)
    return probe.values


def judge_draws(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 4.3."""
    judge = Judge("mean_bce", values)
    decoder, x, mu, L = _Decoder(inputs["matrix"].double()), inputs["x"].double(), inputs["mu"].double(), inputs["L"]
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
    decoder = _Decoder(inputs["matrix"].double())
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


# 4.5 ------------------------------------------------------------------------------------------------------------
def effective_beta(weight: float, bce: str, kl: str, images: int, pixels: int = PIXELS, latents: int = 32) -> float:
    """The beta of BCE + beta * KL, nats per image, that a loss with these reductions trains: one number."""
    bce_unit = {"sum": images, "per image": 1, "mean": 1 / pixels}[bce]
    kl_unit = {"sum": images, "per image": 1, "mean": 1 / latents}[kl]
    return weight * kl_unit / bce_unit


def reduction_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 4.5."""
    images, pixels, latents = (torch.randint(0, 40, (3,), generator=generator) + torch.tensor([60, 500, 10])).tolist()
    return {
        "weight": 0.2 + 0.5 * torch.rand((), generator=generator).item(),
        "images": images,
        "pixels": pixels,
        "latents": latents,
    }


def probe_reductions(answer: Callable[..., float], inputs: Inputs) -> Values:
    """Call the answer of exercise 4.5 for all nine pairs of reductions."""
    probe = Probe(answer)
    sizes = tuple(inputs[name] for name in ("images", "pixels", "latents"))
    for bce in _REDUCTIONS:
        for kl in _REDUCTIONS:
            probe.call(f"{bce} / {kl}", inputs["weight"], bce, kl, *sizes)
    probe.call("defaults", 1.0, "mean", "mean", 100)
    return probe.values


def judge_reductions(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 4.5."""
    judge = Judge("effective_beta", values)
    weight, n, p, d = (inputs[name] for name in ("weight", "images", "pixels", "latents"))
    for bce in _REDUCTIONS:
        for kl in _REDUCTIONS:
            judge.close(
                f"{bce} / {kl}",
                effective_beta(weight, bce, kl, n, p, d),
                suspects=_beta_suspects(weight, bce, kl, n, p, d),
                case=f'bce="{bce}", kl="{kl}", weight {weight:.2f}, {n} images, {p} pixels, {d} latents',
                rtol=1e-6,
                atol=0,
                otherwise='Write both halves as a factor times "per image"; beta = weight * (factor of KL) / '
                "(factor of BCE).",
            )
    judge.close(
        "defaults",
        PIXELS / 32,
        case="pixels and latents not given",
        rtol=1e-6,
        atol=0,
        otherwise="The defaults are pixels=784 and latents=32.",
    )
    return judge.findings


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
        ("pixels-for-latents", beta(kl_mean=1 / p), "The KL is a mean over latents, not over pixels."),
        ("latents-for-pixels", beta(bce_mean=1 / d), "The BCE is a mean over pixels, not over latents."),
    )
