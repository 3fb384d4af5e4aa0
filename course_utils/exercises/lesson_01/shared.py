"""What several exercises of lesson 01 use."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import torch
from torch import Tensor

from course_utils import units

from ..contract import Inputs
from ..drawing import integer
from ..judging import Judge, Suspect, attempts, shown, told_apart

PER_IMAGE = "One number per image, (N,): sum over the pixels, keep the images apart."


def pixels(generator: torch.Generator, *shape: int) -> Tensor:
    """Grey images with some pixels at exactly 0 and 1."""
    return (torch.rand(shape, generator=generator) * 1.6 - 0.3).clamp(0, 1)


Case = tuple[str, str, float, int, int]
"""(label, words for the card, what was printed, images, batch)."""

_WORDS = {
    "ragged": "a last batch that is smaller",
    "thin": "a last batch of one image",
    "thick": "a last batch that lacks one image",
    "even": "batches that are all full",
    "small": "fewer images than one batch",
    "exact": "one batch that is full",
}


def printed_inputs(
    generator: torch.Generator, right: Callable[..., float], suspects: Callable[..., Iterable[Suspect]]
) -> Inputs:
    """What a report printed, its images and its batch size, as in ``_WORDS``.

    Drawn until each suspect has a value of its own where the last batch is smaller, and until the mean size of the
    batch that an image lies in is no whole number there: so a slip that shows on one seed shows on all.
    """
    for _ in attempts():
        drawn = _draw(generator)
        ragged = [drawn[label] for label in ("ragged", "thin", "thick")]
        factors = [sum(size**2 for size in units.batch_sizes(n, batch)) / n for _, n, batch in ragged]
        apart = told_apart(right(*ragged[0]), suspects(*ragged[0]))
        if apart and all(0.1 < factor % 1 < 0.9 for factor in factors):
            break
    return drawn


def _draw(generator: torch.Generator) -> Inputs:
    printed = (50 + 9000 * torch.rand(6, generator=generator).double()).tolist()
    printed[1] /= 500  # a small one, in which two decimals are not enough
    printed[3] += 1e5  # a large one
    odd, even, full = 2 * integer(generator, 21, 47) + 1, 2 * integer(generator, 51, 70), integer(generator, 3, 9)
    sizes = (
        (full * odd + integer(generator, 2, odd - 2), odd),
        (full * even + 1, even),
        (full * odd + odd - 1, odd),
        (full * even, even),
        (even // 2, even),
        (odd, odd),
    )
    return {label: (value, *size) for label, value, size in zip(_WORDS, printed, sizes, strict=True)}


def _cases(inputs: Inputs) -> list[Case]:
    """The cases that were drawn, with their words."""
    return [
        (label, f"{_WORDS[label]} (n = {n}, batch = {batch})", printed, n, batch)
        for label, (printed, n, batch) in inputs.items()
    ]


def _judge_rounding(judge: Judge, label: str, right: float, case: str) -> None:
    """Whether the right number was rounded, up, down or to a few decimals."""
    got = judge.array(label, (), "One number.")
    if got is None or np.isclose(got, right, rtol=1e-6) or abs(got - right) > 1:
        return
    rounded = any(np.isclose(got, np.round(got, digits), rtol=0, atol=1e-9) for digits in range(5))
    judge.that(
        not rounded,
        "rounded",
        f"{judge.name} returned {shown(got, 9)} for {case}, expected {shown(right, 9)}.",
        "Was it rounded (round, int, //)? Return it with all its digits: rounding is for printing.",
    )


def judge_printed(
    judge: Judge, inputs: Inputs, right: Callable[..., float], suspects: Callable[..., Iterable[Suspect]]
) -> None:
    """Findings on an answer that undoes how a report divided, in each of the drawn cases."""
    for label, case, *given in _cases(inputs):
        expected = right(*given)
        _judge_rounding(judge, label, expected, case)
        judge.close(label, expected, case=case, axes="One number.", rtol=1e-6, suspects=suspects(*given))
