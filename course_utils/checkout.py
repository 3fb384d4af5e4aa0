"""The checkout of the course that a command is run in."""

from __future__ import annotations

from pathlib import Path

import typer


def root() -> Path:
    """The nearest folder, from the current one upwards, that holds the course.

    Raises:
        typer.BadParameter: where there is no solutions/ folder.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "solutions").is_dir() and (folder / "pyproject.toml").is_file():
            return folder
    raise typer.BadParameter("Run this inside a checkout of the course: no solutions/ folder was found here or above.")
