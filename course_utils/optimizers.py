"""Optimisers: Adam for everything, or Muon for the hidden matrices and Adam for the rest.

Muon (Jordan et al. 2024) replaces the momentum of a weight matrix by the nearest matrix whose singular values are all
about 1: every direction that the gradient has found moves equally far, also the weak ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from .encoders import Heads

MUON_LR = 0.02
_GATES = 4


def orthogonalised(matrix: Tensor, steps: int = 5) -> Tensor:
    """The factor U V^T of matrix = U S V^T, roughly: singular values end between 0.7 and 1.2.

    A quintic Newton-Schulz iteration, with the coefficients of Jordan et al., which trade accuracy for speed.

    Args:
        matrix: (..., rows, columns).
        steps: iterations.
    """
    wide = matrix if matrix.shape[-2] <= matrix.shape[-1] else matrix.mT
    x = wide / (wide.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = 3.4445 * x + (2.0315 * gram @ gram - 4.7750 * gram) @ x
    return x if wide is matrix else x.mT


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalised; for weights that are matrices.

    Args:
        params: weights with at least two axes; convolutions count as (first axis, all others).
        lr: how far each singular direction moves in a step.
        momentum: decay of the running gradient.
        blocks: into how many equal parts along the first axis a weight falls (4 for the gates of an LSTM).
    """

    def __init__(self, params: Iterable[Any], lr: float = MUON_LR, momentum: float = 0.95, blocks: int = 1) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "blocks": blocks})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:
        """One step on the gradients at hand."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    self._move(weight, group)

    def _move(self, weight: Tensor, group: dict[str, Any]) -> None:
        state = self.state[weight]
        if not state:
            state["velocity"] = torch.zeros_like(weight)
        velocity = state["velocity"].lerp_(weight.grad, 1 - group["momentum"])
        direction = weight.grad.lerp(velocity, group["momentum"])
        matrices = direction.reshape(group["blocks"], weight.shape[0] // group["blocks"], -1)
        rows, columns = matrices.shape[1:]
        step = orthogonalised(matrices) * max(1.0, rows / columns) ** 0.5
        weight.add_(step.view_as(weight), alpha=-group["lr"])


def build(model: nn.Module, name: str, lr: float, betas: tuple[float, float]) -> list[torch.optim.Optimizer]:
    """Optimisers for a model; every group knows its peak rate, ``group["peak"]``, for schedules to scale.

    Args:
        model: a VAE.
        name: ``"adam"``, or ``"muon"`` for Muon on the hidden matrices and Adam on all else.
        lr: peak rate of Adam.
        betas: Adam's decay rates.

    Raises:
        ValueError: for any other name.
    """
    if name not in ("adam", "muon"):
        raise ValueError(f"There is no optimiser {name!r}: choose 'adam' or 'muon'.")
    gates, matrices = hidden_matrices(model) if name == "muon" else ([], [])
    taken = {id(weight) for weight in gates + matrices}
    rest = [weight for weight in model.parameters() if id(weight) not in taken]
    found: list[torch.optim.Optimizer] = [torch.optim.Adam(rest, lr, betas=betas, fused=True)]
    if taken:
        groups = [{"params": gates, "blocks": _GATES}, {"params": matrices}]
        found.append(Muon([group for group in groups if group["params"]]))
    for optimizer in found:
        for group in optimizer.param_groups:
            group["peak"] = group["lr"]
    return found


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
