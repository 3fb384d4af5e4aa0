"""A run harms nobody and leaves nothing behind, whoever runs it."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from course_utils.grading import selftest
from course_utils.grading.jail.wall import STRANGER
from course_utils.grading.workers import Worker

from .conftest import CATALOGUE, LIMITS, hand_in
from .notebooks import ROOT

HERE = Path(__file__).parent


def _processes():
    """Command lines of what a run may leave: workers, and whatever runs as a stranger or waits as the daemons do."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, owner = (folder / "cmdline").read_bytes(), folder.stat().st_uid
        except OSError:
            continue
        if owner == STRANGER or b"time.sleep(311)" in command:
            found.append(command)
    return found


def test_nothing_is_left_behind(graded):
    assert _processes() == []
    assert "course-grade-" not in Path("/proc/self/mountinfo").read_text()
    assert [name for name in os.listdir(tempfile.gettempdir()) if name.startswith("course-grade-")] == []


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
        hand_in(base / "submissions", CATALOGUE)
        (base / "grades").mkdir(mode=0o700)
        (base / "grades" / "secret").write_bytes((graded / "secret").read_bytes())
        subprocess.run(["chown", "-R", "65534:65534", str(base / "grades")], check=True)
        command = [sys.executable, str(HERE / "as_nobody.py"), str(HERE / "grade_folder.py"), str(base / "submissions"),
                   str(base / "grades")]
        result = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
        if "Permission denied" in result.stderr or "refused: " in result.stderr:
            pytest.skip(f"This machine offers an ordinary user no wall: {result.stderr.strip().splitlines()[-1]}")
        assert result.returncode == 0, result.stdout + result.stderr
        assert (base / "grades" / "gradebook.csv").read_bytes() == (graded / "gradebook.csv").read_bytes()
    finally:
        subprocess.run(["rm", "-rf", str(base)], check=True)


def test_the_test_of_the_wall_finds_out_when_there_is_none():
    with Worker([], LIMITS, walled=False) as worker:
        wall = selftest.examine(worker)
    assert not wall.stands and "reads files" in wall.says and "sees other processes" in wall.says
