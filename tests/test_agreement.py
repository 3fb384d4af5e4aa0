"""Notebook and grader agree: what is right or wrong on the notebook's inputs is so on those of sixty students."""

import pytest

from course_utils.exercises import registry
from tests.mutants import running

EXERCISES = {e.id: e for lesson in registry.lessons() for e in registry.of_lesson(lesson)}
SEEDS = (None, *range(1000, 1060))

pytestmark = pytest.mark.slow


class Untouched(running.Mutant):
    """A catalogued answer as it is, with its own names for its arguments."""

    def answer(self):
        return self.make()


@pytest.mark.parametrize("exercise", list(EXERCISES.values()), ids=list(EXERCISES))
def test_catalogued_answers_pass_or_are_refused_on_sixty_seeds(exercise):
    answers = [("reference", exercise.reference, "passed")]
    answers += [(f"right {i}", answer, "passed") for i, answer in enumerate(running.catalogue(exercise, "RIGHT"))]
    answers += [
        (f"wrong {i}, {code}", answer, "failed")
        for i, (answer, code) in enumerate(running.catalogue(exercise, "WRONG"))
    ]
    others = {}
    for name, answer, status in answers:
        mutant = Untouched(exercise, name, lambda answer=answer: answer)
        others[name] = [seed for seed in SEEDS if running.examined(mutant, seed)[0] != status]
    assert {name: seeds for name, seeds in others.items() if seeds} == {}
