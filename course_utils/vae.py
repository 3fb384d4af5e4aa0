"""The variational autoencoder: an encoder, a reparameterised draw, a decoder; and the course's own."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .decoders import ConvDecoder, DecoderSpec, Layer, MLPDecoder
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
        mu, logvar = self.encoder(x)  # (N, latent) each
        z = reparameterize(mu, logvar, generator)  # (N, latent)
        logits = self.decoder(z)  # (N, 1, 28, 28)
        return negative_elbo(logits, x, mu, logvar)


def reparameterize(mu: Tensor, logvar: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """z = mu + exp(logvar / 2) eps with eps ~ N(0, I): (N, latent), differentiable in mu and logvar."""
    eps = torch.randn(mu.shape, generator=generator, dtype=mu.dtype, device=mu.device)
    return mu + torch.exp(logvar / 2) * eps


def course_model(latent: int = 24) -> VAE:
    """The course's own LSTM-VAE: the LSTM reads four rows at a time, the decoder has one wide layer.

    Most weights sit in the first transposed convolution, where they cost one matrix product.
    """
    layers = (Layer(24, 7), Layer(16, 4, 2, 1), Layer(1, 4, 2, 1))
    decoder = DecoderSpec(channels=256, size=1, layers=layers, start_relu=True)
    return VAE(LSTMEncoder(latent, 192, rows=4), ConvDecoder(latent, decoder))


def small_model(latent: int = 10, hidden: int = 128) -> VAE:
    """One hidden layer on each side: trained within a minute, for lessons that compare several trainings."""
    return VAE(MLPEncoder(latent, (hidden,)), MLPDecoder(latent, (hidden,)))


def parameter_count(model: nn.Module) -> int:
    """Number of trainable numbers."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
