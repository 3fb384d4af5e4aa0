"""What crosses the wall: plain values come out as they went in, anything else is refused."""

import json
import struct

import numpy as np
import pytest

from course_utils.grading.jail import frames, wire

VALUE = {
    "x": np.arange(6.0).reshape(2, 3),
    "array": np.float32(1.5),
    "n": None,
    "b": True,
    "s": "ä",
    "i": 3,
    "l": [1, "a"],
    "d": {"array": 1, "dict": 2},
    "c": np.array([1j]),
    "z": np.zeros((0, 3)),
}


def test_plain_values_come_out_as_they_went_in():
    out = wire.unpack(wire.pack(VALUE))
    assert list(out) == list(VALUE)
    for key, value in VALUE.items():
        if isinstance(value, np.ndarray | np.generic):
            assert np.array_equal(out[key], value) and out[key].dtype == value.dtype
        else:
            assert out[key] == value


def test_numbers_too_large_for_a_double_become_infinite_and_surrogates_printable():
    assert wire.unpack(wire.pack([10**400, "\ud800"])) == [float("inf"), "?"]


@pytest.mark.parametrize("thing", [object(), print, {1, 2}, np.array(["a"]), np.array([None])])
def test_what_is_not_plain_is_not_sent(thing):
    with pytest.raises(TypeError):
        wire.pack([thing])


def _message(tree, rest=b""):
    data = json.dumps(tree).encode()
    return struct.pack(">I", len(data)) + data + rest


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"abc",
        _message(1)[:-1],
        _message(1, b"x"),
        b"\0\0\0\2{]",
        _message({"pickle": 1}),
        _message({"array": ["|O", [1], 8]}, bytes(8)),
        _message({"array": ["<f8", [2], 8]}, bytes(8)),
        _message({"array": ["<f8", [1], 99]}),
        _message({"array": ["<f8", ["a"], 8]}, bytes(8)),
        _message({"array": ["<f8", [-3], 8]}, bytes(8)),
        _message({"dict": [[1]]}),
        _message({"array": 3}),
        struct.pack(">I", 200_000) + b"[" * 200_000,
    ],
)
def test_bytes_that_are_no_message_are_refused(data):
    with pytest.raises(wire.Garbled):
        wire.unpack(data)


def test_frames_are_put_together_from_pieces_and_strangers_bytes_are_refused():
    splitter = frames.Splitter(b"tokentok")
    data = frames.frame(b"tokentok", b"one") + frames.frame(b"tokentok", b"two")
    assert [p for i in range(len(data)) for p in splitter.feed(data[i : i + 1])] == [b"one", b"two"]
    with pytest.raises(frames.Broken):
        list(splitter.feed(frames.frame(b"forgedby", b"three")))
