"""One page about the class: how each exercise went, what went wrong most, who needs a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from course_utils import plots

from ...files import write_whole
from ..marking import statuses
from ..marking.records import NOT_ATTEMPTED, RIGHT, Grade
from ..marking.similarity import pairs, same_weights
from .feedback import file_name
from .page import Picture, page, picture

_QUIET = {statuses.GRADED, statuses.WITH_NOTES, statuses.NOT_SUBMITTED}
_MOST = 15
_Rows = list[tuple[object, ...]]


def write(path: Path, names: Mapping[str, str], grades: Sequence[Grade], notes: Sequence[str], wall: str) -> None:
    """The page of the class.

    Args:
        path: of the file.
        names: what people call the students, by id.
        grades: of all students and lessons.
        notes: about the folder of submissions.
        wall: what submissions were graded behind.
    """
    numbers = sorted({grade.lesson for grade in grades})
    lessons = [_lesson(number, [grade for grade in grades if grade.lesson == number], names) for number in numbers]
    write_whole(path, page("class.html", title="The class", wall=wall, lessons=lessons, notes=notes))


def _lesson(number: str, grades: list[Grade], names: Mapping[str, str]) -> dict[str, Any]:
    """What the page shows of a lesson."""
    missing = [names.get(grade.student, grade.student) for grade in grades if grade.status == statuses.NOT_SUBMITTED]
    counts = Counter(grade.status for grade in grades)
    handed_in = [grade for grade in grades if grade.status not in (statuses.NOT_SUBMITTED, statuses.UNREADABLE)]
    shown: dict[str, Any] = {
        "number": number,
        "graded": len(handed_in),
        "everyone": len(grades),
        "statuses": [(status, counts[status], says) for status, says in statuses.MEANING.items() if counts[status]],
        "missing": ", ".join(missing),
        "looks": _looks(grades, names),
    }
    if handed_in:
        shown |= {
            "success": _success(handed_in),
            "points": _points(handed_in),
            "findings": _findings(handed_in),
            "slowest": _slowest(handed_in, names),
            "similar": _similar(handed_in, names),
            "weights": [
                (names.get(one, one), names.get(other, other), count)
                for one, other, count in same_weights(handed_in)[:_MOST]
            ],
        }
    return shown


def _success(grades: list[Grade]) -> Picture:
    """A bar for each exercise: right, wrong, not attempted."""
    names, (right, wrong, idle) = list(shares(grades)), zip(*shares(grades).values(), strict=True)
    figure, axis = plots.subplots(size=(7, 0.45 * len(names) + 1))
    left = [0.0] * len(names)
    for share, label, colour, hatch in (
        (right, "right", plots.GREEN, ""),
        (wrong, "wrong", plots.RED, "///"),
        (idle, "not attempted", plots.GREY, "..."),
    ):
        axis.barh(names, share, left=left, color=colour, hatch=hatch, edgecolor="white", label=label)
        left = [a + b for a, b in zip(left, share, strict=True)]
    axis.set(xlabel="per cent of the submissions", xlim=(0, 100), ylabel="exercise")
    axis.invert_yaxis()
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, 1.3), ncols=3, frameon=False)
    words = ", ".join(f"{name} {share:.0f} %" for name, share in zip(names, right, strict=True))
    return picture(figure, f"Bars of right answers: {words}.")


def shares(grades: Sequence[Grade]) -> dict[str, tuple[float, float, float]]:
    """Per cent of the submissions that are right, wrong, and idle, by exercise; without a mark, one is idle."""
    names = dict.fromkeys(mark.exercise for grade in grades for mark in grade.marks)
    found = {}
    for name in names:
        states = Counter(mark.state for grade in grades for mark in grade.marks if mark.exercise == name)
        right, each = states[RIGHT], 100 / len(grades)
        tried = states.total() - states[NOT_ATTEMPTED]
        found[name] = (right * each, (tried - right) * each, (len(grades) - tried) * each)
    return found


def _points(grades: list[Grade]) -> Picture:
    """How the points are spread."""
    points, most = [grade.points for grade in grades], max(grade.of for grade in grades)
    figure, axis = plots.subplots(size=(7, 2.2))
    axis.hist(points, bins=[x - 0.5 for x in range(int(most) + 2)], color=plots.BLUE, edgecolor="white")
    axis.set(xlabel="points", ylabel="submissions")
    mean = sum(points) / len(points)
    return picture(figure, f"Histogram of points: mean {mean:.1f} of {most:g}.")


def _findings(grades: list[Grade]) -> _Rows:
    """The commonest, with the first student's words."""
    counts: Counter[tuple[str, str]] = Counter()
    example: dict[tuple[str, str], str] = {}
    for grade in grades:
        for mark in grade.marks:
            for finding in mark.findings[:1]:
                counts[mark.exercise, finding["code"]] += 1
                example.setdefault((mark.exercise, finding["code"]), f"{finding['says']} {finding['cause']}")
    return [(*key, n, example[key]) for key, n in counts.most_common(_MOST)]


def _looks(grades: list[Grade], names: Mapping[str, str]) -> _Rows:
    return [
        (names.get(grade.student, grade.student), grade.status, " ".join(grade.notes))
        for grade in grades
        if grade.status not in _QUIET or grade.notes and grade.status == statuses.WITH_NOTES
    ]


def _slowest(grades: list[Grade], names: Mapping[str, str]) -> _Rows:
    taken = [(mark.seconds, mark.exercise, grade.student) for grade in grades for mark in grade.marks]
    slowest = sorted(taken, reverse=True)[:5]
    return [(names.get(student, student), name, round(seconds, 2)) for seconds, name, student in slowest]


def _similar(grades: list[Grade], names: Mapping[str, str]) -> _Rows:
    return [
        (
            *(names.get(student, student) for student in (pair.one, pair.other)),
            pair.shared,
            f"{pair.share:.0%}",
            f"{file_name(pair.one)}.html",
        )
        for pair in pairs(grades)[:_MOST]
    ]
