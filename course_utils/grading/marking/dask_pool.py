"""Grading on a Dask cluster: the same work, the same marks, on whatever machines the cluster has.

Each of the cluster's processes keeps a warm worker of its own and its own wall. It is sent submissions and seeds, never
the class secret; the journal stays here. A process that is lost on the way loses nothing: Dask hands its work on.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from course_utils.exercises import registry

from ..intake.lessons import Lesson
from ..jail import selftest
from ..jail.limits import Limits, Wall
from ..jail.workers import Worker
from . import statuses
from .marker import Marker
from .one import Work, grade, ungraded
from .records import Grade

_AHEAD = 4
_one_at_a_time = threading.Lock()


class DaskPool:
    """Callable: works in, grades out as they are ready; a context manager that leaves the cluster as it was.

    Args:
        address: of the cluster's scheduler, such as ``tcp://10.0.0.1:8786``.
        lessons: numbers of the lessons to probe.
        limits: what a submission may use.
        wall: what submissions run behind.

    Raises:
        ImportError: where dask.distributed is not installed.
        OSError: where nobody answers at the address.
    """

    def __init__(self, address: str, lessons: Sequence[str], limits: Limits, wall: Wall) -> None:
        from distributed import Client

        self._client = Client(address, set_as_default=False)
        self._how = (tuple(lessons), limits, wall)

    def __enter__(self) -> DaskPool:
        """The cluster's processes start their workers when they are first needed."""
        return self

    def __exit__(self, *error: object) -> None:
        """End the warm workers, and leave."""
        self._client.run(_stop)
        self._client.close()

    def test_wall(self, private: Sequence[Path] = ()) -> selftest.Trial:
        """The weakest wall of all processes of the cluster, on which none of these files and folders may be seen."""
        trials = list(self._client.run(_trial, *self._how, tuple(private)).values())
        return next((trial for trial in trials if not trial.stands), trials[0])

    def __call__(self, works: Iterable[Work]) -> Iterator[Grade]:
        """Grade; a few submissions for each process are on their way at a time."""
        from distributed import as_completed

        waiting: dict[Hashable, Work] = {}
        done = as_completed(loop=self._client.loop)
        for work in works:
            future = self._client.submit(_grade, _plain(work), *self._how, pure=False)
            waiting[future.key] = work
            done.add(future)
            if len(waiting) >= _AHEAD * max(1, len(self._client.nthreads())):
                yield _result(next(done), waiting)
        while waiting:
            yield _result(next(done), waiting)


def _result(future: Any, waiting: dict[Hashable, Work]) -> Grade:
    """The grade that came back; if the cluster gave up on it, one that says so."""
    work = waiting.pop(future.key)
    if future.status == "finished":
        return Grade.from_plain(future.result())
    return ungraded(work, statuses.GRADER_ERROR, f"The cluster gave up: {future.exception()}")


def _plain(work: Work) -> dict[str, Any]:
    """A work without functions, which the other side has itself."""
    lesson = work.lesson
    return {
        "student": work.student,
        "number": lesson.number,
        "slug": lesson.slug,
        "cells": lesson.cells,
        "data": work.data,
        "helpers": dict(work.helpers),
        "seeds": dict(work.seeds),
        "key": work.key,
        "capstone": work.capstone,
        "worth": work.worth,
    }


def _grade(plain: dict[str, Any], lessons: tuple[str, ...], limits: Limits, wall: Wall) -> dict[str, Any]:
    """On the cluster: grade one submission."""
    lesson = Lesson(plain["number"], plain["slug"], plain["cells"], registry.of_lesson(plain["number"]))
    own = ("student", "data", "seeds", "key", "helpers", "capstone", "worth")
    work = Work(lesson=lesson, **{name: plain[name] for name in own})
    with _one_at_a_time:
        return grade(work, _worker(lessons, limits, wall), _marker, wall).plain()


def _trial(lessons: tuple[str, ...], limits: Limits, wall: Wall, private: tuple[Path, ...]) -> selftest.Trial:
    """On the cluster: how far this process's wall goes."""
    with _one_at_a_time:
        return selftest.examine(_worker(lessons, limits, wall), private)


@cache
def _worker(lessons: tuple[str, ...], limits: Limits, wall: Wall) -> Worker:
    worker = Worker(lessons, limits, wall)
    _started.append(worker)
    return worker


_started: list[Worker] = []
_marker = Marker()


def _stop() -> None:
    """On the cluster: end what was started."""
    with _one_at_a_time:
        while _started:
            _started.pop().stop()
        _worker.cache_clear()
        _marker.stop()
