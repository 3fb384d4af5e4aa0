"""The worker: started once, with torch imported and the exercises' probes loaded; forks a child for every submission.

It talks to the grader through its standard input and output. It runs no student's code itself, and it holds nothing
that a child could find: no answers, no secret, no other submission.
"""

from __future__ import annotations

import contextlib
import gc
import os
from dataclasses import replace
from functools import partial
from typing import BinaryIO

import torch

from . import frames
from .cells import read_once
from .messages import Closing, Job, Kind, Outcome, Plan, Ready, Settings, Submission, decode, encode
from .running import grade
from .settling import MESSAGES
from .task import Probe, load
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
    frames.send(outgoing, encode(Ready(ready=True)))
    _serve(incoming, outgoing, probes, settings)


def _serve(incoming: BinaryIO, outgoing: BinaryIO, probes: dict[str, Probe], settings: Settings) -> None:
    while (data := frames.receive(incoming)) is not None:
        job = decode(data, Job)
        read_once(source for _, source, _ in job.skeleton)  # the lesson as handed out, not the submission
        cells = frames.receive(incoming) or bytearray()
        token = os.urandom(frames.TOKEN_BYTES)
        program = partial(_program, job, cells, probes, token)
        report = watch(program, settings, len(job.exercises), token)
        cells[:] = bytes(len(cells))  # the next child inherits this memory, and could search it
        frames.send(outgoing, encode(report))


def _program(job: Job, cells: bytearray, probes: dict[str, Probe], token: bytes) -> None:
    """What the child runs; nobody but the child takes the submission apart."""
    grade(job, decode(cells, Submission), probes, partial(_send, token))


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
