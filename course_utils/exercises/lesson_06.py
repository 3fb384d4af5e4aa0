"""Exercises of lesson 06: stamps, sizes of a decoder, its repair, its parameters, and its overlap map."""

from __future__ import annotations

from . import _lesson_06_parameters as parameters
from . import _lesson_06_sizes as sizes
from . import _lesson_06_stamps as stamps
from .contract import Exercise

EXERCISES = (
    Exercise(
        id="6.1",
        title="a transposed convolution by hand",
        name="stamp",
        points=2,
        hints=(
            "Three steps: an empty row that is long enough, one stamp for each input pixel, and off with the ends.",
            "The row has (n - 1) * stride + k places. Stamp i covers the places from i * stride to i * "
            "stride + k, and is added. Then keep the places from padding to len(row) - padding.",
            "def stamp(x, kernel, stride, padding):\n    row = torch.zeros(___)\n    for i, value in enumerate(x):\n"
            "        row[___:___] += ___\n    return row[padding:___]",
        ),
        reference=stamps.stamp,
        inputs=stamps.row_inputs,
        probe=stamps.probe_rows,
        verdict=stamps.judge_rows,
    ),
    Exercise(
        id="6.2",
        title="the sizes of a whole decoder",
        name="decoder_sizes",
        points=2,
        hints=(
            "Begin a list with the start. For each layer, take the list's last size, apply the rule, append.",
            "From n, a layer makes (n - 1) * stride + kernel - 2 * padding.",
            "def decoder_sizes(size, layers):\n    sizes = [___]\n    for ___ in layers:\n        n = ___\n"
            "        sizes.append((n - 1) * ___ + ___ - 2 * ___)\n    return ___",
        ),
        reference=sizes.decoder_sizes,
        inputs=sizes.chain_inputs,
        probe=sizes.probe_chains,
        verdict=sizes.judge_chains,
    ),
    Exercise(
        id="6.3",
        title="repair a decoder",
        name="repair",
        points=2,
        hints=(
            "Two searches, one after the other: first over the start, then over one layer's padding at a "
            "time. Return at the first that ends at 28.",
            "decoder_sizes(...)[-1] == 28 is the test. To change layer i alone: (*layers[:i], "
            "layers[i]._replace(padding=p), *layers[i + 1:]).",
            "def repair(size, layers):\n    for start in range(___):\n        if ___ == 28:\n            return ___\n"
            "    for i, layer in ___:\n        for padding in range(___):\n"
            "            changed = ___\n            if ___ == 28:\n                return ___",
        ),
        reference=sizes.repair,
        inputs=sizes.broken_inputs,
        probe=sizes.probe_repairs,
        verdict=sizes.judge_repairs,
    ),
    Exercise(
        id="6.4",
        title="what a decoder learns",
        name="decoder_parameters",
        points=1,
        hints=(
            "First the linear layer, then a loop over the layers that remembers how many channels came "
            "out of the one before.",
            "(latent + 1) * channels * size**2, and for each layer in * out * kernel**2 + out.",
            "def decoder_parameters(latent, channels, size, layers):\n    total = (latent + ___) * ___\n "
            "   for ___ in layers:\n"
            "        total += channels * ___ * ___ + ___\n        channels = ___\n    return ___",
        ),
        reference=parameters.decoder_parameters,
        inputs=parameters.count_inputs,
        probe=parameters.probe_counts,
        verdict=parameters.judge_counts,
    ),
    Exercise(
        id="6.5",
        title="how often is a pixel stamped?",
        name="overlap_map",
        points=2,
        hints=(
            "Let PyTorch do the counting: pictures of ones, kernels of ones, one layer after the other.",
            "counts = F.conv_transpose2d(counts, torch.ones(1, 1, k, k), stride=s, padding=p), starting "
            "from torch.ones(1, 1, size, size).",
            "def overlap_map(size, layers):\n    counts = torch.ones(1, 1, ___, ___)\n    for ___ in layers:\n"
            "        kernel = torch.ones(___)\n        counts = F.conv_transpose2d(___, kernel, "
            "stride=___, padding=___)\n"
            "    return ___",
        ),
        reference=stamps.overlap_map,
        inputs=stamps.map_inputs,
        probe=stamps.probe_maps,
        verdict=stamps.judge_maps,
    ),
)
