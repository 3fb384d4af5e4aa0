"""Three families of one-dimensional densities for latents: Normal, Laplace and Uniform.

Notation, kept through the course: ``mu`` is a location, ``sigma`` a standard deviation, ``logvar`` is
``ln sigma^2``, ``b`` is Laplace's scale. A family holds a whole tensor of independent densities; every method
works elementwise, and nothing is summed here. Logarithms are natural, so densities and entropies are in nats.
Divergences between the families are in ``course_utils.divergences``.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, fields

import torch
from torch import Tensor

LN_2PI = math.log(2 * math.pi)


def broadcast_shape(what: str, first: torch.Size, second: torch.Size) -> torch.Size:
    """The common shape of two tensors; ValueError that names ``what`` and both shapes if there is none."""
    try:
        return torch.broadcast_shapes(first, second)
    except RuntimeError:
        message = f"{what}: shapes {tuple(first)} and {tuple(second)} do not broadcast; make them equal."
        raise ValueError(message) from None


class Distribution(ABC):
    """What the families share: two parameters of one shape and dtype, and sampling by inverse CDF.

    A parameter may be given as a float; it then follows the dtype and the device of the other one (torch's
    default dtype if both are floats). Parameters that do not broadcast raise ValueError.
    """

    def __post_init__(self) -> None:
        """Turn both parameters into tensors of one shape and dtype, then check their range."""
        names = [field.name for field in fields(self)]  # type: ignore[arg-type]  # every family is a dataclass
        given = [getattr(self, name) for name in names]
        dtype = torch.result_type(*given)
        if not dtype.is_floating_point:
            dtype = torch.get_default_dtype()
        device = next((value.device for value in given if isinstance(value, Tensor)), None)
        tensors = [
            value.to(dtype) if isinstance(value, Tensor) else torch.tensor(value, dtype=dtype, device=device)
            for value in given
        ]
        broadcast_shape(f"{type(self).__name__}({', '.join(names)})", *(tensor.shape for tensor in tensors))
        for name, tensor in zip(names, torch.broadcast_tensors(*tensors), strict=True):
            object.__setattr__(self, name, tensor)  # the dataclass is frozen for everybody else
        self._check_range()

    def _check_range(self) -> None:  # noqa: B027 (a family without constraints has nothing to add)
        """Raise ValueError where a parameter is outside its range."""

    @property
    @abstractmethod
    def mean(self) -> Tensor:
        """E z."""

    @property
    @abstractmethod
    def variance(self) -> Tensor:
        """E (z - E z)^2."""

    @abstractmethod
    def log_prob(self, z: Tensor) -> Tensor:
        """ln q(z) in nats, elementwise; z broadcasts against the parameters."""

    @abstractmethod
    def icdf(self, u: Tensor) -> Tensor:
        """The z with P(Z <= z) = u, for u in [0, 1]; differentiable in the parameters."""

    @abstractmethod
    def entropy(self) -> Tensor:
        """-E ln q(z) in nats, elementwise."""

    @property
    def shape(self) -> torch.Size:
        """The common shape of the parameters."""
        return self.mean.shape

    def rsample(self, generator: torch.Generator | None = None, shape: tuple[int, ...] = ()) -> Tensor:
        """Draw ``shape + self.shape`` samples whose gradients reach the parameters (pathwise).

        The noise is uniform, u ~ U(0, 1), and z = icdf(u). It is drawn on the generator's own device, so that
        one seed gives the same samples whatever device the parameters are on.
        """
        noise = _noise(torch.rand, self.mean, generator, shape)
        # torch.rand may return 0, which stands for all of [0, eps/2): take that cell's upper end.
        return self.icdf(noise.clamp_min(torch.finfo(noise.dtype).eps / 2))


@dataclass(frozen=True, eq=False)
class Normal(Distribution):
    """N(mu, sigma^2) with ``logvar`` = ln sigma^2."""

    mu: Tensor
    logvar: Tensor

    @property
    def mean(self) -> Tensor:
        """E z = mu."""
        return self.mu

    @property
    def variance(self) -> Tensor:
        """sigma^2 = exp(logvar)."""
        return self.logvar.exp()

    def log_prob(self, z: Tensor) -> Tensor:
        """-((z - mu)^2 / sigma^2 + logvar + ln 2 pi) / 2 in nats, elementwise."""
        broadcast_shape("Normal.log_prob(z)", z.shape, self.shape)
        # Divide before squaring: 1 / sigma^2 alone would overflow long before the quotient does.
        standardised = (z - self.mu) * torch.exp(-self.logvar / 2)
        return -(standardised.square() + self.logvar + LN_2PI) / 2

    def icdf(self, u: Tensor) -> Tensor:
        """z = mu + sigma Phi^-1(u), finite also at u = 0 and u = 1."""
        broadcast_shape("Normal.icdf(u)", u.shape, self.shape)
        return self.mu + torch.exp(self.logvar / 2) * torch.special.ndtri(_open_unit(u))

    def entropy(self) -> Tensor:
        """(ln(2 pi e) + logvar) / 2 in nats, elementwise."""
        return (LN_2PI + 1 + self.logvar) / 2

    def rsample(self, generator: torch.Generator | None = None, shape: tuple[int, ...] = ()) -> Tensor:
        """Draw ``shape + self.shape`` samples z = mu + exp(logvar / 2) eps, eps ~ N(0, 1) (pathwise)."""
        eps = _noise(torch.randn, self.mu, generator, shape)
        return self.mu + torch.exp(self.logvar / 2) * eps


@dataclass(frozen=True, eq=False)
class Laplace(Distribution):
    """Laplace(mu, b) with density exp(-|z - mu| / b) / (2 b); ValueError unless b > 0."""

    mu: Tensor
    b: Tensor

    def _check_range(self) -> None:
        if not (self.b > 0).all():
            smallest = self.b.min().item()
            raise ValueError(f"Laplace needs b > 0, got {smallest:g}; pass b = exp(log_b).")

    @property
    def mean(self) -> Tensor:
        """E z = mu."""
        return self.mu

    @property
    def variance(self) -> Tensor:
        """2 b^2."""
        return 2 * self.b.square()

    def log_prob(self, z: Tensor) -> Tensor:
        """-|z - mu| / b - ln 2b in nats, elementwise."""
        broadcast_shape("Laplace.log_prob(z)", z.shape, self.shape)
        return -(z - self.mu).abs() / self.b - torch.log(2 * self.b)

    def icdf(self, u: Tensor) -> Tensor:
        """z = mu + b ln 2u below the median, mu - b ln 2(1 - u) above it; finite also at u = 0 and u = 1.

        This is mu - b sgn(v) ln(1 - 2|v|) with v = u - 1/2, written so that small u keep their digits.
        """
        broadcast_shape("Laplace.icdf(u)", u.shape, self.shape)
        u = _open_unit(u)
        standard = torch.where(u < 0.5, torch.log(2 * u), -torch.log(2 * (1 - u)))
        return self.mu + self.b * standard

    def entropy(self) -> Tensor:
        """1 + ln 2b in nats, elementwise."""
        return 1 + torch.log(2 * self.b)


@dataclass(frozen=True, eq=False)
class Uniform(Distribution):
    """Uniform on the closed interval [low, high]; ValueError unless low < high."""

    low: Tensor
    high: Tensor

    def _check_range(self) -> None:
        if not (self.low < self.high).all():
            least = (self.high - self.low).min().item()
            raise ValueError(f"Uniform needs low < high, got a width of {least:g}; swap them or widen it.")

    @property
    def mean(self) -> Tensor:
        """(low + high) / 2."""
        return (self.low + self.high) / 2

    @property
    def variance(self) -> Tensor:
        """(high - low)^2 / 12."""
        return (self.high - self.low).square() / 12

    def log_prob(self, z: Tensor) -> Tensor:
        """-ln(high - low) in nats inside the interval, -inf outside, elementwise."""
        broadcast_shape("Uniform.log_prob(z)", z.shape, self.shape)
        inside = (self.low <= z) & (z <= self.high)
        return torch.where(inside, -torch.log(self.high - self.low), -math.inf)

    def icdf(self, u: Tensor) -> Tensor:
        """z = low + (high - low) u, so dz/dlow = 1 - u and dz/dhigh = u."""
        broadcast_shape("Uniform.icdf(u)", u.shape, self.shape)
        return self.low + (self.high - self.low) * u

    def entropy(self) -> Tensor:
        """ln(high - low) in nats, elementwise; negative for intervals shorter than 1."""
        return torch.log(self.high - self.low)


STANDARD_NORMAL = Normal(torch.tensor(0.0), torch.tensor(0.0))


def _open_unit(u: Tensor) -> Tensor:
    """Move u = 0 and u = 1 to the nearest numbers inside (0, 1), where the inverse CDFs are finite."""
    info = torch.finfo(u.dtype)
    return u.clamp(info.tiny, 1 - info.eps / 2)


def _noise(
    draw: Callable[..., Tensor], like: Tensor, generator: torch.Generator | None, shape: tuple[int, ...]
) -> Tensor:
    """Call ``draw`` (torch.rand or torch.randn) for shape + like.shape numbers of like's dtype and device."""
    device = like.device if generator is None else generator.device
    noise = draw((*shape, *like.shape), generator=generator, dtype=like.dtype, device=device)
    return noise.to(like.device)
