"""Exercises of lesson 02: the KL divergence by sampling, by formula, in many dimensions, and a bound on log p(x)."""

from __future__ import annotations

from . import _lesson_02_many_dimensions as many
from . import _lesson_02_one_dimension as one
from .contract import Exercise

EXERCISES = (
    Exercise(
        id="2.1",
        title="how much more surprised",
        name="log_ratio",
        points=1,
        hints=(
            "Write ln q(z) and ln p(z) on two lines of their own; then subtract, q first.",
            "ln N(z; m, s) = -ln(2 pi)/2 - ln s - (z - m)^2 / (2 s^2). For p, m = 0 and s = 1; the ln(2 pi) cancels.",
            "def log_ratio(z, mu, sigma):\n    log_q = -torch.log(___) - (z - mu) ** 2 / (___)\n"
            "    log_p = -(z ** 2) / ___\n    return ___",
        ),
        reference=one.log_ratio,
        inputs=one.ratio_inputs,
        probe=one.probe_ratio,
        verdict=one.judge_ratio,
    ),
    Exercise(
        id="2.2",
        title="the KL in closed form",
        name="kl_normal",
        points=2,
        hints=(
            "Four terms: one for the shift, three for the width. At mu = 0, sigma = 1 they must cancel.",
            "KL = (mu^2 + sigma^2 - 1 - ln sigma^2) / 2, and ln sigma^2 = 2 ln sigma.",
            "def kl_normal(mu, sigma):\n    shift = ___\n    width = sigma ** 2 - ___ - 2 * torch.log(___)\n"
            "    return (shift + width) / ___",
        ),
        reference=one.kl_normal,
        inputs=one.kl_inputs,
        probe=one.probe_kl,
        verdict=one.judge_kl,
    ),
    Exercise(
        id="2.3",
        title="a test that refuses wrong formulas",
        name="is_right_kl",
        points=2,
        hints=(
            "Write one line for each of the three demands, each giving True or False; join them with "
            "and. Many answers become one with .all().",
            "abs(kl(0, 1)) < 1e-4;  (kl(grid_mu, grid_sigma) > -1e-4).all();  abs(kl(1, 2) - 1.30685) < 1e-4.",
            "def is_right_kl(kl):\n    at_prior = abs(kl(___, ___)) < 1e-4\n"
            "    never_negative = (kl(grid_mu, grid_sigma) > ___).all()\n    known_value = abs(kl(1.0, "
            "2.0) - ___) < 1e-4\n"
            "    return bool(at_prior and ___ and ___)",
        ),
        reference=one.is_right_kl,
        inputs=lambda generator: {},
        probe=one.probe_candidates,
        verdict=one.judge_candidates,
    ),
    Exercise(
        id="2.4",
        title="one KL per image",
        name="kl_diagonal",
        points=2,
        hints=(
            "The latents are independent under q and under p, so their KLs add up. Which axis holds the latents?",
            "KL_n = sum over d of (mu_nd^2 + exp(logvar_nd) - 1 - logvar_nd) / 2.",
            "def kl_diagonal(mu, logvar):\n    per_latent = (mu ** 2 + torch.exp(___) - 1 - ___) / 2\n"
            "    return per_latent.sum(dim=___)",
        ),
        reference=many.kl_diagonal,
        inputs=many.diagonal_inputs,
        probe=many.probe_diagonal,
        verdict=many.judge_diagonal,
    ),
    Exercise(
        id="2.5",
        title="the KL with a full covariance",
        name="kl_full",
        points=2,
        hints=(
            "The same four terms as in one dimension, each replaced by its matrix relative.",
            "KL = (trace(cov) + mu . mu - d - ln det(cov)) / 2, with torch.logdet for the last term.",
            "def kl_full(mu, cov):\n    d = len(mu)\n    return (torch.trace(___) + mu @ ___ - ___ - "
            "torch.logdet(___)) / 2",
        ),
        reference=many.kl_full,
        inputs=many.full_inputs,
        probe=many.probe_full,
        verdict=many.judge_full,
    ),
    Exercise(
        id="2.6",
        title="the importance-weighted bound",
        name="iwae_bound",
        points=2,
        hints=(
            "Average the weights, not their logarithms; and let torch.logsumexp do the sum, so that "
            "nothing underflows.",
            "L_K = ln( (1/K) sum_k exp(log_w_k) ) = logsumexp_k(log_w_k) - ln K.",
            "def iwae_bound(log_w):\n    samples = log_w.shape[___]\n    return torch.logsumexp(log_w, "
            "dim=___) - math.log(___)",
        ),
        reference=many.iwae_bound,
        inputs=many.weights,
        probe=many.probe_weights,
        verdict=many.judge_weights,
    ),
)
