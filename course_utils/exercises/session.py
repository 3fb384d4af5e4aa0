"""What a lesson calls: ``check``, ``hint``, ``score``, ``preview`` for answers that do not count, and ``expect``."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from course_utils import progress

from . import cards, registry
from .contract import Exercise
from .outcome import Outcome, examine

_outcomes: dict[str, Outcome] = {}
_hints_shown: dict[str, int] = {}


def check(exercise_id: str, answer: Any) -> Any:
    """Check an answer and show a small card; never raises in a lesson.

    Args:
        exercise_id: such as ``"2.1"``.
        answer: the student's function.

    Returns:
        The student's function where it passes, else the course's own, so that the lesson runs on.
    """
    exercise = _asked_for(exercise_id)
    if exercise is None:
        return answer
    if answer is exercise.reference:
        cards.show(
            cards.notice(
                f"{exercise.name} is the course's own function now, standing in for yours. "
                f"Run the cell with your definition again, then this one."
            )
        )
        return answer
    outcome = examine(exercise, answer)
    if exercise_id not in _outcomes or outcome.points >= _outcomes[exercise_id].points:
        _outcomes[exercise_id] = outcome  # a point once earned is kept, whatever is tried afterwards
    cards.show(cards.outcome_card(outcome))
    _tell_nbgrader(outcome)
    return answer if outcome.status == "passed" else exercise.reference


def preview(exercise_id: str, answer: object) -> None:
    """Show the card that an answer would get, and count nothing.

    Args:
        exercise_id: such as ``"2.1"``.
        answer: any function, wrong on purpose perhaps.

    Raises:
        KeyError: where there is no such exercise.
    """
    cards.show(cards.outcome_card(examine(registry.find(exercise_id), answer)))


def hint(exercise_id: str, step: int | None = None) -> None:
    """Show the next hint: a nudge first, then the formula, then a skeleton with gaps.

    Args:
        exercise_id: such as ``"2.1"``.
        step: 1, 2 or 3 to see that hint again; without it, each call goes one step further.
    """
    exercise = _asked_for(exercise_id)
    if exercise is None:
        return
    step = _hints_shown.get(exercise_id, 0) + 1 if step is None else step
    step = min(max(step, 1), len(exercise.hints))
    _hints_shown[exercise_id] = step
    cards.show(cards.hint_card(exercise, step))


def score(lesson: str) -> None:
    """Show the points of a lesson so far, and how well one's predictions held.

    Args:
        lesson: two digits, such as ``"02"``.
    """
    from course_utils import predictions  # not above: a grader has neither forms nor figures

    exercises = registry.of_lesson(lesson)
    if not exercises:
        cards.show(cards.notice(f"There is no lesson {lesson!r}; there are {', '.join(registry.lessons())}."))
        return
    card = cards.score_card(lesson, [(e, _outcomes.get(e.id)) for e in exercises])
    told = predictions.calibration(lesson)
    cards.show(replace(card, lines=(*card.lines, told)) if told else card)


def expect(claim: str, holds: object) -> None:
    """Say so where something that the lesson's text relies on is not so in this run; show nothing where it is.

    A student who stopped a training, or changed a number, goes on with what she found. Where notebooks are proved or
    stored, the cell fails.

    Args:
        claim: a sentence, what the text says of the lesson's own run.
        holds: whether it is so here.

    Raises:
        AssertionError: only under pytest, and where COURSE_QUIET is set.
    """
    if holds:
        return
    if progress.quiet():
        raise AssertionError(claim)
    cards.show(cards.unexpected_card(claim))


def _asked_for(exercise_id: Any) -> Exercise | None:
    """The exercise with that id; where there is none, a notice is shown."""
    if not isinstance(exercise_id, str):
        cards.show(cards.notice('The number of an exercise is text, in quotes: "2.1".'))
        return None
    try:
        return registry.find(exercise_id)
    except KeyError as unknown:
        cards.show(cards.notice(unknown.args[0]))
        return None


def _tell_nbgrader(outcome: Outcome) -> None:
    """Raise where nbgrader executes the notebook: it counts every cell without an error as right.

    Raises:
        AssertionError: only under nbgrader, unless the answer passed.
    """
    if "NBGRADER_EXECUTION" in os.environ and outcome.status != "passed":
        raise AssertionError(f"exercise {outcome.exercise.id}: {outcome.status}")
