"""Mutants that differ from the reference in the domain, and are right all the same: exercise, mutant, the reason.

Listed is one of those that do the same; ``tests.mutants`` excuses the others with it.
"""

from __future__ import annotations

_MIRRORED = "the noise is as often negative as positive: mu - sigma eps has the density of mu + sigma eps"
_HANDED_OVER = "changes by less than 0.001 the quantile function that the check itself hands over"
_FAR_BOUNDS = "no image brings a head there, and to keep logvar in bounds is good practice"
_SMALLER = "in evaluation mode each image is priced alone, so that smaller batches than allowed give the same mean"

_NAME = "two like layers: which is called mu is a name"
_ANOTHER_START = "other numbers to begin with, in the same encoder"
_HEADS = {
    **{
        f"{part}: {change}": reason
        for part in ("result", "result 0", "result 1")
        for change, reason in (
            ("plus 0.03", "the head's bias holds such a constant: as good a start as another"),
            ("columns turned round", "latents have no order: the same as a layer with its rows turned round"),
        )
    },
    "encoders.Heads.forward: (self.mu(features), self.logvar(features))  ->  "
    "(self.logvar(features), self.mu(features))  "
    "(in return (self.logvar(features), self.mu(features)))": _NAME,
}

EQUIVALENT: dict[str, dict[str, str]] = {
    "3.1": {
        "ex_3_1.reference: mu + torch.exp(logvar / 2) * torch.randn_like(mu)  ->  "
        "mu - torch.exp(logvar / 2) * torch.randn_like(mu)  "
        "(in return mu - torch.exp(logvar / 2) * torch.randn_like(mu))": _MIRRORED,
    },
    "4.1": {
        **_HEADS,
        **{
            f"{part}: {bounds}": _FAR_BOUNDS
            for part in ("result", "result 0", "result 1")
            for bounds in ("at least -30", "at most 30", "at most 100", "within +-20")
        },
    },
    "4.3": {
        "vae.reparameterize: mu + torch.exp(logvar / 2) * eps  ->  mu - torch.exp(logvar / 2) * eps  "
        "(in return mu - torch.exp(logvar / 2) * eps)": _MIRRORED,
        "lesson_04._by_vmap: mu + (logvar / 2).exp() * torch.randn(L, *mu.shape)  ->  "
        "mu - (logvar / 2).exp() * torch.randn(L, *mu.shape)  "
        "(in z = mu - (logvar / 2).exp() * torch.randn(L, *mu.shape))": _MIRRORED,
    },
    "5.4": {
        **_HEADS,
        "result: single precision": "the lesson's images are of single precision already",
        "lesson_05._cells: (range(28), upwards)  ->  (upwards, range(28))  "
        "(in zip(self.readers, (upwards, range(28)), strict=True))": "two like cells: which reads from below is a name",
        "lesson_05._remembering: if 'bias_ih' in name: parameter.data[hidden:2 * hidden] = 2.0  ->  "
        "if not 'bias_ih' in name: parameter.data[hidden:2 * hidden] = 2.0": _ANOTHER_START,
        **{
            f"lesson_05._remembering: 2.0  ->  {number}  (in parameter.data[hidden:2 * hidden] = {number})": (
                _ANOTHER_START
            )
            for number in ("2.06", "1.94", "4.0", "1.0")
        },
        "lesson_05._remembering: 2 * hidden  ->  2 + hidden  (in hidden:2 + hidden)": _ANOTHER_START,
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
