"""Figures of the lessons: one style, colours that colour-blind readers can tell apart, and alt text."""

from __future__ import annotations

import html
import io
import math
import threading
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import matplotlib
from cycler import cycler
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter
from torch import Tensor

from . import page

BLUE, ORANGE, GREEN, RED, SKY, PINK, YELLOW = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#56B4E9",
    "#CC79A7",
    "#F0E442",
)
GREY = "#666666"
TEN = (BLUE, RED, GREEN, ORANGE, PINK, SKY, "#882255", GREY, "#000000", "#999933")
"""A colour for each digit; the digits themselves are the markers, so that nobody needs to tell ten colours apart."""

_DPI = 160
_SCREEN_DPI = 90
_FRAME = "box-sizing:content-box;max-width:calc(100% - 18px);background:#fff;padding:8px;border:1px solid #ccc"

_PEN = threading.Lock()
"""A slider may redraw from a thread of its own; matplotlib draws one figure at a time."""

matplotlib.rcParams.update(
    {
        "axes.prop_cycle": cycler(color=[BLUE, RED, GREEN, ORANGE, PINK, SKY]),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 12,
        "axes.labelsize": 12,
        "axes.grid": True,
        "grid.alpha": 0.25,
        "axes.axisbelow": True,
        "axes.titlelocation": "left",
        "xtick.labelsize": 11,
        "ytick.labelsize": 11,
        "legend.fontsize": 11,
        "legend.frameon": False,
        "font.size": 11,
        "lines.linewidth": 2,
        "figure.constrained_layout.use": True,
        "image.cmap": "gray_r",
    }
)
page.accompany()


Layout = Literal["constrained", "compressed", "tight"] | None


def subplots(
    rows: int = 1, columns: int = 1, size: tuple[float, float] = (8, 3.2), layout: Layout = None, **kwargs: Any
) -> tuple[Figure, Any]:
    """As ``pyplot.subplots``, in the course's usual size (inches); the figure belongs to the caller alone.

    pyplot keeps a list of all figures, which threads would share and every cell show at its end.
    """
    figure = Figure(figsize=size, layout=layout)
    return figure, figure.subplots(rows, columns, **kwargs)


def seconds_axis(axis: Axes) -> None:
    """A logarithmic axis of seconds with plain numbers on it."""
    axis.set(xscale="log", xlabel="seconds of training")
    axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.xaxis.set_minor_formatter(NullFormatter())


def png(figure: Figure) -> bytes:
    """The figure as PNG bytes."""
    buffer = io.BytesIO()
    with _PEN:
        figure.savefig(buffer, format="png", dpi=_DPI, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()


@dataclass(frozen=True)
class Picture:
    """A PNG with alt text: a picture in a notebook, the alt text itself in a plain terminal.

    Jupyter's own ``<img>`` for a PNG has no alt text, whatever stands in its metadata; so HTML, which pages prefer,
    stands beside it, with a frame that makes a white card of the figure on a dark page.
    """

    content: bytes
    width: int
    alt: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        encoded = b64encode(self.content).decode()
        data = {"text/html": self.html(), "image/png": encoded, "text/plain": f"[picture] {self.alt}"}
        return data, {"image/png": {"alt": self.alt, "width": self.width}}

    def html(self) -> str:
        """The picture as an ``<img>`` that carries its alt text and its own bytes."""
        encoded = b64encode(self.content).decode()
        return (
            f'<img alt="{html.escape(self.alt)}" width="{self.width}" style="{_FRAME}" '
            f'src="data:image/png;base64,{encoded}">'
        )


def picture(figure: Figure, alt: str) -> Picture:
    """The figure as a picture with alt text; closes the figure.

    Args:
        figure: what to show.
        alt: what is seen, in a sentence or two, for readers who do not see it.

    Raises:
        ValueError: without alt text.
    """
    if not alt.strip():
        raise ValueError("A figure needs alt text: say in a sentence what is seen.")
    width = int(figure.get_size_inches()[0] * _SCREEN_DPI)
    return Picture(png(figure), width, alt)


def show(figure: Figure, alt: str) -> None:
    """Display the figure with alt text; see :func:`picture`."""
    display(picture(figure, alt))


def digits(images: Tensor, titles: Sequence[str] | None = None, columns: int = 10, scale: float = 0.85) -> Figure:
    """Images in a grid, black ink on white.

    Args:
        images: (N, 1, 28, 28) or (N, 28, 28), values in [0, 1].
        titles: N short titles, or none.
        columns: images in a row.
        scale: inches per image.
    """
    count = len(images)
    columns = min(columns, count)
    rows = -(-count // columns)
    size = columns * scale, rows * scale * (1.3 if titles else 1)
    figure, axes = subplots(rows, columns, size, squeeze=False)
    for axis in axes.flat:
        axis.set_axis_off()
    for i, axis in enumerate(axes.flat[:count]):
        draw_digit(axis, images[i], titles[i] if titles else "")
    return figure


def draw_digit(axis: Axes, image: Tensor, title: str = "") -> None:
    """One image (1, 28, 28) or (28, 28) on an axis, on the fixed scale 0 (white) to 1 (black)."""
    axis.imshow(image.detach().reshape(28, 28).cpu().numpy(), vmin=0, vmax=1, interpolation="nearest")
    axis.set_axis_off()
    axis.set_title(title, fontsize=11, loc="center")


def scatter_digits(axis: Axes, codes: Tensor, labels: Tensor, size: float) -> None:
    """Codes (N, 2), each drawn as the digit that its label (N,) says, in that digit's colour."""
    for digit, colour in enumerate(TEN):
        z1, z2 = codes[labels == digit].T
        axis.scatter(z1, z2, s=size, marker=f"${digit}$", color=colour, linewidths=0)


def frame_plane(axis: Axes) -> None:
    """The plane of two latents: its limits and labels, and circles that hold half and 99 % of the prior N(0, I)."""
    for share, style in ((0.5, ":"), (0.99, "--")):
        axis.add_patch(Circle((0, 0), math.sqrt(-2 * math.log(1 - share)), fill=False, linestyle=style))
    axis.set(xlim=(-3.3, 3.3), ylim=(-3.3, 3.3), xlabel="z1", ylabel="z2", aspect="equal")


def wall(axis: Axes, pictures: Tensor, columns: int, left: float, bottom: float) -> None:
    """Pictures (N, 1, 28, 28) row by row as one image, in sixteen greys so that the file stays small.

    Args:
        axis: to be filled; it moves, and gets a size of two dots for each pixel.
        pictures: grey in [0, 1]; their number is a multiple of ``columns``.
        columns: pictures in a row.
        left: dots from the figure's left edge to the wall's.
        bottom: dots from the figure's lower edge to the wall's.
    """
    rows = pictures.detach().reshape(-1, columns, 28, 28).transpose(1, 2).reshape(-1, 28 * columns)
    high, wide = rows.shape
    width, height = cast(Figure, axis.figure).get_size_inches() * _DPI
    axis.imshow((15 * rows).round() / 15, vmin=0, vmax=1, interpolation="nearest", aspect="auto")
    axis.set_position((left / width, bottom / height, 2 * wide / width, 2 * high / height))
    axis.set(xticks=[], yticks=[])
    axis.grid(False)
    axis.spines[:].set_visible(False)
