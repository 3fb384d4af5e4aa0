"""Exercises of lesson 04: two heads, the loss of an image, the real L, a true KL, and the beta that reductions hide."""

from __future__ import annotations

from . import _lesson_04_draws as draws
from . import _lesson_04_encoder as encoder
from . import _lesson_04_loss as loss
from .contract import Exercise

EXERCISES = (
    Exercise(
        id="4.1",
        title="an encoder with two heads",
        name="make_encoder",
        points=3,
        hints=(
            "In __init__, make three linear layers and keep each in self; in forward, run the first with "
            "a ReLU, then both of the others.",
            "784 -> hidden, ReLU, then hidden -> latent twice: one layer for mu, another one for logvar; "
            "x.flatten(1) is (N, 784).",
            "class Encoder(torch.nn.Module):\n    def __init__(self, latent, hidden=400):\n        super().__init__()\n"
            "        self.first = torch.nn.Linear(784, ___)\n        self.to_mu = torch.nn.Linear(___, "
            "latent)\n        self.to_logvar = ___\n\n"
            "    def forward(self, x):\n        h = torch.relu(self.first(___))\n        return self.to_mu(h), ___\n\n"
            "def make_encoder(latent, hidden=400):\n    return Encoder(latent, hidden)",
        ),
        reference=encoder.make_encoder,
        inputs=encoder.encoder_inputs,
        probe=encoder.probe_encoder,
        verdict=encoder.judge_encoder,
    ),
    Exercise(
        id="4.2",
        title="the loss of each image",
        name="loss_per_image",
        points=2,
        hints=(
            "Two numbers per image: the BCE, summed over 784 pixels, and the KL, summed over the "
            "latents. Then weigh the second.",
            'BCE: F.binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(1); '
            "KL: (mu^2 + exp(logvar) - 1 - logvar) / 2, summed over axis 1.",
            "def loss_per_image(logits, x, mu, logvar, weight=1.0):\n"
            "    pixels = F.binary_cross_entropy_with_logits(logits, x, reduction=___)\n"
            "    kl = 0.5 * (mu**2 + ___ - 1 - ___)\n    return pixels.flatten(1).sum(___) + weight * kl.sum(___)",
        ),
        reference=loss.loss_per_image,
        inputs=loss.loss_inputs,
        probe=loss.probe_loss,
        verdict=loss.judge_loss,
    ),
    Exercise(
        id="4.3",
        title="the real L",
        name="mean_bce",
        points=2,
        hints=(
            "Draw a code, decode it, take its BCE; do that L times with fresh noise; average the losses.",
            "(1/L) * sum over l of objectives.bce(decoder(z_l), x), with z_l = vae.reparameterize(mu, "
            "logvar) drawn anew for each l.",
            "def mean_bce(decoder, x, mu, logvar, L):\n    total = 0\n    for _ in range(___):\n"
            "        z = vae.reparameterize(mu, ___)\n        total = total + "
            "objectives.bce(decoder(___), x)\n    return total / ___",
        ),
        reference=draws.mean_bce,
        inputs=draws.draws_inputs,
        probe=draws.probe_draws,
        verdict=draws.judge_draws,
    ),
    Exercise(
        id="4.4",
        title="what Report D's draws cost",
        name="true_kl",
        points=2,
        hints=(
            "The draws are z = s + s * eps. What is their mean, and what is their standard deviation, "
            "which is never negative?",
            "(mu^2 + sigma^2 - 1 - ln sigma^2) / 2 with mu = s and sigma = |s|: two squares, and the "
            "logarithm of a square.",
            "def true_kl(s):\n    square = s**2\n    per_latent = 0.5 * (___ + square - 1 - "
            "torch.log(___))\n    return per_latent.sum(dim=___)",
        ),
        reference=loss.true_kl,
        inputs=loss.s_inputs,
        probe=loss.probe_s,
        verdict=loss.judge_s,
    ),
    Exercise(
        id="4.5",
        title="the beta that reductions hide",
        name="effective_beta",
        points=2,
        hints=(
            'Express each half in units of "per image". By what factor is a sum over the batch larger, a '
            "mean over pixels smaller?",
            'factor of "sum": images; of "per image": 1; of "mean": 1 / pixels for the BCE, 1 / latents for the KL. '
            "beta = weight * factor of KL / factor of BCE.",
            "def effective_beta(weight, bce, kl, images, pixels=784, latents=32):\n"
            '    bce_factor = {"sum": ___, "per image": 1, "mean": ___}[bce]\n'
            '    kl_factor = {"sum": ___, "per image": 1, "mean": ___}[kl]\n    return weight * ___ / ___',
        ),
        reference=draws.effective_beta,
        inputs=draws.reduction_inputs,
        probe=draws.probe_reductions,
        verdict=draws.judge_reductions,
    ),
)
