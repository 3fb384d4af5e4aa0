"""The last steps before a student's code runs: what stays open, where it stands, what it finds in its environment."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable

from .limits import Limits, hold
from .view import SCRATCH

if sys.platform != "win32":
    import fcntl

MESSAGES, INPUTS = 3, 4
"""The descriptors that messages are written to, and that inputs are read from."""
Kept = tuple[int, int, int]
"""Descriptors for messages, for what is printed, and for inputs: all that a child has of its parent's."""


def settle(keep: Kept, folder: str | None = None) -> None:
    """Nothing to read but inputs, output into a pipe, messages into another, all else closed; a folder of one's own.

    Args:
        keep: its descriptors.
        folder: where to stand; default: the scratch folder of the view.
    """
    folder = folder or SCRATCH
    messages, printed, inputs = (fcntl.fcntl(descriptor, fcntl.F_DUPFD, 10) for descriptor in keep)
    for source, target in ((os.open(os.devnull, os.O_RDONLY), 0), (printed, 1), (printed, 2)):
        os.dup2(source, target)
    os.dup2(messages, MESSAGES, inheritable=False)
    os.dup2(inputs, INPUTS, inheritable=False)
    os.closerange(INPUTS + 1, 256)
    os.setsid()
    os.umask(0o077)
    os.chdir(folder)
    sys.path.insert(0, folder)  # a notebook finds the modules that lie beside it
    for name in ("HOME", "TMPDIR", "MPLCONFIGDIR", "TORCH_HOME", "COURSE_CACHE"):
        os.environ[name] = folder
    tempfile.tempdir = None


def ended(raw: int) -> int:
    """How a process ended, from what ``waitpid`` says: its exit status, or 128 + n where signal n ended it."""
    status = os.waitstatus_to_exitcode(raw)
    return status if status >= 0 else 128 - status


def spawn_bare(program: Callable[[], None], limits: Limits, exercises: int, folder: str, keep: Kept) -> int:
    """Fork a child with limits and no wall, for submissions that are trusted; returns its process id."""
    child = os.fork()
    if child == 0:
        status = 70
        try:
            settle(keep, folder)
            hold(limits, exercises)
            program()
            status = 0
        finally:
            os._exit(status)
    return child
