"""What pytest needs to run notebooks as Jupyter would, quickly, and offline."""

import os
import runpy
import time
from pathlib import Path
from queue import Empty

import pytest
from nbval import kernel as nbval_kernel
from nbval.plugin import IPyNbCell

OFFLINE = Path(__file__).parent / "tests" / "offline"
OUTPUT_SECONDS = 60


def pytest_configure(config):
    """Block sockets here and in every kernel, and give each of the two workers one thread."""
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(OFFLINE), os.environ.get("PYTHONPATH")]))
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ["COURSE_QUIET"] = "1"
    runpy.run_path(str(OFFLINE / "sitecustomize.py"))
    nbval_kernel.RunningKernel.await_reply = _await_reply_of_a_living_kernel


def pytest_collection_modifyitems(items):
    """Let a busy machine take its time: nbval gives up after 5 s without a message."""
    for item in items:
        if isinstance(item, IPyNbCell):
            item.output_timeout = OUTPUT_SECONDS


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """A cell that ran out of time fails, whatever it made of the interrupt that nbval sends it then.

    Training takes an interrupt for the reader's stop button and ends in peace; nbval would count that cell as passed
    and expect all cells after it to fail.
    """
    was_late = getattr(item.parent, "timed_out", False)
    yield
    if isinstance(item, IPyNbCell) and item.parent.timed_out and not was_late:
        pytest.fail("This cell ran out of time: see --nbval-cell-timeout in pyproject.toml.", pytrace=False)


_await_reply = nbval_kernel.RunningKernel.await_reply


def _await_reply_of_a_living_kernel(self, msg_id, timeout=None):
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
