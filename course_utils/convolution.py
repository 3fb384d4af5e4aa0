"""Transposed convolutions as PyTorch defines them, computed faster on a CPU where the shapes allow it."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn.grad import conv2d_weight

_DOUBLING = ((4, 4), (2, 2), (1, 1), (0, 0))


class TransposedConv2d(nn.ConvTranspose2d):
    """:class:`torch.nn.ConvTranspose2d`: the same arguments, weights and results, up to rounding.

    Two cases that every decoder of digits meets are computed in other ways. A first picture of 1 x 1 times a kernel is
    a matrix product. A last layer that doubles the picture into one channel (kernel 4, stride 2, padding 1) leaves
    15 of 16 lanes of a vector unit idle; as a 3 x 3 convolution into four channels, one for each corner of a 2 x 2 cell
    of output pixels (Shi et al. 2016, "sub-pixel convolution"), it leaves fewer.

    Attributes:
        in_bfloat16: whether the layer multiplies in bfloat16 while it trains; its output then is bfloat16 too, with the
            channels last in memory, so that the next layer takes it as it is. Weights, the doubled last picture and
            evaluation stay float32.
    """

    in_bfloat16 = False

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Pictures (N, in_channels, H, W) -> (N, out_channels, H', W'), H' as in :class:`torch.nn.ConvTranspose2d`."""
        if not (self.in_bfloat16 and self.training):
            return self._convolved(x, output_size)
        with torch.autocast("cpu", torch.bfloat16, cache_enabled=False):
            return self._convolved(x.to(torch.bfloat16, memory_format=torch.channels_last), output_size)

    def _convolved(self, x: Tensor, output_size: list[int] | None) -> Tensor:
        bias = self.bias
        if bias is None or self.groups != 1 or self.dilation != (1, 1) or output_size is not None:
            return super().forward(x, output_size)
        if x.shape[2:] == (1, 1) and self.padding == self.output_padding == (0, 0):
            return self._from_one_pixel(x, bias)
        if self.out_channels == 1 and self._geometry() == _DOUBLING:
            return _Doubling.apply(x, self.weight, bias)
        return super().forward(x)

    def _geometry(self) -> tuple:
        return self.kernel_size, self.stride, self.padding, self.output_padding

    def _from_one_pixel(self, x: Tensor, bias: Tensor) -> Tensor:
        height, width = self.kernel_size
        kernels = self.weight.movedim(1, -1).flatten(1)  # channels last, as the next layer likes its input
        flat = torch.addmm(bias.repeat(height * width), x.flatten(1), kernels)
        return flat.view(len(x), height, width, self.out_channels).movedim(-1, 1)


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
