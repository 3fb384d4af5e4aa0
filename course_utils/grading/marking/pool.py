"""Grading on this machine: as many warm workers as asked for, each with a thread that waits for it."""

from __future__ import annotations

import os
import queue
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from ..jail import selftest
from ..jail.limits import Limits, Wall
from ..jail.workers import Worker
from .marker import Marker
from .one import Work, grade
from .records import Grade


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class LocalPool:
    """Callable: works in, grades out as they are ready; a context manager that ends its workers.

    Args:
        workers: how many.
        lessons: numbers of the lessons they can probe.
        limits: what a submission may use.
        wall: what submissions run behind.
    """

    def __init__(self, workers: int, lessons: Sequence[str], limits: Limits, wall: Wall) -> None:
        self._wall, self._marker = wall, Marker()
        self._all = [Worker(lessons, limits, wall) for _ in range(workers)]
        self._threads = ThreadPoolExecutor(workers)
        self._idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        for worker in self._all:
            self._idle.put(worker)

    def __enter__(self) -> LocalPool:
        """Workers start when they are first needed."""
        return self

    def __exit__(self, *error: object) -> None:
        """End all workers, also those that are at work, and the marker."""
        for worker in self._all:
            worker.retire()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._all:
            worker.stop()
        self._marker.stop()

    def test_wall(self, private: Sequence[Path] = ()) -> selftest.Trial:
        """How far the wall of a worker goes, and whether it keeps these files and folders from sight."""
        trial = selftest.examine(self._all[0], private)
        for worker in self._all[1:]:
            worker.outer = self._all[0].outer
        return trial

    def memory_mb(self) -> float:
        """Resident memory of all workers that have been started."""
        return sum(worker.memory_mb() for worker in self._all)

    def __call__(self, works: Iterable[Work]) -> Iterator[Grade]:
        """Grade; never more submissions in memory than twice the workers."""
        waiting: set[Future[Grade]] = set()
        for work in works:
            waiting.add(self._threads.submit(self._grade, work))
            if len(waiting) >= 2 * len(self._all):
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)

    def _grade(self, work: Work) -> Grade:
        worker = self._idle.get()
        try:
            return grade(work, worker, self._marker, self._wall)
        finally:
            self._idle.put(worker)
