"""The lessons as they were handed out: what a submission is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from course_utils.exercises import registry
from course_utils.exercises.contract import Exercise

from .reading import RawCell, read


@dataclass(frozen=True)
class Lesson:
    """A lesson that can be graded.

    Attributes:
        number: two digits.
        slug: the notebook's name without its ending.
        cells: as handed out.
        exercises: in order.
    """

    number: str
    slug: str
    cells: tuple[RawCell, ...]
    exercises: tuple[Exercise, ...]

    def recognises(self, cells: tuple[RawCell, ...]) -> int:
        """How much of this lesson a notebook holds: ids of exercise cells, and names of their functions."""
        ids = {grade_id for _, _, grade_id in cells}
        text = "\n".join(source for _, source, _ in cells)
        return sum(2 * (f"ex-{e.id.replace('.', '-')}" in ids) + (f"def {e.name}(" in text) for e in self.exercises)


def load(folder: Path) -> dict[str, Lesson]:
    """Every lesson with exercises in a folder of handed-out notebooks, by number."""
    found = {}
    for path in sorted(folder.glob("[0-9][0-9]_*.ipynb")):
        exercises = registry.of_lesson(path.stem[:2])
        if exercises:
            found[path.stem[:2]] = Lesson(path.stem[:2], path.stem, read(path.read_bytes()).cells, exercises)
    return found
