"""Exercise 7.2: a split that can be repeated."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..contract import Inputs
from ..judging import Judge
from .probe_7_2 import PARTS

TITLE = "a split that can be repeated"
NAME = "split"
POINTS = 1
HINTS = (
    "Shuffle all row numbers once, by a generator of the split's own, and cut the list in two.",
    "order = torch.randperm(n, generator=g), with g = torch.Generator().manual_seed(seed); the "
    "first held_out of them are the validation part.",
    "def split(n, held_out, seed):\n    own = torch.Generator().manual_seed(___)\n    shuffled = "
    "torch.randperm(___, generator=own)\n"
    "    return shuffled[___:], shuffled[:___]",
)


def reference(n: int, held_out: int, seed: int) -> tuple[Tensor, Tensor]:
    """Row numbers of n images for training (n - held_out,) and for validation (held_out,), shuffled by ``seed``."""
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    return order[held_out:], order[:held_out]


def inputs(generator: torch.Generator) -> Inputs:
    """Random sizes and seeds; a validation part so large that a shuffled one is never a block."""
    n, held_out, seed = (
        int(torch.randint(low, high, (), generator=generator)) for low, high in ((300, 400), (40, 60), (2, 10**6))
    )
    n, held_out = n | 1, held_out | 1  # odd ones here, even ones in "half"
    seed -= seed % 2  # so that half of the seed, rounded, is the same for the next one
    return {
        "first": (n, held_out, seed),
        "again": (n, held_out, seed),
        "other": (n, held_out, seed + 1),
        "half": (2 * held_out + 2, held_out + 1, seed),
        "nearly all": (held_out, held_out - 1, seed),
        "none": (held_out, 0, seed),
    }


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 7.2."""
    held: dict[str, list[int]] = {}
    for label in ("first", "again", "other", "half", "nearly all"):
        n, held_out, _ = inputs[label]
        parts = _parts(judge, label, n, held_out)
        if parts is None:
            return
        held[label] = sorted(parts[1].tolist())
    gaps = np.bincount(np.diff(held["first"]))  # one that returns all the time: a block, also one that begins anywhere
    judge.that(
        gaps.max() < 0.6 * gaps.sum(),
        "not-shuffled",
        "The validation images stand at regular places in the file.",
        "Shuffle first: files are often sorted, by class, by writer or by day.",
    )
    judge.that(
        held["first"] == held["again"],
        "not-repeatable",
        "The same seed gave another split the second time.",
        "Every random number must come from a generator made with this seed: "
        "generator=torch.Generator().manual_seed(seed).",
    )
    judge.that(
        held["first"] != held["other"],
        "seed-ignored",
        "Another seed gave the same split.",
        "Make the generator with the argument seed, and hand it on: torch.randperm(n, generator=...).",
    )
    judge.that(
        judge.values["touched"] == 0,
        "global-seed",
        "The split reseeded or used the global random numbers.",
        "Then it would also change the weights and the noise of what comes next: draw from a generator of its own.",
    )
    _parts(judge, "none", *inputs["none"][:2])


def _parts(judge: Judge, label: str, n: int, held_out: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Both parts as row numbers, each row once; ``None``, with a finding, where they are not."""
    pair = judge.values.get(label)
    if not isinstance(pair, int):
        if isinstance(pair, dict) and "raised" in pair or pair is None:
            judge.array(label, ())
        judge.that(
            False,
            "not-a-pair",
            "split did not return two lists of row numbers.",
            "Return both, training first: return train, validation.",
        )
        return None
    sizes = [np.shape(judge.values.get(f"{label} {part}", 0)) for part in PARTS]
    judge.that(
        held_out > 0 or sizes != [(0,), (n,)],
        "minus-zero",
        f"With held_out = 0, split held out all {n} images.",
        "-0 is 0: rows[:-held_out] is empty then. Cut with rows[held_out:] and rows[:held_out].",
    )
    judge.that(
        sizes != [(held_out,), (n - held_out,)] or 2 * held_out == n,
        "swapped",
        "The two parts are exchanged.",
        "The training part comes first, the validation part, of held_out images, second.",
    )
    train = judge.array(f"{label} train", (n - held_out,), f"{n} images less {held_out} held out.")
    validation = judge.array(f"{label} validation", (held_out,), f"{held_out} images are held out.")
    if train is None or validation is None:
        return None
    rows = np.concatenate([train, validation])
    judge.that(
        bool((rows == np.round(rows)).all() and rows.min() >= 0 and rows.max() < n),
        "not-rows",
        f"Some numbers are no rows of {n} images.",
        f"Rows are whole numbers from 0 to {n - 1}.",
    )
    both = np.intersect1d(train, validation)
    judge.that(
        len(both) == 0,
        "overlap",
        f"{len(both)} images are in both parts.",
        "Shuffle once and cut the list in two: two draws of their own overlap.",
    )
    judge.that(
        len(np.unique(rows)) == n,
        "twice",
        "Some images come twice, others never.",
        "Without replacement: torch.randperm(n), not randint.",
    )
    return None if judge.findings else (train.astype(int), validation.astype(int))
