"""The front page: what the course is about, for somebody who does not know yet whether to begin."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from string import Template

import torch
from PIL import Image
from torch import Tensor

from .. import checkpoints, data
from ..files import write_whole

_TEMPLATE = Path(__file__).parents[1] / "assets" / "site" / "front.md"
WALKS, STEPS = 3, 8
"""Rows of the picture that moves, and frames between one digit and the next."""
_PAPER = 4 / 255  # below this, a pixel is stored as white


def page(lessons: Sequence[str], teaching: Sequence[str]) -> str:
    """The page in Markdown, over the names of lessons and of pages for instructors; models' numbers come from cards."""
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        ladder="\n".join(f"<li{_rung(name, nats, kind)}</li>" for name, nats, kind in rungs()),
        walls="".join(
            f'<span style="background-image:url(pictures/walk-{walk}.png);animation-delay:-{digit * 2}s"></span>'
            for walk in range(WALKS)
            for digit in range(10)
        ),
        lessons="\n".join(f"lessons/{name}" for name in lessons),
        teaching="\n".join(teaching),
        averaged=f"{checkpoints.card('a-3').test:.2f}",
        summed=f"{checkpoints.card('a-3-sum').test:.2f}",
        repaired=f"{checkpoints.card('e').test:.2f}",
        twenty=f"{checkpoints.card('b-latent-20').test:.2f}",
    )


def rungs() -> list[tuple[str, float, str]]:
    """The ladder, from the top: name, nats per test image of MNIST, kind."""
    return [
        ("every pixel one half: knows nothing", 543.43, "blind"),
        ("one grey for all pixels", 306.66, "blind"),
        ("the mean image, whatever is shown", 205.80, "blind"),
        ("Report B, base model", 142.38, "report"),
        ("Report E", 98.04, "report"),
        ("Report E's model, trained here", round(checkpoints.card("e").test, 2), "course"),
        ("Report B's model with 20 latents, one ReLU mended", round(checkpoints.card("b-latent-20").test, 2), "course"),
        ("the floor: no decoder gets below", 45.53, "floor"),
    ]


def _rung(name: str, nats: float, kind: str) -> str:
    return f' class="{kind}" style="--nats:{nats:.2f}"><span>{name}</span><b>{nats:.2f}</b>'


def draw(folder: Path) -> None:
    """Write the strips of the picture that moves: codes of ten digits, and the way from each to the next."""
    model = checkpoints.load("e")
    images, labels = data.load("mnist", "test", limit=1000)
    for walk in range(WALKS):
        ten = torch.cat([images[labels == digit][walk : walk + 1] for digit in range(10)])
        with torch.no_grad():
            codes, _ = model.encoder(ten)
            frames = torch.sigmoid(model.decoder(_between(codes, codes.roll(-1, 0))))
        strip = (frames.reshape(-1, 28) * 255).round().to(torch.uint8)
        _save(255 - torch.where(strip < 255 * _PAPER, 0, strip), folder / f"walk-{walk}.png")


def _between(starts: Tensor, ends: Tensor) -> Tensor:
    """(N, D) twice -> (N * STEPS, D): from each start towards its end, resting a moment at the start."""
    share = torch.linspace(0, 1, STEPS + 1)[:-1]
    eased = (share * share * (3 - 2 * share))[None, :, None]
    return ((1 - eased) * starts[:, None] + eased * ends[:, None]).flatten(0, 1)


def _save(strip: Tensor, path: Path) -> None:
    buffer = BytesIO()
    Image.fromarray(strip.numpy(), "L").save(buffer, "PNG", optimize=True)
    write_whole(path, buffer.getvalue())
