"""Settings of the processor and the C library: what they are, and that nothing breaks without them."""

import subprocess
import sys

import pytest
import torch

from course_utils import cpu, vae
from course_utils.convolution import TransposedConv2d
from course_utils.encoders import LSTMEncoder

ASK = "from course_utils import cpu; print(cpu.keep_freed_memory())"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc is Linux's")
def test_the_memory_policy_can_be_switched_off(monkeypatch):
    def answer():
        return subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True).stdout.strip()

    assert answer() == "True"
    monkeypatch.setenv("COURSE_MALLOC", "system")
    assert answer() == "False"


def test_without_capabilities_there_is_no_bfloat16(monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict, raising=False)
    assert cpu.has_bfloat16() is False
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": True}, raising=False)
    assert cpu.has_bfloat16() is True


def test_bfloat16_is_for_training_alone_and_close_to_float32():
    torch.manual_seed(0)
    model, x = vae.report_e(), torch.rand(5, 1, 28, 28)
    exact, _ = model.encoder(x)
    model.encoder.in_bfloat16 = True
    rough, _ = model.encoder(x)
    assert rough.dtype == torch.float32
    assert 0 < (rough - exact).abs().max() < 0.02
    torch.testing.assert_close(model.eval().encoder(x)[0], exact)


@pytest.mark.parametrize(("channels", "rough"), [(64, False), (128, True)])
def test_wide_transposed_convolutions_train_in_bfloat16_and_stay_close(channels, rough):
    torch.manual_seed(0)
    layer, x = TransposedConv2d(channels, 32, 4, 2, 1), torch.rand(3, channels, 7, 7, requires_grad=True)
    found = []
    for layer.in_bfloat16 in (False, True):
        y = layer(x)
        assert y.dtype == torch.float32
        slopes = torch.autograd.grad(y.square().mean(), (x, layer.weight))
        found.append(torch.cat([y.flatten(), *(slope.flatten() for slope in slopes)]))
    error = (found[0] - found[1]).norm() / found[0].norm()
    assert 0 < error < 0.01 if rough else error == 0
    torch.testing.assert_close(layer.eval()(x).flatten(), found[0][: y.numel()])


def test_an_lstm_may_read_several_rows_at_once():
    encoder = LSTMEncoder(latent=3, hidden=8, rows=4)
    assert encoder.lstm.input_size == 112
    assert encoder(torch.rand(2, 1, 28, 28))[0].shape == (2, 3)
    with pytest.raises(ValueError, match="choose 1, 2, 4"):
        LSTMEncoder(latent=3, hidden=8, rows=5)
