"""What a VAE minimises, in nats per image.

Every function sums over pixels and latents and keeps the batch: it returns one number for each image, shape
(N,). Means are taken once, over images, by whoever reports or trains (``Elbo.loss``). A mean over pixels
inside would silently weigh the KL 784 times too much.
"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor


class Elbo(NamedTuple):
    """The two halves of -ELBO for each image, in nats: reconstruction (N,), and the KL of each latent (N, D)."""

    reconstruction: Tensor
    kl_per_latent: Tensor

    @property
    def kl(self) -> Tensor:
        """KL of each image in nats, (N,): the sum over its latents."""
        return self.kl_per_latent.sum(1)

    @property
    def total(self) -> Tensor:
        """-ELBO of each image in nats, (N,): an upper bound on -ln p(x)."""
        return self.reconstruction + self.kl

    def loss(self, beta: float = 1.0, free_bits: float = 0.0) -> Tensor:
        """Mean over images of reconstruction + beta * kl, a scalar; only beta = 1 is the (negative) ELBO.

        With ``free_bits``, a latent whose mean KL is lower counts as that many nats (Kingma et al. 2016).
        """
        if free_bits == 0:
            return (self.reconstruction + beta * self.kl).mean()
        return self.reconstruction.mean() + beta * self.kl_per_latent.mean(0).clamp_min(free_bits).sum()


def bce(logits: Tensor, x: Tensor) -> Tensor:
    """Bernoulli cross-entropy -[x ln p + (1 - x) ln(1 - p)], p = sigmoid(logits), summed per image: (N,).

    logits and x are (N, ...), x may be grey in [0, 1]. Computed as max(l, 0) - l x + ln(1 + e^-|l|), which
    neither overflows nor rounds p to 0 or 1. ValueError if shapes differ or x leaves [0, 1].
    """
    _check_same_shape("logits", logits, "x", x)
    _check_pixels(x)
    return _sum_per_image(F.binary_cross_entropy_with_logits(logits, x.to(logits.dtype), reduction="none"))


def entropy_floor(x: Tensor) -> Tensor:
    """The smallest ``bce`` any decoder can reach on x: sum over pixels of H(x), in nats, (N, ...) -> (N,).

    Cross-entropy is least at p = x, where it is H(x) = -x ln x - (1 - x) ln(1 - x); black and white cost 0.
    ValueError if x leaves [0, 1].
    """
    _check_pixels(x)
    return _sum_per_image(torch.special.entr(x) + torch.special.entr(1 - x))


def kl_standard_normal(mu: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(mu, sigma^2) || N(0, 1)) = sum (mu^2 + sigma^2 - 1 - ln sigma^2) / 2 in nats, (N, D) -> (N,).

    logvar is ln sigma^2 (Kingma and Welling 2014, appendix B). ValueError if shapes differ.
    """
    _check_same_shape("mu", mu, "logvar", logvar)
    return _sum_per_image(_kl_per_latent(mu, logvar))


def _kl_per_latent(mu: Tensor, logvar: Tensor) -> Tensor:
    return (mu.square() + logvar.exp() - 1 - logvar) / 2


def negative_elbo(logits: Tensor, x: Tensor, mu: Tensor, logvar: Tensor) -> Elbo:
    """-ELBO of a Bernoulli decoder and a normal encoder, one sample of z, in nats per image and per latent.

    Shapes: logits and x (N, ...), mu and logvar (N, D). Report ``.total``, train on ``.loss(beta)``.
    """
    if len(logits) != len(mu):
        raise ValueError(f"logits {tuple(logits.shape)} and mu {tuple(mu.shape)} hold different batches.")
    _check_same_shape("mu", mu, "logvar", logvar)
    return Elbo(bce(logits, x), _kl_per_latent(mu, logvar))


def iwae(log_w: Tensor) -> Tensor:
    """Importance-weighted bound ln (1/K) sum_k w_k on ln p(x) in nats, (K, N) -> (N,).

    log_w = ln p(x, z_k) - ln q(z_k | x), with z_k ~ q along axis 0 (Burda, Grosse and Salakhutdinov 2016).
    K = 1 is the ELBO; the expected bound never falls as K grows. ValueError without a first axis to average.
    """
    if log_w.ndim == 0 or len(log_w) == 0:
        raise ValueError(f"log_w has shape {tuple(log_w.shape)}; give (K, N) with K >= 1.")
    return torch.logsumexp(log_w, dim=0) - math.log(len(log_w))


def log_continuous_bernoulli_constant(p: Tensor) -> Tensor:
    """ln C(p), C(p) = 2 artanh(1 - 2p) / (1 - 2p), elementwise in nats; ln 2 at p = 1/2, +inf at 0 and 1.

    Adding it to -bce makes a log-density of grey pixels (Loaiza-Ganem and Cunningham 2019). Around p = 1/2
    the quotient is 0/0, so artanh(t)/t = 1 + t^2/3 + t^4/5 + ... is used. ValueError if p leaves [0, 1].
    """
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("p must lie in [0, 1]; apply a sigmoid to logits first.")
    t = 1 - 2 * p
    near = t.abs() < 0.1
    square = torch.where(near, t, 0.0).square()
    series = torch.zeros_like(square)  # becomes artanh(t)/t - 1
    for k in range(19, 1, -2):
        series = square * (1 / k + series)
    # Inside the series' range the quotient is evaluated at p = 0.1, so that its gradient stays finite.
    far = torch.where(near, 0.1, p)
    quotient = (torch.log1p(-far) - torch.log(far)) / (1 - 2 * far)
    return torch.where(near, math.log(2) + torch.log1p(series), torch.log(quotient))


def _sum_per_image(values: Tensor) -> Tensor:
    if values.ndim < 2:
        raise ValueError(f"expected a batch of shape (N, ...), got {tuple(values.shape)}; add a first axis.")
    return values.flatten(1).sum(1)


def _check_same_shape(name: str, tensor: Tensor, other_name: str, other: Tensor) -> None:
    if tensor.shape != other.shape:
        shapes = f"{name} {tuple(tensor.shape)} and {other_name} {tuple(other.shape)}"
        raise ValueError(f"{shapes} differ; reshape one.")


def _check_pixels(x: Tensor) -> None:
    low, high = x.aminmax() if x.numel() else (0.0, 1.0)
    if not (low >= 0 and high <= 1):  # NaN fails too
        raise ValueError(f"x must lie in [0, 1] but spans [{low:g}, {high:g}]; divide grey levels by 255.")
