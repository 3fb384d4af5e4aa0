"""Limits of a process that the kernel keeps."""

from __future__ import annotations

import resource
from dataclasses import dataclass

MEBIBYTE = 2**20


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
    for kind, value in (
        (resource.RLIMIT_DATA, _inherited() + limits.memory * MEBIBYTE),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_FSIZE, limits.file * MEBIBYTE),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 256),
    ):
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def _inherited() -> int:
    """Bytes of private memory that this process was born with."""
    try:
        with open("/proc/self/statm") as numbers:
            return int(numbers.read().split()[5]) * resource.getpagesize()
    except OSError:
        return 500 * MEBIBYTE
