"""What is tried on an answer to exercise 4.3; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe

PIXELS, COPIES, LATENTS = 784, 40, 100


class Decoder:
    """A linear decoder that remembers which codes it was given."""

    def __init__(self, matrix: Tensor) -> None:
        self._matrix = matrix
        self.codes: list[Tensor] = []

    def __call__(self, z: Tensor) -> Tensor:
        """Logits of codes (N, latent), which are kept."""
        if z.ndim != 2:
            raise ValueError(f"a decoder takes codes (N, latent), it was given {tuple(z.shape)}")
        self.codes.append(z.detach().double())
        return (z.to(self._matrix.dtype) @ self._matrix).view(-1, 1, 28, 28)


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """First with codes so sure that noise does not matter; then one vague code in many copies, with 1 and with L
    draws."""
    probe = Probe(answer)
    x, mu, L = inputs["x"], inputs["mu"], inputs["L"]
    sure = torch.full_like(mu, -40.0)
    copies = (x[:1].repeat(COPIES, 1, 1, 1), mu[:1].repeat(COPIES, 1), inputs["logvar"].repeat(COPIES, 1))

    def seeded(label: str, seed: int, draws: int) -> None:
        decoder = Decoder(inputs["matrix"])

        def call() -> Tensor:
            torch.manual_seed(inputs["seed"] + seed)
            return answer(decoder, *copies, draws)

        probe.collect(label, call)
        probe.values[f"{label} codes"] = torch.cat(decoder.codes).numpy() if decoder.codes else None

    probe.call("sure", Decoder(inputs["matrix"]), x, mu, sure, L)
    probe.call("one", Decoder(inputs["matrix"]), x[:1], mu[:1], sure[:1], L)
    for seed, (label, draws) in enumerate((("L = 1", 1), ("again", 1), ("many", L))):
        seeded(label, seed, draws)
    for i, name in ((2, "mu"), (3, "logvar")):
        probe.gradient(f"gradient {name}", Decoder(inputs["matrix"]), x, mu, inputs["logvar"].repeat(5, 1), L, wrt=i)
    return probe.values
