"""What the site is made of: a folder of Markdown, reStructuredText and notebooks, which Sphinx reads."""

from __future__ import annotations

import pkgutil
import posixpath
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote

import nbformat

import course_utils

from .. import checkpoints, explorer, leaderboard
from ..author.solved import read
from ..checkpoints.comparison import comparison
from ..files import write_whole
from . import front, lessons

SKIPPED = ("course_utils.exercises.lesson_", "course_utils.site", "course_utils.bench")
"""What the pages of the API leave out: answers, and what no user of the package calls."""
_LOOKED_UP = {f"docs/{name}.md" for name in "START GLOSSARY ERRATA COVERAGE MISCONCEPTIONS LEADERBOARD CARDS".split()}
_EXAM = "docs/teaching/exam.md"  # its answers stand beside the questions
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:|#)([^)#]+)(?:#([^)]*))?\)")


def gather(root: Path, folder: Path, only: Sequence[str] = ()) -> None:
    """Write the sources of all pages.

    Args:
        root: a checkout of the course.
        folder: an empty folder; what is copied as it is lies in its ``extra``.
        only: numbers of lessons, for a first look: the others are left out, and so is the API.
    """
    pictures = folder / "extra" / "pictures"
    notebooks = [path for path in sorted((root / "solutions").glob("*.ipynb")) if not only or path.name[:2] in only]
    texts = dict(_texts(root)) | ({} if only else dict(_api()))
    known = {f"lessons/{path.name}" for path in notebooks} | set(texts)
    for name, text in texts.items():
        write_whole(folder / name, (_within(text, name, known) if name.endswith(".md") else text).encode())
    for path in notebooks:
        notebook = read(path)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = _within(cell.source, f"lessons/{path.name}", known)
        write_whole(folder / "lessons" / path.name, nbformat.writes(lessons.page(notebook, pictures)).encode())
    front.draw(pictures)
    write_whole(folder / "extra" / "explorer.html", explorer.page().encode())
    teaching = [name for name in texts if name.startswith("docs/") and name not in _LOOKED_UP]
    teaching += ["Python package <api/index>"] * ("api/index.rst" in texts)
    index = front.page([path.stem for path in notebooks], teaching)
    write_whole(folder / "index.md", _within(index, "index.md", known).encode())


def _texts(root: Path) -> Iterator[tuple[str, str]]:
    """Pages of docs/, and those that are made from what is known."""
    for path in sorted((root / "docs").rglob("*.md")):
        name, text = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
        if name == _EXAM:
            continue
        if path.stem == "ERRATA":
            text, head, coverage = text.partition("## What they built")
            yield "docs/COVERAGE.md", f"# Coverage: {head.removeprefix('## What ')}{coverage}"
        yield name, text
    yield "docs/START.md", _start((root / "README.md").read_text(encoding="utf-8"))
    cards = [checkpoints.card(name) for name in checkpoints.names()]
    yield "docs/CARDS.md", f"# All trained models beside the reports\n\n{comparison(cards)}\n"
    yield "docs/LEADERBOARD.md", leaderboard.markdown(leaderboard.known())


def _start(readme: str) -> str:
    """README's section on how to begin."""
    section = readme.partition("\n## Start\n")[2].partition("\n## ")[0]
    return "# Run it yourself\n" + section.replace("\n### ", "\n## ")


def _within(text: str, page: str, known: set[str]) -> str:
    """The text with links to what the site has, by the anchors that it has; of others, the words remain."""

    def kept(match: re.Match[str]) -> str:
        words, target, anchor = match.groups()
        if posixpath.normpath(posixpath.join(posixpath.dirname(page), target)) not in known:
            return words
        return f"[{words}]({target}{'#' + slug(unquote(anchor)) if anchor else ''})"

    return _LINK.sub(kept, text)


def slug(heading: str) -> str:
    """The anchor of a heading, from its words or from JupyterLab's anchor of it."""
    return "-".join(re.findall(r"\w+", heading))


def _api() -> Iterator[tuple[str, str]]:
    """A page from docstrings for each module of the package, or package in it; and the map of them."""
    found: dict[str, list[str]] = {}
    for module in pkgutil.walk_packages(course_utils.__path__, "course_utils."):
        if not module.name.startswith(SKIPPED):
            found.setdefault(module.name.split(".")[1], []).append(module.name)
    tree = "\n   ".join(sorted(found))
    yield (
        "api/index.rst",
        f"{_title('course_utils')}.. automodule:: course_utils\n\n.. toctree::\n   :maxdepth: 1\n\n   {tree}\n",
    )
    for name, modules in found.items():
        yield f"api/{name}.rst", _title(f"course_utils.{name}") + "\n".join(map(_module, modules))


def _title(name: str, line: str = "=") -> str:
    return f"{name}\n{line * len(name)}\n\n"


def _module(name: str) -> str:
    head = _title(name, "-") if name.count(".") > 1 else ""
    return f"{head}.. automodule:: {name}\n   :members:\n   :member-order: bysource\n   :ignore-module-all:\n"
