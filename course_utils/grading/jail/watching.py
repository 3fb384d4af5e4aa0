"""Watching one child from outside: its messages, its output, its time; and ending it."""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from . import frames
from .limits import MEBIBYTE, Limits, Wall
from .messages import Ending, Report, Settings
from .settling import Kept, ended, spawn_bare
from .wall import Door, spawn

_PIECE = 1 << 16
_TICK = 0.5
_PATIENCE, _MOMENT = 50, 0.02


@dataclass
class _Watch:
    """What is known of a child so far."""

    splitter: frames.Splitter
    limits: Limits
    messages: list[bytes] = field(default_factory=list)
    printed: int = 0
    end: Ending | None = None
    deadline: float = 0.0
    child: int = 0
    queued: dict[int, float] = field(default_factory=dict)
    mercy: float = 0.0
    forgiven: float = 0.0

    def more_time(self) -> None:
        """A new exercise begins: its time starts now."""
        self.deadline = time.monotonic() + self.limits.seconds
        self.queued = _queued(self.child)

    def left(self) -> float:
        """Seconds until its time is up; those in which it stood in the queue for a core are given back."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            before, self.queued = self.queued, _queued(self.child)
            waited = max((now - before.get(process, 0.0) for process, now in self.queued.items()), default=0.0)
            back = min(waited, self.mercy - self.forgiven)
            if back > _MOMENT:
                self.forgiven, self.deadline, left = self.forgiven + back, self.deadline + back, left + back
        return left

    def heard(self, data: bytes, most: int) -> bool:
        """Take in what came through the pipe of messages; returns whether one is complete."""
        before = len(self.messages)
        try:
            for payload in self.splitter.feed(data):
                self.messages.append(payload)
                self.more_time()
        except frames.Broken:
            self.end = Ending.GARBLED
        if len(self.messages) >= most:
            self.end = Ending.DONE
        return len(self.messages) > before

    def saw(self, count: int) -> None:
        """Count what it printed."""
        self.printed += count
        if self.printed > self.limits.printed * MEBIBYTE:
            self.end = Ending.FLOOD


def _queued(process: int) -> dict[int, float]:
    """Seconds in which a process and its children were ready to run and every core was busy, read in ``/proc``."""
    found = {}
    with contextlib.suppress(OSError, IndexError), open(f"{process}/task/{process}/children") as children:
        for each in (process, *map(int, children.read().split())):
            with open(f"{each}/schedstat") as numbers:
                found[each] = int(numbers.read().split()[1]) / 1e9
    return found


def watch(
    program: Callable[[], None],
    settings: Settings,
    exercises: int,
    token: bytes,
    inputs: Iterator[bytearray],
    mercy: float,
    door: Door,
) -> Report:
    """Run ``program`` in a child and report how it went.

    Args:
        program: sends one message first, one for each exercise, and one at the end.
        settings: what it may use, behind which wall; without one, only the limits hold.
        exercises: how many messages to expect beside the first and the last.
        token: what its frames must begin with.
        inputs: of each exercise; the child is given them when the exercise before has sent its message.
        mercy: seconds of waiting for a busy core that are given back at most.
        door: through which this process goes behind the wall with the child.
    """
    with contextlib.suppress(OSError):
        os.chdir("/proc")  # where it is found when the child has changed the root, nothing but on Linux
    seen, walled = _Watch(frames.Splitter(token), settings.limits, mercy=mercy), settings.wall is not Wall.NONE
    folder, start = settings.base if walled else tempfile.mkdtemp(dir=settings.base), time.monotonic()
    (hear, tell), (see, show), (take, give) = os.pipe(), os.pipe(), os.pipe()
    os.set_blocking(give, False)
    ours, theirs = (hear, see, give), (tell, show, take)
    try:
        try:
            seen.child = _spawn(program, settings, exercises, folder, theirs, door)
        finally:
            _close(theirs)
        seen.more_time()
        _listen(seen, ours, exercises + 2, inputs)
        status = _finish(seen.child, settings.wall, seen.end is not None)
    except OSError as error:
        return Report(Ending.NO_WALL, says=str(error))
    finally:
        _close(ours)
        if not walled:
            shutil.rmtree(folder, ignore_errors=True)
    spent = time.monotonic() - start - seen.forgiven
    cut_off, end = seen.splitter.leftover > 0, seen.end or Ending.DIED
    return Report(end, seen.messages, status, seen.printed, cut_off, "", spent, seen.forgiven)


def _close(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _spawn(program: Callable[[], None], settings: Settings, exercises: int, folder: str, keep: Kept, door: Door) -> int:
    """Start the child; returns its process id."""
    if settings.wall is Wall.NONE:
        return spawn_bare(program, settings.limits, exercises, folder, keep)
    door.enter()
    return spawn(program, settings.limits, exercises, folder, keep)


def _listen(seen: _Watch, ours: Kept, most: int, inputs: Iterator[bytearray]) -> None:
    """Read what the child says and prints, and give it inputs, until there is a reason to stop."""
    hear, see, give = ours
    waiting = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(hear, selectors.EVENT_READ)
        selector.register(see, selectors.EVENT_READ)
        while not seen.end:
            left = seen.left()
            if left <= 0:
                seen.end = Ending.TIMEOUT
                return
            for key, _ in selector.select(min(left, _TICK)):
                if key.fd == give:
                    if not _given(give, waiting):
                        selector.unregister(give)
                    continue
                data = os.read(key.fd, _PIECE)
                if key.fd == see:
                    seen.saw(len(data))
                elif data:
                    if seen.heard(data, most) and (more := next(inputs, None)) is not None:
                        if not waiting:
                            selector.register(give, selectors.EVENT_WRITE)
                        waiting += frames.frame(bytes(frames.TOKEN_BYTES), bytes(more))
                else:
                    return  # the child is gone
                if not data:
                    selector.unregister(key.fd)


def _given(give: int, waiting: bytearray) -> bool:
    """Write as much as the pipe takes; returns whether something is left."""
    try:
        del waiting[: os.write(give, waiting)]
    except BrokenPipeError:
        waiting.clear()  # the child will say why, or end
    return bool(waiting)


def _finish(child: int, wall: Wall, at_once: bool) -> int:
    """End the child and all that it started; returns its exit status, 128 + n where signal n ended it.

    Args:
        child: its process id.
        wall: behind which it runs: with the first process of a namespace, the kernel ends all of them.
        at_once: or after a moment in which it may end by itself, so that its own exit status is seen.
    """
    gone, raw = 0, 0
    for _ in range(0 if at_once else _PATIENCE):
        gone, raw = os.waitpid(child, os.WNOHANG)
        if gone:
            break
        time.sleep(_MOMENT)
    with contextlib.suppress(ProcessLookupError, PermissionError):  # it has ended by itself
        if wall is Wall.NONE:
            os.killpg(child, signal.SIGKILL)  # what it has started may go on without it
        elif not gone:
            os.kill(child, signal.SIGKILL)
    return ended(raw if gone else os.waitpid(child, 0)[1])
