"""The faster transposed convolutions are PyTorch's, forward and backward."""

import pytest
import torch
from torch import nn

from course_utils import reports
from course_utils.decoders import ConvDecoder
from course_utils.engine import convolution


@pytest.mark.parametrize(
    ("arguments", "size", "case"),
    [
        ((6, 5, 4), 1, convolution.is_a_product),
        ((6, 5, 4), 2, convolution.is_a_product),  # recognised, but not a product: PyTorch's own
        ((6, 1, 4, 2, 1), 5, convolution.is_doubling),
        ((6, 1, 4, 2, 1), 1, convolution.is_doubling),
    ],
)
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_outputs_and_gradients_are_those_of_pytorch(arguments, size, case, layout):
    draw = torch.Generator().manual_seed(0)
    layer = nn.ConvTranspose2d(*arguments).double()
    x = torch.randn(3, 6, size, size, generator=draw, dtype=torch.float64).to(memory_format=layout)
    assert case(layer)
    found = [_results(forward, layer, x.clone()) for forward in (convolution.quick(layer), layer)]
    for mine, expected in zip(*found, strict=True):
        torch.testing.assert_close(mine, expected)


def _results(forward, layer, x):
    x.requires_grad_()
    y = forward(x)
    weights = torch.linspace(-1, 1, y.numel(), dtype=torch.float64).view(y.shape)
    return [y, *torch.autograd.grad((y * weights).sum(), [x, layer.weight, layer.bias])]


@pytest.mark.parametrize(
    "layer",
    [
        nn.ConvTranspose2d(6, 5, 3, 2, 1, 1),
        nn.ConvTranspose2d(6, 1, 4, 2, 1, bias=False),
        nn.ConvTranspose2d(4, 4, 3, groups=2),
        nn.ConvTranspose2d(4, 4, 3, dilation=2),
    ],
)
def test_a_layer_that_fits_no_case_keeps_its_own_forward_pass(layer):
    assert convolution.quick(layer) == layer.forward


@pytest.mark.parametrize("number", sorted(reports.REPORT_B))
def test_two_linear_maps_in_a_row_are_computed_as_one_and_give_the_same(number):
    torch.manual_seed(number)
    decoder = ConvDecoder(3, reports.REPORT_B[number]).double()
    assert convolution.is_linear_twice(decoder)
    z, towards = torch.randn(5, 3, dtype=torch.float64), torch.randn(5, 1, 28, 28, dtype=torch.float64)
    weights, found = list(decoder.parameters()), []
    plain = decoder(z)
    with convolution.quick_decoder(decoder):
        quick = decoder(z)
    for logits in (plain, quick):
        found.append([logits, *torch.autograd.grad(logits, weights, towards)])
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other)


def test_no_case_is_recognised_where_it_is_not():
    assert not convolution.is_linear_twice(reports.report_b(start_relu=True).decoder)
    assert not convolution.is_linear_twice(reports.report_e(linear_start=False).decoder)
