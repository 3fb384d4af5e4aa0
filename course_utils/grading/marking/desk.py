"""The process in which answers are known: it draws inputs, reads what came through the wall, and gives marks.

What it reads was written by strangers, and comparing it may take any time and memory. So this is a process of its own,
with a limit of memory and no secret; whoever asks it has a clock, and starts another one where it fails.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import BinaryIO

import torch

from course_utils.exercises import registry
from course_utils.exercises.contract import Inputs

from ..jail import frames, wire
from ..jail.inputs import packed
from ..jail.limits import hold_memory
from ..jail.messages import Closing, Outcome, Plan, Planned, decode, encode
from . import judging

MEMORY = 640
"""MiB that it may use beside what it is born with."""
_KEPT = 64
"""Inputs that are kept from their drawing to the mark."""
_MOST_NOTES, _LONGEST_NOTE = 20, 1000
_LARGEST_TREE = 2**19
"""Bytes of a message beside its arrays; the largest honest one has a tenth."""


@dataclass(frozen=True)
class Draw:
    """Asks for the inputs of exercises; each is answered in a frame of its own."""

    draw: list[str]
    seeds: list[int]


@dataclass(frozen=True)
class Read:
    """Asks what a child's messages come to: :class:`Understood`, then a frame for each mark.

    Attributes:
        exercises: that it was asked for, in order.
        seeds: of their inputs.
        messages: that it sent, each as bytes.
        whole: whether it came to its end.
        skip: how many outcomes are known already.
    """

    exercises: list[str]
    seeds: list[int]
    messages: list[bytes]
    whole: bool
    skip: int = 0


@dataclass(frozen=True)
class Understood:
    """What the messages are, before any of them is judged.

    Attributes:
        garbled: why they are none that a child of ours sends; empty otherwise.
        planned: what was planned, by exercise.
        outcomes: how many there are.
        notes: of each outcome.
    """

    garbled: str
    planned: list[Planned]
    outcomes: int
    notes: list[str]


def main() -> None:
    """Answer one question after the other until there are no more."""
    incoming, outgoing = os.fdopen(0, "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    torch.set_num_threads(1)
    hold_memory(MEMORY)
    while (data := frames.receive(incoming)) is not None:
        asked = decode(data, Draw, Read)
        if isinstance(asked, Draw):
            for exercise, seed in zip(asked.draw, asked.seeds, strict=True):
                frames.send(outgoing, wire.pack(packed(_drawn(exercise, seed))))
        elif isinstance(asked, Read):
            _read(asked, outgoing)


@lru_cache(_KEPT)
def _drawn(exercise: str, seed: int) -> Inputs:
    return judging.draw(registry.find(exercise), seed)


def _read(asked: Read, outgoing: BinaryIO) -> None:
    try:
        planned, outcomes = _understood(asked)
    except (wire.Garbled, MemoryError) as error:
        frames.send(outgoing, encode(Understood(str(error)[:_LONGEST_NOTE], [], 0, [])))
        return
    notes = [note[:_LONGEST_NOTE] for outcome in outcomes for note in outcome.notes[:_MOST_NOTES]]
    frames.send(outgoing, encode(Understood("", planned, len(outcomes), notes)))
    for outcome, seed in list(zip(outcomes, asked.seeds, strict=False))[asked.skip :]:
        made = judging.mark(registry.find(outcome.exercise), _drawn(outcome.exercise, seed), outcome)
        frames.send(outgoing, wire.pack(asdict(made)))


def _understood(asked: Read) -> tuple[list[Planned], list[Outcome]]:
    """What a child said of the exercises that were asked for: of all of them at first, then of each when it was done.

    Raises:
        Garbled: where it said anything else, or too little for one that came to its end.
    """
    if not asked.messages:
        return [], []
    if max(map(wire.tree_size, asked.messages)) > _LARGEST_TREE:
        raise wire.Garbled("more than any of our messages has")
    planned = [_bounded(each) for each in decode(asked.messages[0], Plan).plan]
    said = [decode(raw, Outcome, Closing) for raw in asked.messages[1:]]
    outcomes = [message for message in said if isinstance(message, Outcome)]
    names = [outcome.exercise for outcome in outcomes]
    if names != asked.exercises[: len(names)] or (outcomes and len(planned) != len(asked.exercises)):
        raise wire.Garbled("another exercise than was asked for")
    if asked.whole and len(names) < len(asked.exercises):
        raise wire.Garbled("it came to an end without an outcome for each")
    return planned, outcomes


def _bounded(planned: Planned) -> Planned:
    return Planned([note[:_LONGEST_NOTE] for note in planned.notes[:_MOST_NOTES]], planned.spare, planned.readings)


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):  # the grader is gone, and so is the reason to be here
        main()
