"""The lessons' figures as files for slides: PNG from stored outputs, SVG from a run, and a list of alt texts."""

from __future__ import annotations

import hashlib
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from matplotlib.figure import Figure
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from .. import plots
from ..files import write_whole
from . import execute
from .solved import file_name, naming, read

_HEAD = """# Figures of the lessons

Figures are licensed CC BY 4.0 (the course's LICENSE-TEXT): name the course and the licence, and say what you have
changed. Handwritten digits in them are MNIST's (CC BY-SA 3.0), garments Fashion-MNIST's (MIT).
Give your slides the alt texts, too.

| file | what is seen |
|---|---|
"""


class _Shown(NamedTuple):
    """A picture of an executed notebook."""

    png: bytes
    alt: str


def write(paths: list[Path], out: Path, svg: bool) -> Iterator[Path]:
    """Write figures and their list, ``figures.md``.

    Args:
        paths: of solved notebooks.
        out: folder.
        svg: whether to run a copy of each notebook and keep its figures as SVG as well.

    Yields:
        each file.

    Raises:
        BuildError: where a notebook cannot be read, or does not run.
    """
    lines = []
    for path in paths:
        with naming(file_name(path)), tempfile.TemporaryDirectory() as drawn:
            notebook = read(path)
            if svg:
                keep = f"from course_utils.author import figures\nfigures.keep_svg({drawn!r})"
                notebook.cells.insert(0, new_code_cell(keep))
                execute.fill(notebook, path.parent)
            for number, shown in enumerate(_pictures(notebook), 1):
                name = f"{path.name[:2]}_{number:02d}"
                write_whole(out / f"{name}.png", shown.png)
                yield out / f"{name}.png"
                if svg:
                    write_whole(out / f"{name}.svg", (Path(drawn) / _svg_name(shown.png)).read_bytes())
                    yield out / f"{name}.svg"
                lines.append(f"| {name} | {shown.alt.replace('|', '&#124;')} |")
    write_whole(out / "figures.md", (_HEAD + "\n".join(lines) + "\n").encode())
    yield out / "figures.md"


def _pictures(notebook: NotebookNode) -> Iterator[_Shown]:
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if "image/png" in output.get("data", {}):
                alt = " ".join(output.metadata.get("image/png", {}).get("alt", "").split())
                yield _Shown(b64decode(output.data["image/png"]), alt)


def keep_svg(folder: str) -> None:
    """From now on, every picture that this process makes is also an SVG file, named after its PNG's bytes."""
    make = plots.picture

    def picture(figure: Figure, alt: str) -> plots.Picture:
        made = make(figure, alt)
        figure.savefig(Path(folder) / _svg_name(made.content), facecolor="white", metadata={"Date": None})
        return made

    plots.picture = picture


def _svg_name(png: bytes) -> str:
    return f"{hashlib.sha256(png).hexdigest()}.svg"
