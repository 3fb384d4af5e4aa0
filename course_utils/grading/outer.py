"""Bubblewrap around a worker, where it is installed: a second wall, should a submission ever get through its own.

The worker sees system libraries, Python and the course's package, all read only, and one empty folder; no network.
"""

from __future__ import annotations

import os
import shutil
import sys

from .jail import view


def find() -> str | None:
    """Path of bubblewrap, where there is one."""
    return shutil.which("bwrap") if sys.platform.startswith("linux") else None


def command(bubblewrap: str | None, base: str) -> list[str]:
    """What to put before the worker's own command line; nothing without bubblewrap.

    Args:
        bubblewrap: its path.
        base: the one folder that the worker may write to.
    """
    if bubblewrap is None:
        return []
    shared = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--new-session"]
    privileges = ["--cap-add", "ALL"] if os.geteuid() == 0 else ["--unshare-user"]
    seen: list[str] = []
    for path in view.shown():
        if os.path.islink(path):
            seen += ["--symlink", os.readlink(path), path]
        elif not path.startswith("/dev/"):
            seen += ["--ro-bind", path, path]
    return [bubblewrap, *shared, *privileges, "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", *seen,
            "--bind", base, base, "--chdir", "/", "--"]
