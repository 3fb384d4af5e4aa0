"""Oral cards: for each student, three questions about their own code, their own values and their own mistakes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from course_utils.exercises import registry
from course_utils.exercises.contract import Exercise

from ...files import write_whole
from ..intake.assignment import Item
from ..intake.reading import RawCell, Unreadable, read
from ..marking.records import NOT_ATTEMPTED, RIGHT, WRONG, Grade, Mark
from .line_questions import RETURNED, of_line
from .page import page

MOST = 3
_LONGEST_LINE, _MOST_LINES = 160, 200
"""A longer line is not asked about, nor what stands further down in a function: nobody could read it out."""
_STRINGS = re.compile(r'"""[\s\S]*?"""|' + r"'''[\s\S]*?'''")


@dataclass(frozen=True)
class Question:
    """What to ask.

    Attributes:
        exercise: its id and title.
        asks: the question.
        listen: what a good answer has in it.
        line: of the student's code; empty where the question is about none.
    """

    exercise: str
    asks: str
    listen: str
    line: str = ""


Order = Callable[[str, str], int]
"""(question's words, student) to a number: questions are asked in the order of these."""


def write(
    path: Path,
    names: Mapping[str, str],
    items: Sequence[Item],
    grades: Sequence[Grade],
    earlier: Iterable[Grade],
    order: Order,
) -> int:
    """A page with a sheet for each student who handed something in, of that student's work alone.

    Args:
        path: of the file.
        names: what people call the students, by id.
        items: everyone's lessons, with the notebooks.
        grades: as they stand.
        earlier: all grades there have been, the oldest first.
        order: of the questions.

    Returns:
        how many students have a sheet.
    """
    by_owed = {(grade.student, grade.lesson): grade for grade in grades}
    first: dict[tuple[str, str], Mark] = {}
    for grade in earlier:
        now = by_owed.get((grade.student, grade.lesson))
        for mark in (
            grade.marks if now and now.shingles != grade.shingles else ()
        ):  # another mark of the same code: ours
            if mark.state == WRONG and mark.findings:
                first.setdefault((grade.student, mark.exercise), mark)
    pools: dict[str, list[list[Question]]] = {}
    for item in items:
        own = pools.setdefault(item.student.id, [[], [], [], [], []])
        for pool, found in zip(own, _of_lesson(item, by_owed[item.owed], first), strict=True):
            pool += found
    sheets = [(names.get(student, student), chosen(pools[student], student, order)) for student in pools]
    sheets = [(name, questions) for name, questions in sheets if questions]
    write_whole(path, page("oral.html", title="Oral cards", sheets=sheets))
    return len(sheets)


def chosen(pools: Sequence[list[Question]], student: str, order: Order) -> list[Question]:
    """Three questions of a student, as far as can be of different exercises and words.

    Args:
        pools: questions of several kinds; of each but the last the first is taken, then the rest, then of the last.
        student: whose.
        order: of the questions of one kind.
    """
    mixed = [sorted(pool, key=lambda q: order(q.exercise + q.asks + q.line, student)) for pool in pools]
    rest = list(chain(*(pool[:1] for pool in mixed[:-1]), *(pool[1:] for pool in mixed[:-1]), mixed[-1]))
    taken: list[Question] = []
    while rest and len(taken) < MOST:
        new = [q for q in rest if all(q.exercise != t.exercise and q.asks != t.asks for t in taken)]
        taken.append((new or rest)[0])
        rest.remove(taken[-1])
    return taken


def _of_lesson(item: Item, grade: Grade, first: Mapping[tuple[str, str], Mark]) -> Sequence[list[Question]]:
    """What is wrong, what was wrong once, lines of code, what was left open, and what else functions return."""
    pools: tuple[list[Question], ...] = ([], [], [], [], [])
    wrong, once, lines, left, returned = pools
    cells = _cells(item)
    marks = {mark.exercise: mark for mark in grade.marks}
    for exercise in registry.of_lesson(item.lesson) if cells else ():
        mark, before = marks.get(exercise.id), first.get((grade.student, exercise.id))
        if mark and mark.state == WRONG and mark.findings:
            wrong.append(_of_finding(exercise, mark, "The check says: {} Which line gives that, and what is right?"))
        elif mark and mark.state == RIGHT and before:
            once.append(
                _of_finding(exercise, before, "On an earlier try: {} What was missing, and what did you change?")
            )
        elif mark and mark.state == NOT_ATTEMPTED:
            asks = f"You have left {exercise.name} open. What goes in, what comes out, and how would you begin?"
            left.append(Question(_title(exercise), asks, exercise.hints[1]))
        for line in own_lines(exercise, cells):
            if question := of_line(line):
                lines.append(Question(_title(exercise), question.asks, question.listen, line))
            elif line.startswith("return "):
                returned.append(Question(_title(exercise), RETURNED, exercise.hints[1], line))
    return pools


def _of_finding(exercise: Exercise, mark: Mark, words: str) -> Question:
    finding = mark.findings[0]
    return Question(_title(exercise), words.format(finding["says"]), finding["cause"] or exercise.hints[1])


def _title(exercise: Exercise) -> str:
    return f"{exercise.id} {exercise.title}"


def _cells(item: Item) -> Sequence[RawCell]:
    """The cells that were handed in; none where they cannot be read."""
    try:
        return read(item.found.read()).cells if item.found else ()
    except (Unreadable, OSError):
        return ()


def own_lines(exercise: Exercise, cells: Sequence[RawCell]) -> Iterator[str]:
    """The lines of the last function of the exercise's name, read as text: strangers' code is not parsed out here."""
    begins = re.compile(rf"^def {exercise.name}\(", re.MULTILINE)
    bodies = [begins.split(_STRINGS.sub("", source))[1:] for kind, source, _ in cells if kind == "code"]
    last = "".join([body for own in bodies for body in own][-1:])
    for line in last.split("\n", _MOST_LINES + 1)[1 : _MOST_LINES + 1]:
        if line.strip() and not line.startswith((" ", "\t", ")")):
            return
        if len(line) <= _LONGEST_LINE:
            yield line.strip()
