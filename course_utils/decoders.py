"""Decoders described by data: from a code to 28 x 28 logits, through transposed convolutions.

A decoder is a start (channels and size of the first small picture) and a list of layers. The six decoders of Report B,
that of Report E and a student's own are each a few lines, and their sizes can be computed before anything is built.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor, nn

SIDE = 28
"""Pixels along a side of an image."""


class Layer(NamedTuple):
    """One transposed convolution: channels that come out, kernel, stride, padding, output padding."""

    channels: int
    kernel: int
    stride: int = 1
    padding: int = 0
    output_padding: int = 0


@dataclass(frozen=True)
class DecoderSpec:
    """A transposed-convolution decoder as data.

    Attributes:
        channels: channels of the first picture, made from the code by one linear layer.
        size: height and width of the first picture.
        layers: what follows; the last one gives the logits and has no activation.
        start_relu: whether a ReLU follows the linear layer.
        start_batchnorm: whether BatchNorm follows the linear layer, before its ReLU (Report A).
        linear_start: whether there is a linear layer; without one, the code itself is the first picture.
        batchnorm: whether BatchNorm follows every layer but the last.
        dropout: probability of dropping a whole channel after every layer but the last.
    """

    channels: int
    size: int
    layers: tuple[Layer, ...]
    start_relu: bool = False
    linear_start: bool = True
    start_batchnorm: bool = False
    batchnorm: bool = False
    dropout: float = 0.0

    def sizes(self) -> list[int]:
        """Height and width after the start and after each layer."""
        return output_sizes(self.size, self.layers)


def output_sizes(size: int, layers: Sequence[Layer]) -> list[int]:
    """Sizes of the picture: the first one, then after each transposed convolution.

    One layer makes ``(n - 1) * stride - 2 * padding + kernel + output_padding`` from n (dilation 1), the rule in
    PyTorch's documentation of ConvTranspose2d.
    """
    sizes = [size]
    for layer in layers:
        sizes.append((sizes[-1] - 1) * layer.stride - 2 * layer.padding + layer.kernel + layer.output_padding)
    return sizes


class ConvDecoder(nn.Module):
    """Code (N, latent) -> logits (N, 1, 28, 28), as a :class:`DecoderSpec` says.

    Raises:
        ValueError: where the layers do not end at one channel of 28 x 28; the message gives the size after every layer.
            Also where a code without a linear layer does not fill the first picture.
    """

    def __init__(self, latent: int, spec: DecoderSpec) -> None:
        super().__init__()
        _require_digits(spec)
        if not spec.linear_start and latent != spec.channels * spec.size**2:
            raise ValueError(
                f"Without a linear layer, {latent} latents cannot fill {spec.channels} channels of "
                f"{spec.size} x {spec.size}: make the numbers agree, or set linear_start."
            )
        self.spec = spec
        self.start = nn.Linear(latent, spec.channels * spec.size**2) if spec.linear_start else nn.Identity()
        blocks: list[nn.Module] = [nn.BatchNorm2d(spec.channels)] if spec.start_batchnorm else []
        blocks += [nn.ReLU()] if spec.start_relu else []
        channels = spec.channels
        for layer in spec.layers:
            blocks.append(nn.ConvTranspose2d(channels, *layer))
            channels = layer.channels
            if layer is not spec.layers[-1]:
                blocks += _between(channels, spec)
        self.layers = nn.Sequential(*blocks)

    def forward(self, z: Tensor) -> Tensor:
        """Logits (N, 1, 28, 28) of codes (N, latent)."""
        first = self.start(z)  # (N, channels * size * size)
        picture = first.view(-1, self.spec.channels, self.spec.size, self.spec.size)
        return self.layers(picture)  # (N, 1, 28, 28)


class MLPDecoder(nn.Sequential):
    """Code (N, latent) -> logits (N, 1, 28, 28) through fully connected layers.

    Args:
        latent: size of the code.
        hidden: widths of the hidden layers, in order.
        activation: class of the activation between layers.
    """

    def __init__(self, latent: int, hidden: Sequence[int], activation: type[nn.Module] = nn.ReLU) -> None:
        layers: list[nn.Module] = []
        for width in hidden:
            layers += [nn.Linear(latent, width), activation()]
            latent = width
        super().__init__(*layers, nn.Linear(latent, SIDE**2), nn.Unflatten(1, (1, SIDE, SIDE)))


def _between(channels: int, spec: DecoderSpec) -> list[nn.Module]:
    norm = [nn.BatchNorm2d(channels)] if spec.batchnorm else []
    drop = [nn.Dropout2d(spec.dropout)] if spec.dropout else []
    return [*norm, nn.ReLU(), *drop]


def _require_digits(spec: DecoderSpec) -> None:
    sizes = spec.sizes()
    if sizes[-1] != SIDE or spec.layers[-1].channels != 1:
        steps = ", ".join(f"layer {i} gives {size}" for i, size in enumerate(sizes[1:], 1))
        end = f"{spec.layers[-1].channels} channel(s) of {sizes[-1]} x {sizes[-1]}"
        raise ValueError(
            f"This decoder ends at {end}, not at 1 of 28 x 28: the start is {sizes[0]}, {steps}; "
            f"change a kernel, stride or padding."
        )
