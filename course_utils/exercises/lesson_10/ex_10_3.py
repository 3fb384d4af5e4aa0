"""Exercise 10.3: the codes of a linear decoder."""

from __future__ import annotations

import torch
from torch import Tensor

from ..contract import Inputs
from ..judging import Judge, Suspect
from .probe_10_3 import far

TITLE = "the codes of a linear decoder"
NAME = "best_codes"
POINTS = 2
HINTS = (
    "The decoder adds its mean: take it off the images first. What is left must be written as a "
    "sum of the matrix's rows as well as possible: least squares.",
    "Z = (X - mean) A^+ with the pseudoinverse A^+ = A'(A A')^-1 of the matrix A, (P, D).",
    "def best_codes(matrix, mean, images):\n    rest = images - ___\n    return rest @ torch.linalg.pinv(___)",
)

PER_IMAGE = "One code for each image: (N, D)."


def reference(matrix: Tensor, mean: Tensor, images: Tensor) -> Tensor:
    """The codes z with the smallest squared error of mean + z matrix: (D, P), (P,), (N, P) -> (N, D)."""
    return torch.linalg.lstsq(matrix.T, (images - mean).T).solution.T


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 10.3: six rows of 12 pixels, neither of length 1 nor at right angles."""
    basis = torch.linalg.qr(torch.randn((12, 6), generator=generator))[0].T
    mix = torch.tensor([[2.0, 0.0, 0.0], [1.0, 1.5, 0.0], [-0.8, 0.7, 0.6]])
    mix = torch.cat([torch.cat([mix, 0 * mix], dim=1), torch.cat([mix / 2, mix], dim=1)])
    return {
        "matrix": mix @ basis,
        "mean": 0.5 + torch.rand(12, generator=generator),
        "images": 2 * torch.rand((7, 12), generator=generator),
    }


def _code_suspects(matrix: Tensor, mean: Tensor, images: Tensor) -> tuple[Suspect, ...]:
    inverse, products = torch.linalg.pinv(matrix), (images - mean) @ matrix.T
    right, squares = (images - mean) @ inverse, matrix.square().sum(1)
    return (
        (
            "products-only",
            products,
            "These are the dot products with the rows. They are the best codes only for rows of length 1 "
            "at right angles, as PCA's are.",
        ),
        (
            "one-by-one",
            products / squares,
            "Each row was fitted by itself, as if the rows were at right angles: they must be fitted together.",
        ),
        ("one-by-one", products / squares.sqrt(), "Each row was fitted by itself: they must be fitted together."),
        (
            "mean-forgotten",
            images @ inverse,
            "The mean is missing: the decoder adds it, so take it off the images first.",
        ),
        ("mean-added", (images + mean) @ inverse, "The mean was added: take it off the images."),
        (
            "mean-over-images",
            (images - images.mean(0)) @ inverse,
            "The mean of these images was taken off: the decoder has a mean of its own.",
        ),
        ("sign", -right, "The sign is turned round: images minus mean."),
        ("products-only", images @ matrix.T, "These are dot products with the rows, and the mean is still in them."),
        (
            "rows-of-length-1",
            right * squares.sqrt(),
            "These are the codes for rows of length 1: the decoder takes the rows as they are.",
        ),
        ("wrong-inverse", products @ (matrix @ matrix.T), "Multiplied by matrix matrix', where its inverse is meant."),
    )


REMEDIES = (
    (
        "shapes cannot be multiplied|lstsq|inconsistent|size of tensor",
        "Images are rows, (N, P), and matrix is (D, P): pinv(matrix), (P, D), stands to the right of "
        "images - mean; lstsq solves column by column: transpose both for it, and its solution back.",
    ),
)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 10.3."""
    matrix, mean, images = (inputs[name].double() for name in ("matrix", "mean", "images"))
    judge.close(
        "batch",
        reference(matrix, mean, images),
        axes=PER_IMAGE,
        case="7 images and 6 latents",
        suspects=_code_suspects(matrix, mean, images),
        rtol=2e-4,
        atol=1e-4,
        otherwise="Least squares: solve (images - mean) = codes matrix, for instance with torch.linalg.lstsq or "
        "torch.linalg.pinv.",
    )
    judge.close("one", reference(matrix, mean, images[:1]), axes=PER_IMAGE, case="one image", rtol=1e-3, atol=1e-4)
    judge.close("line", reference(matrix[:1], mean, images), axes=PER_IMAGE, case="one latent", rtol=1e-3, atol=1e-4)
    judge.close(
        "far",
        reference(*far(inputs, torch.double)),
        axes=PER_IMAGE,
        case="large numbers of both signs",
        rtol=1e-3,
        atol=1e-2,
        otherwise="The answer is one product or one solution, whatever the numbers: nothing is kept in bounds.",
    )
    judge.close(
        "perfect",
        images[:, :6],
        axes=PER_IMAGE,
        case="images that the decoder made itself",
        rtol=1e-3,
        atol=1e-3,
        otherwise="The codes that made them must come back.",
    )
