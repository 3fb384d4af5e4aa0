"""Watching one child from outside: its messages, its output, its time; and ending it."""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

import numpy as np

from . import frames
from .limits import MEBIBYTE, Limits
from .settling import ended, spawn_bare
from .wall import spawn

_PIECE = 1 << 16
_TICK = 0.5
_PATIENCE, _MOMENT = 50, 0.02
_MERCY = 3
"""How many times its own time an exercise may spend in waiting for a core that others keep busy."""


@dataclass
class _Watch:
    """What is known of a child so far."""

    splitter: frames.Splitter
    limits: Limits
    messages: list[bytes] = field(default_factory=list)
    printed: int = 0
    end: str = ""
    deadline: float = 0.0
    child: int = 0
    queued: float = 0.0
    forgiven: float = 0.0

    def more_time(self) -> None:
        """A new exercise begins: its time starts now."""
        self.deadline = time.monotonic() + self.limits.seconds
        self.queued, self.forgiven = _queued(self.child), 0.0

    def left(self) -> float:
        """Seconds until its time is up; those in which it stood in the queue for a core are given back."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            back = min(_queued(self.child) - self.queued, _MERCY * self.limits.seconds) - self.forgiven
            if back > _MOMENT:
                self.forgiven, self.deadline, left = self.forgiven + back, self.deadline + back, left + back
        return left

    def heard(self, data: bytes, most: int) -> None:
        """Take in what came through the pipe of messages."""
        try:
            for payload in self.splitter.feed(data):
                self.messages.append(payload)
                self.more_time()
        except frames.Broken:
            self.end = "garbled"
        if len(self.messages) >= most:
            self.end = "done"

    def saw(self, count: int) -> None:
        """Count what it printed."""
        self.printed += count
        if self.printed > self.limits.printed * MEBIBYTE:
            self.end = "flood"


def _queued(process: int) -> float:
    """Seconds in which a process was ready to run and every core was busy, as Linux counts them; 0 elsewhere."""
    try:
        with open(f"/proc/{process}/schedstat") as numbers:
            return int(numbers.read().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def watch(
    program: Callable[[], None], limits: Limits, exercises: int, token: bytes, base: str, walled: bool
) -> dict[str, Any]:
    """Run ``program`` in a child and report how it went.

    Args:
        program: sends one message first, one for each exercise, and one at the end.
        limits: what it may use.
        exercises: how many messages to expect beside the first and the last.
        token: what its frames must begin with.
        base: an empty folder for its view of the file system.
        walled: whether it runs behind a wall; if not, only the limits hold.

    Returns:
        ``messages``; ``end``: ``"done"``, ``"died"``, ``"timeout"``, ``"flood"``, ``"garbled"`` or ``"no wall"``;
        ``status``: of the process, 128 + n where signal n ended it; ``printed``: bytes; ``garbled``: whether part of
        a message was left over. With ``"no wall"`` there is only ``says``, the kernel's reason.
    """
    pipes: tuple[tuple[int, int], ...]
    pipes = (hear, tell), (see, show) = os.pipe(), os.pipe()
    seen = _Watch(frames.Splitter(token), limits)
    folder = base if walled else tempfile.mkdtemp(dir=base)
    try:
        seen.child, guard, kill = _spawn(program, limits, exercises, folder, (tell, show), walled)
        os.close(tell)
        os.close(show)
        pipes = ((hear, see),)
        seen.more_time()
        _listen(seen, hear, see, exercises + 2)
        status = _finish(kill, guard, bool(seen.end))
    except OSError as error:
        return {"end": "no wall", "says": str(error)}
    finally:
        for descriptor in chain.from_iterable(pipes):
            os.close(descriptor)
        if not walled:
            shutil.rmtree(folder, ignore_errors=True)
    return {
        "messages": [np.frombuffer(payload, np.uint8) for payload in seen.messages],
        "end": seen.end or "died",
        "status": status,
        "printed": seen.printed,
        "garbled": seen.splitter.leftover > 0,
    }


def _spawn(
    program: Callable[[], None], limits: Limits, exercises: int, folder: str, keep: tuple[int, int], walled: bool
) -> tuple[int, int, Callable[[], None]]:
    """Start the child; returns its process id, that of the process to wait for, and what ends all that it started."""
    if not walled:
        child = spawn_bare(program, limits, exercises, folder, keep)
        return child, child, partial(_kill_group, child)
    child, guard = spawn(program, limits, exercises, folder, keep)
    try:
        handle = os.pidfd_open(child)
    except ProcessLookupError:
        return child, guard, lambda: None  # it is gone already
    return child, guard, partial(_kill_namespace, handle)


def _kill_group(child: int) -> None:
    os.killpg(child, signal.SIGKILL)


def _kill_namespace(handle: int) -> None:
    """Kill the first process of a process namespace, and so all of them."""
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    finally:
        os.close(handle)


def _listen(seen: _Watch, hear: int, see: int, most: int) -> None:
    """Read both pipes until there is a reason to stop."""
    with selectors.DefaultSelector() as selector:
        selector.register(hear, selectors.EVENT_READ)
        selector.register(see, selectors.EVENT_READ)
        while not seen.end:
            left = seen.left()
            if left <= 0:
                seen.end = "timeout"
                return
            for key, _ in selector.select(min(left, _TICK)):
                data = os.read(key.fd, _PIECE)
                if key.fd == see:
                    seen.saw(len(data))
                elif data:
                    seen.heard(data, most)
                else:
                    return  # the child is gone
                if not data:
                    selector.unregister(key.fd)


def _finish(kill: Callable[[], None], guard: int, at_once: bool) -> int:
    """End the child and all that it started; returns its exit status, 128 + n where signal n ended it.

    Args:
        kill: ends it.
        guard: the process to wait for.
        at_once: or after a moment in which it may end by itself, so that its own exit status is seen.
    """
    gone, raw = 0, 0
    for _ in range(0 if at_once else _PATIENCE):
        gone, raw = os.waitpid(guard, os.WNOHANG)
        if gone:
            break
        time.sleep(_MOMENT)
    with contextlib.suppress(ProcessLookupError, PermissionError):  # it has ended by itself
        kill()
    return ended(raw if gone else os.waitpid(guard, 0)[1])
