"""No cause is named that is not the cause: the codes that each exercise can show, against the catalogued answers.

``tests/test_exercises.py`` holds each catalogued answer to the one code that is meant for it; here it is seen that
each code is meant for one.
"""

import importlib
from pathlib import Path

import pytest

from course_utils.author.misconceptions import named
from course_utils.exercises import registry
from tests import catalogue

LESSONS = Path(registry.__file__).parent
IDS = [exercise_id for lesson in registry.lessons() for exercise_id in registry.ids(lesson)]


def _source(exercise_id):
    lesson, number = exercise_id.split(".")
    return (LESSONS / f"lesson_{int(lesson):02d}" / f"ex_{lesson}_{number}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("exercise_id", IDS)
def test_each_cause_that_a_check_can_name_is_that_of_a_catalogued_answer(exercise_id):
    wrong = importlib.import_module(f"{catalogue.__name__}.lesson_{int(exercise_id.split('.')[0]):02d}").WRONG
    codes = {code for code, _ in named(_source(exercise_id))}
    assert codes - {code for _, code in wrong[exercise_id]} == set()


def test_codes_are_found_wherever_a_verdict_names_them():
    source = """
SUSPECTS = (("half-missing", 2 * right, "The half is missing."), ("low", low, high), ("on", "off"))
judge.that(fine, "odd" if n % 2 else "even", "Says what is seen.")
judge.finding("changed-input", "Says what is seen.", "In place?")
"""
    assert dict(named(source)) == {
        "half-missing": "The half is missing.",
        "odd": "",
        "even": "",
        "changed-input": "In place?",
    }
