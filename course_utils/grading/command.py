"""What ``course grade`` does, without its options: from a folder of submissions to a gradebook, told in sentences."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from .intake import assignment, lessons, mapping, roster
from .intake.assignment import Class, Folder, NothingFound
from .intake.layouts import Layout, Unsure
from .intake.reading import Unreadable
from .intake.register import Register, linked
from .intake.roster import Student
from .intake.tables import BadTable
from .jail.limits import Limits, Wall
from .marking import seeds, statuses
from .marking.dask_pool import DaskPool
from .marking.pool import LocalPool, cores
from .marking.records import Grade
from .results import census, classpage, feedback, gradebook, manual, oral, platforms
from .results.journal import Busy, Journal, all_grades
from .results.platforms import Sheet
from .results.words import in_a_row
from .run import Order, Outcome, run

Say = Callable[[str], None]
GRADED, GRADER_FAILED, REFUSED, STOPPED = 0, 1, 2, 130
"""Exit statuses: everybody has a status; the grader failed for some, or the disk did; nothing was done; Ctrl-C."""


class Refused(RuntimeError):
    """Nothing was graded; the message says why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What an instructor asks for on the command line.

    Attributes:
        submissions: folder, archive, or notebook.
        out: folder for the results.
        handed_out: folder of the lessons as students got them.
        roster: file; ``None`` to grade whoever handed something in, or is in a platform's export.
        layout: what names the student; ``None`` to find out.
        mapping: file that says whose files are.
        dry_run: whether only to find out whose each file is.
        lesson: two digits; ``None`` for all that are found.
        workers: ``None`` for one per core.
        secret: file; ``None`` for one in ``out``.
        limits: what a submission may use.
        wall: what submissions run behind.
        manual: file of marks that a person gave.
        capstone: points of a capstone that stands; the default looks at what is there, and gives none.
        canvas: Canvas's gradebook export, to be filled in.
        canvas_column: words in the heading of its column.
        moodle: Moodle's grading worksheet, to be filled in.
        gradescope: whether to write Gradescope's results.
        oral: a number that draws questions for oral cards; ``None`` for no cards.
        dask: address of a Dask cluster that grades in place of this machine.
    """

    submissions: Path
    out: Path
    handed_out: Path
    roster: Path | None = None
    layout: Layout | None = None
    mapping: Path | None = None
    dry_run: bool = False
    lesson: str | None = None
    workers: int | None = None
    secret: Path | None = None
    limits: Limits = Limits()
    wall: Wall = Wall.NAMESPACES
    manual: Path | None = None
    capstone: float = 0.0
    canvas: Path | None = None
    canvas_column: str | None = None
    moodle: Path | None = None
    gradescope: bool = False
    oral: int | None = None
    dask: str | None = None


def grade_or_say_why(options: Options, say: Say) -> int:
    """As :func:`grade_class`, but where nothing could be done it is said, and the exit status tells."""
    try:
        return grade_class(options, say)
    except Refused as refused:
        say(str(refused))
        return REFUSED
    except KeyboardInterrupt:
        say(f"Stopped by you. Grades that were ready are kept in {options.out}: the same command goes on from there.")
        return STOPPED


@dataclass(frozen=True)
class _Plan:
    """All that is known before anything is graded.

    Attributes:
        found: the class, as it was handed in.
        roster: who belongs to it; empty where nobody has said so.
        sheets: exports to be filled in, by the name of the copy.
        lessons: all that can be graded, by number.
    """

    found: Class
    roster: list[Student]
    sheets: dict[str, Sheet]
    lessons: dict[str, lessons.Lesson]

    @property
    def register(self) -> Register:
        """Of everybody."""
        return Register({student.id: student for student in [*self.roster, *self.students]}.values())

    @property
    def students(self) -> list[Student]:
        """Who has an item."""
        return [item.student for item in self.found.items]


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
            plan = _plan(options, say)
            if options.dry_run:
                return _listed(plan, options, say)
            journal = stack.enter_context(Journal(options.out / "journal.jsonl"))
            secret = seeds.load(options.secret or options.out / "secret")
            _keep(options.manual, plan, journal)
        except (Busy, BadTable, NothingFound, Unsure, Unreadable, seeds.BadSecret, OSError) as error:
            raise Refused(str(error)) from error
        pool = stack.enter_context(_pool(options, say))
        how = (secret, options.limits, options.wall, options.capstone)
        outcome = run(Order(plan.found.items, plan.lessons, *how), journal, pool)
    try:
        _write(outcome, plan, options)
        _fill_exports(outcome, plan, options, say)
        if options.oral is not None:
            _ask(outcome, options, secret, all_grades(journal.lines()), say)
    except OSError as error:
        say(f"Everything is graded and in the journal, but a file could not be written: {error}. Run it again.")
        return GRADER_FAILED
    return _summary(outcome, plan, options, say)


def _write(outcome: Outcome, plan: _Plan, options: Options) -> None:
    """Everything an instructor reads, made anew from the grades."""
    names = {item.student.id: item.student.name for item in outcome.items}
    called = {item.student.id: item.student.called for item in outcome.items}
    notes = list(census.sentences(plan.found, bool(plan.roster)))
    gradebook.write(options.out / "gradebook.csv", outcome.items, outcome.grades)
    feedback.write(options.out / "feedback", names, outcome.grades)
    classpage.write(options.out / "class.html", called, outcome.grades, notes, options.wall)
    census.write(options.out / "mapping.csv", plan.found.places)


def _ask(outcome: Outcome, options: Options, secret: bytes, earlier: Iterator[Grade], say: Say) -> None:
    """Oral cards: the same secret and number ask the same questions."""
    called = {item.student.id: item.student.called for item in outcome.items}
    path, number = options.out / "oral.html", options.oral

    def order(words: str, student: str) -> int:
        return seeds.seed(secret, f"oral {number} {words}", student)

    sheets = oral.write(path, called, outcome.items, outcome.grades, earlier, order)
    say(f"{path}: questions for {sheets} students, a sheet each; another number after --oral draws others.")


def _fill_exports(outcome: Outcome, plan: _Plan, options: Options, say: Say) -> None:
    """Copies of the platforms' files with points in them."""
    called = {item.student.id: item.student.called for item in outcome.items}
    for name, sheet in plan.sheets.items():
        filled = platforms.fill(sheet, options.out / name, plan.register, outcome.grades)
        marked = {grade.student for grade in outcome.grades if platforms.is_marked(grade)}
        say(f"{options.out / name}: points of {len(filled.students)} students, of {len(marked)} who have a mark.")
        for words, students in (
            ("Left as they were, excused or without a mark", filled.kept),
            ("Not written, several lines fit", filled.several),
            ("Not in the export", marked - filled.students - filled.kept - filled.several),
        ):
            if students:
                say(f"{words}: {in_a_row(sorted(called[student] for student in students))}.")
    for grade in outcome.grades if options.gradescope else ():
        if platforms.is_marked(grade):
            name = f"{feedback.file_name(grade.student)}_{grade.lesson}.json"
            platforms.write_gradescope(options.out / "gradescope" / name, grade)


def _keep(path: Path | None, plan: _Plan, journal: Journal) -> None:
    """Put marks given by hand into the journal, those that are new or changed."""
    points = {number: {e.id: float(e.points) for e in lesson.exercises} for number, lesson in plan.lessons.items()}
    known = manual.known(journal.lines())
    for mark in manual.load(path, plan.register, points) if path else ():
        if known.get((mark.student, mark.lesson, mark.exercise)) != mark:
            journal.append(mark.plain())


def _plan(options: Options, say: Say) -> _Plan:
    """Find out whose each file is, and everything that could stop the run later.

    Raises:
        Refused: where nothing can be done.
        BadTable, NothingFound, Unsure, Unreadable: likewise.
    """
    known = lessons.load(options.handed_out)
    if options.lesson is not None and options.lesson not in known:
        raise Refused(f"There is no lesson {options.lesson!r} with exercises; there are {', '.join(known)}.")
    if not options.submissions.exists():
        raise Refused(f"{options.submissions} does not exist: give the folder with the submissions.")
    sheets = _sheets(options)
    everyone = _roster(options, list(sheets.values()), say)
    owners = mapping.read(options.mapping, known) if options.mapping else {}
    folder = Folder(options.submissions, options.out, options.layout, owners)
    try:
        found = assignment.sort(folder, everyone, known, options.lesson)
    except Unsure as unsure:
        if options.dry_run:
            census.write(options.out / "mapping.csv", assignment.undecided(unsure))
            say(f"{options.out / 'mapping.csv'} has every file; the students that are not clear are left empty.")
        raise
    if everyone and not options.dry_run and len(found.strangers) == len(found.owners):
        raise Refused(_nobody_known(found, everyone))
    return _Plan(found, everyone, sheets, known)


def _nobody_known(found: Class, everyone: list[Student]) -> str:
    theirs, ours = ([student.called for student in group[:3]] for group in (found.strangers, everyone))
    return (
        f"Nobody who handed something in is on the roster: there it says {', '.join(ours)}, here {', '.join(theirs)}. "
        "Give the platform's own export as --roster, or beside yours as --canvas or --moodle; or say down who is who: "
        "--dry-run makes a file of files and students, to be corrected and given back with --mapping."
    )


def _sheets(options: Options) -> dict[str, Sheet]:
    """The exports to be filled in.

    Raises:
        Refused: without a lesson.
        BadTable: where one cannot be filled in.
    """
    made: dict[str, Sheet] = {}
    if (options.canvas or options.moodle) and options.lesson is None:
        raise Refused("A platform's file is filled in with one lesson's points: add --lesson NN.")
    if options.canvas and options.lesson:
        made[f"canvas_{options.canvas.name}"] = platforms.canvas(options.canvas, options.lesson, options.canvas_column)
    if options.moodle:
        made[f"moodle_{options.moodle.name}"] = platforms.moodle(options.moodle)
    return made


def _roster(options: Options, sheets: list[Sheet], say: Say) -> list[Student]:
    """The class: the roster with the ids that platforms have for it, or a platform's own list."""
    exports = [(sheet.table.path, sheet.students()) for sheet in sheets]
    if options.roster:
        everyone = roster.load(options.roster)
    elif exports:
        path, everyone = exports.pop(0)
        say(f"Without --roster, the class is who is in {path}.")
    else:
        return []
    for _, known in exports:
        everyone = linked(everyone, known)
    return everyone


def _listed(plan: _Plan, options: Options, say: Say) -> int:
    """Say whose each file is, and grade nothing."""
    census.write(options.out / "mapping.csv", plan.found.places)
    for sentence in census.sentences(plan.found, bool(plan.roster)):
        say(sentence)
    say(f"{options.out / 'mapping.csv'}: correct what is wrong, and give it back with --mapping. Nothing was graded.")
    return GRADED


@contextmanager
def _pool(options: Options, say: Say) -> Iterator[LocalPool | DaskPool]:
    """The workers, once their wall has been tried."""
    numbers = [options.lesson] if options.lesson else list(lessons.load(options.handed_out))
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


def _summary(outcome: Outcome, plan: _Plan, options: Options, say: Say) -> int:
    for sentence in census.sentences(plan.found, bool(plan.roster)):
        say(sentence)
    counts = Counter(grade.status for grade in outcome.grades)
    everyone = len(outcome.grades)
    say(
        f"{everyone} in the gradebook, {outcome.fresh} graded now, {everyone - outcome.fresh} unchanged: "
        + ", ".join(f"{counts[status]} {status}" for status in reversed(statuses.MEANING) if counts[status])
        + "."
    )
    say(
        f"{options.out / 'gradebook.csv'}, {options.out / 'class.html'}, whose each file is in "
        f"{options.out / 'mapping.csv'}, and a page for each student in {options.out / 'feedback'}."
    )
    if counts[statuses.GRADER_ERROR]:
        say(f"{counts[statuses.GRADER_ERROR]} have no mark: {statuses.MEANING[statuses.GRADER_ERROR]}")
        return GRADER_FAILED
    return GRADED
