"""Beside the student's code: run a slice, call the exercise's probe, send back what came of it."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from time import perf_counter  # bound before a student could put another clock in its place

import numpy as np

from course_utils.exercises.contract import Inputs
from course_utils.exercises.settings import reseed, settled

from .cells import parsed
from .execution import Ran, run, told
from .messages import Closing, Job, Kind, Lesson, Outcome, Plan, Planned, Submission, Wanted
from .slicing import Notebook, Slice
from .suspicious import habits
from .task import Probe

Send = Callable[[Plan | Outcome | Closing], None]
_LONGEST_NOTE = 1000
"""Characters; a submission's own words, which may stand in a note, may be longer."""
_ABSENT = {"EOFError", "FileNotFoundError", "ImportError", "ModuleNotFoundError", "TooLong", "URLError", "gaierror"}
"""Exceptions by which it shows that something is not on this machine."""
_UNDEFINED = "NameError: name '"


def grade(
    lesson: Lesson,
    job: Job,
    submission: Submission,
    probes: Mapping[str, Probe],
    inputs: Callable[[], Inputs],
    send: Send,
    seconds: float,
) -> None:
    """Run the job's exercises one after the other; send one message for each when it is done, and one at the end.

    The inputs of an exercise are not in this process before the one before it is done.

    Args:
        lesson: that was handed out.
        job: what to run.
        submission: the student's cells.
        probes: how to call answers, by exercise.
        inputs: waits for the next exercise's.
        send: takes a message; what it cannot carry is replaced by a message that says so.
        seconds: for one exercise.
    """
    skeleton, cells = ([parsed(i, *cell) for i, cell in enumerate(raw)] for raw in (lesson.skeleton, submission.cells))
    notebook = Notebook(cells, skeleton, lesson.names)
    readings = [notebook.readings(wanted.name, wanted.number, wanted.lean) for wanted in job.exercises]
    chosen = [found[min(wanted.reading, len(found) - 1)] for wanted, found in zip(job.exercises, readings, strict=True)]
    send(Plan([_planned(each, len(found)) for each, found in zip(chosen, readings, strict=True)]))
    own = os.getpid()
    for wanted, each in zip(job.exercises, chosen, strict=True):
        drawn = inputs()
        start = perf_counter()
        with settled():  # what one cell sets for all that follows must not reach the next exercise
            outcome = _outcome(wanted, probes[wanted.id], each, drawn, seconds)
        if os.getpid() != own:
            os._exit(0)  # a copy that the student's code forked, and forgot
        send(replace(outcome, seconds=perf_counter() - start, lacks=_lacking(outcome, notebook)))
    send(Closing(end=True))


def _planned(chosen: Slice, readings: int) -> Planned:
    notes = [*chosen.notes, *habits(chosen)]
    return Planned([note[:_LONGEST_NOTE] for note in notes], chosen.spare, readings)


def _outcome(wanted: Wanted, probe: Probe, chosen: Slice, inputs: Inputs, seconds: float) -> Outcome:
    outcome = partial(Outcome, wanted.id)
    if chosen.home is None and not chosen.top_down:
        return outcome(Kind.MISSING)
    if chosen.home is not None and chosen.home.trouble:
        return outcome(Kind.STOPPED, says=chosen.home.trouble)
    _settle_seeds(wanted.seed)
    ran = run(chosen, wanted.id, wanted.name, seconds)
    notes = [f"In the cell with {wanted.name}, what stopped was left out: {ran.stopped}."] if ran.mended else []
    outcome = partial(outcome, notes=[note[:_LONGEST_NOTE] for note in notes], lacks=_absent(ran, chosen))
    if not ran.answers:
        return outcome(Kind.STOPPED, says=ran.stopped or "the function was not defined")
    answer = ran.answers[-1]
    if not callable(answer):
        return outcome(Kind.NOT_CALLABLE, says=type(answer).__name__)
    try:
        return outcome(Kind.VALUES, probe(answer, inputs), "" if ran.mended else ran.stopped)
    except BaseException as error:
        return outcome(Kind.STOPPED, says=told(error))


def _absent(ran: Ran, chosen: Slice) -> str:
    """The first thing that the answer needs and that is not on this machine, as its statement said it."""
    missing = (trouble for names, trouble in ran.troubles if names & chosen.needs)
    return next((trouble for trouble in missing if trouble.partition(":")[0] in _ABSENT), "")


def _lacking(outcome: Outcome, notebook: Notebook) -> str:
    """What the answer needs and could not be had here, as far as it shows; empty where nothing."""
    raised = [value for value in outcome.values.values() if isinstance(value, dict) and "raised" in value]
    said = [outcome.says, *(f"{value['raised']}: {value.get('message', '')}" for value in raised)]
    for trouble in said:
        name = trouble.removeprefix(_UNDEFINED).partition("'")[0] if trouble.startswith(_UNDEFINED) else ""
        if trouble.partition(":")[0] in _ABSENT or (name and notebook.could_define(name)):
            return outcome.lacks or trouble[:_LONGEST_NOTE]
    return outcome.lacks


def _settle_seeds(seed: int) -> None:
    """The same random numbers for the same student and exercise, whatever ran before."""
    reseed(seed)
    random.seed(seed)
    np.random.seed(seed % 2**32)
