"""Is the wall there? A submission that tries what hostile ones try, and tells what it could do."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import wire
from .folders import OwnFolder
from .limits import Limits, Wall
from .messages import Ending, Job, Lesson, Outcome, Submission, Wanted, decode
from .task import OWN
from .workers import Worker, WorkerLost

_COURSE = Path(__file__).resolve().parents[2]
_SAYS = (
    "submissions run in Linux namespaces of their own: an allow-list of files, no network, no privileges, "
    "limits on time, memory, processes and output"
)
_ATTEMPTS = """
import gc, os, re, socket, sys

def attempts():
    actions = {{
        **{{f"sees {{path}}": lambda path=path: os.lstat(path) for path in {private!r}}},
        "finds the submission before it": search,
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

def search():
    needle = re.compile({pattern!r})
    frame, places = sys._getframe(), [gc.get_objects()]
    while frame:
        places.append(list(frame.f_locals.values()) + list(frame.f_globals.values()))
        frame = frame.f_back
    for things in places:
        for thing in things:
            inside = list(thing.values()) if type(thing) is dict else thing if type(thing) in (list, tuple) else [thing]
            if any(type(one) in (str, bytes, bytearray) and needle.search(bytes(one, "utf-8", "replace")
                   if type(one) is str else one) for one in inside):
                return "found"
    raise OSError
"""
_CARRIER = """
carried = {canary!r}
def attempts():
    return {{"carried": carried}}
"""
_RESERVED = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
_PROFILE = """
AppArmor reserves namespaces here. Write these lines to /etc/apparmor.d/course-grade, then run
sudo apparmor_parser -r /etc/apparmor.d/course-grade (they let every program of this Python make namespaces):

abi <abi/4.0>,
include <tunables/global>
profile course-grade "{python}" flags=(unconfined) {{
  userns,
}}"""
_SOLVED = ("solutions", ".git")
"""Beside the course's package in a checkout: what tells answers."""


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


def examine(worker: Worker, private: Sequence[Path] = ()) -> Trial:
    """Try a worker's wall with a submission that tries to get out.

    Args:
        worker: whose wall it is.
        private: files and folders that no submission may see, beside those of the course that hold answers.
    """
    if not sys.platform.startswith("linux"):
        return Trial(Wall.NONE, f"there is no wall on {sys.platform}: grade on Linux")
    private = [*private, *(_COURSE.parent / name for name in _SOLVED)]
    seen = [str(path.absolute()) for path in private if os.path.lexists(path)]
    trial = _examined(worker, seen)
    if not trial.stands and worker.outer is not None:  # the inner wall may need what bubblewrap takes away
        worker.stop()
        worker.outer = None
        trial = _examined(worker, seen)
    return trial


def _examined(worker: Worker, private: list[str]) -> Trial:
    try:
        tried = _tried(worker, private)
    except (WorkerLost, wire.Garbled, OSError, IndexError) as error:
        return Trial(Wall.NONE, f"there is no wall on this machine: {error}{_remedy()}")
    holes = [name for name, result in tried.items() if result != "refused"]
    if holes:
        return Trial(Wall.NONE, f"the wall of this machine has holes; a submission {', '.join(holes)}")
    return Trial(Wall.NAMESPACES, _SAYS + ("; bubblewrap around their worker" if worker.outer else ""))


def _remedy() -> str:
    """What to do where AppArmor reserves namespaces for the programs that it knows, as Ubuntu has it."""
    if not _RESERVED.exists() or _RESERVED.read_text().strip() != "1":
        return ""
    return _PROFILE.format(python=os.path.realpath(sys.executable))


def _tried(worker: Worker, private: list[str]) -> dict[str, str]:
    """What came of each attempt, after a submission that carried a canary.

    Raises:
        OSError: where the wall could not be built.
    """
    with OwnFolder() as folder, socket.create_server(("127.0.0.1", 0)) as server:
        canary = Path(folder.path, "canary")
        canary.write_text("not for submissions")
        mark = secrets.token_hex(16)
        _ran(worker, _CARRIER.format(canary=mark))
        code = _ATTEMPTS.format(
            canary=str(canary),
            answers=str(_COURSE / "exercises" / "lesson_00" / "ex_0_1.py"),
            port=server.getsockname()[1],
            pid=worker.pid,
            private=private,
            pattern="".join(f"[{letter}]" for letter in mark).encode(),  # which does not match itself
        )
        return _ran(worker, code)


def _ran(worker: Worker, code: str) -> dict[str, str]:
    """What came of a submission's ``attempts``.

    Raises:
        OSError: where it did not come to its end.
    """
    lesson, job = Lesson([], {OWN: "attempts"}), Job([Wanted(OWN, "attempts", 0)])
    report = worker.run(lesson, job, Submission([["code", code, ""]]), [wire.pack({})])
    if report.end is not Ending.DONE:
        raise OSError(report.says or f"the test of the wall ended with {report.end.value!r}.")
    return decode(report.messages[1], Outcome).values
