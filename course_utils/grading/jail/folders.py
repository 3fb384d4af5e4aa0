"""Temporary folders that go with their process: what a killed run leaves behind, the next one takes away.

Each folder is locked by whoever uses it. The kernel lets go of a lock when its process ends, however that comes about,
so that a folder without one belongs to nobody.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_PREFIX = "course-grade-"


class OwnFolder:
    """A temporary folder, locked; a context manager that removes it.

    Attributes:
        path: where it is.
    """

    def __init__(self) -> None:
        _sweep()
        self.path, self._lock = _locked()
        while not os.path.exists(self.path):  # another run swept it away before it had its lock
            os.close(self._lock)
            self.path, self._lock = _locked()

    def __enter__(self) -> OwnFolder:
        """It is there already."""
        return self

    def __exit__(self, *error: object) -> None:
        """Remove it and all that is in it."""
        self.remove()

    def remove(self) -> None:
        """Remove it and all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def _locked() -> tuple[str, int]:
    path = tempfile.mkdtemp(prefix=_PREFIX)
    lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return path, lock


def _sweep() -> None:
    """Remove the folders of ours that nobody holds."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(lock).st_uid == os.geteuid():
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while it is in use
                    shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(lock)
