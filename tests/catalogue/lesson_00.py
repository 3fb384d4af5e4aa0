"""Answers to the exercises of lesson 00: unusual right ones, and wrong ones with the finding meant for them."""

import numpy as np
import torch
from torchvision.transforms.functional import convert_image_dtype


def _float32_only(pixels):
    return np.divide(pixels.numpy(), 255.0, dtype=np.float32)


def _sum_by_loop(images):
    total = 0
    for image in images:
        total = total + image
    return total / len(images)


def _divided_by_the_last_index(images):
    n, total = 0, 0
    for n, image in enumerate(images):  # noqa: B007
        total = total + image
    return total / (n or 1)


def _share(images, low=0.0, high=1.0):
    return ((images > low) & (images < high)).float().mean()


def _clamped_in_place(images):
    images.mul_(2).clamp_(0, 1)
    return images.mean(0)


RIGHT = {
    "0.1": [
        lambda p: convert_image_dtype(p, torch.float32),
        lambda p: p.double() * (1 / 255),
        _float32_only,
        lambda p: torch.lerp(torch.zeros(()), torch.ones(()), p / 255),
    ],
    "0.2": [
        _sum_by_loop,
        lambda x: torch.einsum("nchw->chw", x) / x.shape[0],
        lambda x: x.numpy().astype("f8").mean(axis=0),
        lambda x: x.flatten(1).mean(0).view(1, 28, 28),
    ],
    "0.3": [
        lambda x: ((x * (1 - x)) > 0).double().mean(),
        lambda x: 1 - ((x == 0) | (x == 1)).float().mean().item(),
        lambda x: np.count_nonzero((x.numpy() > 0) & (x.numpy() < 1)) / x.numel(),
        lambda x: torch.stack([((i > 0) & (i < 1)).float().mean() for i in x]).mean(),
    ],
}

WRONG = {
    "0.1": [
        (lambda p: p / 256, "divided-by-256"),
        (lambda p: p.float(), "not-scaled"),
        (lambda p: p, "not-scaled"),
        (lambda p: p // 255, "integer-division"),
        (lambda p: (p / 255).to(torch.uint8), "integer-division"),
        (lambda p: p / p.max(), "own-maximum"),
        (lambda p: 1 - p / 255, "inverted"),
        (lambda p: p / 127.5 - 1, "minus-one-to-one"),
        (lambda p: (p.float() - p.float().mean()) / p.float().std(), "standardised"),
        (lambda p: (p / 255).flatten(1), "shape"),
        (lambda p: (p / 255).round(), "value"),
        (lambda p: (p / 255).round(decimals=2), "value"),
        (lambda p: p.half() / 255, "value"),
        (lambda p: p.transpose(-1, -2) / 255, "value"),
        (lambda p: p / p.flatten(1).amax(1)[:, None, None, None], "value"),
        (lambda p: (p / 255).clamp(0.05, 0.95), "value"),
        (lambda p: (p.float() - p.min()) / (p.max() - p.min()), "own-range"),
        (lambda p: (p.float() - p.min()) / 255, "own-minimum"),
        (lambda p: p.view(-1, 1, 28, 28) / 255, "raised"),
        (lambda p: torch.stack([torch.stack([row / 255 for row in image]) for image in p]), "raised"),
        (lambda p: (p / 255).squeeze(), "shape"),
        (lambda p: p.div_(255), "raised"),
        (lambda p: None, "returned-nothing"),
    ],
    "0.2": [
        (lambda x: x.mean(), "shape"),
        (lambda x: x.mean(dim=(1, 2, 3)), "shape"),
        (lambda x: x.mean(dim=0, keepdim=True), "shape"),
        (lambda x: x.sum(dim=0), "summed"),
        (lambda x: x.sum(dim=0) / max(len(x) - 1, 1), "wrong-count"),
        (_divided_by_the_last_index, "wrong-count"),
        (lambda x: x.sum(dim=0) / 70, "value"),
        (lambda x: x[:64].mean(dim=0), "value"),
        (lambda x: x.mean(dim=0).round(decimals=2), "value"),
        (lambda x: x.sum(dim=0) / (x > 0).sum(dim=0).clamp(min=1), "white-left-out"),
        (lambda x: x.amax(dim=0), "maximum"),
        (lambda x: x.mean(dim=0).tolist(), "not-numbers"),
        (lambda x: list(x.mean(dim=0)), "not-numbers"),
        (lambda x: x.mean(dim=0).squeeze(), "shape"),
        (lambda x: x[0], "first-image"),
        (lambda x: x.median(dim=0).values, "median"),
        (lambda x: x.mean(dim=0).transpose(1, 2), "transposed"),
        (_clamped_in_place, "changed-input"),
        (lambda x: x.mean(axis=9), "raised"),
    ],
    "0.3": [
        (lambda x: 100 * ((x > 0) & (x < 1)).float().mean(), "percent"),
        (lambda x: ((x > 0) & (x < 1)).sum(), "count"),
        (lambda x: ((x > 0) & (x < 1)).sum() / len(x), "per-image"),
        (lambda x: (x > 0).float().mean(), "black-counted"),
        (lambda x: (x < 1).float().mean(), "white-counted"),
        (lambda x: ((x >= 0) & (x <= 1)).float().mean(), "all-counted"),
        (lambda x: x.mean(), "mean-value"),
        (lambda x: ((x == 0) | (x == 1)).float().mean(), "complement"),
        (lambda x: ((x > 0) & (x < 1)).float().mean(dim=(1, 2, 3)), "shape"),
        (lambda x: 0.186, "value"),
        (lambda x: _share(x, 0.01, 0.99), "too-narrow"),
        (lambda x: _share(x, 0.1, 0.9), "value"),
        (lambda x: round(_share(x).item(), 2), "value"),
        (lambda x: _share(x[:1]), "value"),
        (lambda x: x[(x > 0) & (x < 1)].nan_to_num().sum() / max(((x > 0) & (x < 1)).sum(), 1), "grey-value"),
        (lambda x: ((x > 0) & (x < 1)).sum() / (x > 0).sum(), "share-of-ink"),
        (lambda x: ((x > 0) & (x < 1)).sum() / ((x == 0) | (x == 1)).sum(), "odds"),
        (lambda x: ((x > 0) & (x < 1)).sum() / 784, "images-forgotten"),
        (lambda x: ((x > 0) & (x < 1)).sum() / (5 * 784), "value"),
        (lambda x: ((x > 0) | (x < 1)).float().mean(), "all-counted"),
        (lambda x: _share(x).reshape(1), "shape"),
        (lambda x: [_share(x).item()], "shape"),
        (lambda x: (0 < x < 1).float().mean(), "raised"),
        (lambda x: ((x > 0) & (x < 1)).mean(), "raised"),
        (lambda x: "18.6 %", "not-numbers"),
    ],
}
