"""The worker: started once, with torch imported and the exercises' probes loaded; forks a child for every submission.

It talks to the grader through its standard input and output. It runs no student's code itself, and it holds nothing
that a child could find: no answers, no secret, no other submission.
"""

from __future__ import annotations

import contextlib
import gc
import os
from functools import partial
from typing import Any, BinaryIO

import torch

from . import frames, wire
from .cells import read_once
from .limits import Limits
from .running import grade
from .settling import MESSAGES
from .task import Task, load
from .watching import watch


def main() -> None:
    """Load what the first message asks for, say so, then answer one message after the other until there are no more."""
    incoming, outgoing = os.fdopen(0, "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    first = frames.receive(incoming)
    if first is None:
        return
    settings = wire.unpack(first)
    torch.set_num_threads(1)  # a child hangs for ever after its parent has used a second thread
    tasks = load(settings["lessons"])
    gc.collect()
    gc.freeze()  # what every child shares is not looked through again
    frames.send(outgoing, wire.pack({"ready": True}))
    _serve(incoming, outgoing, tasks, settings)


def _serve(incoming: BinaryIO, outgoing: BinaryIO, tasks: dict[str, Task], settings: dict[str, Any]) -> None:
    limits = Limits(**settings["limits"])
    while (data := frames.receive(incoming)) is not None:
        job = wire.unpack(data)
        read_once(source for _, source, _ in job["skeleton"])  # the lesson as handed out, not the submission
        cells = frames.receive(incoming) or bytearray()
        token = os.urandom(frames.TOKEN_BYTES)
        program = partial(_program, job, cells, tasks, token)
        report = watch(program, limits, len(job["exercises"]), token, settings["base"], settings["walled"])
        cells[:] = bytes(len(cells))  # the next child inherits this memory, and could search it
        frames.send(outgoing, wire.pack(report))


def _program(job: dict[str, Any], cells: bytearray, tasks: dict[str, Task], token: bytes) -> None:
    """What the child runs; nobody but the child takes the submission apart."""
    grade({**job, "cells": wire.unpack(cells)}, tasks, lambda message: _send(token, message))


def _send(token: bytes, message: dict[str, Any]) -> None:
    """Send a message, or one that says why it cannot be sent."""
    try:
        payload = wire.pack(message)
    except BaseException as error:
        payload = wire.pack({**_bare(message), "kind": "stopped", "says": f"{type(error).__name__} in its values"})
    if len(payload) > frames.LARGEST:
        payload = wire.pack({**_bare(message), "kind": "too-large", "bytes": len(payload)})
    frames.write_all(MESSAGES, frames.frame(token, payload))


def _bare(message: dict[str, Any]) -> dict[str, Any]:
    return {key: message[key] for key in ("exercise", "seconds") if key in message}


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):  # the grader is gone, and so is the reason to be here
        main()
