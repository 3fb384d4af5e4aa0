"""The explorer: trained models that answer in the page itself, with neither a kernel nor a network.

What is shown is HTML with a script and the models' weights, matrices and kernels in float16, vectors in float32: a
single bias or BatchNorm's variance moves all pixels of a channel. So it runs in a lesson, in a stored notebook, in an
exported page and on a page of its own. Where scripts do not run, a still picture stands in its place.
"""

from __future__ import annotations

import io
import json
from base64 import b64encode
from dataclasses import replace
from importlib.resources import files
from typing import Any

import torch
from IPython.display import display
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image
from torch import Tensor, nn

from . import checkpoints, data, plots
from .objectives import kl_standard_normal

_CODES = 400
_START = (0.6, -0.8)
_COLOURS = 64
_SHOWN = 3  # the test digit that readers read first
_OPTIONS = ("stride", "padding", "output_padding", "eps")
_HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1"><title>Explorer</title>'
    "<style>:root{color-scheme:light dark}body{margin:24px auto;padding:0 16px;max-width:46em;"
    "font:16px/1.5 system-ui,sans-serif}</style></head>"
)


def plane(name: str) -> None:
    """Show the plane of a model's two latents: drag the star, and the decoder draws its code.

    Raises:
        ValueError: for a model with more or fewer latents.
        CheckpointError: where there is no such checkpoint, or its weights do not ship.
    """
    _show(plane_html(name), f"Explorer: the plane of the two latents of {name!r}; it moves where scripts run")


def readers(*names: str, rows: int = 28) -> None:
    """Show models that read a digit row by row: what they draw, and the KL of each latent in nats.

    Args:
        *names: checkpoints with an LSTM that reads one image row at a time, and a convolutional decoder.
        rows: image rows read at first, 1 to 28.

    Raises:
        CheckpointError: where there is no such checkpoint, or its weights do not ship.
    """
    _show(readers_html(*names, rows=rows), f"Explorer: {', '.join(names)} read a digit; it moves where scripts run")


def page() -> str:
    """A page of its own, complete: the plane, and Report E's reader beside Report A's two."""
    views = (
        "<h2>The plane of two latents</h2>",
        plane_html("b-latent-2"),
        "<h2>Three models read a digit</h2>",
        readers_html("e", "a-1", "a-1-sum"),
    )
    return f"{_HEAD}<body><main><h1>Explorer</h1>{''.join(views)}</main></body></html>"


@torch.no_grad()
def plane_html(name: str) -> str:
    """The HTML of :func:`plane`, for a page."""
    model = checkpoints.load(name)
    images, labels = data.load("mnist", "test", limit=_CODES)
    mean, logvar = model.encoder(images)
    if mean.shape[1] != 2:
        raise ValueError(f"{name!r} has {mean.shape[1]} latents, a plane has two: choose a model with two.")
    kl = kl_standard_normal(mean, logvar)
    given = {
        "models": [{"encoder": [], **_packed(decoder=model.decoder)}],
        "posteriors": [{"mean": mean[i].tolist(), "kl": kl[i].item()} for i in _ten(labels)],
        "codes": [
            [round(z1, 2), round(z2, 2), label] for (z1, z2), label in zip(mean.tolist(), labels.tolist(), strict=True)
        ],
        "colours": plots.TEN,
        "start": _START,
    }
    figure, (left, right) = plots.subplots(1, 2, size=(6.4, 4), width_ratios=(2, 1))
    plots.scatter_digits(left, mean, labels, size=20)
    plots.frame_plane(left)
    left.add_patch(Rectangle((-1, -1), 2, 2, fill=False, linewidth=1.6))
    left.plot(*_START, "*", color="black", markeredgecolor="white", markersize=18)
    plots.draw_digit(right, torch.sigmoid(model.decoder(torch.tensor([_START])))[0], f"z = {_START}")
    alt = (
        f"Codes of {_CODES} test images, drawn as digits, in regions of their own; a square from -1 to 1, circles "
        f"with half and 99 % of the prior. A star at {_START}, and its digit."
    )
    return _html("plane", given, figure, alt)


@torch.no_grad()
def readers_html(*names: str, rows: int = 28) -> str:
    """The HTML of :func:`readers`, for a page."""
    models = {name: checkpoints.load(name) for name in names}
    images, labels = data.load("mnist", "test", limit=_CODES)
    given = {
        "models": [
            {"name": name, "says": checkpoints.card(name).says, **_packed(encoder=model.encoder, decoder=model.decoder)}
            for name, model in models.items()
        ],
        "digit": _SHOWN,
        "rows": rows,
    }
    chosen = _ten(labels)[_SHOWN]
    digit = images[chosen, None]
    covered = digit.masked_fill(torch.arange(28)[:, None] >= rows, 0.5)
    drawn = [torch.sigmoid(model.decoder(model.encoder(digit[:, :, :rows])[0])) for model in models.values()]
    figure = plots.digits(torch.cat([covered, *drawn]), [f"{rows} rows", *names], scale=1.6)
    alt = f"A test digit, its upper {rows} of 28 rows visible, and what is drawn from them by {', '.join(names)}."
    return _html("readers", given, figure, alt)


def _ten(labels: Tensor) -> list[int]:
    """Where each of the ten digits stands for the first time."""
    return [int((labels == label).nonzero()[0]) for label in range(10)]


def _packed(**parts: nn.Module) -> dict[str, Any]:
    """Layers of a model as the script knows them, and their numbers, one after the other."""
    numbers: list[bytes] = []

    def told(layer: nn.Module) -> dict[str, Any]:
        tensors = [tensor for tensor in layer.state_dict().values() if tensor.is_floating_point()]
        numbers.extend(tensor.numpy().astype("<f2" if tensor.ndim > 1 else "<f4").tobytes() for tensor in tensors)
        options = {key: getattr(layer, key) for key in _OPTIONS if hasattr(layer, key)}
        square = {key: value[0] if isinstance(value, tuple) else value for key, value in options.items()}
        return {"kind": type(layer).__name__, "shapes": [list(tensor.shape) for tensor in tensors], **square}

    layers = {
        name: [told(layer) for layer in part.modules() if not any(layer.children())] for name, part in parts.items()
    }
    return {**layers, "weights": b64encode(b"".join(numbers)).decode()}


def _html(view: str, given: dict[str, Any], still: Figure, alt: str) -> str:
    """A view with all it needs: models, ten test digits, style, script, and a picture for where scripts are off."""
    pixels, labels = data.load("mnist", "test", limit=_CODES, dtype=torch.uint8)
    chosen = _ten(labels)
    known = [{"index": index, "label": label} for label, index in enumerate(chosen)]
    given = {"view": view, "test": known, "pixels": b64encode(pixels[chosen].numpy().tobytes()).decode(), **given}
    folder = files("course_utils") / "assets" / "explorer"
    style, script = ((folder / f"explorer.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return (
        f"<div class='vae-explorer' data-lm-suppress-shortcuts='true'>{_small(still, alt)}"
        f"<script type='application/json'>{json.dumps(given, separators=(',', ':'))}</script></div>"
        f"<style>{style}</style><script>{script}</script>"
    )


def _small(figure: Figure, alt: str) -> str:
    """The figure as an image in few colours, a quarter of the bytes."""
    picture = plots.picture(figure, alt)
    buffer = io.BytesIO()
    image = Image.open(io.BytesIO(picture.content)).convert("RGB")
    image.quantize(_COLOURS, Image.Quantize.FASTOCTREE).save(buffer, "PNG", optimize=True)
    return replace(picture, content=buffer.getvalue()).html()


def _show(page: str, words: str) -> None:
    display({"text/html": page, "text/plain": words}, raw=True)
