"""Answers to the exercises of lesson 08: unusual right ones, and wrong ones with the finding meant for them."""

import math

import numpy as np
import torch
from scipy.special import logsumexp
from scipy.stats import norm
from sklearn.neighbors import NearestNeighbors
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal


# 8.1 ------------------------------------------------------------------------------------------------------------
def _middles(side):
    return (torch.arange(side) + 0.5) / side


def _laid_out(q):
    return torch.stack([q.repeat(len(q)), q.flip(0).repeat_interleave(len(q))], dim=1)


def _grid(side):
    return _laid_out(torch.special.ndtri(_middles(side)))


def _grid_in_numpy(side):
    q = norm.ppf(np.linspace(0.5 / side, 1 - 0.5 / side, side))
    z1, z2 = np.meshgrid(q, q[::-1])
    return np.column_stack([z1.ravel(), z2.ravel()])


def _grid_by_loop(side, mu=0.0, sigma=1.0):
    def at(k):
        return Normal(mu, sigma).icdf(torch.tensor((k + 0.5) / side)).item()

    return torch.tensor([[at(column), -at(row)] for row in range(side) for column in range(side)])


def _grid_by_erfinv(side):
    u = torch.linspace(1, 2 * side - 1, side, dtype=torch.float64) / (2 * side)
    return _laid_out(math.sqrt(2) * torch.erfinv(2 * u - 1))


def _grid_by_product(side):
    q = torch.special.ndtri(_middles(side))
    return torch.cartesian_prod(-q, q).flip(1)


def _for_any(side):
    del side
    return _grid(6)


# 8.2 ------------------------------------------------------------------------------------------------------------
def _pairs(z, mu, logvar):
    return Normal(mu, (logvar / 2).exp()).log_prob(z[:, None])


def _log_aggregate(z, mu, logvar):
    return torch.logsumexp(_pairs(z, mu, logvar).sum(2), 1) - math.log(len(mu))


def _mixture(z, mu, logvar):
    each = Independent(Normal(mu, torch.exp(0.5 * logvar)), 1)
    return MixtureSameFamily(Categorical(torch.ones(len(mu))), each).log_prob(z)


def _aggregate_in_numpy(z, mu, logvar):
    z, mu, logvar = (t.double().numpy() for t in (z, mu, logvar))
    each = norm.logpdf(z[:, None], mu, np.exp(logvar / 2)).sum(-1)
    return logsumexp(each, axis=1, b=1 / len(mu))


def _aggregate_by_loop(z, mu, logvar, at_once=1):
    one = [
        torch.stack([Normal(m, (v / 2).exp()).log_prob(code).sum() for m, v in zip(mu, logvar, strict=True)])
        for code in z
    ]
    return torch.stack([logs.logsumexp(0) for logs in one]) - np.log(len(mu))


def _aggregate_by_products(z, mu, logvar):
    z, mu, logvar = z.double(), mu.double(), logvar.double()
    precision = (-logvar).exp()
    squares = (
        torch.einsum("bd,nd->bn", z**2, precision)
        - 2 * torch.einsum("bd,nd->bn", z, mu * precision)
        + (mu**2 * precision).sum(1)
    )
    return (-(squares + logvar.sum(1) + mu.shape[1] * math.log(2 * math.pi)) / 2).logsumexp(1) - math.log(mu.shape[0])


def _shifted(z, mu, logvar):
    each = _pairs(z, mu, logvar).sum(-1)
    top = each.max(dim=1, keepdim=True).values
    return (top + (each - top).exp().mean(dim=1, keepdim=True).log()).squeeze(1)


def _naive_mean(z, mu, logvar):
    return _pairs(z, mu, logvar).sum(2).exp().mean(1).log()


# 8.3 ------------------------------------------------------------------------------------------------------------
def _kl(mu, logvar):
    return (mu**2 + logvar.exp() - 1 - logvar) / 2


def _kl_by_loop(mu, logvar):
    return [float(_kl(mu[:, d], logvar[:, d]).mean()) for d in range(mu.shape[1])]


# 8.4 ------------------------------------------------------------------------------------------------------------
def _slerp(start, end, t, least=1e-4):
    angle = torch.arccos(((start / start.norm()) @ (end / end.norm())).clamp(-1, 1)).clamp(min=least)
    column = t[:, None]
    return (torch.sin((1 - column) * angle) * start + torch.sin(column * angle) * end) / torch.sin(angle)


def _slerp_with_if(start, end, t):
    start, end, t = start.double(), end.double(), t.double()
    cosine = torch.nn.functional.cosine_similarity(start, end, dim=0)
    if cosine > 1 - 1e-10:
        return torch.lerp(start, end, t[:, None])
    angle = cosine.acos()
    return torch.outer(((1 - t) * angle).sin() / angle.sin(), start) + torch.outer((t * angle).sin() / angle.sin(), end)


def _slerp_in_numpy(start, end, t):
    a, b, t = (x.double().numpy() for x in (start, end, t))
    angle = max(np.arccos(np.clip(a @ b / np.linalg.norm(a) / np.linalg.norm(b), -1, 1)), 1e-5)
    return np.stack([(np.sin((1 - s) * angle) * a + np.sin(s * angle) * b) / np.sin(angle) for s in t])


def _slerp_by_turning(start, end, t):
    """In the plane of both: turn by t * angle, after splitting end into along start and across it."""
    angle = torch.atan2(
        (end / end.norm() - (start @ end) / (start @ start) * start / end.norm()).norm(),
        (start @ end) / start.norm() / end.norm(),
    )
    angle = angle.clamp(min=1e-3)
    return torch.stack(
        [
            torch.sin((1 - s) * angle) / torch.sin(angle) * start + torch.sin(s * angle) / torch.sin(angle) * end
            for s in t
        ]
    )


def _slerp_by_sinc(start, end, t):
    """Without a division by 0: sin(t w) / sin(w) = t sinc(t w) / sinc(w)."""
    angle = torch.arccos((start @ end / start.norm() / end.norm()).clamp(-1, 1)) / math.pi
    weights = torch.stack([(1 - t) * torch.sinc((1 - t) * angle), t * torch.sinc(t * angle)], dim=1)
    return weights / torch.sinc(angle) @ torch.stack([start, end])


def _unguarded(start, end, t):
    return _slerp(start, end, t, least=0.0)


def _unclamped(start, end, t):
    angle = torch.arccos((start @ end) / (start.norm() * end.norm()))
    return (
        torch.outer(torch.sin((1 - t) * angle), start) / angle.sin()
        + torch.outer(torch.sin(t * angle), end) / angle.sin()
    )


def _with_angle(change):
    def answer(start, end, t):
        angle = change((start @ end) / (start.norm() * end.norm()))
        return (torch.sin((1 - t) * angle)[:, None] * start + torch.sin(t * angle)[:, None] * end) / torch.sin(angle)

    return answer


def _rescaled_line(start, end, t):
    t = t[:, None]
    line = (1 - t) * start + t * end
    return line / line.norm(dim=1, keepdim=True) * ((1 - t) * start.norm() + t * end.norm())


def _undivided(start, end, t):
    angle = torch.arccos((start @ end).clamp(-1, 1)).clamp(min=1e-4)
    return (torch.sin((1 - t) * angle)[:, None] * start + torch.sin(t * angle)[:, None] * end) / torch.sin(angle)


def _lengths_apart(start, end, t):
    lengths = (1 - t) * start.norm() + t * end.norm()
    return _slerp(start / start.norm(), end / end.norm(), t) * lengths[:, None]


# 8.5 ------------------------------------------------------------------------------------------------------------
def _ranks(codes, largest=False):
    return torch.cdist(codes, codes).fill_diagonal_(-torch.inf if largest else torch.inf).argsort(1, descending=largest)


def _purity(codes, labels, k):
    return (labels[_ranks(codes)[:, :k]] == labels[:, None]).float().mean()


def _purity_by_sklearn(codes, labels, k, metric="euclidean"):
    neighbours = NearestNeighbors(n_neighbors=k, metric=metric).fit(codes.numpy()).kneighbors(return_distance=False)
    return np.mean(labels.numpy()[neighbours] == labels.numpy()[:, None])


def _purity_by_loop(codes, labels, k):
    shares = []
    for i in range(len(codes)):
        squares = ((codes - codes[i]) ** 2).sum(dim=1)
        squares[i] = float("inf")
        shares.append((labels[squares.argsort()[:k]] == labels[i]).double().mean().item())
    return sum(shares) / len(shares)


def _purity_without_the_first(codes, labels, k):
    nearest = torch.cdist(codes.double(), codes.double()).topk(k + 1, largest=False).indices[:, 1:]
    return (labels[nearest] == labels[:, None]).sum() / (len(codes) * k)


def _purity_by_mask(codes, labels, k):
    distances = torch.linalg.vector_norm(codes[:, None] - codes, dim=-1) + torch.diag(torch.full((len(codes),), 1e9))
    limit = distances.kthvalue(k, dim=1, keepdim=True).values
    return ((distances <= limit) & (labels[:, None] == labels)).sum(1).div(k).mean().reshape(1)


def _itself_and_the_farthest(codes, labels, k):
    order = torch.cdist(codes, codes).argsort(1)
    chosen = torch.cat([torch.arange(len(codes))[:, None], order[:, len(codes) - k + 1 :]], dim=1)
    return (labels[chosen] == labels[:, None]).float().mean()


def _with_itself(codes, labels, k, count=0):
    nearest = torch.cdist(codes, codes).fill_diagonal_(-1).argsort(1)[:, : k + count]
    return (labels[nearest] == labels[:, None]).float().mean()


def _purity_with_diagonal(codes, labels, k, far):
    nearest = torch.cdist(codes, codes).fill_diagonal_(far).topk(k, largest=False).indices
    return (labels[nearest] == labels[:, None]).float().mean()


def _majority(codes, labels, k):
    votes = torch.nn.functional.one_hot(labels[_ranks(codes)[:, :k]]).sum(1)
    return (votes.argmax(1) == labels).float().mean()


def _by_cosine(codes, labels, k):
    return _by_dot_product(torch.nn.functional.normalize(codes), labels, k)


def _by_classes(codes, labels, k):
    """The mean over the classes of their points' means."""
    shares = (labels[_ranks(codes)[:, :k]] == labels[:, None]).float().mean(1)
    return torch.stack([shares[labels == label].mean() for label in labels.unique()]).mean()


def _by_dot_product(codes, labels, k):
    nearest = (codes @ codes.T).fill_diagonal_(-torch.inf).topk(k).indices
    return (labels[nearest] == labels[:, None]).float().mean()


def _labels_changed(codes, labels, k):
    answer = _purity(codes, labels, k)
    labels.add_(1)
    return answer


RIGHT = {
    "8.1": [
        _grid_in_numpy,
        _grid_by_loop,
        _grid_by_erfinv,
        _grid_by_product,
        lambda side: _grid(side).double(),
        lambda side: (
            torch.stack(torch.meshgrid(*[torch.special.ndtri(_middles(side))] * 2, indexing="xy"), -1)
            .flip(0)
            .flatten(0, 1)
        ),
        lambda side: [[float(a), float(b)] for a, b in _grid(side)],
    ],
    "8.2": [
        _mixture,
        _aggregate_in_numpy,
        _aggregate_by_loop,
        _aggregate_by_products,
        _shifted,
        lambda z, mu, logvar: (
            torch.log_softmax(_pairs(z, mu, logvar).sum(2), 1).sub(_pairs(z, mu, logvar).sum(2)).mean(1).neg()
            - math.log(len(mu))
        ),
        lambda z, mu, logvar: (_pairs(z, mu, logvar).sum(2) - math.log(len(mu))).logsumexp(dim=1),
        lambda z, mu, logvar: torch.cat([_log_aggregate(code[None], mu, logvar) for code in z]),
        lambda z, mu, logvar, chunk=2: torch.cat(
            [_log_aggregate(part.double(), mu, logvar) for part in z.split(chunk)]
        ),
    ],
    "8.3": [
        _kl_by_loop,
        lambda mu, logvar: torch.distributions.kl_divergence(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0)).mean(0),
        lambda mu, logvar: np.mean((mu.numpy() ** 2 + np.exp(logvar.numpy()) - 1 - logvar.numpy()) / 2, axis=0),
        lambda mu, logvar: (
            -0.5 * torch.einsum("nd->d", 1 + logvar.double() - mu.double().pow(2) - logvar.double().exp()) / len(mu)
        ),
        lambda mu, logvar: (mu.square().mean(0) + logvar.exp().mean(0) - logvar.mean(0)).sub(1).mul(0.5),
        lambda mu, logvar, beta=1.0: beta * _kl(mu, logvar).sum(dim=0) / mu.shape[0],
    ],
    "8.4": [
        _slerp_with_if,
        _slerp_in_numpy,
        _slerp_by_turning,
        lambda start, end, t: _slerp(start.double(), end.double(), t.double()),
        lambda start, end, t: torch.stack([_slerp(start, end, s[None])[0] for s in t]),
        _slerp_by_sinc,
        lambda start, end, t: _slerp(start, end, t, least=1e-3),
    ],
    "8.5": [
        _purity_by_sklearn,
        _purity_by_loop,
        _purity_without_the_first,
        _purity_by_mask,
        lambda codes, labels, k: _purity(codes.double(), labels, k).double(),
        lambda codes, labels, k: np.float64(_purity(codes, labels, k)),
        lambda codes, labels, k: (labels[_ranks(codes)[:, :k]] == labels.unsqueeze(1)).float().mean(1).mean(),
    ],
}

WRONG = {
    "8.1": [
        (lambda side: _laid_out(torch.linspace(-1, 1, side)), "square"),
        (lambda side: _laid_out(_middles(side)), "levels-only"),
        (lambda side: _laid_out(torch.special.ndtri(torch.linspace(0, 1, side))), "not-finite"),
        (lambda side: _laid_out(torch.special.ndtri(torch.arange(side) / side)), "not-finite"),
        (lambda side: _laid_out(torch.special.ndtri(torch.arange(1, side + 1) / (side + 1))), "other-levels"),
        (lambda side: _laid_out(torch.special.ndtri(torch.linspace(0.05, 0.95, side))), "value"),
        (lambda side: _laid_out(torch.special.ndtri(_middles(side))) * torch.tensor([1, -1]), "upside-down"),
        (lambda side: _laid_out(torch.special.ndtri(_middles(side))) * torch.tensor([-1, 1]), "mirrored"),
        (lambda side: -_grid(side), "mirrored"),
        (lambda side: _grid(side).flip(1), "coordinates-swapped"),
        (lambda side: torch.cartesian_prod(*[torch.special.ndtri(_middles(side))] * 2), "last-runs-first"),
        (lambda side: _grid(side).view(side, side, 2).transpose(0, 1).reshape(-1, 2), "column-by-column"),
        (lambda side: _grid(side).view(side, side, 2), "shape"),
        (lambda side: torch.special.ndtri(_middles(side)), "shape"),
        (lambda side: torch.special.ndtri(torch.rand(side**2, 2)), "value"),
        (lambda side: torch.randn(side**2, 2), "value"),
        (_for_any, "shape"),
        (lambda side: _laid_out(torch.special.ndtr(torch.linspace(-1, 1, side))), "uniform-cdf"),
        (lambda side: torch.special.ndtri(_middles(side)).repeat_interleave(side)[:, None].repeat(1, 2), "diagonal"),
        (lambda side: _laid_out(2 * _middles(side) - 1), "value"),
        (lambda side: None, "returned-nothing"),
        (lambda side: _grid(min(side, 10)), "shape"),
        (lambda side: _grid(side) + 0j, "complex"),
        (lambda side: _laid_out(torch.special.ndtri(_middles(side).clamp(0.05, 0.95))), "value"),
        (lambda side: _laid_out(torch.special.ndtri(_middles(side).clamp(0.01, 0.99))), "value"),
        (lambda side: _laid_out(torch.special.ndtri(_middles(side)).clamp(-2, 2)), "value"),
        (lambda side: _grid(side).round(decimals=2), "value"),
        (lambda side: 1.03 * _grid(side), "value"),
        (lambda side: _laid_out(torch.special.ndtri(torch.linspace(0.5 / 10, 1 - 0.5 / 10, side))), "value"),
        (lambda side: torch.special.ndtri(_middles(side)).repeat(side)[:, None].repeat(1, 2), "pairs-repeated"),
    ],
    "8.2": [
        (lambda z, mu, logvar: _pairs(z, mu, logvar).sum(2).mean(1), "mean-of-logs"),
        (lambda z, mu, logvar: _pairs(z, mu, logvar).sum(2).logsumexp(1), "sum-for-mean"),
        (lambda z, mu, logvar: _pairs(z, mu, logvar).sum(2).logsumexp(1) - math.log(len(z)), "wrong-count"),
        (lambda z, mu, logvar: _pairs(z, mu, logvar).sum(2).logsumexp(1) - math.log(mu.shape[1]), "wrong-count"),
        (lambda z, mu, logvar: _pairs(z, mu, logvar).sum(2).logsumexp(1) + math.log(len(mu)), "wrong-count"),
        (lambda z, mu, logvar: _pairs(z, mu, logvar).sum(2).logsumexp(1) - math.log10(len(mu)), "wrong-count"),
        (
            lambda z, mu, logvar: (
                (-((z[:, None] - mu) / logvar.exp() + logvar + math.log(2 * math.pi)) / 2).sum(2).logsumexp(1)
                - math.log(len(mu))
            ),
            "square-missing",
        ),
        (lambda z, mu, logvar: _pairs(z, mu, logvar).sum(2).logsumexp(1) - math.log(7), "value"),
        (lambda z, mu, logvar: _log_aggregate(z, mu, logvar).clamp(min=-100), "value"),
        (lambda z, mu, logvar: (_pairs(z, mu, logvar).logsumexp(1) - math.log(len(mu))).sum(1), "mixed-per-latent"),
        (lambda z, mu, logvar: _pairs(z, mu, logvar).mean(2).logsumexp(1) - math.log(len(mu)), "mean-over-latents"),
        (lambda z, mu, logvar: _pairs(z, mu, logvar).sum(2).max(1).values, "nearest-only"),
        (lambda z, mu, logvar: _log_aggregate(z, mu, 2 * logvar), "sigma-is-exp-logvar"),
        (lambda z, mu, logvar: _log_aggregate(z, mu, torch.zeros_like(logvar)), "variance-forgotten"),
        (lambda z, mu, logvar: -_log_aggregate(z, mu, logvar), "sign"),
        (lambda z, mu, logvar: _log_aggregate(z, mu, logvar).exp(), "density"),
        (lambda z, mu, logvar: Normal(0.0, 1.0).log_prob(z).sum(1), "prior"),
        (
            lambda z, mu, logvar: (
                (-((z[:, None] - mu) ** 2) / (2 * logvar.exp())).sum(2).logsumexp(1) - math.log(len(mu))
            ),
            "normaliser-missing",
        ),
        (
            lambda z, mu, logvar: (
                (_pairs(z, mu, logvar) + 0.5 * math.log(2 * math.pi)).sum(2).logsumexp(1) - math.log(len(mu))
            ),
            "constant-missing",
        ),
        (lambda z, mu, logvar: _log_aggregate(z, mu, logvar) / math.log(2), "bits"),
        (_naive_mean, "not-finite"),
        (lambda z, mu, logvar: torch.log(_pairs(z, mu, logvar).sum(2).exp().mean(1) + 1e-12), "value"),
        (lambda z, mu, logvar: _pairs(z, mu, logvar).sum(2).logsumexp(0) - math.log(len(z)), "shape"),
        (lambda z, mu, logvar: _log_aggregate(z, mu, logvar).mean(), "shape"),
        (lambda z, mu, logvar: _log_aggregate(z, mu, logvar)[:, None], "shape"),
        (lambda z, mu, logvar: _log_aggregate(z, mu.mul_(2), logvar), "changed-input"),
        (lambda z, mu, logvar: Normal(mu, (logvar / 2).exp()).log_prob(z).sum(1), "raised"),
        (lambda z, mu, logvar: _log_aggregate(z, mu, logvar.clamp(min=-3)), "value"),
        (lambda z, mu, logvar: _log_aggregate(z, mu, logvar.clamp(min=-7)), "value"),
        (lambda z, mu, logvar: _log_aggregate(z, mu, logvar.clamp(max=0)), "value"),
        (lambda z, mu, logvar: _log_aggregate(z, mu, -logvar.abs()), "value"),
        (lambda z, mu, logvar: _log_aggregate(z, mu, logvar[:1].expand_as(logvar)), "value"),
        (lambda z, mu, logvar: _log_aggregate(z, mu, logvar).sort().values, "value"),
        (lambda z, mu, logvar: _log_aggregate(z, mu.abs(), logvar), "value"),
        (
            lambda z, mu, logvar: (
                (-((z[:, None] - mu) ** 2 / logvar + logvar + math.log(2 * math.pi)) / 2).sum(2).logsumexp(1)
                - math.log(len(mu))
            ),
            "logvar-as-variance",
        ),
        (
            lambda z, mu, logvar: (
                (_pairs(z, mu, logvar) - 0.03 * 0.5 * math.log(2 * math.pi)).sum(2).logsumexp(1) - math.log(len(mu))
            ),
            "value",
        ),
        (lambda z, mu, logvar: None, "returned-nothing"),
        (
            lambda z, mu, logvar: _log_aggregate(z, mu, logvar) + (mu.shape[1] - 1) * math.log(2 * math.pi) / 2,
            "constant-once",
        ),
        (lambda z, mu, logvar: (2 * _pairs(z, mu, logvar)).sum(2).logsumexp(1) - math.log(len(mu)), "half-missing"),
    ],
    "8.3": [
        (lambda mu, logvar: _kl(mu, logvar).sum(0), "sum-over-images"),
        (lambda mu, logvar: 2 * _kl(mu, logvar).mean(0), "half-missing"),
        (lambda mu, logvar: -_kl(mu, logvar).mean(0), "sign"),
        (lambda mu, logvar: _kl(mu, logvar).sum(0) / mu.numel(), "divided-by-units"),
        (lambda mu, logvar: _kl(mu, logvar).sum(0) / 6, "value"),
        (lambda mu, logvar: _kl(mu, logvar).mean(0).sort(descending=True).values, "value"),
        (lambda mu, logvar: _kl(mu, logvar).clamp(min=0.1).mean(0), "value"),
        (lambda mu, logvar: _kl(mu, 2 * logvar).mean(0), "sigma-is-exp-logvar"),
        (lambda mu, logvar: (mu**2 + (logvar / 2).exp() - 1 - logvar).mean(0) / 2, "sigma-for-variance"),
        (lambda mu, logvar: (mu**2 + logvar - 1 - logvar).mean(0) / 2, "logvar-as-variance"),
        (lambda mu, logvar: (mu**2).mean(0) / 2, "means-only"),
        (lambda mu, logvar: _kl(0 * mu, logvar).mean(0), "spread-only"),
        (lambda mu, logvar: (mu**2 + logvar.exp() - logvar).mean(0) / 2, "one-missing"),
        (lambda mu, logvar: (mu**2 + logvar.exp() - 1).mean(0) / 2, "logarithm-missing"),
        (lambda mu, logvar: (mu.abs() + logvar.exp() - 1 - logvar).mean(0) / 2, "absolute-mean"),
        (lambda mu, logvar: _kl(mu, logvar.clamp(max=0)).mean(0), "value"),
        (lambda mu, logvar: _kl(mu, logvar.clamp(min=-3)).mean(0), "value"),
        (lambda mu, logvar: _kl(mu, logvar.clamp(-7, 7)).mean(0), "value"),
        (lambda mu, logvar: _kl(mu.clamp(-3, 3), logvar).mean(0), "value"),
        (lambda mu, logvar: _kl(mu.clamp(min=0), logvar).mean(0), "value"),
        (lambda mu, logvar: _kl(mu, -logvar.abs()).mean(0), "value"),
        (lambda mu, logvar: _kl(mu, logvar).median(0).values, "value"),
        (lambda mu, logvar: _kl(mu, logvar)[0], "value"),
        (lambda mu, logvar: _kl(mu, logvar).sum(0) / (len(mu) - 1), "value"),
        (lambda mu, logvar: 1.03 * _kl(mu, logvar).mean(0), "value"),
        (lambda mu, logvar: _kl(mu.mean(0), logvar.mean(0)), "averaged-too-early"),
        (lambda mu, logvar: mu.var(0), "variance-of-means"),
        (lambda mu, logvar: _kl(mu, logvar).mean(0) / math.log(2), "bits"),
        (lambda mu, logvar: _kl(mu, logvar).mean(1), "shape"),
        (lambda mu, logvar: _kl(mu, logvar).sum(1), "shape"),
        (lambda mu, logvar: _kl(mu, logvar).mean(), "shape"),
        (lambda mu, logvar: _kl(mu, logvar), "shape"),
        (lambda mu, logvar: -0.5 * (logvar + 1 + torch.exp(logvar + mu**2)).mean(0), "value"),
        (lambda mu, logvar: _kl(mu, logvar.exp_().log()).mean(0), "changed-input"),
        (lambda mu, logvar: None, "returned-nothing"),
        (lambda mu, logvar: (mu + logvar.exp() - 1 - logvar).mean(0) / 2, "mu-not-squared"),
        (lambda mu, logvar: (mu**2 + logvar.exp() - 1 - logvar / 2).mean(0) / 2, "logarithm-halved"),
        (lambda mu, logvar: ((mu**2 + 1) / logvar.exp() - 1 + logvar).mean(0) / 2, "reverse"),
    ],
    "8.4": [
        (lambda start, end, t: torch.lerp(start, end, t[:, None]), "straight"),
        (_undivided, "straight"),
        (lambda start, end, t: _slerp(start / start.norm(), end / end.norm(), t), "unit-lengths"),
        (_lengths_apart, "lengths-put-back"),
        (lambda start, end, t: _slerp(end, start, t), "backwards"),
        (_rescaled_line, "rescaled-line"),
        (_with_angle(lambda cosine: cosine), "cosine-as-angle"),
        (_with_angle(lambda cosine: cosine.arccos() / 2), "half-angle"),
        (_with_angle(lambda cosine: torch.rad2deg(cosine.arccos())), "value"),
        (_with_angle(lambda cosine: cosine.arcsin()), "value"),
        (
            lambda start, end, t: (
                torch.outer((t * math.pi / 2).cos(), start) + torch.outer((t * math.pi / 2).sin(), end)
            ),
            "cosine-weights",
        ),
        (_unguarded, "not-finite"),
        (lambda start, end, t: _unguarded(start, end, t).nan_to_num(), "value"),
        (lambda start, end, t: _slerp(start, end, torch.linspace(0, 1, len(t))), "value"),
        (_unclamped, "not-finite"),
        (lambda start, end, t: _slerp(start, end, t).T, "shape"),
        (_with_angle(lambda cosine: cosine.abs().arccos()), "never-obtuse"),
        (_with_angle(lambda cosine: cosine.clamp(0, 1).arccos().clamp(min=1e-4)), "never-obtuse"),
        (_with_angle(lambda cosine: cosine.clamp(-1, 1).arccos().clamp(1e-4, math.pi / 2)), "never-obtuse"),
        (_with_angle(lambda cosine: (1 - cosine.clamp(-1, 1) ** 2).sqrt().arcsin().clamp(min=1e-4)), "never-obtuse"),
        (_with_angle(lambda cosine: cosine.clamp(-1, 1).arccos().clamp(min=0.1)), "value"),
        (_with_angle(lambda cosine: cosine.clamp(-1, 0.99).arccos().clamp(min=1e-4)), "value"),
        (_with_angle(lambda cosine: 1.03 * cosine.clamp(-1, 1).arccos().clamp(min=1e-4)), "value"),
        (lambda start, end, t: _slerp(start, end, t.sort().values), "value"),
        (lambda start, end, t: _slerp(start, end, t.clamp(0.1, 0.7)), "value"),
        (lambda start, end, t: _slerp(start, end, t[:1]).repeat(len(t), 1), "value"),
        (
            lambda start, end, t: (
                torch.sin((1 - t) * 1.1) / math.sin(1.1) * start + torch.sin(t * 1.1) / math.sin(1.1) * end
            ),
            "raised",
        ),
        (lambda start, end, t: _slerp(start, end, t[:1])[0], "shape"),
        (lambda start, end, t: start + t[:, None] * end, "start-plus-end"),
        (lambda start, end, t: _slerp(start.div_(2), end, t), "changed-input"),
        (lambda start, end, t: None, "returned-nothing"),
        (
            lambda start, end, t: _slerp(start, end, t) * (1 - torch.cosine_similarity(start, end, dim=0) ** 2).sqrt(),
            "sine-missing",
        ),
    ],
    "8.5": [
        (_with_itself, "counts-itself"),
        (lambda codes, labels, k: _with_itself(codes, labels, k, 1), "counts-itself"),
        (lambda codes, labels, k: _purity(codes, labels, k - 1) if k > 1 else torch.tensor(0.0), "one-too-few"),
        (lambda codes, labels, k: _purity(codes, labels, k + 1), "one-too-many"),
        (lambda codes, labels, k: _purity(codes, labels, 1), "only-the-nearest"),
        (lambda codes, labels, k: k * _purity(codes, labels, k), "not-divided"),
        (lambda codes, labels, k: 100 * _purity(codes, labels, k), "percent"),
        (lambda codes, labels, k: 1 - _purity(codes, labels, k), "other-labels"),
        (lambda codes, labels, k: (labels[_ranks(codes, True)[:, :k]] == labels[:, None]).float().mean(), "farthest"),
        (_majority, "majority-vote"),
        (_by_cosine, "value"),
        (_by_classes, "value"),
        (_by_dot_product, "dot-product"),
        (
            lambda codes, labels, k: (labels[_ranks(codes)[:, :k]] == labels[:, None]).any(1).float().mean(),
            "at-least-one",
        ),
        (lambda codes, labels, k: _purity(codes, labels, len(codes) - 1), "everybody"),
        (lambda codes, labels, k: _purity(codes[:, :1], labels, k), "value"),
        (lambda codes, labels, k: _purity(codes, labels[torch.randperm(len(labels))], k), "value"),
        (lambda codes, labels, k: (labels[_ranks(codes)[:, :k]] == labels[:, None]).float().mean(1), "shape"),
        (lambda codes, labels, k: (labels[_ranks(codes)[:, :k]] == labels).float().mean(), "raised"),
        (_labels_changed, "changed-input"),
        (lambda codes, labels, k: _purity_with_diagonal(codes, labels, k, 10.0), "value"),
        (lambda codes, labels, k: _purity_with_diagonal(codes, labels, k, 1000.0), "value"),
        (lambda codes, labels, k: _purity(codes.round(), labels, k), "value"),
        (lambda codes, labels, k: _purity(codes.clamp(-5, 5), labels, k), "value"),
        (lambda codes, labels, k: _purity(codes[:, :2], labels, k), "value"),
        (lambda codes, labels, k: _purity_by_sklearn(codes, labels, k, "manhattan"), "city-blocks"),
        (lambda codes, labels, k: _purity_by_sklearn(codes, labels, k, "chebyshev"), "value"),
        (lambda codes, labels, k: _purity(codes[:50], labels[:50], min(k, 49)), "value"),
        (lambda codes, labels, k: 0.97 * _purity(codes, labels, k), "value"),
        (lambda codes, labels, k: _purity(codes, labels, k).round(decimals=2), "value"),
        (lambda codes, labels, k: 0.9, "value"),
        (lambda codes, labels, k: None, "returned-nothing"),
        (_itself_and_the_farthest, "itself-and-the-farthest"),
        (lambda codes, labels, k: _purity(codes, labels, k) * k / (k + 1), "itself-discounted"),
    ],
}
