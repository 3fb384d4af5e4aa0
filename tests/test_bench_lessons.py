"""How ``course bench lessons`` measures a notebook, on small ones made here; nothing here is timed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from course_utils.bench import lessons

ROOT = Path(__file__).parents[1]
PICTURE = "from IPython.display import Image\nImage(data=bytes.fromhex('89504e470d0a1a0a'), format='png')"


def write(path, *sources):
    cells = [nbformat.v4.new_code_cell(source, id=f"id-{number}") for number, source in enumerate(sources, 1)]
    path.parent.mkdir(exist_ok=True, parents=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def waiting(kind, **changes):
    usual = {"notebook": "05_an_lstm", "kind": kind, "first_picture": 2.5, "seconds": 20.0, "longest": 5.0}
    return lessons.Waiting(**{**usual, "longest_cell": "30 (film)", "memory": 900.0, "failed": "", **changes})


def test_a_lesson_is_a_row_and_what_is_over_a_limit_is_bold():
    found = [waiting("lessons"), waiting("solutions", seconds=181.0, longest=61.0, memory=1301.0, first_picture=None)]
    row = lessons.table(found).splitlines()[2]
    assert row == "| 05 | 2.5 / – | 20 / **181** | 5 (30) / **61** (30) | 900 / **1,301** |"


def test_a_notebook_that_failed_says_so_beside_the_one_that_did_not():
    row = lessons.table([waiting("lessons"), waiting("solutions", failed="DeadKernelError in cell 3 (film)")])
    assert "| 05 | 2.5 / 2.5 | 20 / **DeadKernelError in cell 3 (film)** | 5 (30) / – | 900 / – |" in row


def test_a_line_says_which_cell_takes_longest():
    assert "longest cell 5 s, 30 (film), memory 900 MB" in lessons.says(waiting("lessons"))
    assert lessons.says(waiting("lessons", failed="no kernel")) == "05_an_lstm, untouched: no kernel"


def test_a_notebook_is_measured_in_its_folder_and_stays_as_it_was(tmp_path):
    held = "import os\nassert os.environ['HELD'] == 'yes' and os.path.exists('a.ipynb')"
    path = write(tmp_path / "a.ipynb", held, PICTURE, "import time\ntime.sleep(1)")
    before = path.read_bytes()
    found = lessons.measure(path, {"HELD": "yes"})
    assert not found["failed"], found
    assert found["longest_cell"] == "3 (id-3)" and 0 < found["first_picture"] < found["seconds"]
    assert found["memory"] > 10 and path.read_bytes() == before


def test_memory_is_read_beside_what_the_page_of_a_lesson_shows(tmp_path, monkeypatch):
    for name in ("COURSE_QUIET", "PYTEST_CURRENT_TEST"):  # whoever measures has neither
        monkeypatch.delenv(name, raising=False)
    found = lessons.measure(write(tmp_path / "a.ipynb", "from course_utils import plots"), {})
    assert not found["failed"] and found["memory"] > 100


@pytest.mark.parametrize(
    ("source", "failed"),
    [
        ("1 / 0", "ZeroDivisionError in cell 2 (id-2)"),
        ("import os\nos._exit(1)", "DeadKernelError in cell 2 (id-2)"),
        ("import time\ntime.sleep(60)", "CellTimeoutError in cell 2 (id-2)"),
    ],
)
def test_a_cell_that_does_not_end_well_is_named(source, failed, tmp_path, monkeypatch):
    monkeypatch.setattr(lessons, "_TIMEOUT", 5)
    found = lessons.measure(write(tmp_path / "a.ipynb", "1", source), {})
    assert found["failed"] == failed and found["first_picture"] is None


def test_the_others_are_measured_where_one_cannot_be_read_or_fails(tmp_path):
    for kind in lessons.KINDS:
        write(tmp_path / kind / "00_a.ipynb", "1")
        write(tmp_path / kind / "01_b.ipynb", "1 / 0")
    (tmp_path / "lessons" / "00_a.ipynb").write_text("{")
    found = list(lessons.run(tmp_path, lessons.numbers(tmp_path), {}))
    assert [row["failed"].partition(" ")[0] for row in found] == ["NotJSONError", "", *["ZeroDivisionError"] * 2]


def test_what_was_measured_is_not_measured_again_unless_it_failed(tmp_path, monkeypatch):
    for kind in lessons.KINDS:
        write(tmp_path / kind / "05_an_lstm.ipynb", "1")
    monkeypatch.setattr(lessons, "measure", lambda path, environment: waiting(path.parent.name, seconds=7.0))
    done = [waiting("lessons"), waiting("solutions", failed="DeadKernelError in cell 3")]
    assert [row["seconds"] for row in lessons.run(tmp_path, ["05"], {}, done)] == [20.0, 7.0]


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another thing there")
def test_ctrl_c_ends_the_run_and_its_kernel_and_not_only_one_lesson(tmp_path):
    note = tmp_path / "pid"
    slow = f"import os, time\nfile = open({str(note) + '.part'!r}, 'w')\nfile.write(str(os.getpid()))\nfile.close()\n"
    path = write(tmp_path / "a.ipynb", f"{slow}os.rename({str(note) + '.part'!r}, {str(note)!r})\ntime.sleep(600)")
    code = (
        f"from pathlib import Path\nfrom course_utils.bench import lessons\nlessons.measure(Path({str(path)!r}), {{}})"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True
    )
    while not note.exists():
        assert run.poll() is None, run.communicate()
        time.sleep(0.1)
    kernel = psutil.Process(int(note.read_text()))
    run.send_signal(signal.SIGINT)
    assert run.communicate(timeout=60)[1].strip().splitlines()[-1].startswith("KeyboardInterrupt")
    psutil.wait_procs([kernel], timeout=30)
    assert not kernel.is_running()
