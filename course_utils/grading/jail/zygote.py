"""The worker: started once, with torch imported and the exercises' probes loaded; forks an attendant for every job.

It talks to the grader through its standard input and output. It reads the lesson of a job, which everybody has, and
nothing else: the attendant takes the rest, watches the child that runs the submission, and answers. So this process,
and whatever is forked from it later, holds no answers, no secret, and nothing of another submission.
"""

from __future__ import annotations

import contextlib
import gc
import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import torch

from course_utils.exercises.contract import Inputs

from . import frames, kernel, wire
from .cells import read_once
from .inputs import unpacked
from .limits import Wall
from .messages import Closing, Job, Kind, Lesson, Outcome, Plan, Ready, Settings, Submission, decode, encode
from .running import grade
from .settling import INPUTS, MESSAGES
from .task import Probe, load
from .wall import Door
from .watching import watch


def main() -> None:
    """Load what the first message asks for, say so, then answer one message after the other until there are no more."""
    incoming, outgoing = os.fdopen(0, "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    first = frames.receive(incoming)
    if first is None:
        return
    settings = decode(first, Settings)
    torch.set_num_threads(1)  # a child hangs for ever after its parent has used a second thread
    probes = load(settings.lessons)
    gc.collect()
    gc.freeze()  # what every child shares is not looked through again
    if settings.wall is not Wall.NONE:
        kernel.gather_memory()
    frames.send(outgoing, encode(Ready(ready=True)))
    _serve(incoming, outgoing, probes, settings)


def _serve(incoming: BinaryIO, outgoing: BinaryIO, probes: dict[str, Probe], settings: Settings) -> None:
    """Fork an attendant for each job and wait for it.

    Raises:
        SystemExit: where one failed.
    """
    while (data := frames.receive(incoming)) is not None:
        lesson = decode(data, Lesson)
        read_once(source for _, source, _ in lesson.skeleton)
        door = Door()
        attendant = os.fork()
        if attendant == 0:
            _attend(incoming, outgoing, lesson, probes, settings, door)
        door.admit(attendant)
        if os.waitpid(attendant, 0)[1]:
            raise SystemExit("The attendant of a submission failed.")


def _attend(
    incoming: BinaryIO, outgoing: BinaryIO, lesson: Lesson, probes: dict[str, Probe], settings: Settings, door: Door
) -> None:
    """Take one job, see it through, answer; it does not return."""
    status = 1
    try:
        if settings.wall is not Wall.NONE:
            kernel.die_with_parent()
        job, cells = (frames.receive(incoming) or bytearray() for _ in range(2))
        wanted, token = decode(job, Job), os.urandom(frames.TOKEN_BYTES)
        limits = replace(settings.limits, seconds=settings.limits.seconds * wanted.times)
        settings = replace(settings, limits=limits)
        program = partial(_program, lesson, wanted, cells, probes, token, limits.seconds)
        count = len(wanted.exercises)
        inputs = (frames.receive(incoming) or bytearray() for _ in range(count))
        report = watch(program, settings, count, token, inputs, wanted.mercy, door)
        for _ in inputs:
            pass  # those that it never came to
        frames.send(outgoing, encode(report))
        status = 0
    finally:
        os._exit(status)


def _program(
    lesson: Lesson, job: Job, cells: bytearray, probes: dict[str, Probe], token: bytes, seconds: float
) -> None:
    """What the child runs; nobody but the child takes the submission apart."""
    submission = decode(cells, Submission)
    for name, text in submission.helpers:
        Path(name).write_text(text, encoding="utf-8")  # into the folder of its own, in which it stands
    grade(lesson, job, submission, probes, _inputs, partial(_send, token), seconds)


def _inputs() -> Inputs:
    """The next exercise's inputs, which come when the one before it is done."""
    with os.fdopen(INPUTS, "rb", buffering=0, closefd=False) as stream:
        return unpacked(wire.unpack(frames.receive(stream) or b""))


def _send(token: bytes, message: Plan | Outcome | Closing) -> None:
    """Send a message; in place of an outcome that cannot be sent, one that says why."""
    payload = _fitting(message) if isinstance(message, Outcome) else encode(message)
    frames.write_all(MESSAGES, frames.frame(token, payload))


def _fitting(outcome: Outcome) -> bytes:
    try:
        payload = encode(outcome)
    except BaseException as error:
        return encode(replace(outcome, kind=Kind.STOPPED, values={}, says=f"{type(error).__name__} in its values"))
    if len(payload) > frames.LARGEST:
        return encode(replace(outcome, kind=Kind.TOO_LARGE, values={}, says=""))
    return payload


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):  # the grader is gone, and so is the reason to be here
        main()
