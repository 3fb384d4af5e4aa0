"""Decoders of transposed convolutions, computed faster on a CPU where their shapes allow it.

Pictures are kept with their channels last in memory. Three cases that decoders of digits meet are recognised:

- two linear maps in a row, a linear layer and a transposed convolution with nothing between them, are one;
- a first picture of 1 x 1 times a kernel is a matrix product;
- a last layer that doubles the picture into one channel (kernel 4, stride 2, padding 1) leaves 15 of 16 lanes of a
  vector unit idle; as a 3 x 3 convolution into four channels, one for each corner of a 2 x 2 cell of output pixels
  (Shi et al. 2016, "sub-pixel convolution"), it leaves fewer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn.grad import conv2d_weight

from ..decoders import ConvDecoder

Forward = Callable[[Tensor], Tensor]


def quick_forwards(decoder: ConvDecoder, bfloat16: bool = False) -> dict[nn.Module, Forward]:
    """Faster forward passes for a decoder and its transposed convolutions; they give the same, up to rounding.

    Args:
        decoder: codes (N, latent) -> logits (N, 1, 28, 28), float32 also where its layers are not.
        bfloat16: whether its transposed convolutions multiply and put out bfloat16; the doubled picture is float32.
    """
    convolutions = [layer for layer in decoder.layers if isinstance(layer, nn.ConvTranspose2d)]
    forward = partial(_merged, decoder) if is_linear_twice(decoder) else decoder.forward
    return {decoder: lambda z: forward(z).to(z.dtype), **{layer: quick(layer, bfloat16) for layer in convolutions}}


def quick(layer: nn.ConvTranspose2d, bfloat16: bool = False) -> Forward:
    """Pictures (N, in_channels, H, W) -> (N, out_channels, H', W'), as the layer itself gives them, up to rounding."""
    plain = layer.forward

    def forward(x: Tensor) -> Tensor:
        x = x.to(torch.bfloat16 if bfloat16 else x.dtype, memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16, cache_enabled=False):
            if is_a_product(layer, x):
                return _product(layer, x)
            return _Doubling.apply(x, layer.weight, layer.bias) if is_doubling(layer) else plain(x)

    return forward


def is_linear_twice(decoder: ConvDecoder) -> bool:
    """Whether nothing stands between a decoder's linear layer and its first transposed convolution (Report B's)."""
    return decoder.spec.linear_start and isinstance(decoder.layers[0], nn.ConvTranspose2d)


def is_a_product(layer: nn.ConvTranspose2d, x: Tensor) -> bool:
    """Whether a picture is one pixel and all that a layer makes of it is kept."""
    return x.shape[2:] == (1, 1) and layer.padding == layer.output_padding == (0, 0)


def is_doubling(layer: nn.ConvTranspose2d) -> bool:
    """Whether a layer doubles height and width into one channel."""
    geometry = layer.kernel_size, layer.stride, layer.padding, layer.output_padding
    return layer.out_channels == 1 and geometry == ((4, 4), (2, 2), (1, 1), (0, 0))


def _merged(decoder: ConvDecoder, z: Tensor) -> Tensor:
    """Codes -> logits. The matrix of the first two maps is what the convolution makes of the linear layer's columns.

    The convolution sees latent + 1 pictures, however large the batch.
    """
    spec, linear, conv = decoder.spec, decoder.start, decoder.layers[0]
    assert isinstance(linear, nn.Linear) and isinstance(conv, nn.ConvTranspose2d) and conv.bias is not None
    columns = torch.cat([linear.weight.T, linear.bias[None]]).view(-1, spec.channels, spec.size, spec.size)
    mapped = F.conv_transpose2d(columns, conv.weight, None, *spec.layers[0][2:]).movedim(1, -1)
    offset = mapped[-1] + conv.bias
    pictures = torch.addmm(offset.reshape(1, -1), z, mapped[:-1].flatten(1)).view(len(z), *offset.shape)
    return decoder.layers[1:](pictures.movedim(-1, 1))


def _product(layer: nn.ConvTranspose2d, x: Tensor) -> Tensor:
    height, width = layer.kernel_size
    assert layer.bias is not None
    kernels = layer.weight.movedim(1, -1).flatten(1)  # (in_channels, height * width * out_channels)
    flat = torch.addmm(layer.bias.repeat(height * width), x.flatten(1), kernels)
    return flat.view(len(x), height, width, layer.out_channels).movedim(-1, 1)


class _Doubling(torch.autograd.Function):
    """Forward as a sub-pixel convolution, backward as the plain convolutions that PyTorch would run.

    The products are of x's type and layout of memory; the doubled picture is of the weights' type.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        corners = F.conv2d(x, _corner_kernels(weight).to(x.dtype), padding=1)
        return _interleaved(corners).to(weight.dtype).add_(bias)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, weight = ctx.saved_tensors
        grad_bias, grad = grad.sum().view(1), grad.to(x.dtype)
        if x.is_contiguous(memory_format=torch.channels_last):  # say so of a single channel, which has no order
            grad = grad.reshape(*grad.shape[:1], *grad.shape[2:], 1).movedim(-1, 1)
        grad_x = F.conv2d(grad, weight.to(x.dtype), stride=2, padding=1)
        grad_weight = conv2d_weight(grad, weight.shape, x, stride=2, padding=1)
        return grad_x, grad_weight.to(weight.dtype), grad_bias


def _interleaved(corners: Tensor) -> Tensor:
    """(N, 4, H, W) -> (N, 1, 2H, 2W): the four corners of each cell, put side by side."""
    n, _, height, width = corners.shape
    return corners.unflatten(1, (2, 2)).permute(0, 3, 1, 4, 2).reshape(n, 1, 2 * height, 2 * width)


def _corner_kernels(weight: Tensor) -> Tensor:
    """(channels, 1, 4, 4) -> (4, channels, 3, 3): what an input pixel and its neighbours give to each output corner.

    Output pixel 2i + a takes row 3 + a - 2d of the kernel from input row i + d - 1; rows outside 0..3 count nothing.
    """
    rows = torch.tensor([[3 + a - 2 * d for d in range(3)] for a in range(2)]) + 1
    padded = F.pad(weight[:, 0], (1, 1, 1, 1))
    return padded[:, rows][:, :, :, rows].permute(1, 3, 0, 2, 4).flatten(0, 1)
