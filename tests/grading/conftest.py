"""One run over all submissions of the catalogue, shared by the tests that look at it."""

import csv
import functools
import tempfile

import pytest

from course_utils.exercises import registry
from course_utils.grading.command import Options, grade_class
from course_utils.grading.intake import lessons, reading
from course_utils.grading.jail import selftest
from course_utils.grading.jail.limits import Limits
from course_utils.grading.jail.messages import Submission
from course_utils.grading.jail.workers import Worker
from course_utils.grading.marking.grader import examine
from course_utils.grading.marking.marker import Marker

from . import notebooks as nb
from .notebooks import ROOT, SLUG
from .submissions_given import GIVEN
from .submissions_honest import HONEST
from .submissions_hostile import HOSTILE
from .submissions_odd import ODD
from .submissions_sly import SLY

WRONG = nb.data(nb.notebook(e2="def mean_image(images):\n    return images[0]\n"))
CLASS = {f"s{i:02}": (WRONG if i % 3 else nb.data(nb.notebook()),) for i in range(8)}
SECRET = b"the secret of this class"
CATALOGUE = {**HONEST, **GIVEN, **ODD, **HOSTILE, **SLY}
PART = {
    name: CATALOGUE[name]
    for name in (
        *("honest", "untouched", "not-json", "nothing", "under-its-own-name", "wrong-first-try-above"),
        *("file-written-by-a-cell", "changed-inside-a-function", "constant-from-a-file", "a-pool-of-processes"),
        *("looks-for-files", "writes-the-gradebook", "downloads", "looks-around", "asks-the-kernel", "odd-sockets"),
        *("endless", "memory-hog", "prints-for-ever", "segfault", "leaves-daemons", "fills-the-disk"),
        *("forges-messages", "becomes-another-program"),
    )
}
"""One submission for each way in which the wall, or the grader, may answer."""
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
def marker():
    with Marker() as marker:
        yield marker


@pytest.fixture(scope="session")
def worker(walled):
    """One worker for all lessons, shared by the tests that look at single submissions."""
    with Worker(registry.lessons(), LIMITS) as worker:
        yield worker


@pytest.fixture(scope="session")
def examined(worker, marker):
    """Examines a notebook's bytes: ``examined(data, lesson, seeds, helpers)``."""

    return functools.partial(examine_with, worker, marker)


def examine_with(worker, marker, data, lesson="00", seed=1, helpers=()):
    taken = handed_out()[lesson]
    seeds = {exercise.id: seed for exercise in taken.exercises} if isinstance(seed, int) else seed
    submission = Submission(list(reading.read(data).cells), list(helpers))
    return examine(worker, marker, submission, taken.cells, taken.exercises, seeds)


@functools.cache
def handed_out():
    """The lessons as students get them, by number."""
    return lessons.load(ROOT / "lessons")


@pytest.fixture(scope="session")
def whole(walled, tmp_path_factory):
    """A small class, graded by one worker without an interruption: its submissions, and its gradebook's bytes."""
    folder = tmp_path_factory.mktemp("small")
    submissions = hand_in(folder / "in", CLASS)
    return submissions, gradebook(submissions, folder / "grades", workers=1)


def gradebook(submissions, out, **more):
    """The bytes of a class's gradebook, with the secret of the tests."""
    out.mkdir(exist_ok=True)
    (out / "secret").write_bytes(SECRET)
    said = []
    assert grade_class(options(submissions, out, **more), said.append) == 0, said
    return (out / "gradebook.csv").read_bytes()


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
