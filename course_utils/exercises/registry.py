"""Where exercises are found by id: exercise 4.3 is ``lesson_04/ex_4_3.py`` and its probe, read when first asked for."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from .contract import Exercise, Inputs, Values
from .judging import whole
from .probing import supervised


def lessons() -> list[str]:
    """Two-digit numbers of the lessons that have exercises, in order."""
    return sorted(name.removeprefix("lesson_") for name in _modules(__package__) if name.startswith("lesson_"))


@functools.cache
def of_lesson(lesson: str) -> tuple[Exercise, ...]:
    """The exercises of one lesson (``"02"``), in order; empty where there is no such lesson."""
    return tuple(map(_read, ids(lesson)))


def ids(lesson: str) -> list[str]:
    """Ids of a lesson's exercises, in order; none of them is read for that."""
    if lesson not in lessons():
        return []
    names = (name for name in _modules(f"{__package__}.lesson_{lesson}") if name.startswith("ex_"))
    return sorted((name.removeprefix("ex_").replace("_", ".") for name in names), key=_number)


def probe_of(exercise_id: str) -> Callable[[Callable[..., Any], Inputs], Values]:
    """The probe of an exercise, as it is run; only modules that know nothing of an answer are read for that."""
    return supervised(importlib.import_module(_module("probe", exercise_id)).probe)


def find(exercise_id: str) -> Exercise:
    """The exercise with that id.

    Raises:
        KeyError: with a sentence that lists the ids of that lesson, or the lessons.
    """
    number = exercise_id.split(".")[0]
    known = of_lesson(f"{int(number):02d}" if number.isdecimal() else number)
    for exercise in known:
        if exercise.id == exercise_id:
            return exercise
    there = ", ".join(exercise.id for exercise in known) or "lessons " + ", ".join(lessons())
    raise KeyError(f"There is no exercise {exercise_id!r}; there are {there}.")


def _modules(package: str) -> list[str]:
    """Names of the modules in a package."""
    return [module.name for module in pkgutil.iter_modules(importlib.import_module(package).__path__)]


def _number(exercise_id: str) -> int:
    return int(exercise_id.split(".")[1])


def _module(part: str, exercise_id: str) -> str:
    """Full name of one of the two modules of an exercise, ``"ex"`` or ``"probe"``."""
    lesson, number = exercise_id.split(".")
    return f"{__package__}.lesson_{int(lesson):02d}.{part}_{lesson}_{number}"


def _read(exercise_id: str) -> Exercise:
    """The exercise that two modules make up, which call their parts the same everywhere."""
    rest = importlib.import_module(_module("ex", exercise_id))
    return Exercise(
        id=exercise_id,
        title=rest.TITLE,
        name=rest.NAME,
        points=rest.POINTS,
        hints=rest.HINTS,
        reference=rest.reference,
        inputs=rest.inputs,
        probe=probe_of(exercise_id),
        verdict=whole(rest.NAME, rest.verdict, getattr(rest, "REMEDIES", ())),
    )
