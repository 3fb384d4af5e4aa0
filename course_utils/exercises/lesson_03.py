"""Exercises of lesson 03: draws that gradients flow through, two gradient estimators, samplers by inverse CDF."""

from __future__ import annotations

from . import _lesson_03_gradients as gradients
from . import _lesson_03_noise as noise
from . import _lesson_03_samplers as samplers
from .contract import Exercise

EXERCISES = (
    Exercise(
        id="3.1",
        title="a draw that can be differentiated",
        name="reparameterize",
        points=2,
        hints=(
            "Three lines: sigma from logvar, fresh normal noise of the right shape, then shift and stretch it.",
            "z = mu + sigma * eps, with sigma = exp(logvar / 2) and eps from torch.randn_like.",
            "def reparameterize(mu, logvar):\n    sigma = torch.exp(___)\n    eps = "
            "torch.randn_like(___)\n    return mu + ___ * ___",
        ),
        reference=noise.reparameterize,
        inputs=noise.code_inputs,
        probe=noise.probe_codes,
        verdict=noise.judge_codes,
    ),
    Exercise(
        id="3.2",
        title="the pathwise gradient",
        name="pathwise_gradients",
        points=1,
        hints=(
            "Chain rule: df/dmu = f'(z) * dz/dmu, with z = mu + eps.",
            "f'(z) = 2 (z - 3) and dz/dmu = 1.",
            "def pathwise_gradients(mu, eps):\n    z = ___ + ___\n    return 2 * (___)",
        ),
        reference=gradients.pathwise_gradients,
        inputs=gradients.noise_inputs,
        probe=gradients.probe_pathwise,
        verdict=gradients.judge_pathwise,
    ),
    Exercise(
        id="3.3",
        title="the score-function gradient",
        name="score_gradients",
        points=2,
        hints=(
            "Never differentiate f. Multiply what f gives (less the baseline) by the score.",
            "(f(z) - baseline) * (z - mu), with f(z) = (z - 3)^2, z = mu + eps, so z - mu = eps.",
            "def score_gradients(mu, eps, baseline=0.0):\n    z = mu + eps\n    cost = (___) ** 2\n    "
            "return (cost - ___) * ___",
        ),
        reference=gradients.score_gradients,
        inputs=gradients.noise_inputs,
        probe=gradients.probe_score,
        verdict=gradients.judge_score,
    ),
    Exercise(
        id="3.4",
        title="uniform draws",
        name="sample_uniform",
        points=1,
        hints=(
            "Where must u = 0 land, where u = 1, and where u = 1/2?",
            "z = low + (high - low) * u.",
            "def sample_uniform(low, high, u):\n    width = ___ - ___\n    return ___ + width * ___",
        ),
        reference=samplers.sample_uniform,
        inputs=samplers.uniform_inputs,
        probe=samplers.probe_uniform,
        verdict=samplers.judge_uniform,
    ),
    Exercise(
        id="3.5",
        title="Laplace draws",
        name="sample_laplace",
        points=2,
        hints=(
            "Clamp u first. Then one formula for both halves, with v = u - 1/2 and its sign.",
            "z = mu - b * sign(v) * ln(1 - 2|v|), v = u - 1/2; torch.sign and torch.log1p help.",
            "def sample_laplace(mu, b, u):\n    v = u.clamp(1e-7, ___) - 0.5\n"
            "    return mu - b * torch.sign(___) * torch.log1p(-2 * ___)",
        ),
        reference=samplers.sample_laplace,
        inputs=samplers.laplace_inputs,
        probe=samplers.probe_laplace,
        verdict=samplers.judge_laplace,
    ),
)
