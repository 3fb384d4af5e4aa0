"""No cause is named that is not the cause: the codes that each exercise can show, against the catalogued answers.

``tests/test_exercises.py`` holds each catalogued answer to the one code that is meant for it; here it is seen that
each code is meant for one.
"""

import ast
import importlib
import re
from pathlib import Path

import pytest

from course_utils.exercises import registry
from tests import catalogue

LESSONS = Path(registry.__file__).parent
IDS = [exercise_id for lesson in registry.lessons() for exercise_id in registry.ids(lesson)]


def _named(source):
    """The codes in a verdict's source: of suspects, (code, value, cause), and of findings."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Tuple) and len(node.elts) == 3 and _is_cause(node.elts[2]):
            yield from _words(node.elts[0])
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            place = {"that": 1, "finding": 0, "Finding": 0}.get(called)
            if place is not None and len(node.args) > place:
                yield from _words(node.args[place])


def _is_cause(node):
    """Whether a sentence stands there, not words for a case."""
    parts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return any(" " in part and ("." in part or "?" in part) for part in parts)


def _words(node):
    """A code that stands there as it is, or one of two."""
    if isinstance(node, ast.IfExp):
        yield from (*_words(node.body), *_words(node.orelse))
    elif isinstance(node, ast.Constant) and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", str(node.value)):
        yield node.value


def _source(exercise_id):
    lesson, number = exercise_id.split(".")
    return (LESSONS / f"lesson_{int(lesson):02d}" / f"ex_{lesson}_{number}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("exercise_id", IDS)
def test_each_cause_that_a_check_can_name_is_that_of_a_catalogued_answer(exercise_id):
    wrong = importlib.import_module(f"{catalogue.__name__}.lesson_{int(exercise_id.split('.')[0]):02d}").WRONG
    codes = set(_named(_source(exercise_id)))
    assert codes - {code for _, code in wrong[exercise_id]} == set()


def test_codes_are_found_wherever_a_verdict_names_them():
    source = """
SUSPECTS = (("half-missing", 2 * right, "The half is missing."), ("low", low, high), ("on", "off"))
judge.that(fine, "odd" if n % 2 else "even", "Says what is seen.")
judge.finding("changed-input", "Says what is seen.", "In place?")
"""
    assert set(_named(source)) == {"half-missing", "odd", "even", "changed-input"}
