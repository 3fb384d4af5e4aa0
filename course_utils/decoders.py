"""Decoders described by data: from a code to 28 x 28 logits, through transposed convolutions.

A decoder is a start (channels and size of the first small picture) and a list of layers. The six decoders of Report B,
that of Report E and a student's own are each a few lines, and their sizes can be computed before anything is built.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .convolution import TransposedConv2d

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
            blocks.append(TransposedConv2d(channels, *layer))
            channels = layer.channels
            if layer is not spec.layers[-1]:
                blocks += _between(channels, spec)
        self.layers = nn.Sequential(*blocks)

    def forward(self, z: Tensor) -> Tensor:
        """Logits (N, 1, 28, 28) of codes (N, latent)."""
        if self.spec.linear_start and isinstance(self.layers[0], nn.ConvTranspose2d):
            return self.layers[1:](self._first_two(z)).to(z.dtype)
        return self.layers(self._first_picture_of(z)).to(z.dtype)

    def _first_picture_of(self, z: Tensor) -> Tensor:
        """(N, channels, size, size), with the channels last in memory, which spares the layers that follow a copy."""
        channels, size, _ = self._first_picture
        if not self.spec.linear_start:
            return z.view(-1, channels, size, size)
        assert isinstance(self.start, nn.Linear)
        weight, bias = (
            rows.unflatten(0, (channels, -1)).transpose(0, 1).flatten(0, 1)
            for rows in (self.start.weight, self.start.bias)
        )
        return F.linear(z, weight, bias).view(-1, size, size, channels).movedim(-1, 1)

    @property
    def _first_picture(self) -> tuple[int, int, int]:
        return self.spec.channels, self.spec.size, self.spec.size

    def _first_two(self, z: Tensor) -> Tensor:
        """Linear layer and first transposed convolution in one, where nothing stands between them (all of Report B's).

        Two linear maps in a row are one. Its matrix is what the convolution makes of the linear layer's columns: it
        sees latent + 1 pictures, however large the batch.
        """
        conv, layer = self.layers[0], self.spec.layers[0]
        assert isinstance(self.start, nn.Linear) and isinstance(conv, nn.ConvTranspose2d) and conv.bias is not None
        columns = torch.cat([self.start.weight.T, self.start.bias[None]]).view(-1, *self._first_picture)
        mapped = F.conv_transpose2d(columns, conv.weight, None, *layer[2:])
        mapped = mapped.movedim(1, -1)
        offset = mapped[-1] + conv.bias
        pictures = torch.addmm(offset.reshape(1, -1), z, mapped[:-1].flatten(1)).view(len(z), *offset.shape)
        return pictures.movedim(-1, 1)


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


_DOUBLE = (4, 2, 1)
_THREE_LAYERS = (Layer(56, 4, 1, 0), Layer(28, *_DOUBLE), Layer(14, 3, 2, 1))

# Report B's six decoders as printed; where only kernels are printed, channels follow from the parameter counts.
# Number 5 prints no strides: these are the first of the three choices that give 28.
REPORT_B_PRINTED: dict[int, DecoderSpec] = {
    1: DecoderSpec(128, 7, (Layer(64, *_DOUBLE), Layer(1, *_DOUBLE))),
    2: DecoderSpec(64, 4, (Layer(32, *_DOUBLE), Layer(16, *_DOUBLE), Layer(1, 3, 1, 1))),
    3: DecoderSpec(64, 1, (*_THREE_LAYERS, Layer(1, 2, 2, 2))),
    4: DecoderSpec(6272, 1, (*_THREE_LAYERS, Layer(1, 2, 2, 2))),
    5: DecoderSpec(128, 7, (Layer(56, 3, 1, 1), Layer(28, 3, 2, 1), Layer(14, 4, 2, 1), Layer(1, 3, 1, 0))),
    6: DecoderSpec(64, 4, (Layer(56, *_DOUBLE), Layer(28, 4, 1, 1), Layer(14, 4, 2, 2), Layer(1, 3, 1, 1))),
}
_LAST_PADDING_ONE = (*_THREE_LAYERS, Layer(1, 2, 2, 1))

# The same six, repaired so that they give 28 x 28: #2 and #6 start from 7 x 7, #3 and #4 pad their last layer by 1.
REPORT_B: dict[int, DecoderSpec] = {
    1: REPORT_B_PRINTED[1],
    2: replace(REPORT_B_PRINTED[2], size=7),
    3: replace(REPORT_B_PRINTED[3], layers=_LAST_PADDING_ONE),
    4: replace(REPORT_B_PRINTED[4], layers=_LAST_PADDING_ONE),
    5: REPORT_B_PRINTED[5],
    6: replace(REPORT_B_PRINTED[6], size=7),
}

# Report A prints neither channels nor kernels: these are ours, one decoder for each step of its diary.
_A_BASE = DecoderSpec(
    32, 7, (Layer(16, *_DOUBLE), Layer(1, *_DOUBLE)), start_relu=True, start_batchnorm=True, batchnorm=True
)
_A_WITHOUT_NORM = replace(_A_BASE, channels=64, start_batchnorm=False, batchnorm=False)
_A_FOUR_LAYERS = replace(
    _A_WITHOUT_NORM, size=1, layers=(Layer(64, 3), Layer(32, 2, 2), Layer(16, 3, 2), Layer(1, 4, 2))
)
REPORT_A: dict[int, DecoderSpec] = {
    1: _A_BASE,
    2: _A_BASE,
    3: replace(_A_BASE, batchnorm=False),
    4: _A_WITHOUT_NORM,
    5: _A_FOUR_LAYERS,
    6: replace(_A_FOUR_LAYERS, dropout=0.2),
}
REPORT_C = DecoderSpec(
    100, 1, (Layer(128, 7), Layer(64, *_DOUBLE), Layer(1, *_DOUBLE)), linear_start=False, batchnorm=True
)
REPORT_E = DecoderSpec(64, 1, (Layer(64, 4), Layer(32, 4), Layer(16, *_DOUBLE), Layer(1, *_DOUBLE)), start_relu=True)
REPORT_E_WITHOUT_LINEAR = replace(REPORT_E, start_relu=False, linear_start=False)

# The course's own: most weights sit in the first transposed convolution, where they cost one matrix product.
COURSE = DecoderSpec(256, 1, (Layer(24, 7), Layer(16, *_DOUBLE), Layer(1, *_DOUBLE)), start_relu=True)
