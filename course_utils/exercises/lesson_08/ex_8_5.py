"""Exercise 8.5: do neighbours agree?."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from ..contract import Inputs
from ..judging import Judge, Suspect, attempts, told_apart
from .probe_8_5 import CLASSES, CODES, SETS

TITLE = "do neighbours agree?"
NAME = "knn_purity"
POINTS = 2
HINTS = (
    "All distances at once; forbid the point itself (a distance of infinity); take the k smallest; compare labels.",
    "d = torch.cdist(codes, codes), infinity on its diagonal; the indices of d.topk(k, "
    "largest=False); the mean of labels[indices] == labels[:, None].",
    "def knn_purity(codes, labels, k):\n    distances = torch.cdist(codes, ___).fill_diagonal_(___)\n"
    "    nearest = distances.topk(___, largest=___).indices\n    return (labels[nearest] == "
    "labels[:, ___]).float().mean()",
)

CLEAR = 3e-4

SCALES = ((1.0, 3), (0.01, 5), (30_000.0, 2), (20.0, 4))
"""Of each set: how far its codes are spread, and how many latents they have."""

ONE_NUMBER = "One number for all points: the mean over points and neighbours."


def reference(codes: Tensor, labels: Tensor, k: int) -> Tensor:
    """Share of each point's k nearest other points that carry its label, mean over points: (N, D), (N,) -> ()."""
    return _same(labels, _by_distance(codes)[:, :k]).mean()


def _by_distance(codes: Tensor) -> Tensor:
    """The other points of each point, nearest first, (N, N - 1)."""
    return _distances(codes).argsort(1)[:, :-1]


def _distances(codes: Tensor) -> Tensor:
    """Distances between all points, (N, N), infinite on the diagonal."""
    exact = torch.cdist(codes.double(), codes.double(), compute_mode="donot_use_mm_for_euclid_dist")
    return exact.fill_diagonal_(torch.inf)


def _same(labels: Tensor, neighbours: Tensor) -> Tensor:
    return (labels[neighbours] == labels[:, None]).double()


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 8.5: four sets of three overlapping clouds, from narrow to very wide ones, with two to
    five latents, so that no wrong share fits them all by chance; in each it shows when a point counts itself."""
    for _ in attempts():
        inputs: Inputs = {"k": int(torch.randint(4, 8, (), generator=generator))}
        for i, (scale, latents) in enumerate(SCALES):
            labels = torch.randint(0, CLASSES, (CODES,), generator=generator)
            codes = _clouds(labels, latents, generator)
            while not _clear_cut(codes, inputs["k"]):
                codes = _clouds(labels, latents, generator)
            inputs[f"labels{i}"], inputs[f"codes{i}"] = labels, scale * codes
        right = _over_sets(inputs, reference)
        suspects = _purity_suspects(inputs, right)
        (_, itself, _), *_ = suspects
        if told_apart(right, suspects) and np.abs(itself - right).min() > 0.01:
            return inputs
    raise AssertionError("unreachable")


def _clouds(labels: Tensor, latents: int, generator: torch.Generator) -> Tensor:
    centres = 1.4 * torch.randn((CLASSES, latents), generator=generator)
    return centres[labels] + torch.randn((CODES, latents), generator=generator)


def _clear_cut(codes: Tensor, k: int) -> bool:
    """Whether 32-bit rounding of the distances cannot change who is among the 1, 2 or k nearest, or who is nearest to
    itself."""
    distances = _distances(codes).sort(1).values[:, :-1]
    gaps = distances.diff(dim=1)[:, [0, 1, k - 1]]
    return bool(gaps.min() > CLEAR and distances.min() > 30 * CLEAR)


def _over_sets(inputs: Inputs, share: Callable[[Tensor, Tensor, int], Tensor]) -> np.ndarray:
    return np.array([float(share(inputs[f"codes{i}"], inputs[f"labels{i}"], inputs["k"])) for i in range(SETS)])


def _majority(codes: Tensor, labels: Tensor, k: int) -> Tensor:
    votes = torch.nn.functional.one_hot(labels[_by_distance(codes)[:, :k]], CLASSES).sum(1)
    return (votes.argmax(1) == labels).double().mean()


def _by_dot_product(codes: Tensor, labels: Tensor, k: int) -> Tensor:
    similarity = (codes @ codes.T).fill_diagonal_(-torch.inf)
    return _same(labels, similarity.argsort(1, descending=True)[:, :k]).mean()


def _by_city_blocks(codes: Tensor, labels: Tensor, k: int) -> Tensor:
    distances = torch.cdist(codes.double(), codes.double(), p=1).fill_diagonal_(torch.inf)
    return _same(labels, distances.argsort(1)[:, :k]).mean()


def _at_least_one(codes: Tensor, labels: Tensor, k: int) -> Tensor:
    return _same(labels, _by_distance(codes)[:, :k]).amax(1).mean()


def _purity_suspects(inputs: Inputs, right: np.ndarray) -> tuple[Suspect, ...]:
    k = inputs["k"]

    def nearest(count: int) -> np.ndarray:
        return _over_sets(inputs, lambda codes, labels, _: _same(labels, _by_distance(codes)[:, :count]).mean())

    itself = "Each point was counted among its own neighbours, at distance 0 and with the right label: leave it out."
    return (
        ("counts-itself", (1 + (k - 1) * nearest(k - 1)) / k, itself),
        ("counts-itself", (1 + k * right) / (k + 1), itself),
        (
            "one-too-few",
            nearest(k - 1),
            "Only k - 1 neighbours were looked at: take k + 1, drop the point itself, and k are left.",
        ),
        ("one-too-many", nearest(k + 1), "k + 1 neighbours were looked at: k others are asked for."),
        ("only-the-nearest", nearest(1), "Only the nearest point was looked at: take k."),
        ("not-divided", right * k, "This counts the neighbours: a share is that count divided by k."),
        ("percent", right * 100, "A share lies between 0 and 1."),
        ("other-labels", 1 - right, "This is the share of neighbours with another label."),
        (
            "farthest",
            _over_sets(inputs, lambda codes, labels, k: _same(labels, _by_distance(codes)[:, -k:]).mean()),
            "These are the farthest points: the smallest distances are wanted (topk takes the largest "
            "unless told otherwise).",
        ),
        (
            "itself-and-the-farthest",
            _over_sets(
                inputs,
                lambda codes, labels, k: ((k - 1) * _same(labels, _by_distance(codes)[:, -(k - 1) :]).mean() + 1) / k,
            ),
            "topk takes the largest unless told otherwise: with inf on the diagonal, each point is its "
            "own farthest. largest=False.",
        ),
        (
            "itself-discounted",
            nearest(k) * k / (k + 1),
            "The point itself was put among its neighbours, or the sum divided by k + 1: leave it out, divide by k.",
        ),
        (
            "majority-vote",
            _over_sets(inputs, _majority),
            "This is how often the majority of the neighbours is right: the mean share of equal labels is asked for.",
        ),
        (
            "city-blocks",
            _over_sets(inputs, _by_city_blocks),
            "Distances were taken along the axes, as a sum of absolute differences: torch.cdist(codes, codes) alone.",
        ),
        (
            "dot-product",
            _over_sets(inputs, _by_dot_product),
            "Neighbours by the largest dot product: take the smallest distance, torch.cdist.",
        ),
        (
            "at-least-one",
            _over_sets(inputs, _at_least_one),
            "This asks whether any neighbour agrees: what share of them agrees?",
        ),
        ("everybody", nearest(CODES - 1), "All other points were counted: only the k nearest."),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 8.5."""
    k = inputs["k"]
    right = _over_sets(inputs, reference)
    got = [judge.array(f"set{i}", (), ONE_NUMBER) for i in range(SETS)]
    if any(value is None for value in got):
        return
    judge.values["sets"] = np.array(got)
    judge.close(
        "sets",
        right,
        case=f"four sets of {CODES} points, of narrow and of wide spread, and k = {k}",
        suspects=_purity_suspects(inputs, right),
        otherwise="Distances to all others, the k smallest, the share of them with the same label, the mean over "
        "points.",
    )
    codes, labels = inputs["codes0"], inputs["labels0"]
    for few, label in ((1, "nearest"), (2, "two nearest")):
        judge.close(
            label,
            reference(codes, labels, few),
            axes=ONE_NUMBER,
            case=f"k = {few}",
            otherwise="Is k used, or a number of your own?",
        )
    judge.close(
        "everyone",
        reference(codes, labels, CODES - 1),
        axes=ONE_NUMBER,
        case=f"k = {CODES - 1}, all other points",
        otherwise="Every other point is a neighbour here, and the point itself is none.",
    )
    judge.close("one label", 1.0, axes=ONE_NUMBER, case="points that all carry label 7")
