"""What a worker keeps of the exercises: how to draw inputs and how to call an answer, and no answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType
from typing import Any

from course_utils import exercises
from course_utils.exercises import registry, session
from course_utils.exercises.contract import Exercise

SELF_TEST = "wall"
"""Id of a task that is no exercise: it calls ``attempts()`` and hands back the words that come."""
_PACKAGE = exercises.__name__ + "."


@dataclass(frozen=True)
class Task:
    """An exercise without its answer: what can be known behind the wall."""

    id: str
    name: str
    inputs: Callable[..., Any]
    probe: Callable[..., Any]

    @property
    def grade_id(self) -> str:
        """nbgrader's id of the cell that holds the function."""
        return "ex-" + self.id.replace(".", "-")


def load(lessons: Iterable[str]) -> dict[str, Task]:
    """The tasks of the lessons, by id; afterwards no answer and no verdict can be found in this process.

    Args:
        lessons: two-digit numbers.
    """
    known = [exercise for lesson in lessons for exercise in registry.of_lesson(lesson)]
    _warm_up(known)
    tasks = {e.id: Task(e.id, e.name, e.inputs, e.probe) for e in known}
    del known
    needed = _reached([part for task in tasks.values() for part in (task.inputs, task.probe)])
    for name, module in list(sys.modules.items()):
        if name.startswith((_PACKAGE + "lesson_", _PACKAGE + "_lesson_")):
            _strip(module, needed)
    registry.of_lesson.cache_clear()
    exercises.check = session.check = _unchanged
    for told in ("hint", "preview", "score"):
        setattr(exercises, told, _silent)
        setattr(session, told, _silent)
    return {SELF_TEST: Task(SELF_TEST, "attempts", lambda generator: {}, lambda answer, inputs: answer()), **tasks}


def _warm_up(known: Iterable[Exercise]) -> None:
    """Once through everything, so that the children find it done."""
    for exercise in known:
        exercise.probe(exercise.reference, exercise.inputs(exercise.public_generator()))


def _unchanged(exercise_id: str, answer: Any) -> Any:
    """In place of ``check``: the student's function stays what it is."""
    return answer


def _silent(*_: Any) -> None:
    """In place of what only shows something."""


def _strip(module: ModuleType, needed: set[int]) -> None:
    """Take out of a lesson's module every function and class that its probes and draws do not reach."""
    for name, value in list(vars(module).items()):
        own = getattr(value, "__module__", None) == module.__name__
        if name == "EXERCISES" or (own and isinstance(value, FunctionType | type) and id(value) not in needed):
            delattr(module, name)


def _reached(roots: list[Any]) -> set[int]:
    """Identities of all that functions can reach by the names in their code, containers and classes included."""
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, FunctionType):
            names = _names(value.__code__)
            waiting += [value.__globals__[name] for name in names if name in value.__globals__]
            waiting += [cell.cell_contents for cell in value.__closure__ or ()]
        elif isinstance(value, type) and value.__module__.startswith(_PACKAGE):
            waiting += [*vars(value).values(), *value.__bases__]
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list | tuple):
            waiting += value
        elif isinstance(value, ModuleType) and value.__name__.startswith(_PACKAGE):
            waiting += [
                v
                for k, v in vars(value).items()
                if not k.startswith("__") and k != "EXERCISES" and not k.startswith("judge")
            ]
    return seen


def _names(code: CodeType) -> set[str]:
    """Names in a function's code and in the functions inside it."""
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return set(code.co_names).union(*map(_names, inner))
