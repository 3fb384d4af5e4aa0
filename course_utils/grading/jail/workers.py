"""One warm worker beside this process: started without secrets, asked one thing at a time, replaced when it fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from . import bubblewrap
from .asking import Asked, Lost
from .folders import OwnFolder
from .limits import Limits, Wall, page_size
from .messages import Job, Lesson, Ready, Report, Settings, Submission, decode, encode
from .wire import Garbled

_START, _GRACE = 600, 120
"""Seconds after which a worker that says nothing is given up: at its start, and beside a submission's own limits."""
_WORKER = "course_utils.grading.jail.zygote"
_PACKAGES = Path(__file__).resolve().parents[3]


class WorkerLost(RuntimeError):
    """The worker ended or answered nonsense; the submission it had is not to blame for certain."""


class Worker:
    """A warm process that forks a child behind a wall for each submission; a context manager.

    Args:
        lessons: two-digit numbers of the lessons it can probe.
        limits: what a submission may use.
        wall: what children run behind.

    Attributes:
        limits: as given.
        outer: path of bubblewrap, which then surrounds the worker itself; ``None`` for no second wall.
    """

    def __init__(self, lessons: Sequence[str], limits: Limits, wall: Wall = Wall.NAMESPACES) -> None:
        self.limits = limits
        self.outer = None if wall is Wall.NONE else bubblewrap.find()
        self._lessons, self._wall = list(lessons), wall
        self._retired = False
        self._process: Asked | None = None
        self._folder: OwnFolder | None = None

    def __enter__(self) -> Worker:
        """Nothing starts before it is needed."""
        return self

    def __exit__(self, *error: object) -> None:
        """End the process and remove its folder."""
        self.stop()

    @property
    def pid(self) -> int:
        """Id of the worker's process."""
        return self._started().pid

    def memory_mb(self) -> float:
        """Its resident memory, as Linux tells it; 0 before it was started."""
        if self._process is None:
            return 0.0
        return sum(map(_resident_mb, _with_children(self._process.pid)))

    def run(self, lesson: Lesson, job: Job, submission: Submission, inputs: Sequence[bytes]) -> Report:
        """What came of a submission.

        Args:
            lesson: that it belongs to.
            job: what to run of it.
            submission: its cells.
            inputs: of each exercise of the job, packed.

        Raises:
            WorkerLost: where the worker itself failed, twice.
        """
        patience = _GRACE + self.limits.seconds * job.times * (len(job.exercises) + 1)
        for attempt in (1, 2):
            try:
                process = self._started()
                process.ask(encode(lesson), encode(job), encode(submission), *inputs)
                return decode(process.answer(patience), Report)
            except (Lost, Garbled, OSError) as error:
                self.stop()
                if attempt == 2:
                    raise WorkerLost(str(error)) from error
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """End the worker; the next job starts another one."""
        if self._process is not None:
            self._process.end()
            self._process = None
        if self._folder is not None:
            self._folder.remove()
            self._folder = None

    def retire(self) -> None:
        """End it for good; a thread that waits for its answer is told that it is lost, and has to stop it."""
        self._retired = True
        if self._process is not None:
            self._process.kill()

    def _started(self) -> Asked:
        if self._retired:
            raise WorkerLost("The worker was ended.")
        if not hasattr(os, "fork"):
            raise WorkerLost("Grading needs Linux or macOS: on Windows, run it in WSL.")
        if self._process is None:
            self._folder = OwnFolder()
            command = [*bubblewrap.command(self.outer, self._folder.path), sys.executable, "-m", _WORKER]
            self._process = Asked(command, environment())
            self._process.ask(encode(Settings(self._lessons, self.limits, self._wall, self._folder.path)))
            decode(self._process.answer(_START), Ready)
        return self._process


def _with_children(pid: int) -> list[int]:
    """A process and all that it has started."""
    with open(f"/proc/{pid}/task/{pid}/children") as numbers:
        return [pid, *(each for child in numbers.read().split() for each in _with_children(int(child)))]


def _resident_mb(pid: int) -> float:
    with open(f"/proc/{pid}/statm") as numbers:
        return int(numbers.read().split()[1]) * page_size() / 2**20


def environment() -> dict[str, str]:
    """What a process of ours is told of this one's surroundings: nothing that it does not need."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(_PACKAGES),
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "COURSE_QUIET": "1",
    }
