"""What several exercises of lesson 02 use."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor


def scalar_suspects(mu: Tensor, sigma: Tensor) -> Iterator[tuple[str, Tensor, str]]:
    """What wrong versions of the one-dimensional formula give, elementwise."""
    variance, right = sigma**2, (mu**2 + sigma**2 - 1 - 2 * sigma.log()) / 2
    yield from (
        ("half-missing", 2 * right, "The 1/2 in front is missing."),
        ("sign", -right, "The sign is turned round: KL is never negative."),
        ("half-twice", right / 2, "The 1/2 was applied twice?"),
        ("sigma-for-variance", (mu**2 + sigma - 1 - sigma.log()) / 2, "sigma stands where sigma^2 belongs."),
        (
            "half-log",
            (mu**2 + variance - 1 - sigma.log()) / 2,
            "ln sigma^2 = 2 ln sigma: the logarithm is of the variance.",
        ),
        ("mu-not-squared", (mu + variance - 1 - variance.log()) / 2, "mu enters as mu^2."),
        ("mu-missing", (variance - 1 - variance.log()) / 2, "The term mu^2 is missing: a shifted q is not the prior."),
        (
            "log-missing",
            (mu**2 + variance - 1) / 2,
            "The term -ln sigma^2 is missing: a q narrower than p must be charged for it.",
        ),
        (
            "one-sign",
            (mu**2 + variance + 1 - variance.log()) / 2,
            "The 1 is subtracted, not added: at the prior the KL must be 0.",
        ),
        ("mu-not-squared", (mu.abs() + variance - 1 - variance.log()) / 2, "mu enters as mu^2, not as |mu|."),
        (
            "decimal-logarithm",
            (mu**2 + variance - 1 - variance.log10()) / 2,
            "The logarithm is the natural one, torch.log.",
        ),
        (
            "root-of-variance",
            (mu**2 + sigma - 1 - variance.log()) / 2,
            "sigma stands where sigma^2 belongs; the logarithm is right.",
        ),
        ("variance-missing", (mu**2 - 1 - variance.log()) / 2, "The term sigma^2 is missing."),
        ("one-missing", (mu**2 + variance - variance.log()) / 2, "The -1 is missing: at the prior the KL must be 0."),
        ("log-sign", (mu**2 + variance - 1 + variance.log()) / 2, "ln sigma^2 enters with a minus."),
        ("brackets", mu**2 / 2 + variance - 1 - variance.log(), "The 1/2 must reach every term: put them in brackets."),
        (
            "printed-formula",
            -(variance.log() + 1 + (variance.log() + mu**2).exp()) / 2,
            "This is the printed formula with its lost minus signs: at the prior it gives -1.",
        ),
        (
            "reverse-kl",
            (mu**2 / variance + 1 / variance - 1 + variance.log()) / 2,
            "This is KL(p || q): q and p are exchanged.",
        ),
    )
