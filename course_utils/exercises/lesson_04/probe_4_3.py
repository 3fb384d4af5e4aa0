"""What is tried on an answer to exercise 4.3; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe

PIXELS, COPIES, LATENTS = 784, 25, 400
DRAWS = (3, 2, 5)
"""How often the codes are drawn where their noise does not matter."""
MANY = 20
"""How often they are drawn where the noise itself is measured: with all copies and latents, to 1 %."""


class _Remember(torch.autograd.Function):
    """The codes unchanged, each handed to ``keep``, also where torch.vmap brings many sets of them at once."""

    @staticmethod
    def forward(z: Tensor, keep: Callable[[Tensor], None]) -> Tensor:
        keep(z.detach().reshape(-1, z.shape[-1]).float())
        return z.clone()

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        pass

    @staticmethod
    def backward(ctx: Any, *slopes: Any) -> Any:
        return slopes[0], None

    @staticmethod
    def vmap(
        info: Any, in_dims: tuple[int | None, ...], z: Tensor, keep: Callable[[Tensor], None]
    ) -> tuple[Tensor, int | None]:
        batched = z if in_dims[0] is None else z.movedim(in_dims[0], 0)
        return _Remember.apply(batched, keep), None if in_dims[0] is None else 0


class Decoder(torch.nn.Module):
    """A linear decoder that remembers which codes it was given; a copy of it remembers in the same place."""

    def __init__(self, matrix: Tensor, codes: list[Tensor] | None = None) -> None:
        super().__init__()
        self._matrix = matrix
        self.codes: list[Tensor] = [] if codes is None else codes

    def __deepcopy__(self, memo: dict[int, Any]) -> Decoder:
        """The same matrix, and the same memory."""
        return Decoder(self._matrix, self.codes)

    def forward(self, z: Tensor) -> Tensor:
        """Logits of codes (N, latent), which are kept."""
        if z.ndim != 2:
            raise ValueError(f"a decoder takes codes (N, latent), it was given {tuple(z.shape)}")
        z = _Remember.apply(z, self.codes.append)
        return (z.to(self._matrix.dtype) @ self._matrix).view(-1, 1, 28, 28)

    def remembered(self) -> np.ndarray | None:
        """All codes so far, (calls * N, latent), as far as they fit through a wall; ``None`` where there were none."""
        return torch.cat(self.codes)[: 2 * MANY * COPIES].numpy() if self.codes else None


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """First with codes so sure that noise does not matter; then one vague code in many copies, once and often."""
    probe = Probe(answer)
    x, mu, matrix = inputs["x"], inputs["mu"], inputs["matrix"]
    sure = torch.full_like(mu, -40.0)
    for draws in DRAWS:
        decoder = Decoder(matrix)
        probe.call(f"sure {draws}", decoder, x, mu, sure, draws)
        probe.values[f"sure {draws} codes"] = decoder.remembered()
    probe.call("one", Decoder(matrix), x[:1], mu[:1], sure[:1], DRAWS[0])
    copies = (x[:1].repeat(COPIES, 1, 1, 1), mu[:1].repeat(COPIES, 1), inputs["logvar"].repeat(COPIES, 1))
    for seed, (label, draws) in enumerate((("L = 1", 1), ("again", 1), ("many", MANY))):
        decoder = Decoder(matrix)
        probe.collect(
            label, lambda d=decoder, seed=seed, L=draws: _seeded(answer, inputs["seed"] + seed, d, *copies, L)
        )
        probe.values[f"{label} codes"] = decoder.remembered()
    own = Decoder(matrix)
    probe.call("own", own, x, mu, inputs["logvar"] + inputs["levels"], 1)
    probe.values["own codes"] = own.remembered()
    for i, name in ((2, "mu"), (3, "logvar")):
        decoder = Decoder(matrix)
        probe.gradient(f"gradient {name}", decoder, x[:1], mu[:1], inputs["logvar"], DRAWS[0], wrt=i)
        probe.values[f"gradient {name} codes"] = decoder.remembered()
    return probe.values


def _seeded(answer: Callable[..., Tensor], seed: int, *arguments: Any) -> Tensor:
    torch.manual_seed(seed)
    return answer(*arguments)
