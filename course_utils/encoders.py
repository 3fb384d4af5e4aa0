"""Encoders: from an image to the mean and the log-variance of its code."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

ROWS = COLUMNS = 28


class Heads(nn.Module):
    """Features (N, width) -> mu and logvar, (N, latent) each, by two linear layers of their own."""

    def __init__(self, width: int, latent: int) -> None:
        super().__init__()
        self.mu = nn.Linear(width, latent)
        self.logvar = nn.Linear(width, latent)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance, (N, latent) each."""
        return self.mu(features), self.logvar(features)


class MLPEncoder(nn.Module):
    """Image (N, 1, 28, 28) -> mu, logvar, (N, latent) each, through fully connected layers.

    Args:
        latent: size of the code.
        hidden: widths of the hidden layers, in order.
        activation: class of the activation after each of them.
        dropout: probability of dropping a unit after the first hidden layer (Report D: 0.5).
    """

    def __init__(
        self, latent: int, hidden: Sequence[int], activation: type[nn.Module] = nn.ReLU, dropout: float = 0.0
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Flatten()]
        width = ROWS * COLUMNS
        for i, next_width in enumerate(hidden):
            layers += [nn.Linear(width, next_width), activation()]
            if i == 0 and dropout:
                layers.append(nn.Dropout(dropout))
            width = next_width
        self.layers = nn.Sequential(*layers)
        self.heads = Heads(width, latent)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of the codes of images x."""
        return self.heads(self.layers(x))


class LSTMEncoder(nn.Module):
    """Image (N, 1, 28, 28), read from top to bottom by an LSTM -> mu, logvar, (N, latent) each.

    The last state of each direction is used: the forward one ends at the bottom row, the backward one at the top row.

    Args:
        latent: size of the code.
        hidden: size of the LSTM's state, per direction.
        bidirectional: whether a second LSTM reads from the bottom up (Report E).
        rows: image rows that make one step of the sequence, a divisor of 28 (the reports: 1).

    Raises:
        ValueError: where ``rows`` does not divide 28.
    """

    def __init__(self, latent: int, hidden: int, bidirectional: bool = False, rows: int = 1) -> None:
        super().__init__()
        if ROWS % rows:
            raise ValueError(f"28 rows do not fall into steps of {rows}: choose 1, 2, 4, 7, 14 or 28.")
        self.lstm = nn.LSTM(rows * COLUMNS, hidden, batch_first=True, bidirectional=bidirectional)
        self.heads = Heads(hidden * (2 if bidirectional else 1), latent)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of the codes of images x."""
        steps = x.reshape(len(x), -1, self.lstm.input_size)  # (N, 28 / rows, rows * 28)
        _, (last_states, _) = self.lstm(steps)  # (directions, N, hidden)
        return self.heads(torch.cat(tuple(last_states), dim=1))  # (N, directions * hidden) -> (N, latent) twice
