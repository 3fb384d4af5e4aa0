"""What is known of an exercise behind the wall: how to call an answer, and what to call it with; no answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from course_utils import exercises
from course_utils.decoders import Layer
from course_utils.exercises import registry, session
from course_utils.exercises.contract import Inputs, Values

SELF_TEST = "wall"
"""Id of a task that is no exercise: its function is called, and hands back the words that come."""

Probe = Callable[[Callable[..., Any], Inputs], Values]

_NAMED: dict[str, type] = {"Layer": Layer}
"""Named tuples that inputs may hold."""


@dataclass(frozen=True)
class Task:
    """One exercise of one submission.

    Attributes:
        id: of the exercise, or ``SELF_TEST``.
        name: of the student's function.
        seed: of the random numbers that the submission's own code draws.
        inputs: drawn by the grader.
        lean: whether to run nothing of a cell that the function does not need.
    """

    id: str
    name: str
    seed: int
    inputs: Inputs
    lean: bool = False

    @property
    def grade_id(self) -> str:
        """nbgrader's id of the cell that holds the function."""
        return "ex-" + self.id.replace(".", "-")

    def plain(self) -> dict[str, Any]:
        """As it is sent.

        Raises:
            TypeError: where the inputs hold what cannot be sent.
        """
        return {**vars(self), "inputs": _plain(self.inputs)}

    @staticmethod
    def from_plain(sent: dict[str, Any]) -> Task:
        """As it was before it was sent."""
        return Task(**{**sent, "inputs": _restored(sent["inputs"])})


def _plain(value: Any) -> Any:
    """A value in numbers, strings, arrays, lists and dicts; each dict says by its one key what it stands for."""
    match value:
        case Tensor():
            return {"tensor": value.numpy()}
        case dict():
            return {"dict": {key: _plain(item) for key, item in value.items()}}
        case list():
            return [_plain(item) for item in value]
        case tuple():
            kind = type(value).__name__ if type(value) in _NAMED.values() else "tuple"
            return {kind: [_plain(item) for item in value]}
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"{type(value).__name__} cannot be an input: take numbers, strings, tensors, or lists of these.")


def _restored(sent: Any) -> Any:
    if isinstance(sent, list):
        return [_restored(item) for item in sent]
    if not isinstance(sent, dict):
        return sent
    ((kind, value),) = sent.items()
    if kind == "tensor":
        return torch.from_numpy(value)
    if kind == "dict":
        return {key: _restored(item) for key, item in value.items()}
    items = [_restored(item) for item in value]
    return _NAMED[kind](*items) if kind in _NAMED else tuple(items)


def load(lessons: Iterable[str]) -> dict[str, Probe]:
    """The probes of the lessons, by exercise. Their files are the only ones that are read: they hold no answer.

    Args:
        lessons: two-digit numbers.
    """
    ids = [exercise_id for lesson in lessons for exercise_id in registry.ids(lesson)]
    probes = {exercise_id: registry.probe_of(exercise_id) for exercise_id in ids}
    _warm_up()
    exercises.check = session.check = _unchanged
    for told in ("hint", "preview", "score"):
        setattr(exercises, told, _silent)
        setattr(session, told, _silent)
    return {SELF_TEST: lambda answer, inputs: answer(), **probes}


def _warm_up() -> None:
    """Once through what answers are made of, so that the children find it done."""
    with torch.random.fork_rng(devices=[]):
        states, _ = nn.LSTM(4, 4, batch_first=True)(torch.rand(2, 3, 4))
        pictures = nn.ConvTranspose2d(4, 1, 4)(states[:, -1, :, None, None])
        nn.functional.binary_cross_entropy_with_logits(pictures, torch.rand(2, 1, 4, 4)).backward()


def _unchanged(exercise_id: str, answer: Any) -> Any:
    """In place of ``check``: the student's function stays what it is."""
    return answer


def _silent(*_: Any) -> None:
    """In place of what only shows something."""
