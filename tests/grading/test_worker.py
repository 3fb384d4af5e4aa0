"""What a warm worker keeps of one submission for the next: nothing; and what it leaves when it is killed: nothing."""

import os
import re
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from course_utils.grading.intake import lessons, reading
from course_utils.grading.jail import folders, selftest, syscalls, watching
from course_utils.grading.jail.limits import Limits, Wall
from course_utils.grading.marking import statuses
from course_utils.grading.marking.one import Work
from course_utils.grading.marking.pool import LocalPool

from .conftest import CATALOGUE
from .notebooks import ROOT, data, notebook

LARGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")
SMALL_FIRST = r"""
import mmap, re
from course_utils.grading.jail import kernel
memory = mmap.mmap(-1, 2**25, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory.write(b"course" * (2**25 // 6))
huge = lambda: sum(map(int, re.findall(r"AnonHugePages: *(\d+)", open("/proc/self/smaps").read())))
before = huge()
kernel.gather_memory()
print(huge() - before, memory[:2**20] == (b"course" * 2**18)[:2**20])
"""


def gathers_memory():
    """Whether the kernel has large pages (since Linux 6.1 they can be asked for), and they are not switched off."""
    version = tuple(map(int, re.findall(r"\d+", os.uname().release)[:2]))
    return version >= (6, 1) and LARGE_PAGES.exists() and "[never]" not in LARGE_PAGES.read_text()


def _graded(examined, *names):
    return [examined(CATALOGUE[name][0]).marks["0.1"] for name in names]


def test_a_submission_finds_nothing_of_another_in_the_memory_it_inherits(examined):
    *_, mark = _graded(examined, *["many-cells-of-ones-own"] * 3, "scans-its-memory")
    assert "found 0 marks" in mark.findings[0]["says"]


@pytest.mark.parametrize("name", ["leaves-a-key", "odd-sockets", "asks-the-kernel", "shared-segments"])
def test_the_kernel_grants_nothing_that_outlives_a_submission_or_escapes_its_limits(examined, name):
    (mark,) = _graded(examined, name)
    assert mark.findings[0]["code"] == "not-scaled", "every attempt was refused, and the bytes came back"


@pytest.mark.parametrize("name", ["files-in-memory", "very-many-files"])
def test_memory_that_no_limit_of_a_process_counts_is_refused(examined, name):
    (mark,) = _graded(examined, name)
    assert mark.findings[0]["code"] == "raised"


def test_the_filter_is_known_for_two_machines_and_refused_on_others(monkeypatch):
    made = set()
    for machine in ("x86_64", "aarch64"):
        monkeypatch.setattr("platform.machine", lambda machine=machine: machine)
        made.add(syscalls.program())
    assert len(made) == 2 and all(len(program) % 8 == 0 for program in made)
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(OSError, match="riscv64"):
        syscalls.program()


def test_time_spent_in_the_queue_for_a_core_is_given_back_up_to_a_limit(monkeypatch):
    now, queued = [100.0], [7.0]
    monkeypatch.setattr(watching.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(watching, "_queued", lambda process: {3: queued[0]})
    seen = watching._Watch(None, Limits(seconds=10), mercy=30)
    seen.more_time()
    now[0], queued[0] = 110.0, 11.0
    assert seen.left() == pytest.approx(4)
    now[0], queued[0] = 200.0, 97.0
    assert seen.left() < 0 and seen.forgiven == 30, "however long the queue was"


@pytest.mark.parametrize("after", ["", "import os; os.kill(os.getpid(), 9)"])
def test_a_folder_goes_with_its_process_or_at_the_next_start(tmp_path, monkeypatch, after):
    code = f"from course_utils.grading.jail.folders import OwnFolder\nwith OwnFolder():\n    {after or 'pass'}\n"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)})
    assert len(os.listdir(tmp_path)) == bool(after)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with folders.OwnFolder() as one, folders.OwnFolder() as other:
        assert len(os.listdir(tmp_path)) == 2 and os.path.isdir(one.path) and os.path.isdir(other.path)
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not gathers_memory(), reason="this kernel does not gather memory into large pages")
def test_memory_that_is_gathered_stays_what_it_was():
    run = subprocess.run([sys.executable, "-c", SMALL_FIRST], capture_output=True, text=True, check=True, cwd=ROOT)
    gathered, same = run.stdout.split()
    assert int(gathered) >= 2**14 and same == "True", "at least half of 32 MiB, in KiB"


def test_leaving_the_pool_ends_a_submission_that_would_go_on_for_a_minute(walled):
    lesson = lessons.load(ROOT / "lessons")["00"]
    endless = data(notebook(e1="while True:\n    pass\n"))
    work = Work("s", lesson, endless, {exercise.id: 1 for exercise in lesson.exercises}, "")
    begun, grades = threading.Event(), []

    def works():
        yield work
        begun.set()

    with LocalPool(1, ["00"], Limits(seconds=60), Wall.NAMESPACES) as pool:
        pool.test_wall()
        thread = threading.Thread(target=lambda: grades.extend(pool(works())))
        thread.start()
        begun.wait()
    thread.join(timeout=30)
    assert [grade.status for grade in grades] == [statuses.GRADER_ERROR], "no mark, and a next run makes one"


def test_a_long_number_does_not_make_a_notebook_unreadable():
    long = data(notebook()).replace(b'"nbformat":', b'"x": 1' + b"0" * 5000 + b', "nbformat":')
    assert reading.read(long) == reading.read(data(notebook()))


@pytest.mark.parametrize(("reserved", "told"), [("1\n", True), ("0\n", False), (None, False)])
def test_where_apparmor_reserves_namespaces_the_profile_that_allows_them_is_said(reserved, told, tmp_path, monkeypatch):
    setting = tmp_path / "setting"
    if reserved:
        setting.write_text(reserved)
    monkeypatch.setattr(selftest, "_RESERVED", setting)

    def refused(worker, private):
        raise OSError("unshare: Operation not permitted")

    monkeypatch.setattr(selftest, "_tried", refused)
    says = selftest.on_this_machine().says
    assert "unshare: Operation not permitted" in says
    profile = f'profile course-grade "{os.path.realpath(sys.executable)}" flags=(unconfined) {{\n  userns,\n}}'
    assert (profile in says) == told
