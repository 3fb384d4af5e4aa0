"""Answers to the exercises of lesson 04: unusual right ones, and wrong ones with the finding meant for them."""

import copy
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Bernoulli, Normal, kl_divergence

from course_utils import objectives


# 4.1 ------------------------------------------------------------------------------------------------------------
class _Encoder(nn.Module):
    """Every wrong encoder below is this one with something changed."""

    def __init__(self, latent, hidden=400):
        super().__init__()
        self.first, self.mu, self.logvar = nn.Linear(784, hidden), nn.Linear(hidden, latent), nn.Linear(hidden, latent)

    def body(self, x):
        return torch.relu(self.first(x.flatten(1)))

    def forward(self, x):
        h = self.body(x)
        return self.mu(h), self.logvar(h)


def _encoder(forward=None, base=_Encoder, **changes):
    """A maker of encoders with another forward, or other layers."""
    body = {"forward": forward} if forward else {}

    def make(latent, hidden=400):
        encoder = type("Changed", (base,), body)(latent, hidden)
        for name, layer in changes.items():
            setattr(encoder, name, layer(latent, hidden))
        return encoder

    return make


def _activated(activation):
    """A maker of encoders with another activation between the layers."""

    def forward(self, x):
        h = activation(self.first(x.view(-1, 784)))
        return self.mu(h), self.logvar(h)

    return _encoder(forward)


class _Lazy(nn.Module):
    def __init__(self, latent, hidden=400):
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.LazyLinear(hidden), nn.ReLU())
        self.mu, self.logvar = nn.LazyLinear(latent), nn.LazyLinear(latent)

    def forward(self, x):
        h = self.body(x)
        return self.mu(h), self.logvar(h)


class _Functional(nn.Module):
    """No module inside; mu and logvar are woven in one layer."""

    def __init__(self, latent, hidden=400):
        super().__init__()
        self.w, self.b = nn.Parameter(torch.randn(hidden, 784) / 28), nn.Parameter(torch.zeros(hidden))
        self.v, self.c = nn.Parameter(torch.randn(2 * latent, hidden) / 7), nn.Parameter(torch.zeros(2 * latent))

    def forward(self, x):
        both = F.linear(x.reshape(len(x), -1), self.w, self.b).relu() @ self.v.T + self.c
        return both[:, ::2], both[:, 1::2]


class _InDouble(nn.Module):
    """Float64 inside, float32 outside."""

    def __init__(self, latent, hidden=400):
        super().__init__()
        self.inside = _Encoder(latent, hidden).double()

    def forward(self, x):
        mu, logvar = self.inside(x.double())
        return mu.float(), logvar.float()


class _OneByOne(_Encoder):
    def forward(self, x):
        pairs = [super(_OneByOne, self).forward(x[n : n + 1]) for n in range(len(x))]
        return torch.cat([mu for mu, _ in pairs]), torch.cat([logvar for _, logvar in pairs])


def _cut(cut):
    """A maker of encoders with one layer for both halves, cut in some way."""

    def make(latent, hidden=400):
        encoder = _Split(latent, hidden)
        encoder.forward = lambda x: cut(encoder.net(x), len(x), latent)
        return encoder

    return make


class _Cached(_Encoder):
    def forward(self, x):
        if not hasattr(self, "kept"):
            self.kept = super().forward(x)
        return self.kept


class _WithoutSuper(nn.Module):
    def __init__(self, latent, hidden=400):
        self.first = nn.Linear(784, hidden)


def _one_for_all(latent, hidden=400, _made={}):  # noqa: B006
    return _made.setdefault((latent, hidden), _Encoder(latent, hidden))


class _Split(nn.Module):
    def __init__(self, latent, hidden=400):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, 2 * latent))

    def forward(self, x):
        return self.net(x).chunk(2, dim=1)


class _InAList(nn.Module):
    def __init__(self, latent, hidden=400):
        super().__init__()
        self.layers = [nn.Linear(784, hidden), nn.Linear(hidden, latent), nn.Linear(hidden, latent)]

    def forward(self, x):
        h = torch.relu(self.layers[0](x.flatten(1)))
        return self.layers[1](h), self.layers[2](h)


class _MadeInForward(nn.Module):
    def __init__(self, latent, hidden=400):
        super().__init__()
        self.sizes = latent, hidden

    def forward(self, x):
        return _Encoder(*self.sizes)(x)


def _seeded(latent, hidden=400):
    torch.manual_seed(0)
    return _Encoder(latent, hidden)


def _closure(latent, hidden=400):
    encoder = _Encoder(latent, hidden)
    return lambda x: encoder(x)


def _module_dict(latent, hidden=400):
    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.parts = nn.ModuleDict(
                {"h": nn.Linear(784, hidden), "m": nn.Linear(hidden, latent), "v": nn.Linear(hidden, latent)}
            )

        def forward(self, x):
            h = F.relu(self.parts["h"](x.reshape(x.shape[0], -1)))
            return [self.parts["m"](h), self.parts["v"](h)]

    return Encoder()


def _raw_parameters(latent, hidden=400):
    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = nn.ParameterList(
                [
                    nn.Parameter(torch.randn(784, hidden) / 28),
                    nn.Parameter(torch.randn(hidden, latent) / 5),
                    nn.Parameter(torch.randn(hidden, latent) / 5),
                ]
            )
            self.biases = nn.ParameterList([nn.Parameter(torch.zeros(n)) for n in (hidden, latent, latent)])

        def forward(self, x):
            (a, b, c), (d, e, f) = self.weights, self.biases
            h = (torch.einsum("ncij,cijh->nh", x, a.view(1, 28, 28, -1)) + d).clamp(min=0)
            return h @ b + e, h @ c + f

    return Encoder()


def _no_grad(self, x):
    with torch.no_grad():
        return _Encoder.forward(self, x)


def _in_place(self, x):
    h = self.body(x.mul_(1.0001))
    return self.mu(h), self.logvar(h)


def _forward_once(self, x):
    if hasattr(self, "ran"):
        raise RuntimeError("a second call")
    self.ran, h = True, self.body(x)
    return self.mu(h), self.logvar(h)


def _forward_open(self, x):
    raise NotImplementedError


# 4.2 ------------------------------------------------------------------------------------------------------------
def _bce(logits, x):
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(1)


def _kl(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)


def _with(bce=_bce, kl=_kl):
    return lambda logits, x, mu, logvar, weight=1.0: bce(logits, x) + weight * kl(mu, logvar)


def _loop_loss(logits, x, mu, logvar, weight=1.0):
    rows = []
    for image in range(len(x)):
        rows.append(
            F.binary_cross_entropy_with_logits(logits[image], x[image], reduction="sum")
            + weight * _kl(mu, logvar)[image]
        )
    return torch.stack(rows)


def _by_distributions(logits, x, mu, logvar, weight=1.0, verbose=False):
    log_p = Bernoulli(logits=logits, validate_args=False).log_prob(x).sum((1, 2, 3))
    return weight * kl_divergence(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0)).sum(-1) - log_p


def _no_grad_loss(logits, x, mu, logvar, weight=1.0):
    return _with()(logits, x, mu, logvar, weight).detach()


def _clamped(logits, x, mu, logvar, weight=1.0):
    p = torch.sigmoid(logits).clamp(1e-7, 1 - 1e-7)
    return -(x * p.log() + (1 - x) * (1 - p).log()).flatten(1).sum(1) + weight * _kl(mu, logvar)


# 4.3 ------------------------------------------------------------------------------------------------------------
def _draw(mu, logvar, sigma=None):
    return mu + (torch.exp(0.5 * logvar) if sigma is None else sigma) * torch.randn_like(mu)


def _at_once(fold="draws", codes="repeat", images="repeat"):
    def answer(decoder, x, mu, logvar, L):
        def repeated(t, way):
            return t.repeat(L, *(1,) * (t.ndim - 1)) if way == "repeat" else t.repeat_interleave(L, 0)

        z = _draw(repeated(mu, codes), repeated(logvar, codes))
        bce = objectives.bce(decoder(z), repeated(x, images))
        return bce.view(L, len(x)).mean(0) if fold == "draws" else bce.view(len(x), L).mean(1)

    return answer


def _looped(draw=_draw, end=lambda total, L, *_: total / L):
    def answer(decoder, x, mu, logvar, L):
        return end(sum(_bce(decoder(draw(mu, logvar)), x) for _ in range(L)), L, mu, logvar)

    return answer


def _once(decoder, x, mu, logvar, L):
    z = _draw(mu, logvar)
    return sum(_bce(decoder(z), x) for _ in range(L)) / L


def _codes_averaged(decoder, x, mu, logvar, L):
    return _bce(decoder(sum(_draw(mu, logvar) for _ in range(L)) / L), x)


def _logits_averaged(decoder, x, mu, logvar, L):
    return _bce(sum(decoder(_draw(mu, logvar)) for _ in range(L)) / L, x)


def _pictures_averaged(decoder, x, mu, logvar, L):
    p = sum(torch.sigmoid(decoder(_draw(mu, logvar)).double()) for _ in range(L)) / L
    return -(torch.xlogy(x, p) + torch.xlogy(1 - x, 1 - p)).flatten(1).sum(1)


def _log_mean_exp(decoder, x, mu, logvar, L):
    log_w = torch.stack([-_bce(decoder(_draw(mu, logvar)), x) for _ in range(L)])
    return math.log(L) - log_w.logsumexp(0)


def _reseeded(mu, logvar):
    torch.manual_seed(0)
    return _draw(mu, logvar)


def _no_grad_bce(decoder, x, mu, logvar, L):
    with torch.no_grad():
        return _looped()(decoder, x, mu, logvar, L)


def _three_axes(decoder, x, mu, logvar, L):
    z = mu + (logvar / 2).exp() * torch.randn(L, *mu.shape)
    return _bce(decoder(z), x)


def _by_rsample(decoder, x, mu, logvar, L):
    z = Normal(mu, logvar.exp().sqrt()).rsample((L,))
    return torch.stack([_bce(decoder(one), x) for one in z]).mean(dim=0)


def _image_by_image(decoder, x, mu, logvar, L):
    return torch.stack(
        [
            objectives.bce(decoder(_draw(m.expand(L, -1), v.expand(L, -1))), image.expand(L, 1, 28, 28)).mean()
            for image, m, v in zip(x, mu, logvar, strict=True)
        ]
    )


def _noisy(noise):
    return _looped(lambda mu, logvar: mu + (logvar / 2).exp() * noise(mu))


def _counted(draws):
    def answer(decoder, x, mu, logvar, L):
        return sum(_bce(decoder(_draw(mu, logvar)), x) for _ in draws(L)) / L

    return answer


def _with_bce(bce):
    def answer(decoder, x, mu, logvar, L):
        return sum(bce(decoder(_draw(mu, logvar)), x) for _ in range(L)) / L

    return answer


def _folded(fold):
    return lambda decoder, x, mu, logvar, L: fold(torch.stack([_bce(decoder(_draw(mu, logvar)), x) for _ in range(L)]))


def _walk(decoder, x, mu, logvar, L):
    total = 0
    for _ in range(L):
        mu = _draw(mu, logvar)
        total = total + _bce(decoder(mu), x)
    return total / L


def _returns_early(decoder, x, mu, logvar, L):
    total = 0
    for _ in range(L):
        total = total + _bce(decoder(_draw(mu, logvar)), x)
        return total / L


def _on_a_copy(decoder, x, mu, logvar, L):
    return _looped()(copy.deepcopy(decoder).eval(), x, mu, logvar, L)


def _by_vmap(decoder, x, mu, logvar, L):
    z = mu + (logvar / 2).exp() * torch.randn(L, *mu.shape)
    return torch.stack([_bce(logits, x) for logits in torch.vmap(decoder)(z)]).mean(0)


def _running_mean(decoder, x, mu, logvar, L):
    mean = torch.zeros(len(x))
    for seen in range(1, L + 1):
        mean = mean + (_bce(decoder(_draw(mu, logvar)), x) - mean) / seen
    return mean


_MINE = nn.Sequential(nn.Linear(400, 784), nn.Unflatten(1, (1, 28, 28)))


# 4.5 ------------------------------------------------------------------------------------------------------------
def _beta(
    total=lambda n: n, bce_mean=lambda n, p, d: 1 / p, kl_mean=lambda n, p, d: 1 / d, end=lambda w, k, b: w * k / b
):
    def answer(weight, bce, kl, images, pixels=784, latents=32):
        sizes = images, pixels, latents
        factors = [
            total(images) if way == "sum" else 1 if way == "per image" else mean(*sizes)
            for way, mean in ((bce, bce_mean), (kl, kl_mean))
        ]
        return end(weight, factors[1], factors[0])

    return answer


def _by_experiment(weight, bce, kl, images, pixels=784, latents=32):
    """How much one nat more of each half, in every image, moves the loss."""

    def moved(way, size):
        values = np.full((images, size), 1 / size)
        return {"sum": values.sum(), "per image": values.sum(1).mean(), "mean": values.mean()}[way]

    return weight * moved(kl, latents) / moved(bce, pixels)


def _ifs(weight, bce, kl, images, pixels=784, latents=32, **_):
    beta = torch.tensor(weight, dtype=torch.float64)
    if kl == "sum":
        beta = beta * images
    elif kl == "mean":
        beta = beta / latents
    if bce == "sum":
        beta = beta / images
    elif bce == "mean":
        beta = beta * pixels
    return beta


RIGHT = {
    "4.1": [
        _Encoder,
        _Split,
        _module_dict,
        _raw_parameters,
        lambda latent, hidden=400, depth=1: _Encoder(latent, hidden),
        _encoder(lambda self, x: (self.mu(self.body(x)), self.logvar(self.body(x)).clamp(-30, 30))),
        _activated(lambda h: h * (h > 0)),
        _Lazy,
        _Functional,
        _InDouble,
        _OneByOne,
    ],
    "4.2": [
        _loop_loss,
        _by_distributions,
        lambda *a, **k: _with()(*(t.double() if torch.is_tensor(t) else t for t in a), **k),
        lambda logits, x, mu, logvar, weight=1.0: (
            (F.softplus(logits) - x * logits).sum(dim=(1, 2, 3)) + weight * _kl(mu, logvar)
        ),
        lambda logits, x, mu, logvar, weight=1: (
            objectives.negative_elbo(logits, x, mu, logvar).reconstruction
            - weight * 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)
        ),
        lambda logits, x, mu, logvar, weight=1.0, *_: (
            _bce(logits, x) + weight * objectives.kl_standard_normal(mu, logvar)
        ),
        _with(
            kl=lambda mu, logvar: 0.5 * (torch.einsum("nd,nd->n", mu, mu) + torch.expm1(logvar).sum(1) - logvar.sum(1))
        ),
    ],
    "4.3": [
        _looped(),
        _at_once(),
        _at_once("images", "interleave", "interleave"),
        _by_rsample,
        _image_by_image,
        _on_a_copy,
        _by_vmap,
        _running_mean,
        lambda decoder, x, mu, logvar, L=1: _looped(lambda m, v: _draw(m.double(), v.double()))(
            decoder, x, mu, logvar, L
        ),
        lambda decoder, x, mu, logvar, L: (
            torch.stack([_bce(decoder(_draw(mu, logvar)), x) for _ in range(L)]).double().mean(0)
        ),
    ],
    "4.4": [
        lambda s: objectives.kl_standard_normal(s, s.square().log()),
        lambda s: (s**2 - s.abs().log() - 0.5).sum(-1),
        lambda s: kl_divergence(Normal(s, s.abs()), Normal(0.0, 1.0)).sum(1),
        lambda s: (s.numpy().astype("f8") ** 2 - np.log(np.abs(s.numpy().astype("f8"))) - 0.5).sum(1),
        lambda s: [sum(v * v - math.log(abs(v)) - 0.5 for v in row) for row in s.tolist()],
        lambda s: s.double().pow(2).sum(1) - s.double().abs().prod(1).log() - s.shape[1] / 2,
    ],
    "4.5": [
        _beta(),
        _by_experiment,
        _ifs,
        lambda weight, bce, kl, images, pixels=784, latents=32: (
            np.float64(weight)
            * {"sum": images * latents, "per image": latents, "mean": 1}[kl]
            / latents
            / ({"sum": images * pixels, "per image": pixels, "mean": 1}[bce] / pixels)
        ),
    ],
}

WRONG = {
    "4.1": [
        (_encoder(lambda self, x: (self.mu(self.body(x)),) * 2), "one-head"),
        (
            _encoder(
                logvar=lambda latent, hidden: None,
                forward=lambda self, x: (self.mu(self.body(x)), self.mu(self.body(x))),
            ),
            "one-head",
        ),
        (_encoder(lambda self, x: self.mu(self.body(x))), "not-a-pair"),
        (_encoder(lambda self, x: torch.cat([self.mu(self.body(x)), self.logvar(self.body(x))], 1)), "not-a-pair"),
        (_encoder(lambda self, x: (self.mu(self.body(x)), self.logvar(self.body(x)), self.body(x))), "not-a-pair"),
        (_encoder(lambda self, x: {"mu": self.mu(self.body(x)), "logvar": self.logvar(self.body(x))}), "not-a-pair"),
        (_encoder(lambda self, x: None), "returned-nothing"),
        (_encoder(_forward_open), "forward-open"),
        (_encoder(_forward_once), "not-repeatable"),
        (_encoder(lambda self, x: (self.mu(self.body(x)), self.logvar(self.body(x)).exp())), "activation-on-head"),
        (
            _encoder(lambda self, x: (torch.relu(self.mu(self.body(x))), self.logvar(self.body(x)))),
            "activation-on-head",
        ),
        (
            _encoder(lambda self, x: (torch.tanh(self.mu(self.body(x))), self.logvar(self.body(x)))),
            "activation-on-head",
        ),
        (
            _encoder(lambda self, x: (self.mu(self.body(x)), F.softplus(self.logvar(self.body(x))))),
            "activation-on-head",
        ),
        (
            _encoder(lambda self, x: (self.mu(self.first(x.flatten(1))), self.logvar(self.first(x.flatten(1))))),
            "no-activation",
        ),
        (
            _encoder(
                lambda self, x: (self.mu(self.first(x.flatten(1).relu())), self.logvar(self.first(x.flatten(1).relu())))
            ),
            "no-activation",
        ),
        (_encoder(lambda self, x: (self.mu(F.dropout(self.body(x))), self.logvar(self.body(x)))), "not-repeatable"),
        (_MadeInForward, "not-repeatable"),
        (_InAList, "weights-hidden"),
        (lambda latent, hidden=400: _Encoder(latent), "hidden-ignored"),
        (lambda latent, hidden=400: _Encoder(20, hidden), "shape"),
        (lambda latent, hidden=50: _Encoder(latent, hidden), "default"),
        (
            _encoder(
                second=lambda latent, hidden: nn.Linear(784, hidden),
                forward=lambda self, x: (self.mu(self.body(x)), self.logvar(torch.relu(self.second(x.flatten(1))))),
            ),
            "two-bodies",
        ),
        (
            _encoder(
                logvar=lambda latent, hidden: nn.Linear(latent, latent),
                forward=lambda self, x: (self.mu(self.body(x)), self.logvar(self.mu(self.body(x)))),
            ),
            "logvar-from-mu",
        ),
        (_encoder(first=lambda latent, hidden: nn.Linear(784, hidden, bias=False)), "other-layers"),
        (_encoder(lambda self, x: (self.mu(self.body(x)), self.logvar(self.body(x)).detach())), "idle-weights"),
        (_encoder(_no_grad), "idle-weights"),
        (_encoder(lambda self, x: (self.mu(self.body(x)), self.mu(self.body(x)) + 1)), "idle-weights"),
        (_encoder(lambda self, x: (self.mu(self.body(x)).squeeze(0), self.logvar(self.body(x)).squeeze(0))), "shape"),
        (_encoder(lambda self, x: (self.mu(self.body(x)).T, self.logvar(self.body(x)).T)), "shape"),
        (_encoder(lambda self, x: (self.mu(torch.relu(self.first(x.flatten()))), None)), "raised"),
        (
            _encoder(
                lambda self, x: (self.mu(self.body(x)).detach().numpy(), self.logvar(self.body(x)).detach().numpy())
            ),
            "not-a-pair",
        ),
        (_encoder(_in_place), "changed-input"),
        (_closure, "not-a-module"),
        (lambda latent, hidden=400: None, "returned-nothing"),
        (lambda latent, hidden=400: _Encoder, "not-a-module"),
        (_seeded, "same-encoder-again"),
        (_one_for_all, "same-encoder-again"),
        (_activated(F.gelu), "other-activation"),
        (_activated(torch.tanh), "other-activation"),
        (_activated(torch.sigmoid), "other-activation"),
        (_activated(F.leaky_relu), "other-activation"),
        (_activated(F.relu6), "other-activation"),
        (_activated(F.softplus), "other-activation"),
        (_activated(torch.abs), "other-activation"),
        (_activated(lambda h: h.clamp(max=0)), "other-activation"),
        (_activated(lambda h: h.clamp(0, 1)), "other-activation"),
        (_activated(lambda h: h.relu() ** 2), "other-activation"),
        (_cut(lambda both, n, latent: tuple(both.reshape(2, -1, latent))), "images-mixed"),
        (_cut(lambda both, n, latent: both.view(2, n, -1).unbind(0)), "images-mixed"),
        (_cut(lambda both, n, latent: both.reshape(-1, latent).split(n)), "images-mixed"),
        (
            _encoder(lambda self, x: (self.mu(self.body(x))[:1].expand(len(x), -1), self.logvar(self.body(x)))),
            "images-mixed",
        ),
        (_Cached, "images-ignored"),
        (_encoder(lambda self, x: (self.mu(self.body(x)), self.logvar(self.body(x).detach()))), "head-detached"),
        (_encoder(lambda self, x: (self.mu(self.body(x).detach()), self.logvar(self.body(x)))), "head-detached"),
        (_encoder(lambda self, x: (self.mu(self.body(x)), 1.03 * self.logvar(self.body(x)))), "head-scaled"),
        (_encoder(lambda self, x: (self.mu(self.body(x)), -self.logvar(self.body(x)))), "head-scaled"),
        (
            _encoder(lambda self, x: (self.mu(self.body(x)), self.logvar(self.body(x)).clamp(-5, 5))),
            "activation-on-head",
        ),
        (_encoder(lambda self, x: _Encoder.forward(self, 1.03 * x)), "pixels-changed"),
        (_encoder(lambda self, x: _Encoder.forward(self, x.round())), "pixels-changed"),
        (_encoder(lambda self, x: _Encoder.forward(self, x / 255)), "pixels-changed"),
        (_encoder(lambda self, x: (self.mu(self.body(x)), self.logvar(self.body(x)).double())), "dtype-changed"),
        (_WithoutSuper, "raised"),
        (_encoder(lambda self, x: (self.mu(torch.relu(self.first(x))), None)), "raised"),
        (_encoder(lambda self, x: (self.mu(self.body(x)), self.logvar(self.body(x)).log())), "not-finite"),
        (
            _encoder(
                lambda self, x: (self.mu(x.flatten(1)), self.logvar(x.flatten(1))),
                first=lambda *_: nn.Identity(),
                mu=lambda latent, _: nn.Linear(784, latent),
                logvar=lambda latent, _: nn.Linear(784, latent),
            ),
            "no-hidden-layer",
        ),
        (
            _encoder(
                first=lambda _, hidden: nn.Linear(784, hidden, bias=False),
                mu=lambda latent, hidden: nn.Linear(hidden, latent, bias=False),
                logvar=lambda latent, hidden: nn.Linear(hidden, latent, bias=False),
            ),
            "no-bias",
        ),
    ],
    "4.2": [
        (_with(bce=lambda logits, x: _bce(logits, x) / 784), "mean-over-pixels"),
        (
            lambda logits, x, mu, logvar, weight=1.0: _bce(logits, x) / 784 + weight * _kl(mu, logvar) / 9,
            "mean-over-pixels",
        ),
        (_with(bce=lambda logits, x: F.binary_cross_entropy_with_logits(logits, x)), "mean-of-batch"),
        (_with(bce=lambda logits, x: F.binary_cross_entropy_with_logits(logits, x, reduction="sum")), "sum-of-batch"),
        (lambda *a: _with()(*a).mean(), "shape"),
        (lambda *a: _with()(*a).sum(), "shape"),
        (_with(kl=lambda mu, logvar: _kl(mu, logvar) / 9), "mean-over-latents"),
        (lambda logits, x, mu, logvar, weight=1.0: _bce(logits, x) + _kl(mu, logvar), "weight-ignored"),
        (lambda logits, x, mu, logvar, weight=1.0: weight * (_bce(logits, x) + _kl(mu, logvar)), "weight-on-both"),
        (lambda logits, x, mu, logvar, weight=1.0: weight * _bce(logits, x) + _kl(mu, logvar), "weight-on-bce"),
        (lambda logits, x, mu, logvar, weight=1.0: _bce(logits, x) + _kl(mu, logvar) / weight, "weight-divides"),
        (
            lambda logits, x, mu, logvar, weight=1.0: (1 - weight) * _bce(logits, x) + weight * _kl(mu, logvar),
            "weight-shared-out",
        ),
        (_with(kl=lambda mu, logvar: -_kl(mu, logvar)), "kl-subtracted"),
        (_with(bce=lambda logits, x: -_bce(logits, x)), "bce-sign"),
        (_with(kl=lambda mu, logvar: 2 * _kl(mu, logvar)), "half-missing"),
        (_with(kl=lambda mu, logvar: 0.5 * (mu + logvar.exp() - 1 - logvar).sum(1)), "square-missing"),
        (_with(kl=lambda mu, logvar: 0.5 * (mu**2 + (logvar / 2).exp() - 1 - logvar).sum(1)), "sigma-for-variance"),
        (_with(kl=lambda mu, logvar: 0.5 * (mu**2 + logvar**2 - 1 - (logvar**2).log()).sum(1)), "logvar-as-sigma"),
        (_with(kl=lambda mu, logvar: 0.5 * (mu**2 + logvar.exp() ** 2 - 1 - logvar).sum(1)), "variance-squared"),
        (_with(kl=lambda mu, logvar: 0.5 * (mu**2 + logvar**2 - 1 - logvar).sum(1)), "logvar-for-variance"),
        (_with(kl=lambda mu, logvar: 0.5 * (mu**2 + logvar - 1 - logvar).sum(1)), "logvar-for-variance"),
        (_with(kl=lambda mu, logvar: _kl(logvar, mu)), "heads-exchanged"),
        (_with(kl=lambda mu, logvar: _kl(mu, logvar).sum()), "sum-of-batch"),
        (_with(kl=lambda mu, logvar: _kl(mu, logvar).mean()), "mean-of-batch"),
        (_with(kl=lambda mu, logvar: 0.5 * (mu.abs() + logvar.exp() - 1 - logvar).sum(1)), "square-missing"),
        (_with(kl=lambda mu, logvar: 0.5 * (logvar.exp() - 1 - logvar).sum(1)), "mu-missing"),
        (_with(kl=lambda mu, logvar: _kl(mu, logvar.clamp(max=0))), "value"),
        (_with(kl=lambda mu, logvar: _kl(mu, logvar.clamp(min=-4))), "value"),
        (_with(kl=lambda mu, logvar: _kl(mu.clamp(min=0), logvar)), "value"),
        (_with(kl=lambda mu, logvar: 0.5 * (mu**2 + 1.03 * logvar.exp() - 1 - logvar).sum(1)), "value"),
        (_with(kl=lambda mu, logvar: 0.5 * (mu**2 + logvar.exp() - 1.03 - logvar).sum(1)), "value"),
        (_with(kl=lambda mu, logvar: 0.5 * (1.03 * mu**2 + logvar.exp() - 1 - logvar).sum(1)), "value"),
        (_with(kl=lambda mu, logvar: 0.5 * (mu**2 + logvar.exp() - 1 - 1.03 * logvar).sum(1)), "value"),
        (_with(bce=lambda logits, x: 1.03 * _bce(logits, x)), "value"),
        (_with(bce=lambda logits, x: _bce(logits, x.round())), "value"),
        (_with(bce=lambda logits, x: _bce(logits.clamp(-20, 20), x)), "value"),
        (lambda logits, x, mu, logvar, weight=1.0: _with()(logits, x, mu, logvar, min(weight, 1)), "value"),
        (lambda logits, x, mu, logvar, weight=1.0: _bce(logits, x) + weight**2 * _kl(mu, logvar), "weight-squared"),
        (lambda logits, x, mu, logvar, weight=1.0: _with()(logits, x, mu, logvar, weight).flip(0), "value"),
        (lambda logits, x, mu, logvar, weight=1.0: _with()(logits, x, mu, logvar, weight).sort().values, "value"),
        (lambda logits, x, mu, logvar, weight=1.0: _with()(logits.detach(), x, mu, logvar, weight), "detached"),
        (lambda logits, x, mu, logvar, weight=1.0: _with()(logits, x, mu.detach(), logvar, weight), "detached"),
        (
            _with(
                kl=lambda mu, logvar: 0.5 * (mu.detach() ** 2 + mu**2 - mu.detach() ** 2 + logvar.exp() - 1 - logvar)
            ),
            "raised",
        ),
        (_with(kl=lambda mu, logvar: 0.5 * (mu * mu.detach() + logvar.exp() - 1 - logvar).sum(1)), "value"),
        (
            _with(bce=lambda logits, x: F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)),
            "raised",
        ),
        (_with(kl=lambda mu, logvar: 0.5 * (mu**2 + logvar.exp() - logvar).sum(1)), "one-missing"),
        (_with(kl=lambda mu, logvar: 0.5 * (mu**2 + logvar.exp() - 1).sum(1)), "log-missing"),
        (_with(kl=lambda mu, logvar: 0.5 * (mu**2 + logvar.exp() - 1 + logvar).sum(1)), "log-sign"),
        (_with(kl=lambda mu, logvar: 0.5 * (mu**2 + logvar.exp() - 1 - logvar / 2).sum(1)), "ln-sigma"),
        (_with(bce=lambda logits, x: _bce(x, logits)), "arguments-swapped"),
        (_with(kl=lambda mu, logvar: 0), "kl-missing"),
        (_with(bce=lambda logits, x: 0), "bce-missing"),
        (
            _with(
                bce=lambda logits, x: (
                    F.binary_cross_entropy(torch.sigmoid(logits), x, reduction="none").flatten(1).sum(1)
                )
            ),
            "value",
        ),
        (_clamped, "value"),
        (_with(bce=lambda logits, x: _bce(torch.sigmoid(logits), x)), "sigmoid-twice"),
        (_with(bce=lambda logits, x: ((logits.sigmoid() - x) ** 2).flatten(1).sum(1)), "squared-error"),
        (
            _with(bce=lambda logits, x: F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)),
            "raised",
        ),
        (lambda logits, x, mu, logvar, weight=0.45: _with()(logits, x, mu, logvar, weight), "value"),
        (_no_grad_loss, "detached"),
        (lambda logits, x, mu, logvar, weight=1.0: _bce(logits, x) + weight * _kl(mu, logvar).detach(), "detached"),
        (lambda *a: None, "returned-nothing"),
        (lambda *a: (_bce(*a[:2]), _kl(*a[2:4])), "shape"),
        (lambda logits, x, mu, logvar, weight=1.0: _with()(logits, x, mu, logvar.exp_(), weight), "changed-input"),
        (lambda logits, x, *a, **k: _with()(logits, x, *a, **k) / len(x), "divided-by-batch"),
        (_with(kl=lambda mu, logvar: (mu**2 - 1 - logvar).sum(1) / 2), "variance-missing"),
    ],
    "4.3": [
        (_looped(end=lambda total, L, *_: total), "sum-for-mean"),
        (_looped(end=lambda total, L, *_: total / L**2), "l-twice"),
        (_looped(end=lambda total, L, *_: total / L / 784), "mean-over-pixels"),
        (_looped(end=lambda total, L, mu, logvar: total / L + _kl(mu, logvar)), "kl-included"),
        (_looped(end=lambda total, L, mu, logvar: (total + _kl(mu, logvar)) / L), "kl-included"),
        (_looped(end=lambda total, L, *_: -total / L), "sign"),
        (_looped(end=lambda total, L, *_: (total / L).mean()), "shape"),
        (_at_once("draws", "repeat", "interleave"), "rows-mixed"),
        (_at_once("images", "repeat", "repeat"), "rows-mixed"),
        (_at_once("draws", "interleave", "interleave"), "rows-mixed"),
        (lambda decoder, x, mu, logvar, L: _bce(decoder(mu), x), "same-noise-again"),
        (lambda decoder, x, mu, logvar, L: _bce(decoder(_draw(mu, logvar)), x), "one-draw"),
        (_codes_averaged, "one-draw"),
        (_logits_averaged, "averaged-too-early"),
        (_pictures_averaged, "averaged-too-early"),
        (_log_mean_exp, "averaged-too-early"),
        (_once, "same-draw"),
        (_looped(_reseeded), "same-noise-again"),
        (_looped(lambda mu, logvar: _draw(mu, logvar, logvar.exp())), "sigma-is-exp-logvar"),
        (_looped(lambda mu, logvar: mu + logvar.exp().sqrt() * torch.randn(1, mu.shape[1])), "noise-shared-by-images"),
        (_looped(lambda mu, logvar: mu + logvar.exp().sqrt() * torch.randn(len(mu), 1)), "noise-shared-by-latents"),
        (_noisy(torch.rand_like), "uniform-noise"),
        (_noisy(lambda mu: (torch.rand_like(mu) - 0.5) * 12**0.5), "not-gaussian"),
        (_noisy(lambda mu: torch.randn_like(mu).sign()), "same-draw"),
        (_noisy(lambda mu: torch.randn_like(mu).clamp(-2, 2)), "value"),
        (_noisy(lambda mu: torch.randn_like(mu) + 0.05), "value"),
        (_looped(lambda mu, logvar: _draw(mu, logvar, 1.05 * (logvar / 2).exp())), "value"),
        (_looped(lambda mu, logvar: _draw(mu, logvar, 1.03 * (logvar / 2).exp())), "value"),
        (_looped(lambda mu, logvar: _draw(mu, logvar, (logvar / 4).exp())), "quarter"),
        (_looped(lambda mu, logvar: _draw(mu, logvar.clamp(max=0))), "value"),
        (_looped(lambda mu, logvar: _draw(1.03 * mu, logvar)), "value"),
        (_looped(lambda mu, logvar: _draw(mu, logvar, 1)), "value"),
        (_looped(end=lambda total, L, *_: total / 2), "value"),
        (_walk, "draws-chained"),
        (_returns_early, "return-in-loop"),
        (_counted(lambda L: range(1, L)), "draws-miscounted"),
        (_counted(lambda L: range(L + 1)), "draws-miscounted"),
        (lambda decoder, x, mu, logvar, L: _looped()(decoder, x, mu, logvar, min(L, 5)), "one-draw"),
        (lambda decoder, *rest: _looped()(nn.Unflatten(1, (1, 20, 20)), *rest), "raised"),
        (lambda decoder, *rest: _looped()(_MINE, *rest), "value"),
        (lambda decoder, x, *rest: _looped()(decoder, x.round(), *rest), "value"),
        (_with_bce(lambda logits, x: objectives.bce(x, logits)), "raised"),
        (_with_bce(lambda logits, x: _bce(x, logits)), "arguments-swapped"),
        (_with_bce(lambda logits, x: _bce(logits, x).mean().expand(len(x))), "batch-mean"),
        (lambda decoder, x, mu, logvar, L: _looped()(decoder, x, mu.detach(), logvar, L), "detached"),
        (lambda decoder, x, mu, logvar, L: _looped()(decoder, x, mu, (logvar + logvar.detach()) / 2, L), "value"),
        (
            _folded(lambda losses: torch.cat([losses[:, :5], losses[:, :1].expand(losses[:, 5:].shape)], 1).mean(0)),
            "value",
        ),
        (_folded(lambda losses: losses.median(0).values), "averaged-too-early"),
        (_folded(lambda losses: losses.min(0).values), "averaged-too-early"),
        (
            _folded(lambda losses: losses.mean() + 0 * losses[0] if losses.shape[1] > 7 else losses.mean(0)),
            "images-mixed",
        ),
        (_looped(lambda mu, logvar: Normal(mu, (logvar / 2).exp()).sample()), "detached"),
        (_looped(lambda mu, logvar: _draw(mu, logvar).detach()), "detached"),
        (_looped(lambda mu, logvar: mu + (logvar / 2).exp().detach() * torch.randn_like(mu)), "detached"),
        (_no_grad_bce, "detached"),
        (_three_axes, "raised"),
        (lambda *a: None, "returned-nothing"),
        (
            lambda decoder, x, mu, logvar, L: torch.stack([_bce(decoder(_draw(mu, logvar)), x) for _ in range(L)]),
            "shape",
        ),
        (lambda decoder, x, mu, logvar, L: _looped()(decoder, x, mu, logvar, L + 1), "too-many-draws"),
        (lambda decoder, x, *a: _looped()(lambda z: (z @ decoder._matrix).view(x.shape), x, *a), "decoder-not-called"),
        (_looped(end=lambda total, L, mu, _: total / L / len(mu)), "divided-by-batch"),
        (_with_bce(lambda logits, x: _bce(torch.sigmoid(logits), x)), "sigmoid-twice"),
    ],
    "4.4": [
        (lambda s: 0.5 * (s.exp() + s**2 - 1 - s).sum(1), "report-formula"),
        (lambda s: (s**2 - s.log() - 0.5).sum(1), "not-finite"),
        (lambda s: 0.5 * (2 * s**2 - 1 - s.abs().log()).sum(1), "log-sigma-for-variance"),
        (lambda s: 0.5 * (s**2 + s.abs() - 1 - s.abs().log()).sum(1), "variance-is-s"),
        (lambda s: 0.5 * (s**2 - 1 - (s**2).log()).sum(1), "one-square-missing"),
        (lambda s: -(s**2 - s.abs().log() - 0.5).sum(1), "sign"),
        (lambda s: (2 * s**2 - 2 * s.abs().log() - 1).sum(1), "half-missing"),
        (lambda s: (s**2 + s.abs().log() - 0.5).sum(1), "log-sign"),
        (lambda s: (s**2 - s.abs().log()).sum(1), "constant-missing"),
        (lambda s: (s**2 - s.abs().log() - 0.5).mean(1), "mean-over-latents"),
        (lambda s: (s**2 - s.abs().log() - 0.5).mean(), "shape"),
        (lambda s: s**2 - s.abs().log() - 0.5, "shape"),
        (lambda s: (s**2 - s.abs().log() - 0.5).sum(0), "shape"),
        (lambda s: (s**2 - s.clamp(min=1e-6).log() - 0.5).sum(1), "value"),
        (lambda s: (s**2 - (s.abs() + 0.01).log() - 0.5).sum(1), "value"),
        (lambda s: (s.clamp(-2, 2) ** 2 - s.clamp(-2, 2).abs().log() - 0.5).sum(1), "value"),
        (lambda s: (s**2 - s.abs().log() - 0.5).sum(1).clamp(min=2), "value"),
        (lambda s: None, "returned-nothing"),
        (lambda s: (s**2 - s.abs().log() - 0.5).sum(1) / 2, "half-twice"),
        (lambda s: (s**2 / 2 - s.abs().log() - 0.5).sum(1), "one-square-missing"),
        (lambda s: (s**2 - 0.5).sum(1), "log-missing"),
        (lambda s: (s**2 - s.abs().log() - 0.5).sum(1) / len(s), "divided-by-batch"),
    ],
    "4.5": [
        (_beta(end=lambda w, k, b: w * b / k), "upside-down"),
        (_beta(end=lambda w, k, b: b / (w * k)), "upside-down"),
        (_beta(end=lambda w, k, b: k / b), "weight-missing"),
        (_beta(end=lambda w, k, b: max(w, 0.1) * k / b), "value"),
        (_beta(total=lambda n: 100), "size-written-in"),
        (_beta(total=lambda n: 1), "batch-forgotten"),
        (_beta(bce_mean=lambda n, p, d: 1 / (n * p), kl_mean=lambda n, p, d: 1 / (n * d)), "batch-in-the-mean"),
        (_beta(bce_mean=lambda n, p, d: 1), "pixels-forgotten"),
        (_beta(kl_mean=lambda n, p, d: 1), "latents-forgotten"),
        (_beta(kl_mean=lambda n, p, d: 1 / p), "pixels-for-latents"),
        (_beta(bce_mean=lambda n, p, d: 1 / d), "latents-for-pixels"),
        (_beta(bce_mean=lambda n, p, d: p, kl_mean=lambda n, p, d: d), "mean-multiplies"),
        (_beta(kl_mean=lambda n, p, d: d), "mean-multiplies"),
        (lambda weight, bce, kl, images, pixels=784, latents=32: weight, "batch-forgotten"),
        (lambda weight, bce, kl, images, pixels=784, latents=32: _beta()(weight, bce, kl, images), "size-written-in"),
        (lambda weight, bce, kl, images, pixels, latents: _beta()(weight, bce, kl, images, pixels, latents), "raised"),
        (
            lambda weight, bce, kl, images, pixels=784, latents=784: _beta()(weight, bce, kl, images, pixels, latents),
            "value",
        ),
        (lambda *a: None, "returned-nothing"),
        (lambda weight, *a, **k: _beta()(1.0, *a, **k) / weight, "weight-divides"),
    ],
}
