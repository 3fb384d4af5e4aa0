"""Runs a Python file as user 65534, who owns nothing: ``python as_nobody.py FILE [ARGUMENT ...]``, started by root.

Where this Python lies in a folder that only root may enter, the way to it is laid anew, in a mount namespace of this
process alone.
"""

import os
import sys
from pathlib import Path

from course_utils.grading.jail import kernel, view

NOBODY = 65_534
UNDER = "/mnt"
ROOT = Path(__file__).resolve().parents[2]


def main():
    kernel.unshare(kernel.NEWNS)
    kernel.keep_mounts_to_ourselves()
    needed = [str(ROOT), *view.shown()]
    for closed in sorted({first_closed(path) for path in needed} - {""}):
        lay_anew(closed, [path for path in needed if path.startswith(closed + "/") and not os.path.islink(path)])
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])


def first_closed(path):
    """The outermost folder on the way to ``path`` that others may not enter."""
    way = "/"
    for part in path.strip("/").split("/"):
        way = os.path.join(way, part)
        if os.path.isdir(way) and not os.stat(way).st_mode & 0o001:
            return way
    return ""


def lay_anew(closed, paths):
    """Put an open folder in place of a closed one, with only ``paths`` in it."""
    kernel.mount_tmpfs(UNDER, 1)
    kept = []
    for number, path in enumerate(paths):
        kept.append(f"{UNDER}/{number}")
        make_like(path, kept[-1])
        kernel.bind(path, kept[-1])
    kernel.mount_tmpfs(closed, 1)
    for path, waiting in zip(paths, kept, strict=True):
        if not os.path.exists(path):  # it may lie in one that is there already
            make_like(waiting, path)
            kernel.bind(waiting, path)


def make_like(path, place):
    """An empty file or folder, as what is to be seen there."""
    os.makedirs(place if os.path.isdir(path) else os.path.dirname(place), exist_ok=True)
    if not os.path.isdir(path):
        Path(place).touch()


if __name__ == "__main__":
    main()
