"""The models of the reports: shapes, sizes, parameter counts, and what the constructors refuse."""

import itertools
import random

import pytest
import torch
from torch import nn

from course_utils import reports, vae
from course_utils.decoders import ConvDecoder, DecoderSpec, Layer, MLPDecoder, output_sizes
from course_utils.encoders import LSTMEncoder, MLPEncoder
from course_utils.vae import parameter_count, reparameterize


def test_report_e_has_its_parameters():
    assert parameter_count(reports.report_e()) == 175_665
    assert reports.report_e().decoder.spec.sizes() == [1, 4, 7, 14, 28]


def test_variants_of_report_e_and_the_courses_own_model():
    without = reports.report_e(linear_start=False)
    assert parameter_count(reports.report_e()) - parameter_count(without) == 64 * 64 + 64
    assert without(torch.rand(2, 1, 28, 28)).total.shape == (2,)
    assert parameter_count(vae.course_model()) < 700_000
    with pytest.raises(ValueError, match="10 latents cannot fill 64 channels"):
        ConvDecoder(10, reports.REPORT_E_WITHOUT_LINEAR)


@pytest.mark.parametrize("step", range(1, 7))
def test_report_as_diary(step):
    model = reports.report_a(step)
    assert model.decoder.training and model(torch.rand(3, 1, 28, 28)).total.shape == (3,)
    kinds = {type(module) for module in model.modules()}
    assert [kind in kinds for kind in (nn.Sigmoid, nn.BatchNorm2d, nn.Dropout2d)] == [step == 1, step < 4, step == 6]
    assert model.encoder.lstm.hidden_size == (64 if step == 1 else 128)
    layers = reports.REPORT_A[step].layers
    assert len(layers) == (2 if step < 5 else 4) and (step < 5 or not any(layer.padding for layer in layers))


def test_the_first_of_report_as_models_cannot_draw_black_or_white():
    with torch.no_grad():
        logits = reports.report_a(1).decoder(10 * torch.randn(50, 128))
    assert 0 <= logits.min() and logits.max() <= 1, "pixels between sigmoid(0) = 0.5 and sigmoid(1) = 0.73"


@pytest.mark.parametrize(
    ("number", "printed", "parameters"),
    [(1, 28, 150_977), (2, 16, 50_561), (3, 26, 86_307), (4, 26, 5_667_299), (5, 28, 103_937), (6, 16, 98_337)],
)
def test_report_bs_decoders(number, printed, parameters):
    assert reports.REPORT_B_PRINTED[number].sizes()[-1] == printed
    assert reports.REPORT_B[number].sizes()[-1] == 28
    assert parameter_count(ConvDecoder(2, reports.REPORT_B[number])) == parameters


def test_exactly_one_of_the_six_prints_a_whole_decoder_that_gives_28():
    fully_printed = {n: spec for n, spec in reports.REPORT_B_PRINTED.items() if n != 5}
    assert [n for n, spec in fully_printed.items() if spec.sizes()[-1] == 28] == [1]


def test_number_five_has_three_completions():
    kernels, paddings = (3, 3, 4, 3), (1, 1, 1, 0)

    def end(strides):
        return output_sizes(7, [Layer(1, k, s, p) for k, s, p in zip(kernels, strides, paddings, strict=True)])[-1]

    found = [strides for strides in itertools.product((1, 2), repeat=4) if end(strides) == 28]
    assert found == [(1, 2, 2, 1), (2, 1, 2, 1), (2, 2, 1, 1)]


@pytest.mark.parametrize("seed", range(40))
def test_the_size_calculator_agrees_with_pytorch(seed):
    draw = random.Random(seed)
    stride = draw.randint(1, 3)
    layer = Layer(1, draw.randint(1, 6), stride, draw.randint(0, 1), draw.randint(0, stride - 1))
    size = draw.randint(2, 9)
    expected = nn.ConvTranspose2d(1, *layer)(torch.zeros(1, 1, size, size)).shape[-1]
    assert output_sizes(size, [layer]) == [size, expected]


def test_a_decoder_that_misses_28_is_refused_with_every_size():
    sizes = "the start is 4, layer 1 gives 8, layer 2 gives 16, layer 3 gives 16"
    with pytest.raises(ValueError, match=f"1 of 28 x 28: {sizes}"):
        ConvDecoder(2, reports.REPORT_B_PRINTED[2])
    with pytest.raises(ValueError, match="2 channel"):
        ConvDecoder(2, DecoderSpec(4, 7, (Layer(8, 4, 2, 1), Layer(2, 4, 2, 1))))


@pytest.mark.parametrize(
    ("encoder", "parameters"),
    [(LSTMEncoder(2, 64), 24_324), (LSTMEncoder(2, 128), 81_412), (LSTMEncoder(2, 256), 293_892)],
)
def test_report_bs_encoders(encoder, parameters):
    assert parameter_count(encoder) == parameters


MODELS = {
    "B": reports.report_b,
    "B6": lambda: reports.report_b(10, 64, 6),
    "D": reports.report_d,
    "E": reports.report_e,
    "norm and dropout": lambda: vae.VAE(
        MLPEncoder(3, (8,)),
        ConvDecoder(3, DecoderSpec(4, 7, (Layer(4, 4, 2, 1), Layer(1, 4, 2, 1)), batchnorm=True, dropout=0.2)),
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_shapes_and_gradients(name):
    model = MODELS[name]()
    elbo = model(torch.rand(5, 1, 28, 28))
    assert elbo.reconstruction.shape == elbo.kl.shape == elbo.total.shape == (5,)
    elbo.loss().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters() if p.ndim > 1)


def test_the_lstm_reads_rows_and_takes_the_last_state_of_each_direction():
    encoder = LSTMEncoder(3, 5, bidirectional=True)
    x = torch.rand(2, 1, 28, 28)
    states, _ = encoder.lstm(x[:, 0])
    expected = encoder.heads(torch.cat([states[:, -1, :5], states[:, 0, 5:]], dim=1))
    torch.testing.assert_close(encoder(x), expected)


def test_report_d_repaired_has_two_heads():
    mu, logvar = reports.report_d().encoder(torch.rand(4, 1, 28, 28))
    assert (mu - logvar).abs().max() > 0.01


def test_reparameterize_draws_what_it_says():
    mu, logvar = torch.full((200_000, 1), 0.7), torch.full((200_000, 1), -1.0)
    z = reparameterize(mu, logvar, torch.Generator().manual_seed(0))
    sigma = torch.exp(torch.tensor(-0.5)).item()
    assert abs(z.mean().item() - 0.7) < 6 * sigma / 200_000**0.5
    assert abs(z.std().item() - sigma) < 6 * sigma / 400_000**0.5


def test_the_same_generator_gives_the_same_elbo():
    model, x = reports.report_b(), torch.rand(3, 1, 28, 28)
    first, second = (model(x, torch.Generator().manual_seed(1)).total for _ in range(2))
    assert torch.equal(first, second)


def test_mlp_decoder_ends_at_28():
    assert MLPDecoder(3, (4, 5), nn.Tanh)(torch.zeros(2, 3)).shape == (2, 1, 28, 28)


@pytest.mark.parametrize(("start_relu", "linear"), [(False, True), (True, False)])
def test_report_bs_first_picture_is_linear_in_the_code_unless_a_relu_stands_between(start_relu, linear):
    torch.manual_seed(0)
    decoder = reports.report_b(latent=3, start_relu=start_relu).decoder
    up_to = next(i for i, layer in enumerate(decoder.layers) if isinstance(layer, nn.ConvTranspose2d)) + 1
    codes = torch.tensor([[-2.0], [0.0], [2.0]]).expand(3, 3)
    picture = decoder.layers[:up_to](decoder.start(codes).view(3, 128, 7, 7))
    bend = (picture[0] + picture[2]) / 2 - picture[1]
    assert (bend.abs().max() < 1e-5) == linear
