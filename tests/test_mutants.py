"""Checks against what ``tests.mutants`` makes of right answers: a sample, and with ``-m slow`` all of it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from course_utils.exercises import registry
from tests.mutants import domains, running, sources
from tests.mutants.equivalent import EQUIVALENT

EXERCISES = {e.id: e for lesson in registry.lessons() for e in registry.of_lesson(lesson)}
SLOW_TO_CHECK = {"4.3", "5.4", "6.3", "7.1", "10.4", "12.3"}

every_exercise = pytest.mark.parametrize("exercise", list(EXERCISES.values()), ids=list(EXERCISES))


@every_exercise
def test_a_sample_of_mutants_is_refused(exercise):
    """Each exercise tries other mutants than the next, so that together they are of all kinds."""
    few = 2 if exercise.id in SLOW_TO_CHECK else 8
    mutants = list(running.mutants(exercise, catalogued=False))
    step = len(mutants) // few
    found = running.tally(exercise, mutants[list(EXERCISES).index(exercise.id) % step :: step], (None,))
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


def test_a_check_that_accepts_all_is_seen_through():
    blind = replace(EXERCISES["0.2"], verdict=lambda *_: [])
    mutants = [m for m in running.mutants(blind, catalogued=False) if m.name.startswith("result: ")][:20]
    found = running.tally(blind, mutants, (None,))
    assert found.refused == 0 and len(found.survivors) > 10 and found.rate == 0


def test_the_tester_changes_what_it_borrows_only_for_a_while():
    mutant = next(m for m in running.mutants(EXERCISES["2.4"], catalogued=False) if m.patches)
    function, code = mutant.patches[0]
    before = function.__code__
    mutant.answer()(torch.zeros(2, 3), torch.zeros(2, 3))
    assert function.__code__ is before is not code


def test_small_changes_of_a_source_are_each_made_once():
    def price(x, y):
        return (x - y) ** 2 / 2

    made = dict(sources.mutations(price))
    changed = {words.split("  (in")[0] for words in made}
    assert {"x - y  ->  x + y", "x - y  ->  y - x", "(x - y) ** 2  ->  abs(x - y)", "2  ->  2.06"} <= changed
    with sources.patched([(price, made[next(words for words in made if words.startswith("x - y  ->  x + y"))])]):
        assert price(3.0, 1.0) == 8
    assert price(3.0, 1.0) == 2


@pytest.mark.parametrize(
    ("found", "wanted", "alike"),
    [
        ([np.array([1.0, 2.0])], [np.array([1.0001, 2.0])], True),
        ([np.array([1.0, 2.0])], [np.array([1.01, 2.0])], False),
        ([np.array([1.0, np.nan])], [np.array([1.0, 2.0])], False),
        ([np.array([np.inf])], [np.array([-np.inf])], False),
        ([np.array([3.0])], [np.array(3.0)], True),
        ([np.zeros(2)], [np.zeros((2, 1))], False),
        (["RuntimeError"], [np.zeros(2)], False),
        ([], [np.zeros(2)], False),
    ],
)
def test_what_counts_as_the_same(found, wanted, alike):
    assert domains.same(found, wanted) is alike
