"""What the plugin adds to nbval: no cell that runs out of time passes for green."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
STUBBORN = "import time\ntry:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    pass"


def test_a_cell_that_survives_its_interrupt_still_fails_when_its_time_is_up(tmp_path):
    book = nbformat.v4.new_notebook()
    book.cells = [nbformat.v4.new_code_cell(source) for source in ("1 + 1", STUBBORN, "2 + 2")]
    nbformat.write(book, tmp_path / "late.ipynb")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "conftest",
        "-q",
        "-n0",
        "--nbval-lax",
        "--nbval-current-env",
        "--nbval-cell-timeout=3",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
        str(tmp_path),
    ]
    cold = {**os.environ, "COURSE_TESTS_COLD": "1"}  # one kernel is not worth a process to fork it of
    said = subprocess.run(command, cwd=ROOT, env=cold, capture_output=True, text=True, check=False).stdout
    assert "ran out of time" in said and "1 failed, 1 passed" in said
