"""Optimisers: Adam for everything, or Muon for the hidden matrices and Adam for the rest.

Muon (Jordan et al. 2024) replaces the momentum of a weight matrix by the nearest matrix whose singular values are all
about 1: every direction that the gradient has found moves equally far, also the weak ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from .encoders import Heads

_GATES = 4
_FEW_ROWS, _MANY_ROWS = 16, 32


def orthogonalised(matrix: Tensor) -> Tensor:
    """The factor U V^T of matrix = U S V^T, roughly: singular values end between 0.7 and 1.2; (..., rows, columns)."""
    if matrix.shape[-2] > matrix.shape[-1]:
        return orthogonalised(matrix.mT).mT
    wide = matrix.reshape(-1, *matrix.shape[-2:])
    return (equaliser(wide @ wide.mT) @ wide).view_as(matrix)


def equaliser(gram: Tensor, steps: int = 5) -> Tensor:
    """The matrix Q that makes the singular values of G about equal in Q G, from gram = G G^T alone.

    A quintic Newton-Schulz iteration, with the coefficients of Jordan et al., which trade accuracy for speed. It runs
    on the small Gram matrices, and on all of one size at once: a wide G is read twice, however many steps there are.

    Args:
        gram: (matrices, rows, rows), symmetric and not negative.
        steps: iterations.
    """
    square = gram.diagonal(dim1=-2, dim2=-1).sum(-1)[..., None, None] + 1e-14
    q = x = gram / square
    for step in range(steps):
        p = torch.baddbmm(x, x, x, beta=-4.7750, alpha=2.0315)
        p.diagonal(dim1=-2, dim2=-1).add_(3.4445)
        q = p if step == 0 else p @ q
        if step + 1 < steps:
            x = p @ x @ p
    return q / square.sqrt()


def _wide(matrices: Tensor) -> Tensor:
    """Turned where that saves work: a few more rows than columns do not matter, and then more matrices go together."""
    rows, columns = matrices.shape[1:]
    return matrices.mT if rows > max(columns, _MANY_ROWS) else matrices


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalised; for weights that are matrices.

    Args:
        params: weights with at least two axes; convolutions count as (first axis, all others).
        lr: how far each singular direction moves in a step.
        momentum: decay of the running gradient.
        parts: into how many equal parts along the first axis a weight falls (4 for the gates of an LSTM); parts of many
            rows are cut again, into blocks of at most 32.
        decay: how strongly weights are pulled to 0, by lr * decay of themselves in a step. Every step adds a matrix of
            norm lr whatever the gradient's size, so without decay weights never stop growing; with it, the largest
            singular value of a block ends below 1 / decay.
    """

    def __init__(
        self, params: Iterable[Any], lr: float = 0.02, momentum: float = 0.95, parts: int = 1, decay: float = 0.0
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "parts": parts, "decay": decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # it takes no closure
        """One step on the gradients at hand; matrices with equally many rows are orthogonalised together."""
        same_rows: dict[int, list[tuple[Tensor, Tensor, float]]] = {}
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    if group["decay"]:
                        weight.mul_(1 - group["lr"] * group["decay"])
                    blocks = _blocks(weight, group["parts"])
                    direction = _wide(self._direction(weight, weight.grad, group["momentum"]).view_as(blocks))
                    scale = max(1.0, blocks.shape[1] / blocks.shape[2]) ** 0.5
                    move = blocks if direction.shape == blocks.shape else blocks.mT
                    same_rows.setdefault(direction.shape[1], []).append((move, direction, -group["lr"] * scale))
        for moves in same_rows.values():
            grams = torch.cat([direction @ direction.mT for _, direction, _ in moves])
            factors = equaliser(grams).split([len(direction) for _, direction, _ in moves])
            for (weight, direction, rate), factor in zip(moves, factors, strict=True):
                weight.baddbmm_(factor, direction, alpha=rate)

    def _direction(self, weight: Tensor, gradient: Tensor, momentum: float) -> Tensor:
        """Nesterov's: the running gradient, looked at one step ahead."""
        state = self.state[weight]
        if not state:
            state["velocity"] = torch.zeros_like(weight)
        velocity = state["velocity"].lerp_(gradient, 1 - momentum)
        return gradient.lerp(velocity, momentum)


def _blocks(weight: Tensor, parts: int) -> Tensor:
    """(blocks, rows, columns), a view with at most 32 rows, or with as many as a part has where no fair cut is left.

    The work for a matrix grows with the square of its rows. Blocks that are orthogonal only in themselves train these
    models nearly as well.
    """
    rows = weight.shape[0] // parts
    cuts = next((n for n in range(1, rows) if rows % n == 0 and _FEW_ROWS <= rows // n <= _MANY_ROWS), 1)
    return weight.view(parts * cuts, rows // cuts, -1)


def build(
    model: nn.Module, name: str, lr: float, betas: tuple[float, float], muon_lr: float, muon_decay: float = 0.0
) -> list[torch.optim.Optimizer]:
    """Optimisers for a model; every group knows its peak rate, ``group["peak"]``, for schedules to scale.

    Args:
        model: a VAE.
        name: ``"adam"``, or ``"muon"`` for Muon on the hidden matrices and Adam on all else.
        lr: peak rate of Adam.
        betas: Adam's decay rates.
        muon_lr: peak rate of Muon.
        muon_decay: Muon's weight decay.

    Raises:
        ValueError: for any other name.
    """
    if name not in ("adam", "muon"):
        raise ValueError(f"There is no optimiser {name!r}: choose 'adam' or 'muon'.")
    gates, matrices = hidden_matrices(model) if name == "muon" else ([], [])
    taken = {id(weight) for weight in gates + matrices}
    rest = [weight for weight in model.parameters() if id(weight) not in taken]
    optimizers: list[torch.optim.Optimizer] = [torch.optim.Adam(rest, lr, betas=betas, fused=True)]
    if taken:
        groups: list[dict[str, Any]] = [{"params": gates, "parts": _GATES}, {"params": matrices}]
        optimizers.append(Muon([group for group in groups if group["params"]], lr=muon_lr, decay=muon_decay))
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["peak"] = group["lr"]
    return optimizers


def hidden_matrices(model: nn.Module) -> tuple[list[Tensor], list[Tensor]]:
    """Weights of LSTM gates, and all other weights between hidden layers.

    The heads and the layer that gives the logits stay with Adam: their outputs have a scale that means something.
    """
    gates: list[Tensor] = []
    matrices: list[Tensor] = []
    for module in model.modules():
        if isinstance(module, nn.LSTM):
            gates += [weight for name, weight in module.named_parameters() if name.startswith("weight")]
        elif isinstance(module, nn.Linear | nn.ConvTranspose2d):
            matrices.append(module.weight)
    last_layer = matrices.pop() if matrices else None
    outputs = {id(p) for m in model.modules() if isinstance(m, Heads) for p in m.parameters()} | {id(last_layer)}
    return gates, [weight for weight in matrices if id(weight) not in outputs]
