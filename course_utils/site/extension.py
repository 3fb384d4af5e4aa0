"""What Sphinx is taught: formulas as MathML, and docstrings in which |z| is a length.

Browsers draw MathML themselves: no script, no font, and a screen reader can walk through a formula.
"""

from __future__ import annotations

import re
from typing import Any

from latex2mathml.converter import convert

_NAMES = r"\\(ln|log|sin|cos|tanh|max|min|det)(?![a-z])"


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx."""
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_block, None))
    app.connect("autodoc-process-docstring", _escape_bars)
    app.connect("html-page-context", _level_captions, priority=900)  # after the theme has made its tree
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(writer: Any, node: Any) -> None:
    _write(writer, f"{convert(_respelt(node.astext()))}")


def _block(writer: Any, node: Any) -> None:
    _write(writer, f'<div class="math">{convert(_respelt(node.astext()), display="block")}</div>')


def _write(writer: Any, markup: str) -> None:
    from docutils.nodes import SkipNode

    writer.body.append(markup)
    raise SkipNode


def _respelt(formula: str) -> str:
    """The formula in what the converter knows, with TeX's thin spaces around names of functions."""
    formula = re.sub(r"\\[lr](?=[Vv]ert)", lambda _: "\\", formula).replace(r"\!", "").replace(r"\Vert", r"\|")
    formula = re.sub(rf"([\w)}}\]])\s*{_NAMES}", r"\1\,\\\2", formula)
    return re.sub(rf"{_NAMES}(?!\s*(?:[\^_(\[]|\\left|\\[Bb]ig))", r"\\\1\,", formula)


def _escape_bars(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    lines[:] = [re.sub(r"(``.*?``)|\|", lambda found: found[1] or r"\|", line) for line in lines]


def _level_captions(app: Any, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """The theme calls captions of its navigation headings, and does not say of which level."""
    tree_of_pages = context["furo_navigation_tree"]
    context["furo_navigation_tree"] = tree_of_pages.replace('role="heading"', 'role="heading" aria-level="2"')
