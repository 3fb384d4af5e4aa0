"""``course site``: the pages of the site, made by Sphinx from what ``sources`` gathers, without a network."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from . import sources

_ASSETS = Path(__file__).parents[1] / "assets" / "site" / "static"


def build(root: Path, out: Path, only: Sequence[str] = ()) -> list[str]:
    """Write the site into ``out``; returns what Sphinx found wrong, such as links that lead nowhere.

    Args:
        root: a checkout of the course.
        out: folder for the pages.
        only: as in :func:`course_utils.site.sources.gather`.
    """
    from sphinx.application import Sphinx

    said = StringIO()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "sources"
        sources.gather(root, folder, only)
        app = Sphinx(folder, None, out, Path(made) / "doctrees", "html", _settings(folder), status=None, warning=said)
        app.build(force_all=True)
    return [line for line in said.getvalue().splitlines() if line.strip()]


def _settings(folder: Path) -> dict[str, Any]:
    return {
        "project": "Variational autoencoders, rebuilt and repaired",
        "html_title": "VAEs, rebuilt and repaired",
        "language": "en",
        "extensions": ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", f"{__package__}.extension"],
        "html_math_renderer": "mathml",
        "html_theme": "furo",
        "html_static_path": [str(_ASSETS)],
        "html_css_files": ["site.css"],
        "html_js_files": ["site.js"],
        "html_extra_path": [str(folder / "extra")],
        "html_copy_source": False,
        "html_show_sphinx": False,
        "pygments_style": "a11y-high-contrast-light",
        "napoleon_use_ivar": True,
        "nb_execution_mode": "off",
        "nb_merge_streams": True,
        "myst_enable_extensions": ["dollarmath"],
        "myst_heading_anchors": 4,
        "myst_heading_slug_func": f"{sources.__name__}.slug",
        "autodoc_typehints": "description",
    }
