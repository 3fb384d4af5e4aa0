"""The wall around one submission: namespaces of its own, an allow-list of files, no privileges, limits."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable

from . import kernel, syscalls, view
from .limits import Limits, hold
from .settling import Kept, settle

STRANGER, INSIDE = 65_000, 65_534
"""The user a submission runs as: outside (if the grader is root), and as it sees itself."""
KINDS = kernel.NEWUSER | kernel.NEWNS | kernel.NEWPID | kernel.NEWNET | kernel.NEWIPC | kernel.NEWUTS | kernel.NEWCGROUP
FAILED = 70
"""Exit status of a child that could not build its wall."""


class Door:
    """Between a process that goes behind a wall of its own and its parent, which says who its users are outside."""

    def __init__(self) -> None:
        self._ready, self._admitted = os.pipe(), os.pipe()

    def admit(self, process: int) -> None:
        """In the parent: wait until the process is in its namespaces, and say who its users are outside."""
        with contextlib.suppress(OSError):  # the process says why it has no wall
            os.close(self._ready[1])
            if os.read(self._ready[0], 1):
                _map_users(process)
                os.write(self._admitted[1], b"g")
        for descriptor in (self._ready[0], *self._admitted):
            os.close(descriptor)

    def enter(self) -> None:
        """In the process: move into namespaces of its own; the child that it forks next is the first process of one.

        Raises:
            OSError: where the kernel refuses.
        """
        kernel.unshare(KINDS)
        kernel.die_with_parent()  # after the change of user, which forgets it
        os.close(self._admitted[1])
        os.write(self._ready[1], b"u")
        admitted = os.read(self._admitted[0], 1)
        for descriptor in (*self._ready, self._admitted[0]):
            os.close(descriptor)
        if not admitted:
            raise OSError("The kernel offers no namespaces to this process.")


def spawn(program: Callable[[], None], limits: Limits, exercises: int, base: str, keep: Kept) -> int:
    """Fork a child behind the wall; this process has gone through a :class:`Door`. Returns the child's process id.

    Killing the child is enough: the kernel then ends everything that it started.

    Args:
        program: what the child runs; it must not return to the caller's frames.
        limits: what it may use.
        exercises: how many exercises it will run.
        base: an empty folder; it becomes the root of the child, and of this process.
        keep: the only descriptors that stay open.

    Raises:
        OSError: where the kernel refuses.
    """
    kernel.keep_mounts_to_ourselves()
    view.build(base, limits.file)
    _forbid_more_namespaces()
    child = os.fork()
    if child == 0:
        _child(program, limits, exercises, base, keep)
    return child


def _map_users(process: int) -> None:
    """Say who a process's users are outside; root gives it a stranger beside itself, others have only themselves."""
    for kind, own, stranger in (("uid", os.geteuid(), STRANGER), ("gid", os.getegid(), STRANGER)):
        try:
            if os.geteuid() != 0:
                raise PermissionError
            _write(f"/proc/{process}/{kind}_map", f"0 {own} 1\n{INSIDE} {stranger} 1\n")
        except PermissionError:
            if kind == "gid":
                _write(f"/proc/{process}/setgroups", "deny")
            _write(f"/proc/{process}/{kind}_map", f"0 {own} 1\n")


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def _forbid_more_namespaces() -> None:
    """Inside, nobody becomes root of a namespace of their own, from where the kernel could be asked for more."""
    try:
        _write("/proc/sys/user/max_user_namespaces", "0")
    except OSError:
        pass  # where /proc/sys is read-only; the submission still has no privileges


def _child(program: Callable[[], None], limits: Limits, exercises: int, base: str, keep: Kept) -> None:
    status = FAILED
    try:
        hold(limits, exercises)
        kernel.pivot_root(base)
        _become_stranger()
        kernel.drop_capabilities()
        kernel.die_with_parent()  # after the change of user, which forgets it
        settle(keep)
        kernel.filter_calls(syscalls.program())
        program()
        status = 0
    finally:
        os._exit(status)


def _become_stranger() -> None:
    """Where root grades: be nobody, so that limits on the number of processes count, and nothing is ours."""
    try:
        os.setgroups([])
        os.setresgid(INSIDE, INSIDE, INSIDE)
        os.setresuid(INSIDE, INSIDE, INSIDE)
    except OSError:
        pass  # an ordinary user's child has no second identity to take
