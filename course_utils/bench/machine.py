"""Which machine a figure is of: a number of seconds means nothing without it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

import torch

from ..engine.precision import has_bfloat16

HELD_OFF = {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}
"""Environment in which a CPU that has bfloat16 computes as one that has not."""
NOT_RECORDED = "not recorded"
"""Stands in records that are older than this module, for what nobody wrote down."""


class Machine(TypedDict):
    """What every record of a benchmark says of the machine that it was measured on, and of when.

    ``cores`` are those that may be used; ``date`` is the day in UTC; ``commit`` ends in "-dirty" where what was
    measured differs from it.
    """

    processor: str
    cores: int
    vectors: str
    bfloat16: bool
    system: str
    python: str
    torch: str
    date: str
    commit: str


def describe(root: Path, bfloat16: bool | None = None) -> Machine:
    """This machine, now.

    Args:
        root: the checkout that is measured.
        bfloat16: whether the measured processes could multiply in it; by default as this process can.
    """
    able = has_bfloat16() if bfloat16 is None else bfloat16
    held = has_bfloat16() and not able
    return Machine(
        processor=_processor(),
        cores=cores(),
        vectors=HELD_OFF["ATEN_CPU_CAPABILITY"].upper() if held else torch.backends.cpu.get_cpu_capability(),
        bfloat16=able,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        torch=torch.__version__,
        date=datetime.now(UTC).date().isoformat(),
        commit=_commit(root),
    )


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def line(machine: Machine) -> str:
    """The machine in a sentence, as it stands below every table."""
    able = "with" if machine["bfloat16"] else "without"
    processor, vectors, system = (
        f"{name} {NOT_RECORDED}" if said == NOT_RECORDED else said
        for name, said in (
            ("processor", machine["processor"]),
            ("vectors", machine["vectors"]),
            ("system", machine["system"]),
        )
    )
    return (
        f"Measured on: {processor}, {machine['cores']} cores, {vectors}, {able} bfloat16; "
        f"{system}, Python {machine['python']}, torch {machine['torch']}; {machine['date']}, "
        f"commit {machine['commit']}."
    )


def _processor() -> str:
    """Its name, as the system tells it."""
    if sys.platform.startswith("linux"):
        for text in Path("/proc/cpuinfo").read_text().splitlines():
            if text.startswith("model name"):
                return text.partition(":")[2].strip()
    if sys.platform == "darwin":
        return _said(["sysctl", "-n", "machdep.cpu.brand_string"], Path.cwd())
    return platform.processor() or platform.machine()


def _commit(root: Path) -> str:
    """Short hash of the checkout's commit; "-dirty" where it differs from that in more than what benchmarks write."""
    commit = _said(["git", "rev-parse", "--short", "HEAD"], root)
    written = (":(exclude)benchmarks", ":(exclude)README.md")
    changed = _said(["git", "status", "--porcelain", "--untracked-files=no", "--", ".", *written], root)
    return f"{commit or 'unknown'}{'-dirty' if changed else ''}"


def _said(command: list[str], folder: Path) -> str:
    """What a command prints; nothing where it cannot be run."""
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""
