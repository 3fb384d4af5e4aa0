"""HTML pages in which nothing can run: templates escape every word, and the page itself forbids scripts and loading."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from matplotlib.figure import Figure

from course_utils import plots

from .words import bounded, untwisted


def _harmless(value: Any) -> Any:
    """Whatever a template writes, of a length and in a direction that leave the page whole."""
    return untwisted(bounded(value)) if isinstance(value, str) and not hasattr(value, "__html__") else value


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    finalize=_harmless,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


class Picture(NamedTuple):
    """A figure as a page shows it.

    Attributes:
        png: in base64.
        alt: what a reader hears.
    """

    png: str
    alt: str


def picture(figure: Figure, alt: str) -> Picture:
    """A matplotlib figure, to be an image inside the page."""
    return Picture(base64.b64encode(plots.png(figure)).decode(), alt)


def page(template: str, **words: Any) -> bytes:
    """A whole page.

    Args:
        template: a file of ``templates``.
        words: what it asks for; nothing in them is a tag.
    """
    text = _TEMPLATES.get_template(template).render(words)
    return text.replace("\0", "").encode("utf-8", "replace")
