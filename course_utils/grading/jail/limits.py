"""What a submission may use and what holds it; limits of a process that the kernel keeps."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from enum import StrEnum

if sys.platform != "win32":
    import resource

MEBIBYTE = 2**20
_RESERVED = 1024
"""MiB of addresses that threads and libraries set aside and do not use."""


class Wall(StrEnum):
    """What stands around a submission: Linux namespaces of its own, or nothing, if people are trusted."""

    NAMESPACES = "namespaces"
    NONE = "none"


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Attributes:
        seconds: for one exercise, by the clock.
        memory: MiB of one process, beside what it inherits.
        processes: at a time, threads counted.
        file: MiB of the largest file, and of the folder it may write to.
        printed: MiB of output before the submission is stopped.
    """

    seconds: float = 10.0
    memory: int = 1500
    processes: int = 32
    file: int = 64
    printed: int = 64


def hold(limits: Limits, exercises: int) -> None:
    """Set the limits of this process and of all that it starts.

    Args:
        limits: which.
        exercises: how many will be run, for the time limit of last resort.
    """
    cpu = int(limits.seconds * exercises) + 5
    addresses, private = _inherited()
    _be_the_first_to_go()
    hold_memory(limits.memory)
    for kind, value in (
        (resource.RLIMIT_AS, addresses + (limits.memory + _RESERVED) * MEBIBYTE),  # counts shared memory too
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_FSIZE, limits.file * MEBIBYTE),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 256),
    ):
        _limit(kind, value)


def hold_memory(megabytes: int, for_good: bool = True) -> None:
    """Limit the private memory of this process to so many MiB more than it has; for good, or until it changes that."""
    _limit(resource.RLIMIT_DATA, _inherited()[1] + megabytes * MEBIBYTE, for_good)


def page_size() -> int:
    """Bytes of a page of memory, in which Linux counts."""
    return resource.getpagesize()


def _limit(kind: int, value: int, for_good: bool = True) -> None:
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value if for_good else hard))


def _inherited() -> tuple[int, int]:
    """Bytes that this process was born with: of addresses, and of private memory."""
    try:
        with open("/proc/self/statm") as numbers:
            pages = numbers.read().split()
    except OSError:  # not Linux, and so no wall
        return 2**46, 500 * MEBIBYTE
    return int(pages[0]) * resource.getpagesize(), int(pages[5]) * resource.getpagesize()


def _be_the_first_to_go() -> None:
    """Where memory runs out all the same, the kernel ends a submission, and nobody else's work."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")
