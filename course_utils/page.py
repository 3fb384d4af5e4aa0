"""The page of a lesson in JupyterLab: one measure, one left edge, controls that a screen reader can name.

Style and script come as an output of the cell that imports the course, and need nothing else: no extension, no
setting. Where they do not run, as in a notebook that is not trusted yet, the page is JupyterLab's own.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from IPython import get_ipython
from IPython.display import display

from .progress import quiet


def accompany() -> None:
    """From now on, cells that import from the course show style and script, in a notebook alone.

    After the cell and not at the import, which a kernel does once: a cell that is run again must show it again.
    """
    shell = get_ipython()
    if hasattr(shell, "kernel"):
        shell.events.register("post_run_cell", _after_imports)


def _after_imports(result: Any) -> None:
    if "from course_utils" in (result.info.raw_cell or "") and not quiet():
        show()


def show() -> None:
    """Display style and script; nothing is seen of the output itself."""
    folder = files("course_utils") / "assets" / "page"
    style, script = ((folder / f"page.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    page = f"<div class='vae-course-page'><style id='vae-course-style'>{style}</style><script>{script}</script></div>"
    display({"text/html": page, "text/plain": ""}, raw=True)
