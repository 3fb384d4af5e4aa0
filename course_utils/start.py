"""``course start``: a student's own copies of the lessons, and JupyterLab on the first of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .files import write_whole

_PACKAGE = Path(__file__).parent
FIRST = "00_start_here.ipynb"


def lessons() -> list[Path]:
    """The lessons that came with the package: inside it, or beside it in a checkout.

    Raises:
        FileNotFoundError: where there are none.
    """
    found = sorted((_PACKAGE / "assets" / "lessons").glob("*.ipynb")) or sorted(
        (_PACKAGE.parent / "lessons").glob("*.ipynb")
    )
    if not found:
        raise FileNotFoundError("This installation holds no lessons: install vae-course again, from its wheel.")
    return found


def write(folder: Path) -> list[Path]:
    """Copy the lessons that ``folder`` does not hold yet, and return the copies; what a student has stays as it is."""
    new = [(folder / path.name, path) for path in lessons() if not (folder / path.name).exists()]
    for copy, path in new:
        write_whole(copy, path.read_bytes())
    return [copy for copy, _ in new]


def open_lab(folder: Path) -> int:
    """Run JupyterLab on lesson 00 of ``folder`` until it is closed; returns its exit code."""
    settings = _PACKAGE / "assets" / "lab"
    command = [sys.executable, "-m", "jupyterlab", f"--LabApp.app_settings_dir={settings}", FIRST]
    return subprocess.run(command, cwd=folder, check=False).returncode
