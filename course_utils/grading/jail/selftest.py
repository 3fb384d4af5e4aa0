"""Is the wall there? A submission that tries what hostile ones try, and tells what it could do."""

from __future__ import annotations

import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from . import wire
from .folders import OwnFolder
from .limits import Limits, Wall
from .messages import Ending, Job, Outcome, Submission, Wanted, decode
from .task import SELF_TEST
from .workers import Worker, WorkerLost

_COURSE = Path(__file__).resolve().parents[2]
_SAYS = (
    "submissions run in Linux namespaces of their own: an allow-list of files, no network, no privileges, "
    "limits on time, memory, processes and output"
)
_ATTEMPTS = """
import os, socket

def attempts():
    actions = {{
        "reads files": lambda: open({canary!r}).read(),
        "reads answers": lambda: open({answers!r}).read(),
        "writes files": lambda: open({canary!r} + ".new", "w"),
        "writes to Python's own files": lambda: open(os.path.join(os.path.dirname(os.__file__), "new"), "w"),
        "reaches the network": lambda: socket.create_connection(("127.0.0.1", {port}), timeout=1),
        "sees other processes": lambda: os.kill({pid}, 0),
        "becomes root": lambda: os.chroot("/"),
        "asks the kernel for more than it needs": lambda: os.memfd_create("x"),
    }}
    return {{name: attempt(action) for name, action in actions.items()}}

def attempt(action):
    try:
        return f"done: {{action()}}"
    except OSError:
        return "refused"
"""


@dataclass(frozen=True)
class Trial:
    """How far the wall of this machine goes.

    Attributes:
        wall: which keeps submissions in.
        says: a sentence for people.
    """

    wall: Wall
    says: str

    @property
    def stands(self) -> bool:
        """Whether anything keeps submissions in."""
        return self.wall is not Wall.NONE


def on_this_machine() -> Trial:
    """Try the wall with a worker made for that."""
    with Worker([], Limits()) as worker:
        return examine(worker)


def examine(worker: Worker) -> Trial:
    """Try a worker's wall with a submission that tries to get out."""
    if not sys.platform.startswith("linux"):
        return Trial(Wall.NONE, f"there is no wall on {sys.platform}: grade on Linux")
    trial = _examined(worker)
    if not trial.stands and worker.outer is not None:  # the inner wall may need what bubblewrap takes away
        worker.stop()
        worker.outer = None
        trial = _examined(worker)
    return trial


def _examined(worker: Worker) -> Trial:
    try:
        tried = _tried(worker)
    except (WorkerLost, wire.Garbled, OSError, IndexError) as error:
        return Trial(Wall.NONE, f"there is no wall on this machine: {error}")
    holes = [name for name, result in tried.items() if result != "refused"]
    if holes:
        return Trial(Wall.NONE, f"the wall of this machine has holes; a submission {', '.join(holes)}")
    return Trial(Wall.NAMESPACES, _SAYS + ("; bubblewrap around their worker" if worker.outer else ""))


def _tried(worker: Worker) -> dict[str, str]:
    """What came of each attempt.

    Raises:
        OSError: where the wall could not be built.
    """
    with OwnFolder() as folder, socket.create_server(("127.0.0.1", 0)) as server:
        canary = Path(folder.path, "canary")
        canary.write_text("not for submissions")
        code = _ATTEMPTS.format(
            canary=str(canary),
            answers=str(_COURSE / "exercises" / "lesson_00" / "ex_0_1.py"),
            port=server.getsockname()[1],
            pid=worker.pid,
        )
        report = worker.run(
            Job([], ["attempts"], [Wanted(SELF_TEST, "attempts", 0, {})]), Submission([["code", code, ""]])
        )
    if report.end is not Ending.DONE:
        raise OSError(report.says or f"the test of the wall ended with {report.end.value!r}.")
    return decode(report.messages[1], Outcome).values
