"""What ``course grade`` does, without its options: from a folder of submissions to a gradebook, told in sentences."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from . import gradebook, lessons, roster, seeds, statuses
from .jail.limits import Limits
from .journal import Busy, Journal
from .pool import LocalPool
from .run import Order, Outcome, run

Say = Callable[[str], None]
GRADED, GRADER_FAILED, REFUSED = 0, 1, 2
"""Exit statuses: everybody has a status; some have no mark because the grader failed; nothing was done."""


class Refused(RuntimeError):
    """Nothing was graded; the message says why, and what to do."""


@dataclass(frozen=True)
class Options:
    """What an instructor asks for on the command line.

    Attributes:
        submissions: folder, archive, or notebook.
        out: folder for the results.
        handed_out: folder of the lessons as students got them.
        roster: file; ``None`` to grade whoever handed something in.
        lesson: two digits; ``None`` for all that are found.
        workers: ``None`` for one per core.
        secret: file; ``None`` for one in ``out``.
        limits: what a submission may use.
        trust: whether to grade without a wall.
    """

    submissions: Path
    out: Path
    handed_out: Path
    roster: Path | None = None
    lesson: str | None = None
    workers: int | None = None
    secret: Path | None = None
    limits: Limits = Limits()
    trust: bool = False


def grade_class(options: Options, say: Say) -> int:
    """Grade, write everything, and say what happened.

    Returns:
        an exit status.

    Raises:
        Refused: where nothing could be done.
    """
    torch.set_num_threads(1)  # each worker keeps a core busy; comparing values needs no more
    os.makedirs(options.out, mode=0o700, exist_ok=True)
    with ExitStack() as stack:
        try:
            journal = stack.enter_context(Journal(options.out / "journal.jsonl"))
            order = _order(options)
        except (Busy, roster.BadRoster, seeds.BadSecret, OSError) as error:
            raise Refused(str(error)) from error
        pool = stack.enter_context(_pool(options, order, say))
        outcome = run(order, journal, pool)
    gradebook.write(options.out / "gradebook.csv", outcome.items, outcome.grades)
    return _summary(outcome, options, say)


def _order(options: Options) -> Order:
    known = lessons.load(options.handed_out)
    if options.lesson is not None and options.lesson not in known:
        raise Refused(f"There is no lesson {options.lesson!r} with exercises; there are {', '.join(known)}.")
    if not options.submissions.exists():
        raise Refused(f"{options.submissions} does not exist: give the folder with the submissions.")
    students = roster.load(options.roster) if options.roster else []
    secret = seeds.load(options.secret or options.out / "secret")
    return Order(options.submissions, options.out, known, students, options.lesson, secret, options.limits,
                 "none" if options.trust else "namespaces")


@contextmanager
def _pool(options: Options, order: Order, say: Say) -> Iterator[LocalPool]:
    """The workers, once their wall has been tried."""
    numbers = [options.lesson] if options.lesson else list(order.lessons)
    workers = options.workers or len(os.sched_getaffinity(0))
    with LocalPool(workers, numbers, options.limits, walled=not options.trust) as pool:
        if options.trust:
            say("Wall: none, as asked for: submissions can read and change what you can. Every page says so.")
        else:
            wall = pool.test_wall()
            if not wall.stands:
                raise Refused(f"Nothing was graded: {wall.says}. To grade submissions of people you can vouch for, "
                              "add --trust-submissions.")
            say(f"Wall: {wall.says}.")
        yield pool


def _summary(outcome: Outcome, options: Options, say: Say) -> int:
    for note in outcome.notes:
        say(f"Note: {note}")
    counts = Counter(grade.status for grade in outcome.grades)
    everyone = len(outcome.grades)
    say(f"{everyone} in the gradebook, {outcome.fresh} graded now, {everyone - outcome.fresh} unchanged: "
        + ", ".join(f"{counts[status]} {status}" for status in reversed(statuses.MEANING) if counts[status]) + ".")
    say(f"{options.out / 'gradebook.csv'}")
    if counts[statuses.GRADER_ERROR]:
        say(f"{counts[statuses.GRADER_ERROR]} have no mark: {statuses.MEANING[statuses.GRADER_ERROR]}")
        return GRADER_FAILED
    return GRADED
