"""What ``course grade`` does, without its options: from a folder of submissions to a gradebook, told in sentences."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from .intake import lessons, roster
from .jail.limits import Limits, Wall
from .marking import seeds, statuses
from .marking.dask_pool import DaskPool
from .marking.pool import LocalPool, cores
from .results import classpage, feedback, gradebook, manual, platforms
from .results.journal import Busy, Journal
from .run import Order, Outcome, run

Say = Callable[[str], None]
GRADED, GRADER_FAILED, REFUSED = 0, 1, 2
"""Exit statuses: everybody has a status; some have no mark because the grader failed; nothing was done."""


class Refused(RuntimeError):
    """Nothing was graded; the message says why, and what to do."""


@dataclass(frozen=True, kw_only=True)
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
        wall: what submissions run behind.
        manual: file of marks that a person gave.
        canvas: Canvas's gradebook export, to be filled in.
        canvas_column: words in the heading of its column.
        moodle: Moodle's grading worksheet, to be filled in.
        gradescope: whether to write Gradescope's results.
        dask: address of a Dask cluster that grades in place of this machine.
    """

    submissions: Path
    out: Path
    handed_out: Path
    roster: Path | None = None
    lesson: str | None = None
    workers: int | None = None
    secret: Path | None = None
    limits: Limits = Limits()
    wall: Wall = Wall.NAMESPACES
    manual: Path | None = None
    canvas: Path | None = None
    canvas_column: str | None = None
    moodle: Path | None = None
    gradescope: bool = False
    dask: str | None = None


def grade_or_say_why(options: Options, say: Say) -> int:
    """As :func:`grade_class`, but where nothing could be done it is said, and the exit status tells."""
    try:
        return grade_class(options, say)
    except Refused as refused:
        say(str(refused))
        return REFUSED


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
            _keep(options.manual, journal)
        except (Busy, roster.BadRoster, seeds.BadSecret, manual.BadMarks, OSError) as error:
            raise Refused(str(error)) from error
        pool = stack.enter_context(_pool(options, order, say))
        outcome = run(order, journal, pool)
    _write(outcome, options)
    _fill_exports(outcome, options, say)
    return _summary(outcome, options, say)


def _write(outcome: Outcome, options: Options) -> None:
    """Everything an instructor reads, made anew from the grades."""
    names = {item.student.id: item.student.name for item in outcome.items}
    gradebook.write(options.out / "gradebook.csv", outcome.items, outcome.grades)
    feedback.write(options.out / "feedback", names, outcome.grades)
    classpage.write(options.out / "class.html", outcome.grades, outcome.notes, options.wall)


def _fill_exports(outcome: Outcome, options: Options, say: Say) -> None:
    """Copies of the platforms' files with points in them.

    Raises:
        Refused: where a file cannot be filled in; the journal and the gradebook are written by then.
    """
    known, grades = {item.student.id: item.student for item in outcome.items}, outcome.grades
    try:
        if options.canvas:
            out = options.out / f"canvas_{options.canvas.name}"
            found = platforms.fill_canvas(options.canvas, out, known, grades, options.canvas_column)
            say(f"{out}: {found} students of {len(grades)}.")
        if options.moodle:
            out = options.out / f"moodle_{options.moodle.name}"
            found = platforms.fill_moodle(options.moodle, out, known, grades)
            say(f"{out}: {found} students of {len(grades)}.")
    except (platforms.BadExport, roster.BadRoster, OSError) as error:
        raise Refused(str(error)) from error
    for grade in grades if options.gradescope else ():
        name = f"{feedback.file_name(grade.student)}_{grade.lesson}.json"
        platforms.write_gradescope(options.out / "gradescope" / name, grade)


def _keep(path: Path | None, journal: Journal) -> None:
    """Put marks given by hand into the journal, those that are new or changed."""
    known = manual.known(journal.lines())
    for mark in manual.load(path) if path else ():
        if known.get((mark.student, mark.lesson, mark.exercise)) != mark:
            journal.append(mark.plain())


def _order(options: Options) -> Order:
    known = lessons.load(options.handed_out)
    if options.lesson is not None and options.lesson not in known:
        raise Refused(f"There is no lesson {options.lesson!r} with exercises; there are {', '.join(known)}.")
    if (options.canvas or options.moodle) and options.lesson is None:
        raise Refused("A platform's file is filled in with one lesson's points: add --lesson NN.")
    if not options.submissions.exists():
        raise Refused(f"{options.submissions} does not exist: give the folder with the submissions.")
    students = roster.load(options.roster) if options.roster else []
    secret = seeds.load(options.secret or options.out / "secret")
    return Order(
        options.submissions,
        options.out,
        known,
        students,
        options.lesson,
        secret,
        options.limits,
        options.wall,
    )


@contextmanager
def _pool(options: Options, order: Order, say: Say) -> Iterator[LocalPool | DaskPool]:
    """The workers, once their wall has been tried."""
    numbers = [options.lesson] if options.lesson else list(order.lessons)
    with _made(options, numbers) as pool:
        if options.wall is Wall.NONE:
            say("Wall: none, as asked for: submissions can read and change what you can. Every page says so.")
        else:
            private = (options.secret, options.roster, options.manual, options.canvas, options.moodle)
            trial = pool.test_wall([options.out, options.submissions, *filter(None, private)])
            if not trial.stands:
                raise Refused(
                    f"Nothing was graded: {trial.says}. To grade submissions of people you can vouch for, "
                    "add --trust-submissions."
                )
            say(f"Wall: {trial.says}.")
        yield pool


def _made(options: Options, numbers: list[str]) -> LocalPool | DaskPool:
    """The pool that was asked for; nothing has started yet.

    Raises:
        Refused: where there is no such cluster, or nothing to talk to it with.
    """
    if options.dask is None:
        return LocalPool(options.workers or cores(), numbers, options.limits, options.wall)
    try:
        return DaskPool(options.dask, numbers, options.limits, options.wall)
    except ImportError as error:
        raise Refused('To grade on a cluster, install dask.distributed: pip install "vae-course[dask]".') from error
    except OSError as error:
        raise Refused(f"Nobody answers at {options.dask}: {error}") from error


def _summary(outcome: Outcome, options: Options, say: Say) -> int:
    for note in outcome.notes:
        say(f"Note: {note}")
    counts = Counter(grade.status for grade in outcome.grades)
    everyone = len(outcome.grades)
    say(
        f"{everyone} in the gradebook, {outcome.fresh} graded now, {everyone - outcome.fresh} unchanged: "
        + ", ".join(f"{counts[status]} {status}" for status in reversed(statuses.MEANING) if counts[status])
        + "."
    )
    say(
        f"{options.out / 'gradebook.csv'}, {options.out / 'class.html'}, and a page for each student in "
        f"{options.out / 'feedback'}."
    )
    if counts[statuses.GRADER_ERROR]:
        say(f"{counts[statuses.GRADER_ERROR]} have no mark: {statuses.MEANING[statuses.GRADER_ERROR]}")
        return GRADER_FAILED
    return GRADED
