"""What a submission sees of the file system: Python and its libraries, read only, and an empty folder of its own."""

from __future__ import annotations

import os
import site
import sys
from pathlib import Path

from . import kernel

SCRATCH = "/scratch"
_SYSTEM = (
    *("/usr/bin", "/usr/lib", "/usr/lib64", "/usr/libexec", "/usr/share", "/usr/local/bin", "/usr/local/lib"),
    *("/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime"),
)
_OF_PYTHON = ("bin", "lib", "lib64", "pyvenv.cfg")
"""What an environment for Python has below its prefix; the prefix itself may be the checkout, or a home."""
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_HIDDEN = ("exercises", "grading")
"""Parts of the course's own package that no answer needs and that hold answers."""


def shown() -> list[str]:
    """Paths that are shown: system libraries, this Python, its packages, the course's package; no other file."""
    course = Path(__file__).resolve().parents[2]
    prefixes = (sys.prefix, sys.base_prefix, os.path.realpath(sys.base_prefix))
    packages = [folder for folder in (*site.getsitepackages(), site.getusersitepackages()) if os.path.isdir(folder)]
    wanted = [
        *_SYSTEM,
        *(os.path.join(prefix, part) for prefix in prefixes for part in _OF_PYTHON),
        os.path.dirname(os.path.realpath(sys.executable)),
        *packages,
        str(course),
        *_DEVICES,
    ]
    there = {os.path.abspath(path) for path in wanted if os.path.lexists(path)}
    paths = sorted(there, key=lambda path: (path.count("/"), path))
    return [path for i, path in enumerate(paths) if not any(_inside(path, outer) for outer in paths[:i])]


def _inside(path: str, outer: str) -> bool:
    return path.startswith(outer.rstrip("/") + "/") and not os.path.islink(outer)


def build(base: str, megabytes: int) -> None:
    """Build the view on an empty folder; the caller is alone in its mount namespace.

    Args:
        base: an empty folder that becomes the root.
        megabytes: size of the folder that the submission may write to.
    """
    kernel.mount_tmpfs(base, 1)
    for path in shown():
        _show(path, base + path)
    for name in _HIDDEN:
        _hide(base + str(Path(__file__).resolve().parents[2] / name))
    os.makedirs(base + SCRATCH)
    os.makedirs(base + "/proc")
    for name, target in (("/tmp", SCRATCH), ("/var/tmp", SCRATCH), ("/dev/shm", SCRATCH)):
        if not os.path.lexists(base + name):
            os.makedirs(os.path.dirname(base + name), exist_ok=True)
            os.symlink(target, base + name)
    kernel.make_read_only(base, recursive=False)
    kernel.mount_tmpfs(base + SCRATCH, megabytes)


def _show(path: str, target: str) -> None:
    if os.path.lexists(target):
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.islink(path):
        os.symlink(os.readlink(path), target)
        return
    if os.path.isdir(path):
        os.makedirs(target)
    else:
        Path(target).touch()
    kernel.bind(path, target)
    if not path.startswith("/dev/"):
        kernel.make_read_only(target)


def _hide(target: str) -> None:
    kernel.mount_tmpfs(target, 1)
    kernel.make_read_only(target)
