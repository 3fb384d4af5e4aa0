"""Answers to the exercises of lesson 06: unusual right ones, and wrong ones with the finding meant for them."""

import itertools

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from course_utils.decoders import Layer, output_sizes


# 6.1 ------------------------------------------------------------------------------------------------------------
def _row(x, kernel, stride):
    row = torch.zeros((len(x) - 1) * stride + len(kernel))
    for i in range(len(x)):
        row[i * stride : i * stride + len(kernel)] += x[i] * kernel
    return row


def _cut(row, padding):
    return row[padding : len(row) - padding]


def _by_matrix(x, kernel, stride, padding):
    matrix = torch.zeros((len(x) - 1) * stride + len(kernel), len(x), dtype=torch.float64)
    for i in range(len(x)):
        matrix[i * stride : i * stride + len(kernel), i] = kernel
    return _cut(matrix @ x.double(), padding)


def _by_zeros_and_convolution(x, kernel, stride, padding):
    spread = np.zeros((len(x) - 1) * stride + 1)
    spread[::stride] = x.numpy()
    return _cut(np.convolve(spread, kernel.numpy()), padding)


def _double_loop(x, kernel, stride, padding, verbose=False):
    row = [0.0] * ((len(x) - 1) * stride + len(kernel) - 2 * padding)
    for i, value in enumerate(x.tolist()):
        for j, weight in enumerate(kernel.tolist()):
            if 0 <= i * stride + j - padding < len(row):
                row[i * stride + j - padding] += value * weight
    return row


def _by_gradient(x, kernel, stride, padding):
    wide = torch.zeros(1, 1, (len(x) - 1) * stride + len(kernel) - 2 * padding, requires_grad=True)
    y = F.conv1d(wide, kernel[None, None], stride=stride, padding=padding)
    return torch.autograd.grad((y * x).sum(), wide)[0].flatten()


def _overwriting(x, kernel, stride, padding):
    row = torch.zeros((len(x) - 1) * stride + len(kernel))
    for i in range(len(x)):
        row[i * stride : i * stride + len(kernel)] = x[i] * kernel
    return _cut(row, padding)


def _maximum(x, kernel, stride, padding):
    row = torch.zeros((len(x) - 1) * stride + len(kernel))
    for i in range(len(x)):
        place = slice(i * stride, i * stride + len(kernel))
        row[place] = torch.maximum(row[place], x[i] * kernel)
    return _cut(row, padding)


def _mean_of_stamps(x, kernel, stride, padding):
    stamps = _row(torch.ones_like(x), torch.ones_like(kernel), stride)
    return _cut(_row(x, kernel, stride) / stamps.clamp(min=1), padding)


def _too_short(x, kernel, stride, padding):
    row = torch.zeros(len(x) * stride)
    for i in range(len(x)):
        row[i * stride : i * stride + len(kernel)] += x[i] * kernel
    return _cut(row, padding)


def _in_place(x, kernel, stride, padding):
    row = _row(x, kernel, stride)
    x *= 2
    return _cut(row, padding)


# 6.2 ------------------------------------------------------------------------------------------------------------
def _chain(rule):
    def sizes(size, layers):
        found = [size]
        for layer in layers:
            found.append(rule(found[-1], layer.kernel, layer.stride, layer.padding))
        return found

    return sizes


def _by_pytorch(size, layers):
    x, sizes = torch.zeros(1, 1, size, size), [size]
    for layer in layers:
        x = nn.ConvTranspose2d(1, 1, *layer[1:])(x)
        sizes.append(x.shape[-1])
    return sizes


def _recursive(size, layers):
    if not layers:
        return [size]
    _, k, s, p, extra = layers[0]
    return [size, *_recursive((size - 1) * s - 2 * p + k + extra, layers[1:])]


_RULE = _chain(lambda n, k, s, p: (n - 1) * s - 2 * p + k)


# 6.3 ------------------------------------------------------------------------------------------------------------
def _changes(size, layers, paddings=6):
    for start in range(1, 40):
        yield start, layers
    for i, p in itertools.product(range(len(layers)), range(paddings)):
        yield size, [layer._replace(padding=p) if j == i else layer for j, layer in enumerate(layers)]


def _first(size, layers):
    return next(found for found in _changes(size, layers) if output_sizes(*found)[-1] == 28)


def _paddings_first(size, layers):
    found = [
        change
        for change in _changes(size, layers)
        if min(output_sizes(*change)) > 0 and output_sizes(*change)[-1] == 28
    ]
    start, changed = found[-1]
    return [np.int64(start), [tuple(layer) for layer in changed]]


def _as_tensors(size, layers):
    start, changed = _first(size, layers)
    return torch.tensor(start), torch.tensor([list(layer) for layer in changed])


def _starts_only(size, layers):
    for start in range(1, 40):
        if output_sizes(start, layers)[-1] == 28:
            return start, layers
    return None


def _paddings_only(size, layers):
    for found in list(_changes(size, layers))[39:]:
        if output_sizes(*found)[-1] == 28:
            return found
    return None


def _of(places, size, layers, starts=15, paddings=9):
    """A search among some layers, starts or paddings only."""
    changes = [(start, layers) for start in range(1, starts)]
    for i in places(len(layers)):
        changes += [
            (size, (*layers[:i], layers[i]._replace(padding=p), *layers[i + 1 :]))
            for p in range(min(paddings, layers[i].kernel))
        ]
    return next((found for found in changes if output_sizes(*found)[-1] == 28), None)


def _size_lost(size, layers):
    for size in range(1, 15):
        if output_sizes(size, layers)[-1] == 28:
            return size, layers
    return _of(range, size, layers)


def _last_kernel(size, layers):
    sizes = output_sizes(size, layers)
    return size, (*layers[:-1], layers[-1]._replace(kernel=layers[-1].kernel + 28 - sizes[-1]))


def _output_padding(size, layers):
    return size, (*layers[:-1], layers[-1]._replace(output_padding=28 - output_sizes(size, layers)[-1]))


def _one_more_layer(size, layers):
    return size, (*layers, Layer(1, 28 - output_sizes(size, layers)[-1] + 1))


# 6.4 ------------------------------------------------------------------------------------------------------------
def _modules(latent, channels, size, layers):
    modules = [nn.Linear(latent, channels * size**2)]
    for layer in layers:
        modules.append(nn.ConvTranspose2d(channels, *layer))
        channels = layer.channels
    return modules


def _by_modules(latent, channels, size, layers):
    return sum(p.numel() for module in _modules(latent, channels, size, layers) for p in module.parameters())


def _count(latent, channels, size, layers, power=2, linear_bias=1, bias=1, linear=1):
    total = linear * (latent + linear_bias) * channels * size**2
    for layer in layers:
        total += channels * layer.channels * layer.kernel**power + bias * layer.channels
        channels = layer.channels
    return total


def _unchained(latent, channels, size, layers):
    return _count(latent, channels, size, ()) + sum(channels * a.channels * a.kernel**2 + a.channels for a in layers)


def _bias_per_input(latent, channels, size, layers):
    total = (latent + 1) * channels * size**2
    for layer in layers:
        total += channels * layer.channels * layer.kernel**2 + channels
        channels = layer.channels
    return total


def _bias_per_weight(latent, channels, size, layers):
    ins = [channels, *(layer.channels for layer in layers)]
    return _count(latent, channels, size, layers, bias=0) + sum(
        i * layer.channels for i, layer in zip(ins, layers, strict=False)
    )


def _with_strides(latent, channels, size, layers):
    total = (latent + 1) * channels * size**2
    for layer in layers:
        total += channels * layer.channels * (layer.kernel * layer.stride) ** 2 + layer.channels
        channels = layer.channels
    return total


def _times_pixels(latent, channels, size, layers):
    total = (latent + 1) * channels * size**2
    for layer, n in zip(layers, output_sizes(size, layers)[1:], strict=True):
        total += (channels * layer.channels * layer.kernel**2 + layer.channels) * n**2
        channels = layer.channels
    return total


# 6.5 ------------------------------------------------------------------------------------------------------------
def _map(size, layers, bias=None):
    counts = torch.ones(1, 1, size, size)
    for layer in layers:
        ones = torch.ones(1, 1, layer.kernel, layer.kernel)
        counts = F.conv_transpose2d(counts, ones, bias, stride=layer.stride, padding=layer.padding)
    return counts[0, 0]


def _outer(size, layers):
    row = torch.ones(1, 1, size, dtype=torch.float64)
    for layer in layers:
        row = F.conv_transpose1d(
            row, torch.ones(1, 1, layer.kernel, dtype=torch.float64), stride=layer.stride, padding=layer.padding
        )
    return torch.outer(row[0, 0], row[0, 0])


def _by_modules_of_ones(size, layers):
    counts = torch.ones(1, 1, size, size)
    for layer in layers:
        module = nn.ConvTranspose2d(1, 1, *layer[1:], bias=False)
        nn.init.ones_(module.weight)
        counts = module(counts)
    return counts.squeeze(0).squeeze(0)


def _by_loops(size, layers):
    counts = np.ones((size, size))
    for _, k, s, p, _ in layers:
        wide = np.zeros(((len(counts) - 1) * s + k,) * 2)
        for i, j in np.ndindex(counts.shape):
            wide[i * s : i * s + k, j * s : j * s + k] += counts[i, j]
        counts = wide[p : len(wide) - p, p : len(wide) - p]
    return counts


def _last_only(size, layers):
    return _map(output_sizes(size, layers[:-1])[-1], layers[-1:])


def _with_channels(size, layers):
    counts = torch.ones(1, 1, size, size)
    for layer in layers:
        ones = torch.ones(counts.shape[1], layer.channels, layer.kernel, layer.kernel)
        counts = F.conv_transpose2d(counts, ones, stride=layer.stride, padding=layer.padding)
    return counts.sum((0, 1))


def _averaged(size, layers):
    counts = torch.ones(1, 1, size, size)
    for layer in layers:
        kernel = torch.full((1, 1, layer.kernel, layer.kernel), 1 / layer.kernel**2)
        counts = F.conv_transpose2d(counts, kernel, stride=layer.stride, padding=layer.padding)
    return counts[0, 0]


RIGHT = {
    "6.1": [
        _by_matrix,
        _by_zeros_and_convolution,
        _double_loop,
        _by_gradient,
        lambda x, kernel, stride, padding: _cut(_row(x, kernel, stride), padding),
        lambda x, kernel, stride, padding: sum(
            F.pad(v * kernel, (i * stride, (len(x) - 1 - i) * stride)) for i, v in enumerate(x)
        )[padding : -padding or None],
        lambda x, kernel, stride, padding: F.fold(
            torch.outer(kernel, x)[None], ((len(x) - 1) * stride + len(kernel), 1), (len(kernel), 1), stride=(stride, 1)
        ).flatten()[padding : (len(x) - 1) * stride + len(kernel) - padding],
    ],
    "6.2": [
        _by_pytorch,
        _recursive,
        output_sizes,
        lambda size, layers: torch.tensor(_RULE(size, layers)),
        lambda size, layers: tuple(float(n) for n in _RULE(size, layers)),
        lambda size, layers: list(
            itertools.accumulate(
                layers, lambda n, a: n * a.stride - a.stride + a.kernel - a.padding - a.padding, initial=size
            )
        ),
    ],
    "6.3": [
        _first,
        _paddings_first,
        _as_tensors,
        lambda size, layers: _of(range, size, layers),
        lambda size, layers: _paddings_only(size, layers) or _starts_only(size, layers),
    ],
    "6.4": [
        _by_modules,
        lambda *a: float(_count(*a)),
        lambda *a: torch.tensor(_count(*a)),
        lambda latent, channels, size, layers: sum(
            np.prod(p.shape) for m in _modules(latent, channels, size, layers) for p in m.parameters()
        ),
    ],
    "6.5": [
        _outer,
        _by_modules_of_ones,
        _by_loops,
        lambda size, layers: _map(size, layers).int().tolist(),
        lambda size, layers: _map(size, list(layers)).numpy(),
    ],
}

WRONG = {
    "6.1": [
        (_overwriting, "overwritten"),
        (lambda x, kernel, stride, padding: _cut(_row(x, kernel.flip(0), stride), padding), "kernel-flipped"),
        (lambda x, kernel, stride, padding: _cut(_row(x.flip(0), kernel, stride), padding), "input-reversed"),
        (lambda x, kernel, stride, padding: _cut(_row(torch.ones_like(x), kernel, stride), padding), "weight-missing"),
        (lambda x, kernel, stride, padding: _cut(_row(x, torch.ones_like(kernel), stride), padding), "kernel-missing"),
        (
            lambda x, kernel, stride, padding: _cut(_row(torch.ones_like(x), torch.ones_like(kernel), stride), padding),
            "counts",
        ),
        (lambda x, kernel, stride, padding: _row(x, kernel, stride)[2 * padding :], "cut-at-the-left"),
        (
            lambda x, kernel, stride, padding: _row(x, kernel, stride)[
                : len(x) * stride - stride + len(kernel) - 2 * padding
            ],
            "cut-at-the-right",
        ),
        (lambda x, kernel, stride, padding: _row(x, kernel, stride)[padding:-padding], "shape"),
        (lambda x, kernel, stride, padding: _row(x, kernel, stride), "shape"),
        (
            lambda x, kernel, stride, padding: _row(x, kernel, stride)[1:-1] if padding else _row(x, kernel, stride),
            "shape",
        ),
        (lambda x, kernel, stride, padding: _cut(_row(x, kernel, 2), padding), "shape"),
        (lambda x, kernel, stride, padding: _row(x, kernel, 1)[padding:], "shape"),
        (
            lambda x, kernel, stride, padding: F.conv1d(
                x[None, None], kernel[None, None], stride=stride, padding=padding
            ),
            "shape",
        ),
        (
            lambda x, kernel, stride, padding: F.conv_transpose1d(
                x[None, None], kernel[None, None], None, stride, padding
            ),
            "shape",
        ),
        (lambda x, kernel, stride, padding: _cut(_row(x, kernel, stride), padding) / 2, "value"),
        (_maximum, "overwritten"),
        (_in_place, "changed-input"),
        (_too_short, "raised"),
        (lambda x, kernel, stride, padding: _cut(_row(x.abs(), kernel, stride), padding), "value"),
        (lambda x, kernel, stride, padding: _cut(_row(x, kernel.clamp(min=0), stride), padding), "value"),
        (lambda x, kernel, stride, padding: print(_row(x, kernel, stride)), "returned-nothing"),
        (_mean_of_stamps, "averaged"),
    ],
    "6.2": [
        (_chain(lambda n, k, s, p: (n - 1) * s - p + k), "padding-once"),
        (_chain(lambda n, k, s, p: (n - 1) * s + 2 * p + k), "padding-added"),
        (_chain(lambda n, k, s, p: (n - 1) * s + k), "padding-forgotten"),
        (_chain(lambda n, k, s, p: n * s - 2 * p + k), "minus-one-missing"),
        (_chain(lambda n, k, s, p: (n - 1) * s - 2 * p + k - 1), "kernel-minus-one"),
        (_chain(lambda n, k, s, p: (n - 1) * s - 2 * p), "kernel-forgotten"),
        (_chain(lambda n, k, s, p: n * s), "times-stride"),
        (_chain(lambda n, k, s, p: 2 * n), "value"),
        (_chain(lambda n, k, s, p: (n - 1) * s - 2 * p + k if n > 1 else k), "one-pixel"),
        (_chain(lambda n, k, s, p: (n - 1) * s - 2 + k), "value"),
        (_chain(lambda n, k, s, p: n - 1 - 2 * p + k), "stride-forgotten"),
        (_chain(lambda n, k, s, p: (n + 2 * p - k) // s + 1), "convolution"),
        (lambda size, layers: [size, *(output_sizes(size, [layer])[-1] for layer in layers)], "not-chained"),
        (lambda size, layers: output_sizes(size, layers)[::-1], "reversed"),
        (lambda size, layers: sorted(output_sizes(size, layers)), "value"),
        (lambda size, layers: [size] + [(size - 1) * s + k - 2 * p for k, s, p, _ in layers], "raised"),
        (lambda size, layers: output_sizes(size, layers)[1:], "shape"),
        (lambda size, layers: output_sizes(size, layers)[-1], "shape"),
        (lambda size, layers: [size] + [(size - 1) * s + k - 2 * p for _, k, s, p in layers], "raised"),
        (lambda size, layers: _RULE(size, layers).sort(), "returned-nothing"),
    ],
    "6.3": [
        (_starts_only, "no-repair-found"),
        (_paddings_only, "no-repair-found"),
        (_size_lost, "no-repair-found"),
        (lambda size, layers: _of(lambda depth: [0], size, layers), "no-repair-found"),
        (lambda size, layers: _of(lambda depth: [depth - 1], size, layers), "no-repair-found"),
        (lambda size, layers: _of(range, size, layers, starts=8), "no-repair-found"),
        (lambda size, layers: _of(range, size, layers, paddings=2), "no-repair-found"),
        (lambda size, layers: _of(range, size, layers, paddings=3), "no-repair-found"),
        (lambda size, layers: (28, layers), "not-28"),
        (lambda size, layers: (size, layers), "unchanged"),
        (_last_kernel, "not-allowed"),
        (_output_padding, "not-allowed"),
        (lambda size, layers: (size, [layer._replace(stride=layer.stride + 1) for layer in layers]), "not-allowed"),
        (lambda size, layers: (size + 1, [a._replace(padding=a.padding + 1) for a in layers]), "several-changes"),
        (lambda size, layers: (size, [a._replace(padding=3) for a in layers]), "several-changes"),
        (lambda size, layers: (max(5, _first(size, layers)[0]), _first(size, layers)[1]), "several-changes"),
        (_one_more_layer, "shape"),
        (lambda size, layers: layers, "shape"),
        (lambda size, layers: _first(size, layers)[0], "shape"),
        (lambda size, layers: (_first(size, layers)[0], layers[-1]), "not-numbers"),
        (lambda size, layers: (size, (layers[0]._replace(padding=-1), *layers[1:])), "negative"),
        (lambda size, layers: (size + 0.5, layers), "not-whole"),
        (
            lambda size, layers: next(f for f in _changes(size, layers) if output_sizes(*f)[-1] >= 28 and f[0] != size),
            "not-28",
        ),
        (lambda size, layers: (size, [layers[0]._replace(padding=20), *layers[1:]]), "empty-picture"),
    ],
    "6.4": [
        (lambda *a: _count(*a, linear=0), "linear-missing"),
        (lambda latent, channels, size, layers: (latent + 1) * channels * size**2, "linear-only"),
        (lambda *a: _count(*a, bias=0, linear_bias=0), "biases-missing"),
        (lambda *a: _count(*a, bias=0), "biases-missing"),
        (lambda *a: _count(*a, linear_bias=0), "biases-missing"),
        (lambda *a: _count(*a, power=1), "kernel-not-squared"),
        (lambda *a: _count(*a, power=0), "kernel-missing"),
        (
            lambda latent, channels, size, layers: (
                _count(latent, channels, 1, layers) + (latent + 1) * channels * (size - 1)
            ),
            "size-not-squared",
        ),
        (lambda latent, channels, size, layers: _count(latent, channels, 1, layers), "size-forgotten"),
        (_bias_per_input, "bias-per-input"),
        (_unchained, "channels-not-chained"),
        (_times_pixels, "times-pixels"),
        (
            lambda latent, channels, size, layers: (
                _count(latent, channels, size, ()) + sum(a.channels * a.kernel**2 + a.channels for a in layers)
            ),
            "channels-in-missing",
        ),
        (lambda *a: 150_977, "value"),
        (lambda latent, *a: _count(2, *a), "value"),
        (lambda latent, channels, size, layers: _count(latent, channels, size, layers[:2]), "value"),
        (
            lambda latent, channels, size, layers: _count(
                latent, channels, size, [a._replace(kernel=4) for a in layers]
            ),
            "value",
        ),
        (lambda *a: sum(p.shape[0] for m in _modules(*a) for p in m.parameters()), "value"),
        (lambda *a: [_count(*a), 0], "shape"),
        (lambda *a: None, "returned-nothing"),
        (_bias_per_weight, "bias-per-weight"),
        (_with_strides, "stride-counted"),
    ],
    "6.5": [
        (_last_only, "last-layer-only"),
        (lambda size, layers: (_map(size, layers) > 0).float(), "covered-only"),
        (lambda size, layers: _map(size, layers) / _map(size, layers).max(), "normalised"),
        (lambda size, layers: _map(size, layers) / _map(size, layers).mean(), "normalised"),
        (_averaged, "mean-kernel"),
        (_with_channels, "channels-counted"),
        (lambda size, layers: _map(size, layers).sqrt(), "square-root"),
        (lambda size, layers: _map(size, layers, torch.ones(1)), "bias"),
        (lambda size, layers: _map(size, layers)[None, None], "shape"),
        (lambda size, layers: _map(size, layers)[0], "shape"),
        (lambda size, layers: _map(size, [a._replace(padding=0) for a in layers]), "shape"),
        (lambda size, layers: _map(size, [a._replace(stride=1) for a in layers]), "shape"),
        (lambda size, layers: _map(size, [a._replace(stride=2) for a in layers]), "shape"),
        (lambda size, layers: _map(size, layers).clamp(max=4), "value"),
        (lambda size, layers: F.conv2d(torch.ones(1, 1, size, size), torch.ones(1, 1, 3, 3), padding=1)[0, 0], "shape"),
        (lambda size, layers: torch.ones_like(_map(size, layers)), "covered-only"),
        (lambda size, layers: _map(size, layers) + 1, "bias"),
        (lambda size, layers: 1.37 * _map(size, layers), "value"),
        (lambda size, layers: _map(size, layers).max(), "shape"),
    ],
}
