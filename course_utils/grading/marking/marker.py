"""Asks the process in which answers are known, with a clock; one verdict that fails costs that one mark."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from course_utils.exercises.contract import Exercise

from ..jail import wire
from ..jail.asking import Asked, Lost
from ..jail.messages import Ending, Planned, Report, decode, encode
from ..jail.wire import Garbled
from ..jail.workers import environment
from . import judging, statuses
from .desk import Draw, Read, Understood
from .records import Mark

_DESK = "course_utils.grading.marking.desk"
_START, _PATIENCE = 600, 15
"""Seconds after which it is given up: at its first word, and at each later one."""


@dataclass
class Said:
    """What came of the exercises that a child was asked for.

    Attributes:
        planned: what is known of each before it ran.
        marks: of the first of them.
        notes: sentences on how they were run.
    """

    planned: list[Planned] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Marker:
    """The process that draws inputs and gives marks; a context manager, to be used by many threads, one at a time."""

    def __init__(self) -> None:
        self._process: Asked | None = None
        self._patience = _START
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Marker:
        """Nothing starts before it is needed."""
        return self

    def __exit__(self, *error: object) -> None:
        """End the process."""
        self.stop()

    def stop(self) -> None:
        """End the process; the next question starts another one."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def draw(self, exercises: Sequence[Exercise], seeds: Sequence[int]) -> list[bytes]:
        """The inputs of exercises, packed.

        Raises:
            Lost: where the process fails.
        """
        with self._one_at_a_time:
            self._ask(Draw([exercise.id for exercise in exercises], list(seeds)))
            return [bytes(self._answer()) for _ in exercises]

    def read(self, exercises: Sequence[Exercise], seeds: Sequence[int], report: Report) -> Said:
        """What a child's messages come to.

        Raises:
            Garbled: where they are not those that were asked for; nothing is marked then.
            Lost: where the process fails while it reads them.
        """
        said = Said()
        ids, whole = [exercise.id for exercise in exercises], report.end is Ending.DONE
        with self._one_at_a_time:
            while True:
                self._ask(Read(ids, list(seeds), report.messages, whole, len(said.marks)))
                understood = decode(self._answer(), Understood)
                if understood.garbled:
                    raise Garbled(understood.garbled)
                said.planned, said.notes = understood.planned, understood.notes
                try:
                    while len(said.marks) < understood.outcomes:
                        said.marks.append(_mark(self._answer()))
                    return said
                except Lost:
                    exercise = exercises[len(said.marks)]
                    says = f"Comparing what {exercise.name} returned took too long, or too much memory."
                    said.marks.append(judging.failed(exercise, statuses.GRADER_ERROR, says))

    def _ask(self, question: Draw | Read) -> None:
        if self._process is None:
            self._process, self._patience = Asked([sys.executable, "-m", _DESK], environment()), _START
        try:
            self._process.ask(encode(question))
        except Lost:
            self.stop()
            raise

    def _answer(self) -> bytearray:
        assert self._process is not None  # it was asked before
        try:
            answer = self._process.answer(self._patience)
        except Lost:
            self.stop()
            raise
        self._patience = _PATIENCE
        return answer


def _mark(data: bytearray) -> Mark:
    plain = wire.unpack(data)
    return Mark(**{**plain, "findings": tuple(plain["findings"])})
