"""Messages through pipes: a token, a length, the bytes.

The token changes with every submission. It is no secret from the student's process, which must write it; a stream that
does not keep to it was written by somebody else than our code, and that is worth a look.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import IO

_HEAD = struct.Struct(">8sI")
TOKEN_BYTES = 8
LARGEST = 8 * 2**20
"""Bytes of the largest message; the largest honest one has half a megabyte."""


class Broken(ValueError):
    """A stream that is not made of frames."""


def frame(token: bytes, payload: bytes) -> bytes:
    """The payload as it goes through the pipe."""
    return _HEAD.pack(token, len(payload)) + payload


class Splitter:
    """Cuts the bytes that arrive, in pieces of any size, into payloads."""

    def __init__(self, token: bytes) -> None:
        self._token = token
        self._waiting = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The payloads that are complete with these bytes.

        Raises:
            Broken: for a wrong token or an impossible length.
        """
        self._waiting += data
        while len(self._waiting) >= _HEAD.size:
            token, length = _HEAD.unpack_from(self._waiting)
            if token != self._token or length > LARGEST:
                raise Broken("bytes that are not ours")
            end = _HEAD.size + length
            if len(self._waiting) < end:
                return
            payload = bytes(self._waiting[_HEAD.size : end])
            del self._waiting[:end]
            yield payload

    @property
    def leftover(self) -> int:
        """Bytes of a frame that is not complete."""
        return len(self._waiting)


def send(stream: IO[bytes], payload: bytes) -> None:
    """Write one payload between two trusted processes."""
    stream.write(_HEAD.pack(bytes(TOKEN_BYTES), len(payload)) + payload)
    stream.flush()


def receive(stream: IO[bytes]) -> bytearray | None:
    """Read one payload of a trusted process; ``None`` at the end of the stream."""
    head = _exactly(stream, _HEAD.size)
    return None if head is None else _exactly(stream, _HEAD.unpack(head)[1])


def _exactly(stream: IO[bytes], size: int) -> bytearray | None:
    data = bytearray(size)
    missing = memoryview(data)
    while missing:
        count = stream.readinto(missing)  # type: ignore[attr-defined]  # typeshed's IO has no readinto, pipes have
        if not count:
            return None
        missing = missing[count:]
    return data


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte to a pipe."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
