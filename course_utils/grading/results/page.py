"""HTML pages in which nothing can run: every word is escaped, and the page itself forbids scripts and loading."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable

from matplotlib.figure import Figure

from course_utils import plots

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 48em; margin: 2em auto; padding: 0 1em; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3em .6em; vertical-align: top; }
tr { border-bottom: 1px solid #8886; } td.number, th.number { text-align: right; }
section { border-left: 5px solid #888; padding: .2em 1em; margin: 1em 0; } section.right { border-color: #009e73; }
section.wrong { border-color: #d55e00; } section.open { border-color: #0072b2; }
pre { white-space: pre-wrap; padding: .5em; background: #8882; } img { max-width: 100%; background: #fff; }
.small { font-size: .85em; opacity: .8; } h2 { margin-top: 2em; }
"""


def text(value: object) -> str:
    """Words as HTML: nothing in them is a tag."""
    return html.escape(str(value).encode("utf-8", "replace").decode().replace("\0", ""))


def tag(name: str, *inside: str, of: str = "") -> str:
    """An element around HTML that is safe already; ``of`` is its class."""
    opening = f'<{name} class="{of}">' if of else f"<{name}>"
    return f"{opening}{''.join(inside)}</{name}>"


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table of words and numbers; numbers stand on the right."""
    head = tag("tr", *(tag("th", text(cell)) for cell in header))
    lines = [
        tag("tr", *(tag("td", text(cell), of="number" if isinstance(cell, int | float) else "") for cell in row))
        for row in rows
    ]
    return tag("table", head, *lines)


def picture(figure: Figure, alt: str) -> str:
    """A matplotlib figure as an image inside the page."""
    data = base64.b64encode(plots.png(figure)).decode()
    return f'<img alt="{text(alt)}" src="data:image/png;base64,{data}">'


def page(title: str, *body: str) -> bytes:
    """A whole page of elements that are safe already."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>{text(title)}</title><style>{_STYLE}</style></head><body>"
        + tag("h1", text(title))
        + "\n".join(body)
        + "</body></html>\n"
    ).encode()
