"""Bubblewrap around a worker, where it is installed: a second wall, should a submission ever get through its own.

The worker sees system libraries, Python and the course's package, all read only, and one empty folder; no network.
"""

from __future__ import annotations

import os
import shutil
import sys

from . import view


def find() -> str | None:
    """Path of bubblewrap, where there is one."""
    return shutil.which("bwrap") if sys.platform.startswith("linux") else None


def command(path: str | None, base: str) -> list[str]:
    """What to put before the worker's own command line; nothing without bubblewrap.

    Args:
        path: of bubblewrap.
        base: the one folder that the worker may write to.
    """
    if path is None:
        return []
    shared = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--new-session"]
    privileges = ["--cap-add", "ALL"] if os.geteuid() == 0 else ["--unshare-user"]
    seen: list[str] = []
    for place in view.shown():
        if os.path.islink(place):
            seen += ["--symlink", os.readlink(place), place]
        elif not place.startswith("/dev/"):
            seen += ["--ro-bind", place, place]
    return [
        path,
        *shared,
        *privileges,
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--tmpfs",
        "/tmp",
        *seen,
        "--bind",
        base,
        base,
        "--chdir",
        "/",
        "--",
    ]
