"""What pytest and nbval need to run notebooks as Jupyter would, offline, and no slower than they must."""

from __future__ import annotations

import os
import runpy
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from nbformat.v4 import new_code_cell
from nbval import kernel as nbval_kernel
from nbval.plugin import IPyNbCell, IPyNbFile
from xdist.scheduler import LoadScopeScheduling

from . import ONCE, warm_kernels

ROOT = Path(__file__).parents[2]
OFFLINE = ROOT / "tests" / "offline"
OUTPUT_SECONDS = 60
# no names are bound: they would be a lesson's own
_MODULE = "__import__('importlib').import_module('tests.notebooks.{}')"
BEFORE = "; ".join(f"{_MODULE.format(name)}.install()" for name in ("once", "views"))
AFTER = f"{_MODULE.format('views')}.drive()"

_await_reply, _collect, _setup = nbval_kernel.RunningKernel.await_reply, IPyNbFile.collect, IPyNbFile.setup


def pytest_configure(config: pytest.Config) -> None:
    """Block sockets here and in every kernel, give each of the two workers one thread, and kernels what they share."""
    path = [str(OFFLINE), str(ROOT), os.environ.get("PYTHONPATH")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, path))
    runpy.run_path(str(OFFLINE / "sitecustomize.py"))
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else some eighty processes compile the course, each for itself
    sys.dont_write_bytecode = False
    os.environ["COURSE_QUIET"] = "1"
    if not hasattr(config, "workerinput"):
        os.environ[ONCE] = tempfile.mkdtemp(prefix="course-tests-")
    nbval_kernel.RunningKernel.await_reply = _await_reply_of_a_living_kernel
    IPyNbFile.collect, IPyNbFile.setup = _collect_and_drive_views, _setup_and_prepare
    warm_kernels.install()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the process that kernels were forks of, and let go of what they shared."""
    warm_kernels.stop()
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(ONCE), ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Notebooks first, each lesson after its solution; and time for a busy machine: nbval gives up after 5 s."""
    for item in items:
        if isinstance(item, IPyNbCell):
            item.output_timeout = OUTPUT_SECONDS
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[bool, str, str]:
    """Notebooks, which take longest, before tests; both notebooks of a lesson together, the solution first."""
    if not isinstance(item, IPyNbCell):
        return True, "", ""
    return False, item.path.name, {"solutions": "", "lessons": "after it"}.get(item.path.parent.name, "last")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """A worker takes both notebooks of a lesson, or all tests of a file."""
    return _Together(config, log)


class _Together(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        path = Path(super()._split_scope(nodeid))
        return path.name if path.suffix == ".ipynb" else str(path)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A cell that ran out of time fails, whatever it made of the interrupt that nbval sends it then.

    Training takes an interrupt for the reader's stop button and ends in peace; nbval would count that cell as passed
    and expect all cells after it to fail.
    """
    was_late = getattr(item.parent, "timed_out", False)
    yield
    if isinstance(item, IPyNbCell) and item.parent.timed_out and not was_late:
        pytest.fail("This cell ran out of time: see --nbval-cell-timeout in pyproject.toml.", pytrace=False)


def _collect_and_drive_views(self: IPyNbFile) -> Iterator[IPyNbCell]:
    """As nbval's own, and for a solution one cell more, which moves every slider of the lesson that was just run."""
    cells = list(_collect(self))
    yield from cells
    if self.path.parent == ROOT / "solutions":
        options = defaultdict(bool, check=True)
        yield IPyNbCell.from_parent(self, name="views", cell_num=len(cells), cell=new_code_cell(AFTER), options=options)


def _setup_and_prepare(self: IPyNbFile) -> None:
    """As nbval's own, and one line in the kernel before the first cell, for the course's own notebooks.

    HTML holds pictures, which differ between machines; what it says in words is compared as plain text beside it.
    """
    _setup(self)
    self.skip_compare = (*self.skip_compare, "text/html")
    if self.path.parent.parent == ROOT:
        message = self.kernel.execute_cell_input(BEFORE)
        self.kernel.await_reply(message, timeout=OUTPUT_SECONDS)
        self.kernel.await_idle(message, timeout=OUTPUT_SECONDS)


def _await_reply_of_a_living_kernel(self: Any, msg_id: str, timeout: float | None = None) -> Any:
    """As nbval's own, but a kernel that died is noticed within a second and not after the cell's whole timeout.

    Raises:
        RuntimeError: when the kernel is gone.
        queue.Empty: after ``timeout`` seconds.
    """
    end = time.monotonic() + (timeout or float("inf"))
    while True:
        try:
            return _await_reply(self, msg_id, timeout=1)
        except Empty:
            if not self.is_alive():
                raise RuntimeError("The kernel died while it ran this cell.") from None
            if time.monotonic() > end:
                raise
