"""Plain values as bytes: how they cross the wall, both ways, without pickle.

A message is a JSON tree and, after it, the raw bytes of its arrays. Nothing in it can run; what does not fit the
format is refused.
"""

from __future__ import annotations

import json
import re
import struct
from typing import Any

import numpy as np

_LENGTH = struct.Struct(">I")
_LARGEST_INTEGER = 2**63
_KINDS = "biufc"
_DTYPE = re.compile(r"[<>|=][biufc]\d{1,2}")


class Garbled(ValueError):
    """Bytes that are no message."""


def pack(value: Any) -> bytes:
    """The bytes of a plain value: numbers, strings, ``None``, arrays, and lists, tuples and dicts of these.

    Raises:
        TypeError: for anything else.
    """
    arrays: list[bytes] = []
    tree = json.dumps(_tree(value, arrays)).encode()
    return b"".join([_LENGTH.pack(len(tree)), tree, *arrays])


def _tree(value: Any, arrays: list[bytes]) -> Any:
    if value is None or isinstance(value, bool | float | str):
        return value
    if isinstance(value, int):
        return value if abs(value) < _LARGEST_INTEGER else float("inf")
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in _KINDS:
        raw = np.ascontiguousarray(value).tobytes()
        arrays.append(raw)
        return {"array": [value.dtype.str, list(value.shape), len(raw)]}
    if isinstance(value, list | tuple):
        return [_tree(item, arrays) for item in value]
    if isinstance(value, dict):
        return {"dict": [[str(key), _tree(item, arrays)] for key, item in value.items()]}
    raise TypeError(f"{type(value).__name__} is not plain")


def tree_size(data: bytes | bytearray) -> int:
    """Bytes of a message's tree, as the message has it; what is read of it takes a hundred times as much at most.

    Raises:
        Garbled: where there is none.
    """
    if len(data) < _LENGTH.size:
        raise Garbled("no tree")
    return int(_LENGTH.unpack_from(data)[0])


def unpack(data: bytes | bytearray) -> Any:
    """The value of a message; tuples come back as lists.

    Raises:
        Garbled: where the bytes are no message.
    """
    try:
        (length,) = _LENGTH.unpack_from(data)
        end = _LENGTH.size + length
        if end > len(data):
            raise Garbled("the tree is cut off")
        reader = _Reader(memoryview(data)[end:])
        value = reader.value(json.loads(data[_LENGTH.size : end]))
    except (struct.error, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise Garbled(str(error)) from error
    if len(reader.rest):
        raise Garbled("bytes are left over")
    return value


class _Reader:
    """Turns a tree back into values, taking the arrays' bytes in order."""

    def __init__(self, rest: memoryview) -> None:
        self.rest = rest

    def value(self, tree: Any) -> Any:
        if isinstance(tree, str):
            return tree.encode("utf-8", "replace").decode()  # lone surrogates cannot be written to a file
        if isinstance(tree, list):
            return [self.value(item) for item in tree]
        if not isinstance(tree, dict):
            return tree
        if list(tree) == ["array"]:
            return self._array(*tree["array"])
        if list(tree) == ["dict"]:
            return {str(self.value(key)): self.value(item) for key, item in tree["dict"]}
        raise Garbled("an unknown kind of value")

    def _array(self, kind: str, shape: list[int], length: int) -> np.ndarray:
        if not _DTYPE.fullmatch(str(kind)):
            raise Garbled("an array of a kind that is not plain")
        dtype = np.dtype(str(kind))
        if not 0 <= int(length) <= len(self.rest) or any(side < 0 for side in shape):
            raise Garbled("an array that is none")
        raw, self.rest = self.rest[:length], self.rest[length:]
        return np.frombuffer(bytes(raw), dtype).reshape([int(side) for side in shape]).copy()
