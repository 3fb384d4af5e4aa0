"""Killed on the way and started again, with one worker or two: the same gradebook, byte for byte."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from course_utils.grading import command

from .conftest import CLASS, SECRET, options
from .notebooks import ROOT


def _lines(out):
    path = out / "journal.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0


def _kill_after(submissions, out, lines):
    """Grade in a process of its own and kill it, and nothing else, once the journal has so many lines."""
    run = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "grade_folder.py"), str(submissions), str(out)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(out)},
        stdout=subprocess.DEVNULL,
    )
    while _lines(out) < lines:
        assert run.poll() is None, "it ended before it could be killed"
        time.sleep(0.005)
    run.send_signal(signal.SIGKILL)
    run.wait()


def test_the_gradebook_is_the_same_after_a_kill_and_with_one_worker_or_two(whole, tmp_path):
    submissions, expected = whole
    (tmp_path / "secret").write_bytes(SECRET)
    _kill_after(submissions, tmp_path, 3)
    before = _lines(tmp_path)
    assert 3 <= before < len(CLASS)
    said = []
    assert command.grade_class(options(submissions, tmp_path, workers=2), said.append) == command.GRADED
    assert f"{len(CLASS) - before} graded now, {before} unchanged" in " ".join(said)
    assert (tmp_path / "gradebook.csv").read_bytes() == expected
    students = [json.loads(line)["grade"]["student"] for line in (tmp_path / "journal.jsonl").read_bytes().splitlines()]
    assert sorted(students) == sorted(CLASS)
