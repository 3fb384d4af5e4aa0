"""Right and wrong answers to the exercises of lesson 14."""

import math
from itertools import combinations, product

import numpy as np
import torch


# 14.1 -----------------------------------------------------------------------------------------------------------
def _five(
    bce=lambda bce: bce.mean(),
    kl=lambda kl: kl.sum(1).mean(),
    bound=lambda w: (torch.logsumexp(w, 0) - math.log(len(w))).mean(),
    active=lambda kl: (kl.mean(0) > 0.01).sum(),
    total=lambda bce, kl: bce + kl,
):
    """An answer to 14.1 with one part changed."""
    return lambda b, k, w: (total(bce(b), kl(k)), bce(b), kl(k), -bound(w), active(k))


def _in_numpy(bce, kl, log_w):
    bce, kl, log_w = (one.numpy().astype("f8") for one in (bce, kl, log_w))
    bounds = np.logaddexp.reduce(log_w, axis=0) - np.log(log_w.shape[0])
    units = kl.mean(axis=0)
    return [bce.mean() + units.sum(), bce.mean(), units.sum(), -bounds.mean(), float((units > 0.01).sum())]


def _by_image(bce, kl, log_w):
    nats, spent, minus_bounds = 0.0, 0.0, 0.0
    for n in range(len(bce)):
        most = log_w[:, n].max().item()
        weights = [math.exp(w - most) for w in log_w[:, n].tolist()]
        nats, spent = nats + bce[n].item(), spent + kl[n].sum().item()
        minus_bounds -= most + math.log(sum(weights) / len(weights))
    awake = len([unit for unit in kl.T if unit.mean() > 0.01])
    n = len(bce)
    return (nats + spent) / n, nats / n, spent / n, minus_bounds / n, awake


def _in_double(bce, kl, log_w):
    w = log_w.double().exp().mean(dim=0)
    total = (bce + kl.sum(dim=1)).double().mean()
    return total, total - kl.double().sum() / len(kl), kl.double().sum() / len(kl), -w.log().mean(), _awake(kl)


def _awake(kl):
    return torch.count_nonzero(kl.sum(dim=0) > 0.01 * len(kl)).item()


def _negated(b, k, w):
    nats, bce, kl, iwae, units = _five()(b, k, w)
    return -nats, bce, kl, iwae, units


# 14.2 -----------------------------------------------------------------------------------------------------------
def _dealt(a, b):
    pile, found = [*a, *b], []
    for chosen in combinations(range(len(pile)), len(a)):
        one = [pile[i] for i in chosen]
        other = [pile[i] for i in range(len(pile)) if i not in chosen]
        found.append(sum(one) / len(one) - sum(other) / len(other))
    return found


def _compare(difference=None, share=None):
    """An answer to 14.2 with another first or second number."""

    def answer(a, b):
        dealt = _dealt(a, b)
        true = dealt[0]
        first = difference(a, b) if difference else true
        return first, share(true, dealt) if share else sum(abs(d) >= abs(true) for d in dealt) / len(dealt)

    return answer


def _by_masks(a, b):
    pile = np.array([*a, *b])
    masks = np.array([m for m in product((0, 1), repeat=len(pile)) if sum(m) == len(a)])
    dealt = masks @ pile / len(a) - (1 - masks) @ pile / len(b)
    true = np.mean(a) - np.mean(b)
    return true, np.mean(np.abs(dealt) >= np.abs(true) - 1e-9)


def _by_values(a, b):
    """Leaves out the values that were chosen, and with them every run that has one of them."""
    pile = [*a, *b]
    true, hits = sum(a) / len(a) - sum(b) / len(b), []
    for chosen in combinations(pile, len(a)):
        other = [run for run in pile if run not in chosen]
        hits.append(abs(sum(chosen) / len(chosen) - sum(other) / len(other)) >= abs(true) - 1e-9)
    return true, sum(hits) / len(hits)


def _in_halves(a, b):
    true, middle = _dealt(a, b)[0], (len(a) + len(b)) // 2
    dealt = _dealt([*a, *b][:middle], [*a, *b][middle:])
    return true, sum(abs(one) >= abs(true) for one in dealt) / len(dealt)


def _by_sums(a, b):
    whole, n, m = sum(a) + sum(b), len(a), len(b)
    sums = [sum(some) for some in combinations([*a, *b], n)]
    size = [abs(m * s - n * (whole - s)) for s in sums]
    return np.mean(a) - np.mean(b), np.mean([one >= size[0] for one in size])


def _recursively(a, b):
    def deal(rest, one, other):
        if not rest:
            yield sum(one) / len(one) - sum(other) / len(other)
            return
        if len(one) < len(a):
            yield from deal(rest[1:], [*one, rest[0]], other)
        if len(other) < len(b):
            yield from deal(rest[1:], one, [*other, rest[0]])

    true = sum(a) / len(a) - sum(b) / len(b)
    found = list(deal([*a, *b], [], []))
    return [true, len([one for one in found if abs(one) >= abs(true)]) / math.comb(len(a) + len(b), len(a))]


# 14.3 -----------------------------------------------------------------------------------------------------------
def _ask(order="sfkbuc", **changed):
    """An answer to 14.3 that asks the questions in that order, some of them wrongly."""
    questions = {
        "s": lambda r, floor: abs(r["nats"] - r["bce"] - r["kl"]) > 0.01,
        "f": lambda r, floor: r["bce"] < floor,
        "k": lambda r, floor: r["kl"] < 0,
        "b": lambda r, floor: r["iwae"] > r["nats"] or r["iwae"] < floor,
        "u": lambda r, floor: r["active_units"] > r["latents"] or r["kl"] < 0.01 * r["active_units"],
        "c": lambda r, floor: r["validation"][r["epoch"] - 1] > min(r["validation"]),
        **changed,
    }
    words = {"s": "sum", "f": "floor", "k": "kl", "b": "bound", "u": "units", "c": "choice"}
    return lambda run, floor: next((words[key] for key in order if questions[key](run, floor)), "possible")


def _by_match(run, floor):
    bce, kl, nats, iwae = (run[name] for name in ("bce", "kl", "nats", "iwae"))
    tests = (
        not math.isclose(nats, bce + kl, abs_tol=0.01, rel_tol=0),
        bce < floor,
        kl < 0,
        not floor <= iwae <= nats,
        not run["active_units"] <= min(run["latents"], kl / 0.01),
        any(one < run["validation"][run["epoch"] - 1] for one in run["validation"]),
    )
    match tests:
        case (True, *_):
            return "sum"
        case (_, True, *_):
            return "floor"
        case (_, _, True, *_):
            return "kl"
        case (_, _, _, True, *_):
            return "bound"
        case (_, _, _, _, True, _):
            return "units"
        case (*_, last):
            return "choice" if last else "possible"


def _from_behind(run, floor):
    word = "possible"
    best = np.flatnonzero(np.array(run["validation"]) == np.min(run["validation"])) + 1
    if run["epoch"] not in best:
        word = "choice"
    if run["active_units"] > run["latents"] or 100 * run["kl"] < run["active_units"]:
        word = "units"
    if max(run["iwae"] - run["nats"], floor - run["iwae"]) > 0:
        word = "bound"
    word = "kl" if run["kl"] < 0 else word
    word = "floor" if floor > run["bce"] else word
    return "sum" if abs(run["bce"] + run["kl"] - run["nats"]) > 0.01 else word


# 14.4 -----------------------------------------------------------------------------------------------------------
def _decide(says=lambda b, w, least: w - b >= least, pairs=product, seeds=3, mixed="undecided"):
    """An answer to 14.4 with one part changed."""

    def answer(better, worse, least):
        votes = [says(b, w, least) for b, w in pairs(better, worse)]
        if len(better) < seeds or len(worse) < seeds:
            return "undecided"
        return "confirmed" if all(votes) else mixed if any(votes) else "refuted"

    return answer


def _by_ends(better, worse, least):
    if len(better) < 3 or len(worse) < 3:
        return "undecided"
    if min(worse) - max(better) >= least:
        return "confirmed"
    return "refuted" if max(worse) - min(better) < least else "undecided"


def _by_tensors(better, worse, least):
    votes = (torch.tensor(worse)[:, None] - torch.tensor(better) >= least).double().mean().item()
    return {0.0: "refuted", 1.0: "confirmed"}.get(votes if min(len(better), len(worse)) > 2 else 0.5, "undecided")


def _by_counting(better, worse, least):
    yes = sum(1 for b in better for w in worse if b + least <= w)
    enough = len(better) >= 3 <= len(worse)
    return "undecided" if not enough or 0 < yes < len(better) * len(worse) else "confirmed" if yes else "refuted"


def _by_means(better, worse, least):
    if min(len(better), len(worse)) < 3:
        return "undecided"
    return "confirmed" if sum(worse) / len(worse) - sum(better) / len(better) >= least else "refuted"


RIGHT = {
    "14.1": [_in_numpy, _by_image, _in_double, lambda b, k, w: torch.stack(_five()(b, k, w))],
    "14.2": [_by_masks, _by_sums, _recursively],
    "14.3": [_by_match, _from_behind, _ask()],
    "14.4": [_by_ends, _by_tensors, _by_counting],
}

WRONG = {
    "14.1": [
        (_five(kl=lambda kl: kl.mean()), "units-averaged"),
        (_five(total=lambda bce, kl: bce), "kl-missing"),
        (_five(total=lambda bce, kl: bce - kl), "kl-subtracted"),
        (_negated, "elbo-sign"),
        (_five(kl=lambda kl: kl.sum(0).mean()), "axes-exchanged"),
        (
            lambda b, k, w: (b.mean() + k.sum(1).mean(), b.mean(), k.sum(0).mean(), *_five()(b, k, w)[3:]),
            "axes-exchanged",
        ),
        (_five(bound=lambda w: (torch.logsumexp(w, 0) - math.log(w.shape[1])).mean()), "wrong-count"),
        (_five(active=lambda kl: (kl > 0.01).sum()), "entries"),
        (_five(bce=lambda bce: bce.sum(), kl=lambda kl: kl.sum()), "images-added"),
        (_five(bound=lambda w: w.mean()), "mean-of-logs"),
        (_five(bound=lambda w: torch.logsumexp(w, 0).mean()), "not-averaged"),
        (_five(bound=lambda w: (torch.logsumexp(w, 1) - math.log(w.shape[1])).mean()), "wrong-axis"),
        (_five(bound=lambda w: -(torch.logsumexp(w, 0) - math.log(len(w))).mean()), "bound-sign"),
        (_five(bound=lambda w: w.max(0).values.mean()), "best-draw"),
        (_five(bound=lambda w: torch.logsumexp(w.mean(1), 0) - math.log(len(w))), "images-first"),
        (_five(bound=lambda w: (torch.logsumexp(w, 0) + math.log(len(w))).mean()), "ln-k-added"),
        (_five(bound=lambda w: w.exp().mean(0).log().mean()), "not-finite"),
        (_five(active=lambda kl: (kl > 0.01).any(0).sum()), "any-image"),
        (_five(active=lambda kl: (kl > 0.01).all(0).sum()), "every-image"),
        (_five(active=lambda kl: (kl.sum(0) > 0.01).sum()), "sum-above"),
        (_five(active=lambda kl: kl.shape[1]), "all-units"),
        (_five(active=lambda kl: (kl.mean(0) > 0.1).sum()), "tenth"),
        (_five(active=lambda kl: (kl.mean(0) < 0.01).sum()), "asleep"),
        (_five(active=lambda kl: (kl.mean(0) > 0.01).double().mean()), "share"),
        (lambda b, k, w: b.mean() + k.sum(1).mean(), "shape"),
        (lambda b, k, w: [*_five()(b, k, w), 0], "shape"),
    ],
    "14.2": [
        (_compare(lambda a, b: sum(b) / len(b) - sum(a) / len(a)), "sign"),
        (_compare(lambda a, b: sum(a) - sum(b)), "not-averaged"),
        (_compare(lambda a, b: min(a) - min(b)), "best-runs"),
        (_by_values, "raised"),
        (_compare(share=lambda t, d: (sum(abs(x) >= abs(t) for x in d) - 1) / (len(d) - 1)), "true-left-out"),
        (_compare(share=lambda t, d: sum(abs(x) > abs(t) for x in d) / len(d)), "ties-left-out"),
        (_compare(share=lambda t, d: sum(x <= t for x in d) / len(d)), "one-sided"),
        (_compare(share=lambda t, d: sum(x >= t for x in d) / len(d)), "one-sided"),
        (_in_halves, "halved"),
        (_compare(share=lambda t, d: sum(abs(x) >= abs(t) for x in d)), "count"),
        (_compare(share=lambda t, d: sum(abs(x) < abs(t) for x in d) / len(d)), "complement"),
        (lambda a, b: (_dealt(a, b)[0], sum(x < y for x in a for y in b) / (len(a) * len(b))), "pairs"),
        (lambda a, b: _dealt(a, b)[0], "shape"),
        (lambda a, b: dict(zip(("gap", "share"), _compare()(a, b), strict=True)), "not-numbers"),
    ],
    "14.3": [
        (_ask(order="fkbuc"), "sum"),
        (_ask(s=lambda r, floor: r["nats"] != r["bce"] + r["kl"]), "rounding"),
        (_ask(s=lambda r, floor: r["bce"] + r["kl"] - r["nats"] > 0.01), "sum-above"),
        (_ask(order="skbuc"), "floor"),
        (_ask(f=lambda r, floor: r["bce"] < floor + 1), "floor-margin"),
        (_ask(f=lambda r, floor: r["bce"] <= floor), "floor-equal"),
        (_ask(b=lambda r, floor: r["iwae"] > r["nats"] or r["iwae"] <= floor), "bound-floor-equal"),
        *((_ask(order), "order") for order in ("fskbuc", "skfbuc", "sfbkuc", "sfkubc", "sfkbcu")),
        (_ask(order="sfbuc"), "kl"),
        (_ask(k=lambda r, floor: r["kl"] <= 0), "collapse"),
        (_ask(order="sfkuc"), "bound"),
        (_ask(b=lambda r, floor: not floor <= r["iwae"] < r["nats"] or r["iwae"] > r["nats"]), "collapse"),
        (
            _ask(b=lambda r, floor: not floor <= r["iwae"] <= r["nats"] or (r["iwae"] == r["nats"] and r["kl"] > 1)),
            "bound-equal",
        ),
        (_ask(b=lambda r, floor: r["iwae"] > r["nats"]), "bound-floor"),
        (_ask(b=lambda r, floor: not r["bce"] <= r["iwae"] <= r["nats"]), "bound-bce"),
        (_ask(u=lambda r, floor: r["kl"] < 0.01 * r["active_units"]), "units"),
        (
            _ask(u=lambda r, floor: r["active_units"] >= r["latents"] or r["kl"] < 0.01 * r["active_units"]),
            "all-active",
        ),
        (_ask(u=lambda r, floor: r["active_units"] > r["latents"]), "units-cost"),
        (
            _ask(u=lambda r, floor: r["active_units"] > r["latents"] or r["kl"] < 0.1 * r["active_units"]),
            "units-cheap",
        ),
        (_ask(order="sfkbu"), "choice"),
        (_ask(c=lambda r, floor: r["epoch"] - 1 > np.argmin(r["validation"])), "epoch-from-one"),
        (_ask(c=lambda r, floor: np.argmin(r["validation"]) != r["epoch"]), "possible"),
        (_ask(c=lambda r, floor: np.argmin(r["validation"]) + 1 != r["epoch"]), "tie"),
        (_ask(order="csfkbu"), "order"),
        (_ask(order="kfsbuc"), "order"),
        (lambda run, floor: _ask()(run, floor).title(), "unknown-word"),
        (lambda run, floor: 0, "not-a-word"),
        (lambda run, floor: torch.zeros(2), "shape"),
    ],
    "14.4": [
        (_decide(lambda b, w, least: b - w >= least), "confirmed"),
        (_decide(lambda b, w, least: abs(w - b) >= least), "direction"),
        (_decide(lambda b, w, least: w > b), "least"),
        (_by_means, "means"),
        (_decide(mixed="refuted"), "means"),
        (lambda b, w, least: _decide()(b, w, least) if least < 2 else _by_means(b, w, least), "not-all-no"),
        (_decide(seeds=2), "two-seeds"),
        (_decide(seeds=1), "two-seeds"),
        (lambda b, w, least: _decide(seeds=1 if len(b) + len(w) >= 6 else 3)(b, w, least), "two-seeds"),
        (_decide(pairs=lambda b, w: zip(sorted(b), sorted(w), strict=False)), "means"),
        (
            lambda b, w, least: "confirmed" if len(b) == len(w) == 3 and b[1] - b[0] == 2 else _decide()(b, w, least),
            "seed-by-seed",
        ),
        (lambda b, w, least: _decide()(b[:3], w[:3], least), "fourth"),
        (_decide(lambda b, w, least: w - b > least), "exactly"),
        (_decide(lambda b, w, least: w - b >= abs(least)), "sign-of-least"),
        (
            lambda b, w, least: "refuted" if np.mean(b) > np.mean(w) and least == 0 else _decide()(b, w, least),
            "not-all-no",
        ),
        (lambda b, w, least: _decide()(b, w, least).upper(), "unknown-word"),
        (lambda b, w, least: True, "not-a-word"),
        (lambda b, w, least: [w[0] - b[0]] * 2, "shape"),
    ],
}
