"""What lessons and prompts allow to be fed to each function: calls drawn at random, wider than what a check draws.

``CALLS[id](draw)`` gives argument tuples; ``GRADIENTS[id]`` says by which arguments the prompt has the result
differentiated; ``OBSERVED[id](answer, seed)`` stands in for both where an answer makes or takes an object.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_utils.decoders import SIDE, Layer, output_sizes
from course_utils.exercises import registry
from course_utils.exercises.lesson_04.probe_4_5 import REDUCTIONS
from course_utils.exercises.lesson_11.probe_11_5 import PRIORS
from course_utils.turns import Turns

Args = tuple[Any, ...]


class Draw:
    """Random numbers of one seed."""

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(shape, generator=self.generator)

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(shape, generator=self.generator)

    def spread(self, low: float, high: float, *shape: int) -> Tensor:
        """Positive numbers, uniform in their logarithm."""
        return self.uniform(math.log(low), math.log(high), *shape).exp()

    def pixels(self, *shape: int) -> Tensor:
        """A third black, a fifth white, the rest grey."""
        return (self.uniform(-0.7, 1.4, *shape)).clamp(0, 1)

    def integer(self, low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (), generator=self.generator))

    def number(self, low: float, high: float) -> float:
        return self.uniform(low, high).item()

    def signs(self, *shape: int) -> Tensor:
        return torch.where(self.uniform(0, 1, *shape) < 0.5, -1.0, 1.0)

    def covariance(self, d: int) -> Tensor:
        factor = self.normal(d, d + 1).double() * self.spread(0.1, 2, d, 1).double()
        return factor @ factor.T + 0.05 * torch.eye(d).double()

    def layers(self, most: int, padding: int = 1) -> tuple[Layer, ...]:
        return tuple(
            Layer(self.integer(1, 20), self.integer(2, 6), self.integer(1, 3), self.integer(0, padding))
            for _ in range(self.integer(0, most))
        )


def _logits(draw: Draw, *shape: int) -> Tensor:
    """Most of the size that models give, some far out on both sides."""
    sizes = torch.tensor([1.0, 3.0, 10.0, 40.0, 200.0, 1000.0])
    which = torch.randint(0, 6, shape, generator=draw.generator)
    return draw.normal(*shape) * sizes[which.clamp(max=draw.integer(1, 5))]


def _code(draw: Draw, n: int, d: int) -> tuple[Tensor, Tensor]:
    """mu and logvar, on both sides of 0."""
    return 2 * draw.normal(n, d), draw.uniform(-6, 2.5, n, d)


def _bytes(draw: Draw) -> Iterator[Args]:
    for shape in ((6, 1, 28, 28), (300,), (3, 4), (1, 1, 28, 28), (40, 1, 28, 28)):
        yield (torch.randint(0, 256, shape, generator=draw.generator, dtype=torch.uint8),)


def _images(draw: Draw) -> Iterator[Args]:
    for n in (7, 1, 30, 2):
        yield (draw.pixels(n, 1, 28, 28),)
    yield ((draw.uniform(0, 1, 4, 1, 28, 28) < 0.2).float(),)


def _grey(draw: Draw) -> Iterator[Args]:
    yield from _images(draw)
    yield (torch.tensor([0, 0.3, 1, 1]).view(1, 1, 2, 2),)
    yield (draw.uniform(0.001, 0.03, 3, 1, 28, 28),)
    yield (draw.uniform(0.97, 0.999, 3, 1, 28, 28),)


def _bce(draw: Draw) -> Iterator[Args]:
    for n in (6, 1, 20):
        yield _logits(draw, n, 1, 28, 28), draw.pixels(n, 1, 28, 28)
    yield draw.normal(4, 1, 28, 28), (draw.uniform(0, 1, 4, 1, 28, 28) < 0.3).float()
    yield 1000 * draw.signs(3, 1, 28, 28), draw.pixels(3, 1, 28, 28)


def _trained(draw: Draw) -> Iterator[Args]:
    for n, m in ((8, 5), (30, 1), (5, 12), (1, 3)):
        yield draw.pixels(n, 1, 28, 28) ** draw.number(0.5, 3), draw.pixels(m, 1, 28, 28)
    yield torch.full((3, 1, 28, 28), 0.25), torch.zeros(1, 1, 28, 28)


def _printed(draw: Draw) -> Iterator[Args]:
    """Printed numbers that stand for 1 to 1,000 nats, give or take."""
    for most in (30, 300, 300, 3_000, 3_000, 60_000, 60_000):
        n, batch = draw.integer(20, most), draw.integer(20, 300)
        yield draw.spread(20, 1000).item() * batch**2 * draw.number(0.5, 1) / min(n, batch), n, batch
    yield 63.923, 10_000, 64
    yield 50.0, 100, 64
    yield 1e4, 60_000, 128


def _ratio(draw: Draw) -> Iterator[Args]:
    for shapes in (((6,), (6,), (6,)), ((5, 1), (4,), (4,)), ((7,), (), ()), ((3, 4), (3, 4), (3, 4))):
        yield 3 * draw.normal(*shapes[0]), 2 * draw.normal(*shapes[1]), draw.spread(0.03, 5, *shapes[2])


def _kl_normal(draw: Draw) -> Iterator[Args]:
    for shape in ((6,), (3, 4), (), (1,), (2, 1, 5)):
        yield 3 * draw.normal(*shape), draw.spread(0.02, 5, *shape)
    yield torch.zeros(3), torch.ones(3)


def _candidates(draw: Draw) -> Iterator[Args]:
    def exact(mu: Any, sigma: Any) -> Tensor:
        mu, sigma = torch.as_tensor(mu).float(), torch.as_tensor(sigma).float()
        return (mu**2 + sigma**2 - 1 - 2 * sigma.log()) / 2

    a, b, far = draw.number(-1, 1), draw.number(0.02, 0.3), draw.number(1.05, 1.9)
    yield (exact,)
    yield (lambda mu, sigma: exact(mu, sigma) + 1e-6 * a,)
    yield (lambda mu, sigma: exact(mu, sigma) * (1 + 0.01 * draw.signs().item()),)
    yield (lambda mu, sigma: exact(mu, sigma) + b,)
    yield (lambda mu, sigma: exact(mu, sigma) - b,)
    yield (lambda mu, sigma: exact(far * torch.as_tensor(mu), sigma),)
    yield (lambda mu, sigma: exact(mu, far * torch.as_tensor(sigma)),)
    yield (lambda mu, sigma: exact(mu, 1 / torch.as_tensor(sigma)),)
    yield (lambda mu, sigma: -exact(mu, sigma),)
    # Right at the prior and at (1, 2), and negative elsewhere: left of 0, or for narrow ones.
    yield (lambda mu, sigma: exact(mu, sigma) + 2 * (torch.as_tensor(mu) - torch.as_tensor(mu) ** 2) / 2,)
    yield (lambda mu, sigma: exact(mu, sigma) + 3 * (torch.as_tensor(sigma) - 1).clamp(max=0),)
    yield (lambda mu, sigma: exact(mu, sigma) * torch.as_tensor(mu).sign().abs(),)
    yield (lambda mu, sigma: exact(mu, sigma) + b * (torch.as_tensor(mu) == 0),)


def _mu_logvar(draw: Draw) -> Iterator[Args]:
    for n, d in ((7, 4), (1, 3), (20, 2), (3, 40), (5, 1)):
        yield _code(draw, n, d)
    yield torch.zeros(3, 5), torch.zeros(3, 5)
    yield torch.zeros(2, 3), torch.full((2, 3), -60.0)


def _full(draw: Draw) -> Iterator[Args]:
    for d in (3, 1, 2, 6):
        yield 2 * draw.normal(d).double(), draw.covariance(d)
    yield torch.zeros(4).double(), torch.eye(4).double()
    yield torch.zeros(64).double(), 1e-6 * torch.eye(64).double()


def _weights(draw: Draw) -> Iterator[Args]:
    for k, n in ((6, 4), (1, 3), (50, 2), (2, 9)):
        yield (draw.uniform(-3, 3, k, n) * draw.spread(0.3, 30, 1, n),)
    yield (draw.uniform(-900, -80, 5, 4),)


def _drawn(draw: Draw) -> Iterator[Args]:
    for n, d in ((7, 4), (1, 3), (20, 2), (3, 40)):
        yield _code(draw, n, d)


def _pathwise(draw: Draw) -> Iterator[Args]:
    for shape in ((9,), (200,), (3, 4), (1,)):
        yield draw.number(-5, 5), 1.5 * draw.normal(*shape)


def _score(draw: Draw) -> Iterator[Args]:
    for args in _pathwise(draw):
        yield args
        yield *args, draw.number(-20, 20)


def _uniform(draw: Draw) -> Iterator[Args]:
    for shape in ((7,), (3, 4), (1,)):
        low = 3 * draw.normal(*shape)
        yield low, low + draw.spread(0.05, 10, *shape), draw.uniform(0, 1, *shape)
    yield torch.tensor([-1.0, 2.0]), torch.tensor([1.0, 5.0]), torch.tensor([0.0, 1.0])


def _laplace(draw: Draw) -> Iterator[Args]:
    for shape in ((9,), (3, 4), (1,)):
        yield 3 * draw.normal(*shape), draw.spread(0.05, 10, *shape), draw.uniform(0.001, 0.999, *shape)


def _losses(draw: Draw) -> Iterator[Args]:
    for n, d in ((6, 9), (1, 2), (12, 30)):
        given = _logits(draw, n, 1, 28, 28), draw.pixels(n, 1, 28, 28), *_code(draw, n, d)
        yield given
        yield *given, draw.number(0, 4)
    yield *given, 0.0


class Linear:
    """A decoder without bias, as lesson 04's check has one."""

    def __init__(self, matrix: Tensor) -> None:
        self.matrix = matrix

    def __call__(self, z: Tensor) -> Tensor:
        return (z.to(self.matrix.dtype) @ self.matrix).view(-1, 1, 28, 28)


def _reconstructions(draw: Draw) -> Iterator[Args]:
    for n, d, L in ((5, 6, 2), (1, 3, 1), (9, 2, 5), (3, 20, 3)):
        mu, logvar = _code(draw, n, d)
        yield Linear(draw.normal(d, 784) / d**0.5), draw.pixels(n, 1, 28, 28), mu, logvar.clamp(max=1), L


def _signed(draw: Draw) -> Iterator[Args]:
    for n, d in ((5, 6), (1, 2), (30, 3), (3, 40)):
        yield (draw.signs(n, d) * draw.spread(0.02, 3, n, d),)


def _betas(draw: Draw) -> Iterator[Args]:
    for bce, kl in product(REDUCTIONS, REDUCTIONS):
        yield draw.spread(0.01, 5).item(), bce, kl, draw.integer(1, 300), draw.integer(20, 4000), draw.integer(1, 300)
        yield 1.0, bce, kl, draw.integer(1, 300)


def _sequences(draw: Draw) -> Iterator[Args]:
    yield (draw.pixels(3, 1, 28, 28),)
    for rows in (1, 2, 4, 7, 14, 28):
        yield draw.pixels(draw.integer(1, 9), 1, 28, 28), rows


def _lstm(draw: Draw) -> Iterator[Args]:
    for n, d, h in ((4, 6, 3), (1, 2, 5), (9, 28, 4), (3, 1, 1)):
        shapes = (n, d), (n, h), (n, h), (4 * h, d), (4 * h, h), (4 * h,), (4 * h,)
        yield tuple(draw.normal(*shape) for shape in shapes)


def _outs(draw: Draw) -> Iterator[Args]:
    for shape in ((5, 28, 128), (3, 9, 6), (1, 4, 2), (2, 1, 4)):
        yield (draw.uniform(-1, 1, *shape),)


def _stamps(draw: Draw) -> Iterator[Args]:
    for _ in range(10):
        n, k, stride = draw.integer(1, 9), draw.integer(1, 6), draw.integer(1, 7)
        whole = (n - 1) * stride + k
        yield draw.normal(n), draw.normal(k), stride, draw.integer(0, min(k - 1, (whole - 1) // 2))


def _sizes(draw: Draw) -> Iterator[Args]:
    for most in (0, 1, 2, 4, 6):
        yield draw.integer(1, 14), draw.layers(most)


def _counted(draw: Draw) -> Iterator[Args]:
    for most in (0, 1, 3, 5):
        yield draw.integer(1, 70), draw.integer(1, 300), draw.integer(1, 9), draw.layers(most)


def _maps(draw: Draw) -> Iterator[Args]:
    for most in (1, 2, 3, 3):
        yield draw.integer(2, 7), draw.layers(most, padding=0)


def _choices(draw: Draw) -> Iterator[Args]:
    for rows, models in ((5, 7), (1, 3), (40, 2), (3, 20), (4, 4)):
        wide = draw.spread(0.05, 10).item()
        yield 100 + wide * draw.normal(rows, models), 100 + wide * draw.normal(rows, models)
    yield torch.tensor([[99.8, 99.5, 100.2]]), torch.tensor([[99.9, 100.3, 99.4]])


def _sides(draw: Draw) -> Iterator[Args]:
    yield from ((side,) for side in (1, 2, 3, draw.integer(4, 12), draw.integer(12, 30)))


def _aggregates(draw: Draw) -> Iterator[Args]:
    for b, n, d in ((5, 7, 3), (1, 20, 2), (30, 1, 1), (3, 3, 40)):
        mu = 1.5 * draw.normal(n, d)
        yield mu[torch.arange(b) % n] + 0.5 * draw.normal(b, d), mu, draw.uniform(-8, 2, n, d)
    yield 40 + draw.normal(2, 3), draw.normal(7, 3), draw.uniform(-8, 0, 7, 3)


def _runs(draw: Draw) -> Iterator[Args]:
    for kl, depth, fall, weight in product((0.02, 0.3, 20.0), (-100, -15, -4, 60), (1, 9), (0.5, 1, 4)):
        ceiling = draw.number(200, 300)
        before, end = [ceiling + depth + fall, kl, weight], [ceiling + depth, kl, weight]
        yield torch.tensor([[ceiling + 200, 0.0, 1.0], before, end]), ceiling


def _gentle(draw: Draw) -> Iterator[Args]:
    for n, d, progress in ((7, 4, 0.1), (1, 3, 0.9), (20, 1, 0.0), (5, 6, 0.3)):
        kl = draw.uniform(0, 1, n, d) * draw.spread(0.1, 5, d)
        yield draw.uniform(60, 200, n), kl, progress, draw.number(0.2, 0.8), draw.number(0.0, 0.6)


def _covariances(draw: Draw) -> Iterator[Args]:
    for _ in range(8):
        yield (draw.covariance(2),)


def _own_codes(draw: Draw) -> Iterator[Args]:
    for n, d in ((7, 3), (20, 2), (3, 8), (2, 1)):
        mu, logvar = _code(draw, n, d)
        yield mu + torch.exp(logvar / 2) * draw.normal(n, d), mu, logvar


def _runs_measured(draw: Draw) -> Iterator[Args]:
    for n, d, k in ((9, 7, 6), (4, 3, 1), (1, 2, 5), (20, 12, 30)):
        kl = draw.uniform(0, 2, n, d) * draw.spread(1e-4, 3, d)
        bce = draw.uniform(60, 200, n)
        yield bce, kl, -(bce + kl.sum(1)) + draw.uniform(-4, 4, k, n)


def _nats(draw: Draw, level: float, count: int) -> list[float]:
    """Runs in quarters of a nat, among which ties are exact."""
    return [level + draw.integer(0, 12) / 4 for _ in range(count)]


def _two_models(draw: Draw) -> Iterator[Args]:
    for n, m, gap in ((3, 3, 0), (3, 3, 9), (2, 4, 1), (1, 1, 2), (4, 3, -1), (1, 3, 0)):
        yield _nats(draw, 90, n), _nats(draw, 90 + gap, m)


def _claims(draw: Draw) -> Iterator[Args]:
    for n, m, gap, least in product((2, 3), (2, 3, 4), (-5, 0, 2, 5), (-1, 0, 1)):
        yield _nats(draw, 90, n), _nats(draw, 90 + gap, m), least


def _runs_told(draw: Draw) -> Iterator[Args]:
    """A run with each fault, and the nearest that is possible still."""
    for above, kl, gain, active, late, extra in (
        (30, 20, 3, 11, 0, 0),
        (30, 20, 3, 11, 0, 0.5),
        (30, 20, 3, 11, 0, -0.5),
        (-1, 20, 3, 11, 0, 0),
        (30, -0.1, 0, 0, 0, 0),
        (150, 0, 0, 0, 0, 0),
        (30, 20, -1, 11, 0, 0),
        (1, 20, 30, 11, 0, 0),
        (30, 20, 25, 11, 0, 0),
        (30, 20, 3, 17, 0, 0),
        (30, 20, 3, 16, 0, 0),
        (30, 0.05, 0.01, 7, 0, 0),
        (30, 0.05, 0.01, 4, 0, 0),
        (30, 20, 3, 11, 1, 0),
        (30, 20, 3, 11, -1, 0),
    ):
        floor = draw.number(40, 50)
        nats = floor + above + kl
        curve = [nats + 9, nats + 4, nats + 1, nats + 2, nats + 2.5]
        told = {"bce": floor + above, "kl": kl, "nats": nats + extra, "iwae": nats - gain, "active_units": active}
        yield {**told, "latents": 16, "validation": curve, "epoch": 3 + late}, floor


def _paths(draw: Draw) -> Iterator[Args]:
    for d, k in ((6, 4), (2, 1), (64, 9), (3, 7)):
        start, end = draw.spread(0.2, 4).item() * draw.normal(d), draw.normal(d)
        yield start, end, draw.uniform(0, 1, k)
        yield start, draw.number(0.3, 3) * start, draw.uniform(0, 1, k)
        obtuse = -start / start.norm() + 0.4 * draw.normal(d)
        yield start, obtuse, torch.linspace(0, 1, k)


def _neighbours(draw: Draw) -> Iterator[Args]:
    for n, d, classes in ((61, 2, 3), (20, 5, 10), (90, 3, 2)):
        labels = torch.randint(0, classes, (n,), generator=draw.generator)
        centres = draw.normal(classes, d)
        codes = draw.spread(0.01, 100).item() * (centres[labels] + 0.7 * draw.normal(n, d) + 5 * draw.normal(d))
        for k in (1, draw.integer(2, 12)):
            yield codes, labels, k


def _pictures(draw: Draw) -> Iterator[Args]:
    for n, batch in ((10, 4), (5, 1), (7, 7), (30, 8), (3, 10)):
        yield draw.pixels(n, 1, 6, 6), draw.pixels(n, 1, 6, 6), batch


def _moves(draw: Draw) -> Iterator[Args]:
    for n, d, m in ((7, 2, 3), (20, 5, 20), (4, 3, 1)):
        rows = torch.randperm(n, generator=draw.generator)[:m]
        yield draw.normal(n, d), draw.normal(n, d), rows, draw.normal(m, d), draw.spread(0.01, 2).item()


def _linear_codes(draw: Draw) -> Iterator[Args]:
    for d, p, n in ((3, 12, 5), (1, 4, 1), (8, 30, 40)):
        yield draw.normal(d, p) * draw.spread(0.3, 3, d, 1), draw.normal(p), draw.normal(n, p)


def _vad(draw: Draw) -> Iterator[Args]:
    for n, d in ((5, 3), (1, 10), (20, 2)):
        images = draw.pixels(n, 1, 6, 6)
        yield images + 0.3 * draw.normal(*images.shape), images, *_code(draw, n, d), draw.spread(0.02, 3).item()
    yield images + 0.01 * draw.normal(*images.shape), images, 0.1 * draw.normal(n, d), torch.zeros(n, d), 0.05


def _spreads(draw: Draw) -> Iterator[Args]:
    for shape in ((6,), (3, 4), (1,)):
        yield 3 * draw.normal(*shape), draw.spread(0.001, 20, *shape)


def _kl_laplace(draw: Draw) -> Iterator[Args]:
    for shape in ((8,), (3, 4), (1,)):
        yield 3 * draw.normal(*shape), draw.spread(0.02, 6, *shape)
    yield torch.zeros(4), draw.spread(0.02, 6, 4)


def _kl_uniform(draw: Draw) -> Iterator[Args]:
    for shape in ((12,), (3, 4), (1,)):
        prior_low, width = 3 * draw.normal(*shape), draw.spread(0.2, 10, *shape)
        ends = draw.uniform(0.002, 0.998, 2, *shape).sort(0).values
        out = torch.where(draw.uniform(0, 1, 2, *shape) < 0.25, draw.spread(0.002, 2, 2, *shape), 0)
        low, high = ends[0] * (out[0] == 0) - out[0], ends[1] * (out[1] == 0) + (1 + out[1]) * (out[1] > 0)
        yield prior_low + width * low, prior_low + width * high, prior_low, prior_low + width
        yield prior_low + width * ends[0], prior_low + width * ends[1], prior_low, prior_low + width
    yield prior_low, prior_low + width, prior_low, prior_low + width


def _free(draw: Draw) -> Iterator[Args]:
    for shape, size in (((9,), 1.5), ((3, 4), 3), ((1,), 1)):
        yield size * draw.normal(*shape), size * draw.normal(*shape)


def _quantiles(draw: Draw) -> Iterator[Args]:
    for cdf, icdf in PRIORS.values():
        for d, k in ((5, 4), (1, 7), (8, 1)):
            start, end = icdf(draw.uniform(0.004, 0.996, 2, d))
            yield start, end, draw.uniform(0.01, 0.99, k), cdf, icdf


def _two_kinds(draw: Draw) -> Iterator[Args]:
    for n, m in ((5, 8), (1, 1), (30, 3), (4, 4)):
        yield _logits(draw, n), _logits(draw, m)
    yield torch.full((4,), -200.0), torch.full((3,), 200.0)


def _one_kind(draw: Draw) -> Iterator[Args]:
    yield from ((_logits(draw, n),) for n in (6, 1, 40))
    yield (torch.tensor([-200.0, 200.0]),)


def _classified(draw: Draw) -> Iterator[Args]:
    for n in (60, 1, 7):
        logits = draw.normal(n, 10) * draw.spread(0.5, 20, n, 1)
        yield (logits,)
        yield logits, draw.number(0.05, 0.99)


def _epochs(draw: Draw) -> Iterator[Args]:
    yield from ((epoch, draw.integer(1, 600)) for epoch in range(1, 121))


def _schedules(draw: Draw) -> Iterator[Args]:
    for epochs, steps in ((4, 9), (1, 3), (6, 1), (3, 40)):
        table = draw.uniform(0, 1, 2, epochs, steps) < draw.number(0.2, 0.8)
        yield lambda epoch, step, table=table: Turns(*table[:, epoch - 1, step - 1].tolist()), epochs, steps


CALLS: dict[str, Callable[[Draw], Iterator[Args]]] = {
    "0.1": _bytes,
    "0.2": _images,
    "0.3": _grey,
    "1.1": _bce,
    "1.2": _images,
    "1.3": _trained,
    "1.4": _printed,
    "1.5": _printed,
    "2.1": _ratio,
    "2.2": _kl_normal,
    "2.3": _candidates,
    "2.4": _mu_logvar,
    "2.5": _full,
    "2.6": _weights,
    "3.1": _drawn,
    "3.2": _pathwise,
    "3.3": _score,
    "3.4": _uniform,
    "3.5": _laplace,
    "4.2": _losses,
    "4.3": _reconstructions,
    "4.4": _signed,
    "4.5": _betas,
    "5.1": _sequences,
    "5.2": _lstm,
    "5.3": _outs,
    "6.1": _stamps,
    "6.2": _sizes,
    "6.4": _counted,
    "6.5": _maps,
    "7.3": _choices,
    "8.1": _sides,
    "8.2": _aggregates,
    "8.3": _drawn,
    "8.4": _paths,
    "8.5": _neighbours,
    "9.1": _runs,
    "9.2": _gentle,
    "9.3": _covariances,
    "9.4": _own_codes,
    "10.1": _pictures,
    "10.2": _moves,
    "10.3": _linear_codes,
    "10.5": _vad,
    "11.1": _spreads,
    "11.2": _kl_laplace,
    "11.3": _kl_uniform,
    "11.4": _free,
    "11.5": _quantiles,
    "12.1": _two_kinds,
    "12.2": _one_kind,
    "12.4": _classified,
    "12.5": _epochs,
    "12.6": _schedules,
    "14.1": _runs_measured,
    "14.2": _two_models,
    "14.3": _runs_told,
    "14.4": _claims,
}

GRADIENTS: dict[str, tuple[int, ...]] = {
    "1.1": (0,),
    "2.4": (0, 1),
    "3.1": (0, 1),
    "3.4": (0, 1),
    "3.5": (0, 1),
    "4.2": (0, 2, 3),
    "4.3": (2, 3),
    "5.1": (0,),
    "5.2": (0, 1, 2, 3, 4, 5, 6),
    "5.3": (0,),
    "9.2": (0, 1),
    "10.5": (0, 2, 3),
    "11.2": (0, 1),
    "11.3": (0, 1),
    "11.4": (0, 1),
    "12.1": (0, 1),
    "12.2": (0,),
}


def _split(answer: Any, draw: Draw) -> Iterator[list[Any]]:
    """Sizes of both parts, whether they are all rows, whether a seed gives one split, and the rows are shuffled."""
    for n, held_out in ((draw.integer(50, 400), draw.integer(10, 49)), (20, 10), (6_000, 500), (9, 1)):
        state = torch.get_rng_state()
        parts = [answer(n, held_out, seed) for seed in (draw.integer(0, 99), 100, 100, 101)]
        rows = [[part if isinstance(part, Tensor) else torch.tensor(list(part)) for part in pair] for pair in parts]
        sizes = [len(part) for pair in rows for part in pair]
        whole = [torch.equal(torch.cat(pair).sort().values, torch.arange(n)) for pair in rows]
        again = [torch.equal(rows[1][k], rows[2][k]) for k in (0, 1)]
        moved = [torch.equal(rows[2][1], rows[3][1]) and n > 9]
        block = [n > 9 and bool((pair[1].sort().values.diff() == 1).all()) for pair in rows]
        yield [np.array([*sizes, *whole, *again, *moved, *block, torch.equal(state, torch.get_rng_state())], float)]


def _repaired(answer: Any, draw: Draw) -> Iterator[list[Any]]:
    """Whether decoders that one change of the start or of a padding brings to 28 are brought there by one."""
    found = 0
    while found < 12:
        size, layers = draw.integer(1, 14), draw.layers(4, padding=2)
        right = list(_one_change(size, layers))
        if layers and right and output_sizes(size, layers)[-1] != SIDE:
            found += 1
            repaired = answer(size, layers)
            yield [np.array(float((repaired[0], tuple(repaired[1])) in right))]


def _one_change(size: int, layers: tuple[Layer, ...]) -> Iterator[tuple[int, tuple[Layer, ...]]]:
    changed = [(start, layers) for start in range(1, 15)]
    for i, layer in enumerate(layers):
        for padding in range(layer.kernel):
            changed.append((size, (*layers[:i], layer._replace(padding=padding), *layers[i + 1 :])))
    for start, chain in changed:
        sizes = output_sizes(start, chain) if _possible(start, chain) else [0]
        if sizes[-1] == SIDE:
            yield start, chain


def _possible(size: int, layers: tuple[Layer, ...]) -> bool:
    for layer in layers:
        size = (size - 1) * layer.stride + layer.kernel - 2 * layer.padding
        if size < 1:
            return False
    return True


def _supported(answer: Any, draw: Draw) -> Iterator[list[Any]]:
    """Whether intervals lie in [0, 1] and are not empty, which of them can be reached, and two free gradients."""
    line = torch.linspace(-8, 8, 65)
    far = torch.tensor([-1e4, -200.0, -30.0, -8.0, 0.0, 8.0, 30.0, 200.0, 1e4])
    for axis in (line, far):
        low, high = answer(*torch.cartesian_prod(axis, axis).T.contiguous())
        yield [np.array([float(((0 <= low) & (low < high) & (high <= 1)).all()), len(low)])]
    low, high = answer(*torch.cartesian_prod(line, line).T.contiguous())
    targets = torch.tensor([[0.02, 0.97], [0.02, 0.1], [0.9, 0.97], [0.4, 0.6], [0.1, 0.7], [0.3, 0.9]])
    yield [np.array([float(((low - a).abs() + (high - b).abs()).min() < 0.15) for a, b in targets.tolist()])]
    place, width = draw.normal(2, 5).requires_grad_(True)
    ends = answer(place, width)
    rows = [
        torch.autograd.grad(end.sum(), (place, width), retain_graph=True, allow_unused=True, materialize_grads=True)
        for end in ends
    ]
    turn = rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0]
    yield [np.array(float((turn.abs() > 1e-6).all()))]
    place, width = draw.normal(2, 3, 4)
    low, high = answer(place, width)
    alone = [answer(p, w) for p, w in zip(place, width, strict=True)]
    for both, parts in ((low, [one[0] for one in alone]), (high, [one[1] for one in alone])):
        yield [np.array(torch.allclose(both, torch.stack(parts), atol=1e-5), float)]


OBSERVED: dict[str, Callable[[Any, Draw], Iterator[list[Any]]]] = {
    "6.3": _repaired,
    "7.2": _split,
    "11.4": _supported,
}


@functools.cache
def calls(exercise_id: str, seed: int) -> list[Args]:
    """The calls of one seed; tensors among them are to be copied before an answer gets them."""
    return list(CALLS[exercise_id](Draw(seed)))


def observe(exercise_id: str, answer: Any, seed: int) -> Iterator[list[Any]]:
    """What an answer does with the calls of one seed, call by call: arrays, and strings where it stopped."""
    if exercise_id in OBSERVED:
        yield from OBSERVED[exercise_id](answer, Draw(seed))
        return
    if exercise_id not in CALLS:
        yield from _observed_by_probe(exercise_id, answer, seed)
        return
    for number, args in enumerate(calls(exercise_id, seed)):
        yield _called(answer, args, number)
    wanted = GRADIENTS.get(exercise_id, ())
    for number, args in enumerate(calls(exercise_id, seed)[:4] if wanted else ()):
        yield _differentiated(answer, args, wanted, number)


def _called(answer: Any, args: Args, number: int) -> list[Any]:
    torch.default_generator.manual_seed(number)  # the processor's alone: torch.manual_seed notes each call's place
    given = [arg.clone() if isinstance(arg, Tensor) else arg for arg in args]
    try:
        found = flat(answer(*given))
    except Exception as error:  # whatever a mutant raises is one more way to differ
        return [type(error).__name__]
    changed = [
        i for i, (a, b) in enumerate(zip(args, given, strict=True)) if isinstance(a, Tensor) and not torch.equal(a, b)
    ]
    return [*found, "changed an argument"] if changed else found


def _differentiated(answer: Any, args: Args, wanted: tuple[int, ...], number: int) -> list[Any]:
    torch.default_generator.manual_seed(number)
    given = [arg.clone() if isinstance(arg, Tensor) else arg for arg in args]
    free = [given[i].requires_grad_(True) for i in wanted]
    try:
        result = answer(*given)
        parts = [result] if isinstance(result, Tensor) else list(result)
        total = sum((part.double() * _ramp(part)).sum() for part in parts)
        slopes = torch.autograd.grad(total, free, allow_unused=True)
    except Exception as error:
        return [type(error).__name__]
    return ["cut" if slope is None else slope.double().numpy() for slope in slopes]


def _ramp(part: Tensor) -> Tensor:
    return torch.linspace(1, 2, part.numel(), dtype=torch.float64).view(part.shape)


def _observed_by_probe(exercise_id: str, answer: Any, seed: int) -> Iterator[list[Any]]:
    """For answers that make or take objects: what the exercise's own probe collects on inputs of this seed."""
    exercise = registry.find(exercise_id)
    values = exercise.probe(answer, exercise.inputs(torch.Generator().manual_seed(seed)))
    for label in sorted(values):
        if not label.startswith("made"):  # the kind of object that was made is none of its behaviour
            yield [label, *flat(values[label])]


def flat(result: Any) -> list[Any]:
    """The numbers of a result, as arrays; of anything else, its type; a list or tuple of tensors one by one."""
    if isinstance(result, Tensor) and not result.is_complex():
        return [result.detach().double().numpy()]
    if isinstance(result, bool | int | float | np.ndarray | np.generic) and np.asarray(result).dtype.kind in "biuf":
        return [np.asarray(result, dtype=float)]
    if isinstance(result, list | tuple) and all(isinstance(item, int | float) for item in result):
        return [np.asarray(result, dtype=float)]
    if isinstance(result, list | tuple):
        return [part for item in result for part in flat(item)]
    if isinstance(result, dict):
        return [part for name in sorted(result) for part in (name, *flat(result[name]))]
    return [result if isinstance(result, str) else type(result).__name__]


def same(found: list[Any], wanted: list[Any], rtol: float = 3e-3) -> bool:
    """Whether two observations are the same but for what rounding does, and a little more."""
    return len(found) == len(wanted) and all(_alike(a, b, rtol) for a, b in zip(found, wanted, strict=True))


def _alike(a: Any, b: Any, rtol: float) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        return isinstance(a, str) and isinstance(b, str) and a == b
    if a.shape != b.shape and not (a.size == b.size == 1):
        return False
    a, b = a.reshape(b.shape), b
    finite = np.isfinite(b)
    if not np.array_equal(np.where(finite, 0, b), np.where(np.isfinite(a), 0, a), equal_nan=True):
        return False
    size = np.abs(b[finite]).mean() if finite.any() else 0.0
    return bool(np.allclose(a[finite], b[finite], rtol=rtol, atol=rtol * 0.1 * size + 1e-5))
