"""How much memory a process has needed; nothing heavy is imported here, because kernels that are measured do it."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def peak_mb() -> float:
    """Most memory that this process has held so far, in MB (of 2^20 bytes).

    On Linux that is VmHWM: ``ru_maxrss`` of a fresh process starts at the peak of the one that started it.
    """
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset / 2**20
    if sys.platform == "linux":
        peak = re.search(r"^VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
        if peak:  # some sandboxes leave it out
            return int(peak[1]) / 2**10
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (2**20 if sys.platform == "darwin" else 2**10)
