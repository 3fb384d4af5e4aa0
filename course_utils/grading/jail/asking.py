"""A process beside this one that answers what it is asked, in frames; given up when it says nothing for too long."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Mapping, Sequence
from typing import IO

from . import frames


class Lost(RuntimeError):
    """The process ended, or was ended because it said nothing."""


class Asked:
    """A process that was started to be asked.

    Args:
        command: its command line.
        environment: what it is told of this process's surroundings.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            env=environment,
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def ask(self, *payloads: bytes) -> None:
        """Send it something.

        Raises:
            Lost: where it has ended.
        """
        try:
            for payload in payloads:
                frames.send(_stream(self._process.stdin), payload)
        except OSError as error:
            raise Lost(str(error)) from error

    def answer(self, seconds: float) -> bytearray:
        """What it says next.

        Raises:
            Lost: where it ends, or says nothing for so long.
        """
        patience = threading.Timer(seconds, self._process.kill)
        patience.start()
        try:
            data = frames.receive(_stream(self._process.stdout))
        finally:
            patience.cancel()
        if data is None:
            raise Lost(f"The process ended with status {self._process.wait()}.")
        return data

    def kill(self) -> None:
        """Kill it; whoever waits for its answer finds it lost."""
        self._process.kill()

    def end(self) -> None:
        """Kill it, and let go of it."""
        self.kill()
        self._process.communicate()


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # it was started with pipes
    return stream
