"""What makes training on a CPU quick, beside the mathematics."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache

import torch

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX = -1, -2, -4  # malloc.h of glibc
_MIB = 2**20


@cache
def keep_freed_memory() -> bool:
    """Let the C library reuse freed memory instead of handing it back to the system; whether it could be told.

    PyTorch frees every activation of every step. By default glibc returns such blocks to the kernel, which clears each
    page again at its next use: on two cores that was a quarter of the time of a training step. Other systems have other
    allocators; there nothing is done, and nowhere if COURSE_MALLOC=system is set.
    """
    if os.environ.get("COURSE_MALLOC") == "system" or not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:  # musl
        return False
    settings = ((_M_MMAP_MAX, 0), (_M_TRIM_THRESHOLD, 1024 * _MIB), (_M_TOP_PAD, 64 * _MIB))
    return all([mallopt(name, value) == 1 for name, value in settings])


def has_bfloat16() -> bool:
    """Whether this CPU multiplies in bfloat16 by itself (AVX512-BF16 or AMX); without, bfloat16 would be slower."""
    found = getattr(torch.cpu, "get_capabilities", dict)()  # since PyTorch 2.7
    return bool(found.get("avx512_bf16") or found.get("amx_bf16"))
