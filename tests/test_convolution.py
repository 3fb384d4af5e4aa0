"""The faster transposed convolution is PyTorch's, forward and backward."""

import pytest
import torch
from torch import nn

from course_utils.convolution import TransposedConv2d


@pytest.mark.parametrize(
    ("arguments", "size"),
    [
        ((6, 5, 4), 1),  # a matrix product
        ((6, 1, 4, 2, 1), 5),  # a sub-pixel convolution
        ((6, 1, 4, 2, 1), 1),
        ((6, 5, 3, 2, 1, 1), 4),  # PyTorch's own
        ((6, 1, 4, 2, 0), 4),
        ((6, 5, 4, 2, 1), 1),
    ],
)
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_outputs_and_gradients_are_those_of_pytorch(arguments, size, layout):
    draw = torch.Generator().manual_seed(0)
    ours, theirs = TransposedConv2d(*arguments).double(), nn.ConvTranspose2d(*arguments).double()
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(3, 6, size, size, generator=draw, dtype=torch.float64).to(memory_format=layout)
    found = [_results(module, x.clone()) for module in (ours, theirs)]
    for mine, expected in zip(*found, strict=True):
        torch.testing.assert_close(mine, expected)


def _results(module, x):
    x.requires_grad_()
    y = module(x)
    weights = torch.linspace(-1, 1, y.numel(), dtype=torch.float64).view(y.shape)
    return [y, *torch.autograd.grad((y * weights).sum(), [x, module.weight, module.bias])]


def test_an_output_size_without_bias_or_groups_falls_back_to_pytorch():
    for options in ({"bias": False}, {"groups": 2}):
        ours = TransposedConv2d(4, 4, 3, **options)
        theirs = nn.ConvTranspose2d(4, 4, 3, **options)
        theirs.load_state_dict(ours.state_dict())
        x = torch.ones(2, 4, 1, 1)
        torch.testing.assert_close(ours(x), theirs(x))
