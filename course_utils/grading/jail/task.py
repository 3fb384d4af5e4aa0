"""What is known of the exercises behind the wall: how to call an answer; no answer, and nothing that draws inputs."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from course_utils import exercises
from course_utils.exercises import registry, session
from course_utils.exercises.contract import Inputs, Values

OWN = "own"
"""In place of an exercise's id: a function of ours is called with the inputs, and what it returns are the values."""

_CAPSTONE = "14"
"""The lesson whose submissions may bring weights: what measures them is not read by each child again."""
Probe = Callable[[Callable[..., Any], Inputs], Values]


def load(lessons: Sequence[str]) -> dict[str, Probe]:
    """The probes of the lessons, by exercise. Their files are the only ones that are read: they hold no answer.

    Args:
        lessons: two-digit numbers.
    """
    ids = [exercise_id for lesson in lessons for exercise_id in registry.ids(lesson)]
    probes = {exercise_id: registry.probe_of(exercise_id) for exercise_id in ids}
    if _CAPSTONE in lessons:
        importlib.import_module("course_utils.capstone")
    _warm_up()
    for told in ("expect", "hint", "preview", "score"):
        setattr(exercises, told, _silent)
        setattr(session, told, _silent)
    return {OWN: lambda answer, inputs: answer(**inputs), **probes}


def _warm_up() -> None:
    """Once through what answers are made of, so that the children find it done."""
    np.random.seed(0)  # numpy imports its generators when they are first asked for
    with torch.random.fork_rng(devices=[]):
        states, _ = nn.LSTM(4, 4, batch_first=True)(torch.rand(2, 3, 4))
        pictures = nn.ConvTranspose2d(4, 1, 4)(states[:, -1, :, None, None])
        nn.functional.binary_cross_entropy_with_logits(pictures, torch.rand(2, 1, 4, 4)).backward()


def _silent(*_: Any) -> None:
    """In place of what only shows something."""
