"""The wall around one submission: namespaces of its own, an allow-list of files, no privileges, limits."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from . import kernel, syscalls, view
from .limits import Limits, hold
from .settling import Kept, ended, settle

STRANGER, INSIDE = 65_000, 65_534
"""The user a submission runs as: outside (if the grader is root), and as it sees itself."""
KINDS = kernel.NEWUSER | kernel.NEWNS | kernel.NEWPID | kernel.NEWNET | kernel.NEWIPC | kernel.NEWUTS | kernel.NEWCGROUP
FAILED = 70
"""Exit status of a child that could not build its wall."""


def spawn(program: Callable[[], None], limits: Limits, exercises: int, base: str, keep: Kept) -> tuple[int, int]:
    """Fork a child behind a wall of its own; returns its process id and that of its guard, who ends with it.

    Killing the child is enough: the kernel then ends everything that it started, and the guard reports its end.

    Args:
        program: what the child runs; it must not return to the caller's frames.
        limits: what it may use.
        exercises: how many exercises it will run.
        base: an empty folder; in the child's own view it becomes the root.
        keep: the only descriptors that stay open.

    Raises:
        OSError: where the kernel refuses.
    """
    ours, theirs = os.pipe(), os.pipe()
    guard = os.fork()
    if guard == 0:
        _guard(program, limits, exercises, base, keep, theirs[0], ours[1])
    os.close(ours[1])
    os.close(theirs[0])
    try:
        _await(ours[0])
        _map_users(guard)
        os.write(theirs[1], b"g")
        return int(_await(ours[0], 16)), guard
    except OSError:
        os.kill(guard, 9)
        os.waitpid(guard, 0)
        raise
    finally:
        os.close(ours[0])
        os.close(theirs[1])


def _await(descriptor: int, size: int = 1) -> bytes:
    data = os.read(descriptor, size)
    if not data:
        raise OSError("The kernel offers no namespaces to this process.")
    return data


def _map_users(guard: int) -> None:
    """Say who the child's users are outside; root gives it a stranger beside itself, others have only themselves."""
    for kind, own, stranger in (("uid", os.geteuid(), STRANGER), ("gid", os.getegid(), STRANGER)):
        try:
            if os.geteuid() != 0:
                raise PermissionError
            _write(f"/proc/{guard}/{kind}_map", f"0 {own} 1\n{INSIDE} {stranger} 1\n")
        except PermissionError:
            if kind == "gid":
                _write(f"/proc/{guard}/setgroups", "deny")
            _write(f"/proc/{guard}/{kind}_map", f"0 {own} 1\n")


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def _guard(
    program: Callable[[], None], limits: Limits, exercises: int, base: str, keep: Kept, go: int, tell: int
) -> None:
    """Enter the namespaces, build the view, start the child, wait for its end, and end likewise."""
    status = FAILED
    try:
        kernel.unshare(KINDS)
        kernel.die_with_parent()
        os.write(tell, b"u")
        if not os.read(go, 1):
            os._exit(FAILED)
        kernel.keep_mounts_to_ourselves()
        view.build(base, limits.file)
        _forbid_more_namespaces()
        child = os.fork()
        if child == 0:
            _child(program, limits, exercises, base, keep)
        os.write(tell, str(child).encode())
        os.closerange(3, 1024)
        status = ended(os.waitpid(child, 0)[1])
    except BaseException as error:
        print(f"no wall: {error}", file=sys.stderr, flush=True)
    finally:
        os._exit(status)


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
