"""Honest, broken and hostile submissions: every one gets the status and the points it should, harms nobody, and leaves
nothing behind, whoever runs the grader."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from course_utils.grading.jail.wall import STRANGER

from .conftest import CATALOGUE, LIMITS, PART, hand_in, rows
from .notebooks import ROOT
from .test_pages import harmless

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", CATALOGUE)
def test_everyone_gets_the_status_and_the_points_they_should(name, graded):
    _, status, points = CATALOGUE[name]
    row = rows(graded)[name]
    assert (row["status"], row["points"], row["of"]) == (status, str(points), "3"), row


def test_the_run_ends_well_and_says_what_happened(graded):
    said = (graded / "said.txt").read_text()
    assert said.endswith("exit status 0") and f"{len(CATALOGUE)} in the gradebook" in said


def test_the_catalogue_is_large_enough():
    assert len(CATALOGUE) >= 45


def test_everyone_has_a_harmless_page(graded):
    for name in CATALOGUE:
        harmless((graded / "feedback" / f"{name}.html").read_text())
    harmless((graded / "class.html").read_text())


def _processes():
    """What a run may leave: processes that belong to the stranger, or wait as the daemons do."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, owner = (folder / "cmdline").read_bytes(), folder.stat().st_uid
        except OSError:
            continue
        if owner == STRANGER or b"time.sleep(311)" in command:
            found.add(folder.name)
    return found


def test_nothing_is_left_behind(graded):
    left = _processes()
    if left:  # of tests that run beside this one, perhaps; those end within their limits
        time.sleep(2 * LIMITS.seconds)
    assert left & _processes() == set()
    assert "course-grade-" not in Path("/proc/self/mountinfo").read_text()
    assert list((graded.parent / "tmp").iterdir()) == []


def test_submissions_are_as_they_were(graded):
    folder = graded.parent / "submissions"
    for name, (data, *_) in CATALOGUE.items():
        files = list((folder / name).iterdir())
        assert [file.read_bytes() for file in files] == ([] if data is None else [data]), name


def test_results_are_for_the_instructor_alone(graded):
    assert graded.stat().st_mode & 0o077 == 0
    assert (graded / "secret").stat().st_mode & 0o077 == 0


def test_an_ordinary_user_gets_the_same_gradebook(graded, tmp_path_factory):
    if os.geteuid() != 0:
        pytest.skip("Only root can become somebody else; this run was an ordinary user's already.")
    base = Path(tempfile.mkdtemp(prefix="as-nobody-"))
    base.chmod(0o777)
    try:
        hand_in(base / "submissions", PART)
        (base / "grades").mkdir(mode=0o700)
        (base / "grades" / "secret").write_bytes((graded / "secret").read_bytes())
        subprocess.run(["chown", "-R", "65534:65534", str(base / "grades")], check=True)
        command = [
            sys.executable,
            str(HERE / "as_nobody.py"),
            str(HERE / "grade_folder.py"),
            str(base / "submissions"),
            str(base / "grades"),
        ]
        result = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
        if "Permission denied" in result.stderr or "refused: " in result.stderr:
            pytest.skip(f"This machine offers an ordinary user no wall: {result.stderr.strip().splitlines()[-1]}")
        assert result.returncode == 0, result.stdout + result.stderr
        everybody = rows(graded)
        assert rows(base / "grades") == {name: everybody[name] for name in PART}
    finally:
        subprocess.run(["rm", "-rf", str(base)], check=True)
