"""What is known of a submission when it has been graded: plain data, ready for the journal."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from ..jail.limits import Wall

RIGHT, WRONG, NOT_ATTEMPTED = "right", "wrong", "not attempted"


@dataclass(frozen=True)
class Mark:
    """One exercise of one student.

    Attributes:
        exercise: its id.
        state: ``"right"``, ``"wrong"``, ``"not attempted"``, or the status that says why it could not be graded.
        points: earned.
        of: what a right answer is worth.
        findings: ``code``, ``says`` and ``cause`` of each.
        seconds: that it took.
        by_hand: whether a person gave the points.
        comment: a person's, for the student.
    """

    exercise: str
    state: str
    points: float
    of: float
    findings: tuple[dict[str, str], ...] = ()
    seconds: float = 0.0
    by_hand: bool = False
    comment: str = ""


@dataclass(frozen=True)
class Grade:
    """One lesson of one student.

    Attributes:
        student: their id.
        lesson: two digits.
        status: see :mod:`course_utils.grading.marking.statuses`.
        marks: one for each exercise, in order.
        notes: sentences for the instructor and the student.
        key: what the grade depends on, as a hash; the same key gives the same grade.
        wall: that it was graded behind; ``None`` where nothing ran.
        shingles: hashes of the student's own code, for comparing submissions.
        weights: hashes of a capstone's weights, likewise; without those that are the course's own.
    """

    student: str
    lesson: str
    status: str
    marks: tuple[Mark, ...]
    notes: tuple[str, ...] = ()
    key: str = ""
    wall: Wall | None = None
    shingles: tuple[int, ...] = field(default=(), repr=False)
    weights: tuple[str, ...] = field(default=(), repr=False)

    @property
    def points(self) -> float:
        """Points earned."""
        return sum(mark.points for mark in self.marks)

    @property
    def of(self) -> float:
        """Points to be had."""
        return sum(mark.of for mark in self.marks)

    @property
    def trusted(self) -> bool:
        """Whether it was graded without a wall."""
        return self.wall is Wall.NONE

    def plain(self) -> dict[str, Any]:
        """As a dict for JSON."""
        return {**asdict(self), "wall": self.wall or ""}

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> Grade:
        """The grade that :meth:`plain` gave."""
        marks = tuple(Mark(**{**mark, "findings": tuple(mark["findings"])}) for mark in data["marks"])
        more = {"wall": Wall(data["wall"]) if data["wall"] else None, "shingles": tuple(data["shingles"])}
        weights = tuple(data.get("weights", ()))  # older journals have none
        return cls(**{**data, "marks": marks, "notes": tuple(data["notes"]), "weights": weights, **more})
