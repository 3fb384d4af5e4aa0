"""A plugin of pytest that writes down the processor time of every test: ``pytest -p course_utils.bench.cpu_log``.

Kernels and other processes that a test starts count as the test's, while they live and when they have ended.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator

import psutil
import pytest

LOG = "COURSE_CPU_LOG"
"""Environment variable with the file to write to: a line of JSON for each test, [id, seconds]."""


def seconds() -> float:
    """Processor time, user and system, of this process and of all that it has started."""
    total = 0.0
    here = psutil.Process()
    for process in (here, *here.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue  # it has just ended; its parent counts it
        total += times.user + times.system + getattr(times, "children_user", 0) + getattr(times, "children_system", 0)
    return total


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Add a line for the test that was just run."""
    start = seconds()
    result = yield
    with open(os.environ[LOG], "a", encoding="utf-8") as file:
        file.write(json.dumps([item.nodeid, seconds() - start]) + "\n")
    return result
