"""Exercises of lesson 00: bytes to numbers, the mean image, how many pixels are grey."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .contract import Exercise, Finding, Inputs, Values
from .judging import Judge
from .probing import Probe


# 0.1 ------------------------------------------------------------------------------------------------------------
def to_unit_range(pixels: Tensor) -> Tensor:
    """Bytes 0..255 as float32 in [0, 1], same shape."""
    return pixels.to(torch.float32) / 255


def _bytes(generator: torch.Generator) -> Inputs:
    pixels = torch.randint(1, 255, (6, 1, 28, 28), generator=generator, dtype=torch.uint8)
    pixels[0, 0, 0, :3] = torch.tensor([0, 128, 255], dtype=torch.uint8)
    return {"pixels": pixels, "dim": pixels // 2}


def _probe_bytes(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    probe = Probe(answer)
    probe.call("pixels", inputs["pixels"])
    probe.call("dim", inputs["dim"])
    return probe.values


def _judge_bytes(inputs: Inputs, values: Values) -> list[Finding]:
    judge = Judge("to_unit_range", values)
    for label, case in (("pixels", "bytes up to 255"), ("dim", "a darker batch whose largest byte is 127")):
        pixels = inputs[label].double()
        right = pixels / 255
        judge.close(
            label,
            right,
            case=case,
            axes="Every pixel keeps its place: same shape in and out.",
            rtol=1e-5,
            suspects=(
                (
                    "divided-by-256",
                    pixels / 256,
                    "Divided by 256? The largest byte is 255, and it should become exactly 1.",
                ),
                ("not-scaled", pixels, "The bytes came back as they were: divide by 255."),
                (
                    "integer-division",
                    (pixels == 255).double(),
                    "Whole numbers only: // or a cast to integers after dividing?",
                ),
                (
                    "own-maximum",
                    pixels / pixels.max(),
                    "Divided by the batch's own maximum? Then the same ink gets another "
                    "value in another batch: always divide by 255.",
                ),
                ("inverted", 1 - right, "Black and white are exchanged: 0 stays 0, 255 becomes 1."),
                ("minus-one-to-one", 2 * right - 1, "This is the range [-1, 1]; the course keeps [0, 1]."),
                (
                    "standardised",
                    (pixels - pixels.mean()) / pixels.std(),
                    "This subtracts the mean and divides by the standard deviation; here only divide by 255.",
                ),
            ),
        )
    return judge.findings


# 0.2 ------------------------------------------------------------------------------------------------------------
def mean_image(images: Tensor) -> Tensor:
    """Average over the batch: (N, 1, 28, 28) -> (1, 28, 28)."""
    return images.mean(dim=0)


def _images(generator: torch.Generator) -> Inputs:
    many = torch.rand((7, 1, 28, 28), generator=generator)
    return {"many": many, "one": many[:1] ** 2}


def _probe_images(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    probe = Probe(answer)
    probe.call("many", inputs["many"])
    probe.call("one", inputs["one"])
    return probe.values


def _judge_mean(inputs: Inputs, values: Values) -> list[Finding]:
    judge = Judge("mean_image", values)
    axes = "The images are (N, 1, 28, 28) and only the first axis, N, is averaged away."
    for label, case in (("many", "7 images"), ("one", "a batch of one image")):
        images = inputs[label].double()
        right = images.mean(0)
        judge.close(
            label,
            right,
            case=case,
            axes=axes,
            suspects=(
                ("summed", images.sum(0), "A sum over the images: divide by how many there are."),
                ("wrong-count", images.sum(0) / (len(images) - 1 or 1), "Divided by N - 1? A mean divides by N."),
                ("first-image", images[0], "This is the first image alone."),
                ("median", images.median(0).values, "This is the median; the mean is asked for."),
                ("transposed", right.transpose(1, 2), "Rows and columns are exchanged: the picture lies on its side."),
            ),
        )
    return judge.findings


# 0.3 ------------------------------------------------------------------------------------------------------------
def grey_fraction(images: Tensor) -> float:
    """Fraction of all pixels that are strictly between 0 and 1."""
    return ((images > 0) & (images < 1)).float().mean().item()


def _mixed(generator: torch.Generator) -> Inputs:
    images = torch.rand((5, 1, 28, 28), generator=generator) * 2.5 - 1.0
    return {"mixed": images.clamp(0, 1), "black-and-white": (images > 0.2).float()}


def _probe_grey(answer: Callable[..., float], inputs: Inputs) -> Values:
    probe = Probe(answer)
    probe.call("mixed", inputs["mixed"])
    probe.call("black-and-white", inputs["black-and-white"])
    return probe.values


def _judge_grey(inputs: Inputs, values: Values) -> list[Finding]:
    judge = Judge("grey_fraction", values)
    for label, case in (
        ("mixed", "5 images with white, grey and black"),
        ("black-and-white", "images without any grey"),
    ):
        images = inputs[label].double()
        right = grey_fraction(images)
        judge.close(
            label,
            right,
            case=case,
            axes="One number for the whole batch is asked for.",
            suspects=(
                ("percent", 100 * right, "A percentage? The fraction lies between 0 and 1."),
                ("count", right * images.numel(), "This counts the pixels: divide by how many pixels there are."),
                ("per-image", right * 784, "This is a number per image: divide by 784 pixels as well."),
                ("black-counted", (images > 0).double().mean(), "Fully black pixels (exactly 1) were counted as grey."),
                ("white-counted", (images < 1).double().mean(), "White paper (exactly 0) was counted as grey."),
                (
                    "all-counted",
                    ((images >= 0) & (images <= 1)).double().mean(),
                    "Are the comparisons strict? 0 and 1 are not grey.",
                ),
                ("mean-value", images.mean(), "This is the average brightness; count the grey pixels instead."),
                ("complement", 1 - right, "This is the fraction that is not grey."),
            ),
        )
    return judge.findings


EXERCISES = (
    Exercise(
        id="0.1",
        title="bytes to numbers",
        name="to_unit_range",
        points=1,
        hints=(
            "Which byte is the blackest, and what should it become?",
            "x = byte / 255, computed with floating-point numbers.",
            "def to_unit_range(pixels):\n    return pixels.to(torch.float32) / ___",
        ),
        reference=to_unit_range,
        inputs=_bytes,
        probe=_probe_bytes,
        verdict=_judge_bytes,
    ),
    Exercise(
        id="0.2",
        title="the mean image",
        name="mean_image",
        points=1,
        hints=(
            "Which of the four axes counts the images? Only that one disappears.",
            "mean[c, row, column] = (1/N) * sum over n of images[n, c, row, column].",
            "def mean_image(images):\n    return images.mean(dim=___)",
        ),
        reference=mean_image,
        inputs=_images,
        probe=_probe_images,
        verdict=_judge_mean,
    ),
    Exercise(
        id="0.3",
        title="how many pixels are grey?",
        name="grey_fraction",
        points=1,
        hints=(
            "A comparison such as images > 0 gives True and False; a mean of those counts 1 and 0.",
            "fraction = (number of pixels with 0 < x < 1) / (number of pixels).",
            "def grey_fraction(images):\n    grey = (images > 0) & (___)\n    return grey.float().___().item()",
        ),
        reference=grey_fraction,
        inputs=_mixed,
        probe=_probe_grey,
        verdict=_judge_grey,
    ),
)
