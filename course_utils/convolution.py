"""Transposed convolutions as PyTorch defines them, computed faster on a CPU where the shapes allow it."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx, once_differentiable

_DOUBLING = ((4, 4), (2, 2), (1, 1), (0, 0))
_WIDE = 4096
"""Input times output channels from which on bfloat16 saves more than the conversions cost."""


class TransposedConv2d(nn.ConvTranspose2d):
    """:class:`torch.nn.ConvTranspose2d`: the same arguments, weights and results, up to rounding.

    Two cases that every decoder of digits meets are computed in other ways. A first picture of 1 x 1 times a kernel is
    a matrix product. A last layer that doubles the picture into one channel (kernel 4, stride 2, padding 1) leaves
    15 of 16 lanes of a vector unit idle; as a 3 x 3 convolution into four channels, one for each corner of a 2 x 2 cell
    of output pixels (Shi et al. 2016, "sub-pixel convolution"), it leaves fewer.

    Attributes:
        in_bfloat16: whether a layer with many channels multiplies in bfloat16 while it trains; sums, weights and
            evaluation stay float32.
    """

    in_bfloat16 = False

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Pictures (N, in_channels, H, W) -> (N, out_channels, H', W'), H' as in :class:`torch.nn.ConvTranspose2d`."""
        plain = self.bias is not None and self.groups == 1 and self.dilation == (1, 1) and output_size is None
        if plain and x.shape[2:] == (1, 1) and self.padding == self.output_padding == (0, 0):
            return self._from_one_pixel(x)
        if plain and self.out_channels == 1 and self._geometry() == _DOUBLING:
            return _Doubling.apply(x, self.weight, self.bias)
        if self.in_bfloat16 and self.training and self.in_channels * self.out_channels >= _WIDE:
            with torch.autocast("cpu", torch.bfloat16):
                return super().forward(x, output_size).to(x.dtype)
        return super().forward(x, output_size)

    def _geometry(self) -> tuple:
        return self.kernel_size, self.stride, self.padding, self.output_padding

    def _from_one_pixel(self, x: Tensor) -> Tensor:
        area = self.kernel_size[0] * self.kernel_size[1]
        flat = torch.addmm(self.bias.repeat_interleave(area), x.flatten(1), self.weight.flatten(1))
        return flat.view(len(x), self.out_channels, *self.kernel_size)


class _Doubling(torch.autograd.Function):
    """Forward as a sub-pixel convolution, backward as the plain convolutions that PyTorch would run."""

    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.float32)
    def forward(ctx: FunctionCtx, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return F.pixel_shuffle(F.conv2d(x, _corner_kernels(weight), bias.repeat(4), padding=1), 2)

    @staticmethod
    @once_differentiable
    @torch.amp.custom_bwd(device_type="cpu")
    def backward(ctx: FunctionCtx, grad: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, weight = ctx.saved_tensors
        grad_x = F.conv2d(grad, weight, stride=2, padding=1)
        grad_weight = nn.grad.conv2d_weight(grad, weight.shape, x, stride=2, padding=1)
        return grad_x, grad_weight, grad.sum().view(1)


def _corner_kernels(weight: Tensor) -> Tensor:
    """(channels, 1, 4, 4) -> (4, channels, 3, 3): what an input pixel and its neighbours give to each output corner.

    Output pixel 2i + a takes row 3 + a - 2d of the kernel from input row i + d - 1; rows outside 0..3 count nothing.
    """
    rows = torch.tensor([[3 + a - 2 * d for d in range(3)] for a in range(2)]) + 1
    padded = F.pad(weight[:, 0], (1, 1, 1, 1))
    return padded[:, rows][:, :, :, rows].permute(1, 3, 0, 2, 4).flatten(0, 1)
