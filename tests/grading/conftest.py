"""One run over all submissions of the catalogue, shared by the tests that look at it."""

import csv
import functools
import tempfile

import pytest

from course_utils.grading.command import Options, grade_class
from course_utils.grading.jail import selftest
from course_utils.grading.jail.limits import Limits

from .notebooks import ROOT, SLUG
from .submissions_honest import HONEST
from .submissions_hostile import HOSTILE
from .submissions_odd import ODD
from .submissions_sly import SLY

CATALOGUE = {**HONEST, **ODD, **HOSTILE, **SLY}
LIMITS = Limits(seconds=4, memory=700)


@functools.cache
def wall():
    return selftest.on_this_machine()


@pytest.fixture(scope="session")
def walled():
    """Skips, with the kernel's reason, where there is no wall to test."""
    if not wall().stands:
        pytest.skip(wall().says)


def hand_in(folder, submissions):
    """Write submissions as a platform would: a folder for each student."""
    for name, (data, *_) in submissions.items():
        (folder / name).mkdir(parents=True)
        if data is not None:
            (folder / name / f"{SLUG}.ipynb").write_bytes(data)
    return folder


def options(submissions, out, **more):
    usual = {"handed_out": ROOT / "lessons", "lesson": "00", "limits": LIMITS, "workers": 2}
    return Options(submissions=submissions, out=out, **{**usual, **more})


def rows(out):
    with open(out / "gradebook.csv", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="session")
def graded(walled, tmp_path_factory):
    """The catalogue, graded; returns the folder of the results."""
    folder = tmp_path_factory.mktemp("class")
    out = folder / "grades"
    said = []
    (folder / "tmp").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder / "tmp"))
        status = grade_class(options(hand_in(folder / "submissions", CATALOGUE), out), said.append)
    (out / "said.txt").write_text("\n".join([*said, f"exit status {status}"]))
    return out
