"""Settings of the processor and the C library: what they are, and that nothing breaks without them."""

import sys

import pytest
import torch

from course_utils import cpu, decoders, training, vae
from course_utils.convolution import TransposedConv2d
from course_utils.decoders import ConvDecoder
from course_utils.encoders import LSTMEncoder


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc is Linux's")
def test_the_memory_policy_can_be_switched_off(monkeypatch):
    ask = cpu.keep_freed_memory.__wrapped__  # without its memory of the first answer
    monkeypatch.delenv("COURSE_MALLOC", raising=False)
    assert ask() is True
    monkeypatch.setenv("COURSE_MALLOC", "system")
    assert ask() is False


@pytest.mark.parametrize(
    ("processor", "aten", "environment", "expected"),
    [
        ({}, "AVX512", {}, False),
        ({"avx512_bf16": False}, "AVX512", {}, False),
        ({"amx_bf16": True}, "AVX512", {}, True),
        ({"avx512_bf16": True}, "AVX512", {}, True),
        ({"avx512_bf16": True}, "AVX512", {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16"}, True),
        ({"avx512_bf16": True}, "AVX2", {}, False),
        ({"avx512_bf16": True}, "DEFAULT", {}, False),
        ({"avx512_bf16": True}, "AVX512", {"ONEDNN_MAX_CPU_ISA": "AVX2"}, False),
        ({"avx512_bf16": True}, "AVX512", {"ONEDNN_MAX_CPU_ISA": "avx512_core"}, False),
        ({"amx_bf16": True}, "AVX512", {"DNNL_MAX_CPU_ISA": "SSE41"}, False),
    ],
)
def test_bfloat16_needs_the_processor_and_both_libraries(monkeypatch, processor, aten, environment, expected):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: processor, raising=False)
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: aten)
    for name in ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert cpu.has_bfloat16() is expected


def test_bfloat16_is_for_training_alone_and_close_to_float32():
    if not cpu.has_bfloat16():
        pytest.skip("An LSTM in bfloat16 needs a CPU and libraries that have it.")
    torch.manual_seed(0)
    model, x = vae.report_e(), torch.rand(5, 1, 28, 28)
    exact, _ = model.encoder(x)
    model.encoder.in_bfloat16 = True
    rough, _ = model.encoder(x)
    assert rough.dtype == torch.float32
    assert 0 < (rough - exact).abs().max() < 0.02
    torch.testing.assert_close(model.eval().encoder(x)[0], exact)


def test_a_recipe_in_bfloat16_trains_in_float32_where_the_cpu_has_none(monkeypatch):
    """The path of most laptops, on every machine."""
    monkeypatch.setattr(training, "has_bfloat16", lambda: False)
    images, found = torch.rand(16, 1, 28, 28, generator=torch.Generator().manual_seed(0)), []
    for wanted in (True, False):
        torch.manual_seed(0)
        model = vae.report_e(hidden=8)
        training.train(model, images, images, training.Recipe(1, batch=8, bfloat16=wanted))
        found.append(torch.cat([weight.flatten() for weight in model.parameters()]))
    assert torch.equal(*found)


@pytest.mark.parametrize("arguments", [(8, 4, 4, 2, 1), (8, 1, 4, 2, 1), (8, 4, 7), (8, 1, 3, 1, 1)])
def test_transposed_convolutions_train_in_bfloat16_and_stay_close(arguments):
    torch.manual_seed(0)
    size = 1 if arguments[2] == 7 else 7
    layer, x = TransposedConv2d(*arguments), torch.rand(3, 8, size, size, requires_grad=True)
    found = []
    for layer.in_bfloat16 in (False, True):
        y = layer(x).float()
        slopes = torch.autograd.grad(y.square().mean(), tuple(layer.parameters()) + (x,))
        assert {slope.dtype for slope in slopes} == {torch.float32}
        found.append(torch.cat([y.flatten(), *(slope.flatten() for slope in slopes)]))
    error = (found[0] - found[1]).norm() / found[0].norm()
    assert 0 < error < 0.01
    torch.testing.assert_close(layer.eval()(x).flatten(), found[0][: y.numel()])


@pytest.mark.parametrize("number", decoders.REPORT_B)
def test_a_decoder_in_bfloat16_gives_float32_logits_without_reordering_its_pictures(number):
    decoder = ConvDecoder(3, decoders.REPORT_B[number])
    for layer in decoder.layers:
        layer.in_bfloat16 = True
    pictures = []
    for layer in decoder.layers[1:-1]:
        layer.register_forward_hook(lambda module, given, made: pictures.append(made))
    assert decoder(torch.randn(2, 3)).dtype == torch.float32
    assert all(picture.is_contiguous(memory_format=torch.channels_last) for picture in pictures)


def test_an_lstm_may_read_several_rows_at_once():
    encoder = LSTMEncoder(latent=3, hidden=8, rows=4)
    assert encoder.lstm.input_size == 112
    assert encoder(torch.rand(2, 1, 28, 28))[0].shape == (2, 3)
    with pytest.raises(ValueError, match="choose 1, 2, 4"):
        LSTMEncoder(latent=3, hidden=8, rows=5)
