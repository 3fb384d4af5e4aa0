"""The variational autoencoder: an encoder, a reparameterised draw, a decoder; and the reports' VAEs by name."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from . import decoders
from .decoders import ConvDecoder, MLPDecoder
from .encoders import LSTMEncoder, MLPEncoder
from .objectives import Elbo, negative_elbo


class VAE(nn.Module):
    """q(z|x) = N(mu(x), diag exp(logvar(x))), p(z) = N(0, I), p(x|z) = Bernoulli(sigmoid(logits(z))) per pixel.

    Args:
        encoder: images (N, 1, 28, 28) -> mu, logvar, (N, latent) each.
        decoder: codes (N, latent) -> logits (N, 1, 28, 28).
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(self, x: Tensor, generator: torch.Generator | None = None) -> Elbo:
        """Both halves of -ELBO of images x (N, 1, 28, 28), in nats, (N,) each; one draw of z per image."""
        mu, logvar = self.encoder(x)
        return negative_elbo(self.decoder(reparameterize(mu, logvar, generator)), x, mu, logvar)


def reparameterize(mu: Tensor, logvar: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """z = mu + exp(logvar / 2) eps with eps ~ N(0, I): (N, latent), differentiable in mu and logvar."""
    eps = torch.randn(mu.shape, generator=generator, dtype=mu.dtype, device=mu.device)
    return torch.addcmul(mu, torch.exp(logvar / 2), eps)


def report_a(step: int = 1) -> VAE:
    """Report A's VAE with 128 latents, at one of the six steps of its diary (rows A-1 to A-6).

    1: an LSTM of 64, two layers, BatchNorm everywhere, the sigmoid applied twice; 2: an LSTM of 128, one sigmoid;
    3: no BatchNorm after the convolutions; 4: another linear layer, no BatchNorm; 5: four layers without padding;
    6: dropout after three of them. Sizes that the report does not print are ours.
    """
    decoder: nn.Module = ConvDecoder(128, decoders.REPORT_A[step])
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
    spec = replace(decoders.REPORT_B[decoder], start_relu=start_relu)
    return VAE(LSTMEncoder(latent, hidden), ConvDecoder(latent, spec))


def report_d() -> VAE:
    """Report D's MLP VAE with 32 latents, repaired: mu and logvar have linear layers of their own."""
    return VAE(MLPEncoder(32, (512, 256), nn.Tanh, dropout=0.5), MLPDecoder(32, (256, 512), nn.Tanh))


def report_e(hidden: int = 64, linear_start: bool = True) -> VAE:
    """Report E: bidirectional LSTM encoder and four transposed convolutions, 64 latents, 175,665 parameters."""
    decoder = decoders.REPORT_E if linear_start else decoders.REPORT_E_WITHOUT_LINEAR
    return VAE(LSTMEncoder(64, hidden, bidirectional=True), ConvDecoder(64, decoder))


def course_model(latent: int = 24) -> VAE:
    """The course's own LSTM-VAE: the LSTM reads four rows at a time, the decoder has one wide layer."""
    return VAE(LSTMEncoder(latent, 192, rows=4), ConvDecoder(latent, decoders.COURSE))


def parameter_count(model: nn.Module) -> int:
    """Number of trainable numbers."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
