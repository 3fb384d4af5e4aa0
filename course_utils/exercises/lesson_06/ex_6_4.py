"""Exercise 6.4: what a decoder learns."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from course_utils.decoders import Layer, output_sizes

from ..contract import Inputs
from ..drawing import integer
from ..judging import Judge, Suspect

TITLE = "what a decoder learns"
NAME = "decoder_parameters"
POINTS = 1
HINTS = (
    "First the linear layer, then a loop over the layers that remembers how many channels came out of the one before.",
    "(latent + 1) * channels * size**2, and for each layer in * out * kernel**2 + out.",
    "def decoder_parameters(latent, channels, size, layers):\n    total = (latent + ___) * ___\n "
    "   for ___ in layers:\n"
    "        total += channels * ___ * ___ + ___\n        channels = ___\n    return ___",
)


def reference(latent: int, channels: int, size: int, layers: Sequence[Layer]) -> int:
    """Trainable numbers of a linear layer from the code to the first picture, and of the transposed convolutions."""
    return _linear(latent, channels, size) + sum(_weights(channels, layers)) + sum(layer.channels for layer in layers)


def _linear(latent: int, channels: int, size: int) -> int:
    return (latent + 1) * channels * size**2


def _weights(channels: int, layers: Sequence[Layer], power: int = 2) -> list[int]:
    """Weights of each transposed convolution, without biases."""
    ins = [channels, *(layer.channels for layer in layers)]
    return [before * layer.channels * layer.kernel**power for before, layer in zip(ins, layers, strict=False)]


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 6.4: label -> (latent, channels, size, layers).

    No stride is 1 and no padding 0, so that it shows where they are counted; numbers are even in one, odd in another.
    """
    kernels = torch.randperm(3, generator=generator).add(3).tolist()
    layers = tuple(
        Layer(channels, kernel, integer(generator, 2, 3), integer(generator, 1, 2))
        for channels, kernel in zip((integer(generator, 11, 17), integer(generator, 5, 9), 1), kernels, strict=True)
    )
    return {
        "three layers": (*(2 * integer(generator, *ends) for ends in ((2, 4), (10, 15), (2, 3))), layers),
        "large": (1 + 2 * integer(generator, 20, 29), 1 + 2 * integer(generator, 50, 59), 8, layers[:1]),
        "one layer": (integer(generator, 1, 4), integer(generator, 2, 9), 1, layers[1:2]),
        "no layer": (integer(generator, 1, 4), integer(generator, 2, 9), 1 + 2 * integer(generator, 1, 4), ()),
    }


def _suspects(latent: int, channels: int, size: int, layers: Sequence[Layer]) -> tuple[Suspect, ...]:
    right, linear = reference(latent, channels, size, layers), _linear(latent, channels, size)
    weights, biases = sum(_weights(channels, layers)), sum(layer.channels for layer in layers)
    ins, pixels = [channels, *(layer.channels for layer in layers)][: len(layers)], channels * size**2
    return (
        ("linear-missing", weights + biases, "The linear layer from the code to the first picture is missing."),
        ("linear-only", linear, "Only the linear layer was counted."),
        (
            "biases-missing",
            latent * pixels + weights,
            "Biases are learned too: one for each output of the linear layer, one for each channel that a layer makes.",
        ),
        (
            "biases-missing",
            linear + weights,
            "The transposed convolutions have biases too: one for each channel that comes out.",
        ),
        (
            "biases-missing",
            right - pixels,
            "The linear layer has biases too: one for each of its channels * size**2 outputs.",
        ),
        (
            "kernel-not-squared",
            linear + sum(_weights(channels, layers, 1)) + biases,
            "A kernel is a square: kernel**2 numbers.",
        ),
        (
            "kernel-missing",
            linear + sum(_weights(channels, layers, 0)) + biases,
            "Each pair of channels has a kernel of kernel**2 numbers.",
        ),
        (
            "size-not-squared",
            right - linear + (latent + 1) * channels * size,
            "The first picture is a square: channels * size**2 numbers.",
        ),
        (
            "size-forgotten",
            right - linear + (latent + 1) * channels,
            "The first picture has channels * size**2 numbers, not one for each channel.",
        ),
        (
            "bias-per-input",
            linear + weights + sum(ins),
            "The bias belongs to the channels that come out, not to those that go in.",
        ),
        (
            "bias-per-weight",
            linear + weights + sum(i * layer.channels for i, layer in zip(ins, layers, strict=True)),
            "One bias for each channel that comes out; the pairs of channels share it.",
        ),
        (
            "channels-not-chained",
            linear + sum(channels * layer.channels * layer.kernel**2 for layer in layers) + biases,
            "Each layer takes in the channels that the layer before it made, not those of the first picture.",
        ),
        (
            "channels-in-missing",
            linear + sum(layer.channels * layer.kernel**2 for layer in layers) + biases,
            "Every channel that comes out has a kernel for every channel that goes in.",
        ),
        (
            "times-pixels",
            linear
            + sum(
                (w + layer.channels) * n**2
                for w, layer, n in zip(_weights(channels, layers), layers, output_sizes(size, layers)[1:], strict=True)
            ),
            "The same kernels serve every pixel: the size of the picture does not enter.",
        ),
        (
            "stride-counted",
            linear
            + sum(w * layer.stride**2 for w, layer in zip(_weights(channels, layers), layers, strict=True))
            + biases,
            "The stride moves the stamps; it adds no weights.",
        ),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 6.4."""
    for label, arguments in inputs.items():
        latent, channels, size, layers = arguments
        chain = f"then (channels, kernel) = {', '.join(str(tuple(a[:2])) for a in layers)}" if layers else "no layers"
        case = f"{latent} latents, {channels} channels of {size} x {size}, {chain}"
        judge.close(
            label,
            reference(*arguments),
            axes="One whole number.",
            case=case,
            rtol=1e-9,
            atol=0.1,
            suspects=_suspects(*arguments),
            otherwise="(latent + 1) * channels * size**2, and for each layer in * out * kernel**2 + out.",
        )
