"""``course bench grade``: submissions a second behind the wall, nbgrader beside it on the same notebooks, memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from ..grading.intake import lessons
from ..grading.jail.limits import Limits, Wall
from ..grading.marking import seeds
from ..grading.marking.one import Work
from ..grading.marking.pool import LocalPool, cores

LESSON = "02"
SUBMISSIONS, BY_NBGRADER, FOR_MEMORY = 200, 5, 1000
_NBGRADER = (sys.executable, "-m", "nbgrader")


def run(root: Path, quick: bool = False) -> dict[str, Any]:
    """Grade copies of one solved lesson, then let nbgrader grade some of them.

    Args:
        root: the checkout.
        quick: a tenth of the submissions.
    """
    torch.set_num_threads(1)
    part = 10 if quick else 1
    lesson = lessons.load(root / "lessons")[LESSON]
    solved = root / "solutions" / f"{lesson.slug}.ipynb"
    workers = cores()
    with LocalPool(workers, [LESSON], Limits(), Wall.NAMESPACES) as pool:
        trial = pool.test_wall()
        if not trial.stands:
            raise RuntimeError(trial.says)
        _grade(pool, lesson, solved, 4 * workers)  # workers start, once a class
        at_first = pool.memory_mb()
        seconds = _grade(pool, lesson, solved, SUBMISSIONS // part)
        _grade(pool, lesson, solved, FOR_MEMORY // part)
        at_last = pool.memory_mb()
    nbgrader = _by_nbgrader(solved, lesson.slug, max(2, BY_NBGRADER // part))
    return {
        "lesson": lesson.slug,
        "workers": workers,
        "wall": trial.wall,
        "submissions": SUBMISSIONS // part,
        "per_second": SUBMISSIONS // part / seconds,
        "nbgrader_seconds": nbgrader,
        "memory_mb": [at_first, at_last],
        "memory_after": FOR_MEMORY // part,
    }


def _grade(pool: LocalPool, lesson: lessons.Lesson, solved: Path, count: int) -> float:
    """Seconds for so many copies, each with inputs of its own.

    Raises:
        RuntimeError: where one of them is not graded in full.
    """
    start = time.perf_counter()
    grades = list(pool(_works(lesson, solved.read_bytes(), count)))
    if any(grade.points != grade.of for grade in grades):
        raise RuntimeError(f"A solved lesson was not graded in full: {next(g for g in grades if g.points != g.of)}")
    return time.perf_counter() - start


def _works(lesson: lessons.Lesson, data: bytes, count: int) -> Iterator[Work]:
    for number in range(count):
        student = f"student-{number}"
        drawn = {e.id: seeds.seed(b"the secret of the benchmark", e.id, student) for e in lesson.exercises}
        yield Work(student, lesson, data, drawn, "")


def _by_nbgrader(solved: Path, slug: str, count: int) -> float:
    """Seconds that nbgrader takes for one of so many copies, in a course directory of its own."""
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        (course / "source" / slug).mkdir(parents=True)
        shutil.copy(solved, course / "source" / slug)
        for number in range(count):
            (course / "submitted" / f"student-{number}" / slug).mkdir(parents=True)
            shutil.copy(solved, course / "submitted" / f"student-{number}" / slug)
        programs = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])  # nbgrader looks for alembic
        quiet: dict[str, Any] = {
            "cwd": course,
            "check": True,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "env": {**os.environ, "PATH": programs, "COURSE_QUIET": "1"},
        }
        subprocess.run([*_NBGRADER, "generate_assignment", slug, "--create"], **quiet)
        start = time.perf_counter()
        subprocess.run([*_NBGRADER, "autograde", slug, "--create", "--ExecutePreprocessor.timeout=300"], **quiet)
        return (time.perf_counter() - start) / count


def table(result: dict[str, Any]) -> str:
    """The result in Markdown."""
    ours, theirs = result["per_second"], 1 / result["nbgrader_seconds"]
    first, last = result["memory_mb"]
    many = f"{result['memory_after']:,} submissions more"
    return (
        f"Lesson {result['lesson']}, solved, on {result['workers']} cores; {result['submissions']} submissions, "
        f"workers already started; nbgrader executes the whole notebook, without a wall.\n\n"
        "| | submissions a second | seconds for a class of 300 |\n|---|---|---|\n"
        f"| course grade, wall: {result['wall']} | {ours:.1f} ({ours / theirs:.0f}x) | {300 / ours:.0f} |\n"
        f"| nbgrader autograde | {theirs:.2f} | {300 / theirs:,.0f} |\n\n"
        f"Memory of all workers: {first:.0f} MB at first, {last:.0f} MB after {many}."
    )
