"""bfloat16 where a CPU has it: who is asked, and that what comes out is float32 and close."""

import pytest
import torch

from course_utils import engine, reports, training
from course_utils.decoders import ConvDecoder
from course_utils.encoders import LSTMEncoder
from course_utils.engine import convolution, precision
from course_utils.engine.swap import swapped


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
    assert precision.has_bfloat16() is expected


def test_an_lstm_in_bfloat16_stays_close_to_float32(monkeypatch):
    native = precision.has_bfloat16()
    monkeypatch.setattr(engine, "has_bfloat16", lambda: True)
    torch.manual_seed(0)
    model, x = reports.report_e(), torch.rand(5, 1, 28, 28)
    exact, _ = model.encoder(x)
    with torch.backends.mkldnn.flags(enabled=native), engine.on(model, bfloat16=True):  # oneDNN refuses where it is not
        rough, _ = model.encoder(x)
    assert rough.dtype == torch.float32
    assert 0 < (rough - exact).abs().max() < 0.02
    assert torch.equal(model.encoder(x)[0], exact)


def test_a_recipe_in_bfloat16_trains_in_float32_where_the_cpu_has_none(monkeypatch):
    """The path of most laptops, on every machine."""
    monkeypatch.setattr(engine, "has_bfloat16", lambda: False)
    images, found = torch.rand(16, 1, 28, 28, generator=torch.Generator().manual_seed(0)), []
    for wanted in (True, False):
        torch.manual_seed(0)
        model = reports.report_e(hidden=8)
        training.train(model, images, images, training.Recipe(1, batch=8, bfloat16=wanted))
        found.append(torch.cat([weight.flatten() for weight in model.parameters()]))
    assert torch.equal(*found)


@pytest.mark.parametrize("arguments", [(8, 4, 4, 2, 1), (8, 1, 4, 2, 1), (8, 4, 7), (8, 1, 3, 1, 1)])
def test_transposed_convolutions_train_in_bfloat16_and_stay_close(arguments):
    torch.manual_seed(0)
    size = 1 if arguments[2] == 7 else 7
    layer, x = torch.nn.ConvTranspose2d(*arguments), torch.rand(3, 8, size, size, requires_grad=True)
    found = []
    for bfloat16 in (False, True):
        y = convolution.quick(layer, bfloat16)(x).float()
        slopes = torch.autograd.grad(y.square().mean(), (*layer.parameters(), x))
        assert {slope.dtype for slope in slopes} == {torch.float32}
        found.append(torch.cat([y.flatten(), *(slope.flatten() for slope in slopes)]))
    error = (found[0] - found[1]).norm() / found[0].norm()
    assert 0 < error < 0.01


@pytest.mark.parametrize("number", reports.REPORT_B)
def test_a_decoder_in_bfloat16_gives_float32_logits_without_reordering_its_pictures(number):
    decoder = ConvDecoder(3, reports.REPORT_B[number])
    pictures = []
    for layer in decoder.layers[1:-1]:
        layer.register_forward_hook(lambda module, given, made: pictures.append(made))
    with swapped(convolution.quick_forwards(decoder, bfloat16=True)):
        assert decoder(torch.randn(2, 3)).dtype == torch.float32
    assert all(picture.is_contiguous(memory_format=torch.channels_last) for picture in pictures)


def test_an_lstm_may_read_several_rows_at_once():
    encoder = LSTMEncoder(latent=3, hidden=8, rows=4)
    assert encoder.lstm.input_size == 112
    assert encoder(torch.rand(2, 1, 28, 28))[0].shape == (2, 3)
    with pytest.raises(ValueError, match="choose 1, 2, 4"):
        LSTMEncoder(latent=3, hidden=8, rows=5)
