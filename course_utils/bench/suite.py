"""``course bench suite``: where the processor time of README's test command goes."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

from .cpu_log import LOG

LIMIT_SECONDS = 900
"""Of processor time, user and system, for the whole suite on a CPU without bfloat16."""
LONG_SECONDS = 60
"""Of processor time for one test: whatever takes longer is named."""
LONG_FILE_SECONDS = 5
"""Of processor time for a file of unit tests: whatever takes longer has a row of its own."""
_UNITS = "tests/"
_PARTS = (
    ("solutions/", "solved notebooks, executed and compared, every view driven"),
    ("lessons/", "untouched notebooks, executed"),
    ("tests/test_exercises", "catalogued right and wrong answers, in the notebook and marked"),
    ("tests/grading/", "the grader, with hostile submissions"),
    ("tests/test_checkpoints", "checkpoints, evaluated again"),
    ("tests/test_numbers", "numbers in the text, recomputed"),
)


class Suite(TypedDict):
    """What a run of the suite took: seconds of processor time in all and by test, by the clock, and how it ended."""

    cpu: float
    wall: float
    status: int
    tests: dict[str, float]


def run(root: Path, environment: dict[str, str]) -> Suite:
    """Run ``pytest --nbval`` as README does, with two workers.

    Args:
        root: the checkout.
        environment: set for the run beside this process's own.
    """
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "tests.jsonl"
        log.touch()  # pytest may end before its first test
        command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "course_utils.bench.cpu_log"]
        before, start = _children(), time.perf_counter()
        ended = subprocess.run(command, cwd=root, env={**os.environ, **environment, LOG: str(log)}, check=False)
        wall, cpu = time.perf_counter() - start, _children() - before
        lines = log.read_text(encoding="utf-8").splitlines()
    return Suite(cpu=cpu, wall=wall, status=ended.returncode, tests=dict(map(json.loads, lines)))


def _children() -> float:
    """Processor time of all processes that this one has started and seen end, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def parts(tests: dict[str, float]) -> list[tuple[str, int, float]]:
    """(part, number of tests, seconds of processor time), the dearest first.

    Unit tests are parted by file, those of a few seconds taken together.
    """
    files: dict[str, float] = {}
    for test, seconds in tests.items():
        files[_file(test)] = files.get(_file(test), 0.0) + seconds
    counts: Counter[str] = Counter()
    cost: dict[str, float] = {}
    for test, seconds in tests.items():
        part = _part(test, files)
        counts[part] += 1
        cost[part] = cost.get(part, 0.0) + seconds
    return [(part, counts[part], seconds) for part, seconds in sorted(cost.items(), key=lambda kind: -kind[1])]


def _file(test: str) -> str:
    return test.partition("::")[0]


def _part(test: str, files: Mapping[str, float]) -> str:
    """Where a test belongs, given the seconds of each file."""
    for start, says in _PARTS:
        if test.startswith(start):
            return says
    if not test.startswith(_UNITS):
        return "elsewhere"
    return _file(test) if files[_file(test)] > LONG_FILE_SECONDS else f"files of at most {LONG_FILE_SECONDS} s each"


def table(result: Suite) -> str:
    """The budget by part in Markdown, and every test over a minute by name."""
    lines = ["| part of the suite | tests | CPU seconds |", "|---|---|---|"]
    lines += [f"| {part} | {count:,} | {seconds:,.0f} |" for part, count, seconds in parts(result["tests"])]
    rest = result["cpu"] - sum(result["tests"].values())
    lines.append(f"| starting, collecting, two workers | | {rest:,.0f} |")
    state = "at most" if result["cpu"] <= LIMIT_SECONDS else "**over**"
    limit = f"{state} {LIMIT_SECONDS}, the limit without bfloat16"
    lines.append(f"| in all ({limit}) | {len(result['tests']):,} | {result['cpu']:,.0f} |")
    long = sorted((-seconds, test) for test, seconds in result["tests"].items() if seconds > LONG_SECONDS)
    named = ", ".join(f"`{test}` ({-seconds:.0f} s)" for seconds, test in long) or "no test"
    ended = "" if result["status"] == 0 else f" **pytest ended with status {result['status']}.**"
    minutes = result["wall"] / 60
    lines.append(f"\nBy the clock {minutes:.1f} minutes. Over {LONG_SECONDS} s of CPU: {named}.{ended}")
    return "\n".join(lines)
