"""Checks against what ``tests.mutants`` makes of right answers: a sample, and with ``-m slow`` all of it."""

import pytest
import torch

from course_utils.exercises import registry
from tests.mutants import running
from tests.mutants.equivalent import EQUIVALENT

EXERCISES = {e.id: e for lesson in registry.lessons() for e in registry.of_lesson(lesson)}
SLOW_TO_CHECK = {"5.4", "6.3", "10.4", "12.3"}
SIXTY = tuple(range(1000, 1060))

every_exercise = pytest.mark.parametrize("exercise", list(EXERCISES.values()), ids=list(EXERCISES))


@every_exercise
def test_a_sample_of_mutants_is_refused(exercise):
    """Each exercise tries other mutants than the next, so that together they are of all kinds."""
    few = 5 if exercise.id in SLOW_TO_CHECK else 15
    mutants = list(running.mutants(exercise, catalogued=False))
    step = len(mutants) // few
    found = running.tally(exercise, mutants[list(EXERCISES).index(exercise.id) % step :: step], (None, 11))
    assert found.refused > 0
    assert [mutant.name for mutant, _ in found.survivors] == []
    assert found.broken == ()


@every_exercise
def test_right_answers_in_other_clothes_pass(exercise):
    assert running.refused_rewrites(exercise, (None,)) == ()


@pytest.mark.parametrize("exercise_id", list(EQUIVALENT))
def test_a_mutant_is_listed_as_equivalent_only_where_it_differs_and_passes(exercise_id):
    mutants = {mutant.name: mutant for mutant in running.listed(EXERCISES[exercise_id])}
    assert mutants.keys() == EQUIVALENT[exercise_id].keys()
    for mutant in mutants.values():
        assert running.fingerprint(mutant) is not None, mutant.name
        assert "passed" in [running.examined(mutant, seed)[0] for seed in running.SEEDS], mutant.name


@pytest.mark.slow
@every_exercise
def test_all_mutants_are_refused_on_all_seeds_and_all_rewrites_pass(exercise):
    found = running.tally(exercise, running.mutants(exercise))
    assert [(mutant.name, seeds) for mutant, seeds in found.survivors] == []
    assert (found.broken, running.refused_rewrites(exercise)) == ((), ())


@pytest.mark.slow
@every_exercise
def test_sixty_seeds_agree_with_the_notebook(exercise):
    """What passes or is refused in the notebook does so on every student's inputs."""
    answers = [(exercise.reference, "passed")]
    answers += [(answer, "passed") for answer in running.catalogue(exercise, "RIGHT")]
    answers += [(answer, "failed") for answer, _ in running.catalogue(exercise, "WRONG")]
    for number, (answer, status) in enumerate(answers):
        mutant = running.Mutant(exercise, str(number), lambda answer=answer: answer)
        other = [seed for seed in (None, *SIXTY) if running.examined(mutant, seed)[0] != status]
        assert other == [], f"answer {number} of the reference, RIGHT and WRONG: not {status} on these seeds"


@pytest.mark.slow
def test_the_tester_changes_what_it_borrows_only_for_a_while():
    exercise = EXERCISES["2.4"]
    mutant = next(m for m in running.mutants(exercise) if m.patches)
    function, code = mutant.patches[0]
    before = function.__code__
    mutant.answer()(torch.zeros(2, 3), torch.zeros(2, 3))
    assert function.__code__ is before is not code
