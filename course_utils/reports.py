"""The systems of Reports A to E in one room, rebuilt from what is printed.

Each is a few lines of data for the general parts: :class:`course_utils.decoders.ConvDecoder` and its like.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from .decoders import SIDE, ConvDecoder, DecoderSpec, Layer, MLPDecoder
from .encoders import LSTMEncoder, MLPEncoder
from .training import Recipe
from .vae import VAE

_DOUBLE = (4, 2, 1)
_THREE_LAYERS = (Layer(56, 4, 1, 0), Layer(28, *_DOUBLE), Layer(14, 3, 2, 1))

# Report B's six decoders as printed; where only kernels are printed, channels follow from the parameter counts.
# Number 5 prints no strides: these are the first of the three choices that give 28.
REPORT_B_PRINTED: dict[int, DecoderSpec] = {
    1: DecoderSpec(128, 7, (Layer(64, *_DOUBLE), Layer(1, *_DOUBLE))),
    2: DecoderSpec(64, 4, (Layer(32, *_DOUBLE), Layer(16, *_DOUBLE), Layer(1, 3, 1, 1))),
    3: DecoderSpec(64, 1, (*_THREE_LAYERS, Layer(1, 2, 2, 2))),
    4: DecoderSpec(6272, 1, (*_THREE_LAYERS, Layer(1, 2, 2, 2))),
    5: DecoderSpec(128, 7, (Layer(56, 3, 1, 1), Layer(28, 3, 2, 1), Layer(14, 4, 2, 1), Layer(1, 3, 1, 0))),
    6: DecoderSpec(64, 4, (Layer(56, *_DOUBLE), Layer(28, 4, 1, 1), Layer(14, 4, 2, 2), Layer(1, 3, 1, 1))),
}
_LAST_PADDING_ONE = (*_THREE_LAYERS, Layer(1, 2, 2, 1))

# The same six, repaired so that they give 28 x 28: #2 and #6 start from 7 x 7, #3 and #4 pad their last layer by 1.
REPORT_B: dict[int, DecoderSpec] = {
    1: REPORT_B_PRINTED[1],
    2: replace(REPORT_B_PRINTED[2], size=7),
    3: replace(REPORT_B_PRINTED[3], layers=_LAST_PADDING_ONE),
    4: replace(REPORT_B_PRINTED[4], layers=_LAST_PADDING_ONE),
    5: REPORT_B_PRINTED[5],
    6: replace(REPORT_B_PRINTED[6], size=7),
}

# Report A prints neither channels nor kernels: these are ours, one decoder for each step of its diary.
_A_BASE = DecoderSpec(
    32, 7, (Layer(16, *_DOUBLE), Layer(1, *_DOUBLE)), start_relu=True, start_batchnorm=True, batchnorm=True
)
_A_WITHOUT_NORM = replace(_A_BASE, channels=64, start_batchnorm=False, batchnorm=False)
_A_FOUR_LAYERS = replace(
    _A_WITHOUT_NORM, size=1, layers=(Layer(64, 3), Layer(32, 2, 2), Layer(16, 3, 2), Layer(1, 4, 2))
)
REPORT_A: dict[int, DecoderSpec] = {
    1: _A_BASE,
    2: _A_BASE,
    3: replace(_A_BASE, batchnorm=False),
    4: _A_WITHOUT_NORM,
    5: _A_FOUR_LAYERS,
    6: replace(_A_FOUR_LAYERS, dropout=0.2),
}
REPORT_C = DecoderSpec(
    100, 1, (Layer(128, 7), Layer(64, *_DOUBLE), Layer(1, *_DOUBLE)), linear_start=False, batchnorm=True
)
REPORT_E = DecoderSpec(64, 1, (Layer(64, 4), Layer(32, 4), Layer(16, *_DOUBLE), Layer(1, *_DOUBLE)), start_relu=True)
REPORT_E_WITHOUT_LINEAR = replace(REPORT_E, start_relu=False, linear_start=False)
REPORT_E_RECIPE = Recipe(epochs=50, batch=64, lr=1e-3)  # Adam's defaults


def report_a(step: int = 1) -> VAE:
    """Report A's VAE with 128 latents, at one of the six steps of its diary (rows A-1 to A-6).

    1: an LSTM of 64, two layers, BatchNorm everywhere, the sigmoid applied twice; 2: an LSTM of 128, one sigmoid;
    3: no BatchNorm after the convolutions; 4: another linear layer, no BatchNorm; 5: four layers without padding;
    6: dropout after three of them. Sizes that the report does not print are ours.
    """
    decoder: nn.Module = ConvDecoder(128, REPORT_A[step])
    if step == 1:  # its output is taken for logits, so that pixels are sigmoid(sigmoid(.))
        decoder = nn.Sequential(decoder, nn.BatchNorm2d(1), nn.Sigmoid())
    if step == 2:
        decoder = nn.Sequential(decoder, nn.BatchNorm2d(1))
    return VAE(LSTMEncoder(128, 64 if step == 1 else 128), decoder)


def report_b(latent: int = 2, hidden: int = 128, decoder: int = 1, start_relu: bool = False) -> VAE:
    """Report B: LSTM encoder, one of six decoders (repaired where it did not give 28 x 28).

    As coded, nothing stands between the decoder's linear layer and its first transposed convolution, so that the two
    are one linear map. ``start_relu`` puts a ReLU there.
    """
    spec = replace(REPORT_B[decoder], start_relu=start_relu)
    return VAE(LSTMEncoder(latent, hidden), ConvDecoder(latent, spec))


class _GreyLevels(nn.Module):
    """Logits (n, 1, 28, 28) -> grey levels from 0 to 255."""

    def forward(self, logits: Tensor) -> Tensor:
        return 255 * torch.sigmoid(logits)


def report_c_decoder() -> nn.Sequential:
    """Report C's decoder as printed: codes (n, 100) -> grey levels (n, 1, 28, 28), bounded first and mixed afterwards.

    The sigmoid's pixels go through one more linear layer, 784 -> 784, so that nothing bounds the output.
    """
    mixing = [nn.Flatten(), nn.Linear(SIDE**2, SIDE**2), nn.Unflatten(1, (1, SIDE, SIDE))]
    return nn.Sequential(ConvDecoder(100, REPORT_C), _GreyLevels(), *mixing)


def report_d() -> VAE:
    """Report D's MLP VAE with 32 latents, repaired: mu and logvar have linear layers of their own."""
    return VAE(MLPEncoder(32, (512, 256), nn.Tanh, dropout=0.5), MLPDecoder(32, (256, 512), nn.Tanh))


def report_e(hidden: int = 64, linear_start: bool = True) -> VAE:
    """Report E: bidirectional LSTM encoder and four transposed convolutions, 64 latents, 175,665 parameters."""
    decoder = REPORT_E if linear_start else REPORT_E_WITHOUT_LINEAR
    return VAE(LSTMEncoder(64, hidden, bidirectional=True), ConvDecoder(64, decoder))
