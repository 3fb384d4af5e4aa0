"""Everything that is said through the wall, by type; what comes back is read as a stranger's.

A message is known by the fields that it must have. Reading one checks every field: what is of another type is
:class:`~course_utils.grading.jail.wire.Garbled`, what is missing has its default, what nobody asked for is left out.
The values of an answer alone may be anything that :mod:`~course_utils.grading.jail.wire` can carry.

======================  ==============================================================
the grader, at first    :class:`Settings`; the worker answers :class:`Ready`
for each submission     :class:`Lesson`, :class:`Job`, :class:`Submission`, and for each exercise its inputs, as
                        :mod:`~course_utils.grading.jail.inputs` packs them; the worker answers :class:`Report`
the child, in a report  :class:`Plan`, an :class:`Outcome` for each exercise, :class:`Closing`
======================  ==============================================================
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import numpy as np

from . import wire
from .limits import Limits, Wall

Message = TypeVar("Message")


@dataclass(frozen=True)
class Settings:
    """What a worker is started with: its lessons' numbers, what submissions may use, and a folder of its own."""

    lessons: list[str]
    limits: Limits
    wall: Wall
    base: str


@dataclass(frozen=True)
class Ready:
    """The worker has loaded what it needs."""

    ready: bool


@dataclass(frozen=True)
class Lesson:
    """The lesson of the submissions that follow.

    Attributes:
        skeleton: kind, source and nbgrader's id of each cell of the lesson as it was handed out.
        names: of all functions that the lesson asks for, by exercise.
    """

    skeleton: list[list[str]]
    names: dict[str, str]


@dataclass(frozen=True)
class Wanted:
    """An exercise to be run.

    Attributes:
        id: of the exercise.
        name: of the student's function.
        seed: of the random numbers that the submission's own code draws.
        lean: whether to leave out of its cell what its function does not need.
        reading: which of the ways to come by the function, from 0.
    """

    id: str
    name: str
    seed: int
    lean: bool = False
    reading: int = 0

    @property
    def number(self) -> str:
        """The exercise's number as the ids of its cells have it."""
        return self.id.replace(".", "-")


@dataclass(frozen=True)
class Job:
    """What to do with the submission that follows, and with the inputs after it: of each exercise, in order.

    Attributes:
        exercises: to be run, in order.
        mercy: seconds of waiting for a busy core that are given back at most.
        times: how many times the usual time each of them has.
    """

    exercises: list[Wanted]
    mercy: float = 0.0
    times: float = 1.0


@dataclass(frozen=True)
class Submission:
    """What a student handed in; only the child takes this message apart.

    Attributes:
        cells: kind, source and nbgrader's id of each.
        helpers: file name and text of each module beside the notebook.
    """

    cells: list[list[str]]
    helpers: list[list[str]] = field(default_factory=list)


class Ending(StrEnum):
    """How a child ended."""

    DONE = "done"
    DIED = "died"
    TIMEOUT = "timeout"
    FLOOD = "flood"
    GARBLED = "garbled"
    NO_WALL = "no wall"


@dataclass(frozen=True)
class Report:
    """How a child went.

    Attributes:
        end: how it ended.
        messages: what it sent, each still as bytes.
        status: of its process, 128 + n where signal n ended it.
        printed: bytes.
        cut_off: whether part of a message was left over.
        says: where there was no wall, the kernel's reason.
        seconds: that it took, without those given back.
        forgiven: seconds that were given back.
    """

    end: Ending
    messages: list[bytes] = field(default_factory=list)
    status: int = 0
    printed: int = 0
    cut_off: bool = False
    says: str = ""
    seconds: float = 0.0
    forgiven: float = 0.0


@dataclass(frozen=True)
class Planned:
    """What is known of an exercise before anything of the student's has run.

    Attributes:
        notes: for the instructor, sentences.
        spare: whether there is something in its cell that its function does not need.
        readings: how many ways there are to come by its function.
    """

    notes: list[str]
    spare: bool
    readings: int = 1


@dataclass(frozen=True)
class Plan:
    """The first message of a child: what it is going to run, in the order of the job."""

    plan: list[Planned]


class Kind(StrEnum):
    """What came of an exercise."""

    MISSING = "missing"
    STOPPED = "stopped"
    NOT_CALLABLE = "not-callable"
    TOO_LARGE = "too-large"
    VALUES = "values"


@dataclass(frozen=True)
class Outcome:
    """What came of one exercise.

    Attributes:
        exercise: its id.
        kind: whether there are values, or why not.
        values: that the probe collected.
        says: what stopped its cell, even where there are values; or the type of what is no function.
        seconds: that it took, as its process says.
        notes: sentences on how it was run.
        lacks: what the answer needs and could not be had here; empty where nothing.
    """

    exercise: str
    kind: Kind
    values: dict[str, Any] = field(default_factory=dict)
    says: str = ""
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    lacks: str = ""


@dataclass(frozen=True)
class Closing:
    """The last message of a child."""

    end: bool


def encode(message: Any) -> bytes:
    """The bytes of a message.

    Raises:
        TypeError: where a field holds what is not plain.
    """
    return wire.pack(_plain(message))


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {name: _plain(item) for name, item in vars(value).items()}
    if isinstance(value, bytes):
        return np.frombuffer(value, np.uint8)
    return [_plain(item) for item in value] if isinstance(value, list) else value


def decode(data: bytes | bytearray, *kinds: type[Message]) -> Message:
    """The message in bytes: of the first of these kinds whose fields are there.

    Raises:
        Garbled: where the bytes are none of them.
    """
    sent = wire.unpack(data)
    known: tuple[Any, ...] = kinds
    for kind in known:
        if isinstance(sent, dict) and _shape(kind)[1] <= set(sent):
            return _read(kind, sent)
    raise wire.Garbled(f"no {' or '.join(kind.__name__ for kind in known)}")


@cache
def _shape(kind: type) -> tuple[dict[str, Any], set[str]]:
    """Types of a message's fields, and the names of those that must be there."""
    needed = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
    return get_type_hints(kind), needed


def _read(kind: Any, sent: Any) -> Any:
    hints, needed = _shape(kind)
    if not isinstance(sent, dict) or not needed <= set(sent):
        raise wire.Garbled(f"no {kind.__name__}")
    return kind(**{name: _checked(hint, sent[name]) for name, hint in hints.items() if name in sent})


def _checked(hint: Any, value: Any) -> Any:
    """A field's value, if it is of the field's type.

    Raises:
        Garbled: where it is not.
    """
    kind: Any = get_origin(hint) or hint
    if is_dataclass(kind):
        return _read(kind, value)
    if kind is list and type(value) is list:
        return [_checked(get_args(hint)[0], item) for item in value]
    if kind is bytes and isinstance(value, np.ndarray) and value.dtype == np.uint8:
        return value.tobytes()
    if kind is float and type(value) in (int, float):
        return _as_float(value)
    if issubclass(kind, StrEnum) and type(value) is str and value in list(kind):
        return kind(value)
    if type(value) is not kind:
        raise wire.Garbled(f"{type(value).__name__} where there should be {kind.__name__}")
    return value


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf")
