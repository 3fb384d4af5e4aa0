"""The journal: one line for each thing that is known, written once, never changed, and on the disk before it counts.

A line that was cut off by a crash is left out when reading. Everything else, gradebook and pages, is a view of it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..marking.records import Grade


class Busy(RuntimeError):
    """Another run is writing to this journal."""


class Journal:
    """An append-only file of JSON lines; a context manager that holds it for one run.

    Args:
        path: made where there is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Journal:
        """Open it, and close a line that a crash left open.

        Raises:
            Busy: while another run holds it.
        """
        self._file = open(self.path, "a+b")
        try:
            _lock(self._file.fileno())
        except OSError:
            self._file.close()
            raise Busy(f"Another run is writing to {self.path}; wait until it ends.") from None
        if self._file.seek(0, os.SEEK_END):
            self._file.seek(-1, os.SEEK_END)
            if self._file.read(1) != b"\n":
                self._file.write(b"\n")
        return self

    def __exit__(self, *error: object) -> None:
        """Close it."""
        self._file.close()

    def append(self, line: dict[str, Any]) -> None:
        """Write one line, and wait until the disk has it."""
        self._file.write(json.dumps(line, ensure_ascii=True).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def lines(self) -> Iterator[dict[str, Any]]:
        """Every whole line, oldest first."""
        with open(self.path, "rb") as file:
            for raw in file:
                try:
                    line = json.loads(raw)
                except ValueError:
                    continue  # cut off by a crash
                if isinstance(line, dict):
                    yield line


def _lock(descriptor: int) -> None:
    """Hold a file for this process, until it is closed; raises ``OSError`` where another one does."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, 1 << 30, os.SEEK_SET)  # nobody could read a byte that is locked, so it is one behind all
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def all_grades(lines: Iterator[dict[str, Any]]) -> Iterator[Grade]:
    """Every grade there has been, oldest first."""
    return (Grade.from_plain(line["grade"]) for line in lines if line.get("kind") == "grade")


def grades(lines: Iterator[dict[str, Any]]) -> dict[tuple[str, str], Grade]:
    """The last grade of each student and lesson."""
    return {(grade.student, grade.lesson): grade for grade in all_grades(lines)}
