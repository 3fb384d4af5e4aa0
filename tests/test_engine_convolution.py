"""The faster transposed convolutions are PyTorch's, forward and backward."""

import pytest
import torch
from torch import nn

from course_utils import reports
from course_utils.decoders import ConvDecoder
from course_utils.engine import convolution
from course_utils.engine.swap import swapped


@pytest.mark.parametrize(
    ("arguments", "size", "product", "doubling"),
    [
        ((6, 5, 4), 1, True, False),
        ((6, 5, 4), 2, False, False),
        ((6, 5, 4, 1, 1), 1, False, False),
        ((6, 1, 4, 2, 1), 5, False, True),
        ((6, 1, 4, 2, 1), 1, False, True),
        ((6, 1, 4, 2, 0), 4, False, False),
        ((6, 5, 4, 2, 1), 1, False, False),
        ((6, 5, 3, 2, 1, 1), 4, False, False),
    ],
)
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_outputs_and_gradients_are_those_of_pytorch(arguments, size, product, doubling, layout):
    draw = torch.Generator().manual_seed(0)
    layer = nn.ConvTranspose2d(*arguments).double()
    x = torch.randn(3, 6, size, size, generator=draw, dtype=torch.float64).to(memory_format=layout)
    assert (convolution.is_a_product(layer, x), convolution.is_doubling(layer)) == (product, doubling)
    found = [_results(forward, layer, x.clone()) for forward in (convolution.quick(layer), layer)]
    for mine, expected in zip(*found, strict=True):
        torch.testing.assert_close(mine, expected)


def _results(forward, layer, x):
    x.requires_grad_()
    y = forward(x)
    weights = torch.linspace(-1, 1, y.numel(), dtype=torch.float64).view(y.shape)
    return [y, *torch.autograd.grad((y * weights).sum(), [x, layer.weight, layer.bias])]


@pytest.mark.parametrize("number", sorted(reports.REPORT_B))
def test_two_linear_maps_in_a_row_are_computed_as_one_and_give_the_same(number):
    torch.manual_seed(number)
    decoder = ConvDecoder(3, reports.REPORT_B[number]).double()
    assert convolution.is_linear_twice(decoder)
    z, towards = torch.randn(5, 3, dtype=torch.float64), torch.randn(5, 1, 28, 28, dtype=torch.float64)
    weights, plain = list(decoder.parameters()), decoder(z)
    with swapped(convolution.quick_forwards(decoder)):
        quick = decoder(z)
    found = [[logits, *torch.autograd.grad(logits, weights, towards)] for logits in (plain, quick)]
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other)


def test_a_relu_or_no_linear_layer_between_keeps_two_maps_apart():
    assert not convolution.is_linear_twice(reports.report_b(start_relu=True).decoder)
    assert not convolution.is_linear_twice(reports.report_e(linear_start=False).decoder)
