"""Mutants that differ from the reference in the domain, and are right all the same: exercise, mutant, the reason.

Listed is one of those that do the same; ``tests.mutants`` excuses the others with it.
"""

from __future__ import annotations

_MIRRORED = "the noise is as often negative as positive: mu - sigma eps has the density of mu + sigma eps"
_HANDED_OVER = "changes by less than 0.001 the quantile function that the check itself hands over"
_FAR_BOUNDS = "no image brings a head there, and to keep logvar in bounds is good practice"
_SMALLER = "in evaluation mode each image is priced alone, so that smaller batches than allowed give the same mean"

EQUIVALENT: dict[str, dict[str, str]] = {
    "3.1": {
        "ex_3_1.reference: mu + torch.exp(logvar / 2) * torch.randn_like(mu)  ->  "
        "mu - torch.exp(logvar / 2) * torch.randn_like(mu)  "
        "(in return mu - torch.exp(logvar / 2) * torch.randn_like(mu))": _MIRRORED,
    },
    "4.1": {
        f"{part}: {change}": reason
        for part in ("result", "result 0", "result 1")
        for change, reason in (
            ("plus 0.03", "the head's bias holds such a constant: as good a start as another"),
            ("columns turned round", "latents have no order: the same as a layer with its rows turned round"),
            *((bounds, _FAR_BOUNDS) for bounds in ("at least -30", "at most 30", "at most 100", "within +-20")),
        )
    }
    | {
        "encoders.Heads.forward: (self.mu(features), self.logvar(features))  ->  "
        "(self.logvar(features), self.mu(features))  "
        "(in return (self.logvar(features), self.mu(features)))": "two like layers: which is called mu is a name",
    },
    "7.1": {
        "argument 2: one less": _SMALLER,
        "argument 2: halved": _SMALLER,
        "argument 2: even": _SMALLER,
        "argument 2: always 1": _SMALLER,
        "argument 2: always 2": _SMALLER,
        "argument 2: always 3": _SMALLER,
        "argument 2: at most 5": _SMALLER,
    },
    "11.5": {"distributions.Laplace.icdf: 0.5  ->  0.515  (in u < 0.515)": _HANDED_OVER},
}
