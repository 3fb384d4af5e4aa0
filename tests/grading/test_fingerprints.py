"""What makes a class be graded again: what its answers are computed with, and nothing that is only shown."""

import shutil

import pytest

from course_utils.exercises import registry
from course_utils.grading.marking import fingerprints

from .notebooks import LESSON, data

NAMES_THE_VAE = b'"from course_utils import (\\n", "    plots,\\n", "    vae,\\n", ")"'


@pytest.fixture
def changed(tmp_path):
    """Makes a copy of the course's modules in which some are changed."""

    def copy(*patterns):
        folder = tmp_path / "course_utils"
        shutil.copytree(fingerprints.COURSE, folder, ignore=shutil.ignore_patterns("assets", "__pycache__"))
        for path in (path for pattern in patterns for path in folder.glob(pattern)):
            path.write_text(path.read_text() + "\nCHANGED = True\n")
        return folder

    return copy


def _of_lesson(lesson):
    return lambda course: fingerprints.of_lesson(lesson, course)


def _of_named(text):
    return lambda course: fingerprints.of_named(text, course)


@pytest.mark.parametrize(
    ("fingerprint", "module", "differs"),
    [
        (_of_lesson("02"), "divergences.py", True),
        (_of_lesson("02"), "exercises/probing.py", True),
        (_of_lesson("02"), "exercises/judging.py", True),
        (_of_lesson("04"), "decoders.py", True),  # by way of another module
        (_of_lesson("00"), "divergences.py", False),
        (_of_lesson("02"), "vae.py", False),
        (_of_lesson("02"), "plots.py", False),
        (_of_lesson("07"), "progress.py", False),  # which training imports
        (_of_lesson("02"), "widgets.py", False),
        (_of_lesson("02"), "cli.py", False),
        (_of_lesson("02"), "bench/grading.py", False),
        (_of_lesson("02"), "exercises/cards.py", False),
        (_of_named(NAMES_THE_VAE), "vae.py", True),
        (_of_named(NAMES_THE_VAE), "objectives.py", True),  # by way of another module
        (_of_named(NAMES_THE_VAE), "plots.py", False),
        (_of_named(data(LESSON)), "plots.py", False),
        (_of_named(data(LESSON)), "data.py", True),
        (_of_named(data(LESSON)), "exercises/cards.py", False),
    ],
)
def test_a_change_counts_where_answers_are_computed_with_it(changed, fingerprint, module, differs):
    assert (fingerprint(changed(module)) != fingerprint(fingerprints.COURSE)) == differs


def test_every_lesson_changes_with_its_own_exercises(changed):
    course = changed("exercises/lesson_*/ex_*.py")
    for lesson in registry.lessons():
        assert fingerprints.of_lesson(lesson, course) != fingerprints.of_lesson(lesson), lesson


def test_a_lesson_does_not_change_with_the_exercises_of_another(changed):
    course = changed("exercises/lesson_02/*.py")
    assert fingerprints.of_lesson("03", course) == fingerprints.of_lesson("03")
