"""Where training starts: signals of the same size in every layer, and an output that is the data's mean grey."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from .encoders import Heads
from .vae import VAE

_GATES = 4
_FORGET = 1  # PyTorch's order of gates is input, forget, cell, output


@torch.no_grad()
def initialise(model: VAE, images: Tensor, seed: int = 0) -> None:
    """Draw fresh weights for a VAE with an LSTM encoder and a transposed-convolution decoder; other layers stay.

    LSTM: orthogonal recurrent gates and forget biases of 1 (Jozefowicz et al. 2015), so that states survive 28 steps.
    Heads: means that differ from image to image from the start, so that the decoder has something to learn from;
    every log-variance 0.
    Decoder: Kaiming's normal weights for ReLU (He et al. 2015), counting the inputs that reach one output pixel.
    Output: its bias is the log-odds of the mean pixel, so that training starts at one grey and not at one half.

    Args:
        model: changed in place.
        images: training images (N, 1, 28, 28) in [0, 1].
        seed: of the weights.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for module in model.modules():
            if isinstance(module, nn.LSTM):
                _initialise_lstm(module)
            elif isinstance(module, Heads):
                _initialise_heads(module)
        layers = [module for module in model.decoder.modules() if isinstance(module, nn.Linear | nn.ConvTranspose2d)]
        for layer in layers:
            nn.init.normal_(layer.weight, std=math.sqrt(2 / _inputs_per_output(layer)))
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        layers[-1].weight.mul_(0.2)
        if (last_bias := layers[-1].bias) is not None:
            last_bias.fill_(torch.logit(images.mean()))


def _initialise_lstm(lstm: nn.LSTM) -> None:
    for name, parameter in lstm.named_parameters():
        gates = parameter.chunk(_GATES)
        if name.startswith("weight"):
            draw = nn.init.orthogonal_ if "hh" in name else nn.init.xavier_uniform_
            for gate in gates:
                draw(gate)
        else:
            nn.init.zeros_(parameter)
            if "ih" in name:
                nn.init.ones_(gates[_FORGET])


def _initialise_heads(heads: Heads) -> None:
    nn.init.normal_(heads.mu.weight, std=2 / math.sqrt(heads.mu.in_features))
    for parameter in (heads.mu.bias, heads.logvar.weight, heads.logvar.bias):
        nn.init.zeros_(parameter)


def _inputs_per_output(layer: nn.Linear | nn.ConvTranspose2d) -> float:
    """How many inputs one output adds up, on average: a stride of 2 spreads a kernel over four pixels."""
    if isinstance(layer, nn.Linear):
        return layer.in_features
    return layer.in_channels * math.prod(k / s for k, s in zip(layer.kernel_size, layer.stride, strict=True))
