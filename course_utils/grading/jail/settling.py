"""The last steps before a student's code runs: what stays open, where it stands, what it finds in its environment."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable

from .limits import Limits, hold
from .view import SCRATCH

MESSAGES = 3
"""The descriptor that messages are written to."""


def settle(keep: tuple[int, int], folder: str | None = None) -> None:
    """Nothing to read, output into a pipe, messages through descriptor 3, all else closed; a folder of one's own.

    Args:
        keep: descriptors for messages and for what is printed.
        folder: where to stand; default: the scratch folder of the view.
    """
    folder = folder or SCRATCH
    messages, printed = (fcntl.fcntl(descriptor, fcntl.F_DUPFD, 10) for descriptor in keep)
    for source, target in ((os.open(os.devnull, os.O_RDONLY), 0), (printed, 1), (printed, 2)):
        os.dup2(source, target)
    os.dup2(messages, MESSAGES, inheritable=False)
    os.closerange(MESSAGES + 1, 256)
    os.setsid()
    os.umask(0o077)
    os.chdir(folder)
    for name in ("HOME", "TMPDIR", "MPLCONFIGDIR", "TORCH_HOME", "COURSE_CACHE"):
        os.environ[name] = folder
    tempfile.tempdir = None


def ended(raw: int) -> int:
    """How a process ended, from what ``waitpid`` says: its exit status, or 128 + n where signal n ended it."""
    status = os.waitstatus_to_exitcode(raw)
    return status if status >= 0 else 128 - status


def spawn_bare(program: Callable[[], None], limits: Limits, exercises: int, folder: str, keep: tuple[int, int]) -> int:
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
