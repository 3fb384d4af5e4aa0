"""How far pictures are from what they should be: in grey levels, and in Report C's unit, which depends on the batch."""

from __future__ import annotations

import torch
from torch import Tensor

GREY_LEVELS = 255


def rmse(pictures: Tensor, images: Tensor) -> float:
    """Root mean square error over all pixels of all images, in grey levels of 255.

    Args:
        pictures: (N, ...), grey in [0, 1] or beyond.
        images: what they should be, of the same shape.

    Raises:
        ValueError: where the shapes differ.
    """
    _require_pairs(pictures, images)
    return GREY_LEVELS * (pictures.double() - images.double()).square().mean().sqrt().item()


def frobenius_metric(pictures: Tensor, images: Tensor, batch: int = 64) -> float:
    """Report C's number: the mean over batches of ||x - x_rec||_F / (n_b 784), pixels from 0 to 255.

    A norm over a batch grows with the square root of its size, and is divided by the size itself: the same pictures
    look better in larger batches, and a smaller last batch looks worse. :func:`course_utils.units.from_frobenius` turns
    the number into grey levels.

    Args:
        pictures: (N, ...), grey in [0, 1] or beyond.
        images: what they should be, of the same shape.
        batch: images in a batch; the last one may be smaller.

    Raises:
        ValueError: where the shapes differ.
    """
    _require_pairs(pictures, images)
    errors = GREY_LEVELS * (pictures.double() - images.double()).flatten(1)
    return torch.stack([part.norm() / part.numel() for part in errors.split(batch)]).mean().item()


def principal_directions(images: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Mean (P,) of images (N, ...) of P pixels, and their first principal directions, (count, P).

    Each direction is as long as the images are spread along it, so that codes of these images have variance 1.

    Raises:
        ValueError: where there are not more than ``count`` images.
    """
    if len(images) <= count:
        raise ValueError(f"{len(images)} images do not span {count} directions: give more images, or ask for fewer.")
    flat = images.flatten(1)
    mean = flat.mean(0)
    _, lengths, directions = torch.linalg.svd(flat - mean, full_matrices=False)
    return mean, directions[:count] * (lengths[:count, None] / len(images) ** 0.5)


def _require_pairs(pictures: Tensor, images: Tensor) -> None:
    if pictures.shape != images.shape:
        raise ValueError(f"pictures {tuple(pictures.shape)} and images {tuple(images.shape)} differ in shape.")
