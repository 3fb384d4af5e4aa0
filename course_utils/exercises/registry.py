"""Where exercises are found by id: one module a lesson, read when first asked for."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from .contract import Exercise


def lessons() -> list[str]:
    """Two-digit numbers of the lessons that have exercises, in order."""
    package = importlib.import_module(__package__)
    names = (module.name for module in pkgutil.iter_modules(package.__path__))
    return sorted(name.removeprefix("lesson_") for name in names if name.startswith("lesson_"))


@functools.cache
def of_lesson(lesson: str) -> tuple[Exercise, ...]:
    """The exercises of one lesson (``"02"``), in order; empty where there is no such lesson."""
    if lesson not in lessons():
        return ()
    return tuple(importlib.import_module(f"{__package__}.lesson_{lesson}").EXERCISES)


def find(exercise_id: str) -> Exercise:
    """The exercise with that id.

    Raises:
        KeyError: with a sentence that lists the ids of that lesson, or the lessons.
    """
    number = exercise_id.split(".")[0]
    known = of_lesson(f"{int(number):02d}" if number.isdigit() else number)
    for exercise in known:
        if exercise.id == exercise_id:
            return exercise
    ids = ", ".join(exercise.id for exercise in known) or "lessons " + ", ".join(lessons())
    raise KeyError(f"There is no exercise {exercise_id!r}; there are {ids}.")
