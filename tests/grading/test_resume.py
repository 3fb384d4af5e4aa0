"""Killed on the way and started again, with one worker or four: the same gradebook, byte for byte."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from course_utils.grading import command

from . import notebooks as nb
from .conftest import hand_in, options
from .notebooks import ROOT

WRONG = nb.data(nb.notebook(e2="def mean_image(images):\n    return images[0]\n"))
CLASS = {f"s{i:02}": (WRONG if i % 3 else nb.data(nb.notebook()),) for i in range(12)}
SECRET = b"the secret of this class"


def _folder(tmp_path, name):
    out = tmp_path / name
    out.mkdir()
    (out / "secret").write_bytes(SECRET)
    return out


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


def test_the_gradebook_is_the_same_after_a_kill_and_with_one_worker_or_four(walled, tmp_path):
    submissions = hand_in(tmp_path / "in", CLASS)
    whole, killed = _folder(tmp_path, "whole"), _folder(tmp_path, "killed")
    assert command.grade_class(options(submissions, whole, workers=1), lambda said: None) == command.GRADED
    _kill_after(submissions, killed, 3)
    before = _lines(killed)
    assert 3 <= before < len(CLASS)
    said = []
    assert command.grade_class(options(submissions, killed, workers=4), said.append) == command.GRADED
    assert f"{len(CLASS) - before} graded now, {before} unchanged" in " ".join(said)
    assert (killed / "gradebook.csv").read_bytes() == (whole / "gradebook.csv").read_bytes()
    students = [json.loads(line)["grade"]["student"] for line in (killed / "journal.jsonl").read_bytes().splitlines()]
    assert sorted(students) == sorted(CLASS)
