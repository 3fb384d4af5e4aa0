"""What makes training on a CPU quick, beside the mathematics."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache

import torch

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX = -1, -2, -4  # malloc.h of glibc
_MIB = 2**20
_ATEN_WITHOUT_BFLOAT16 = ("DEFAULT", "AVX2")
# oneDNN's names for what it may be held to, of those that multiply bfloat16 in float32 or not at all
_ONEDNN_WITHOUT_BFLOAT16 = ("SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2", "AVX512_CORE", "AVX512_CORE_VNNI")


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
    """Whether products in bfloat16 are computed as such here (AVX512-BF16 or AMX); elsewhere they are slow or refused.

    Three must agree: the processor; ATen, which ATEN_CPU_CAPABILITY may hold to less than the processor can; and
    oneDNN, which ONEDNN_MAX_CPU_ISA may hold back likewise. Every choice that depends on this CPU asks here.
    """
    capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()  # since PyTorch 2.7
    processor = bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
    aten = torch.backends.cpu.get_cpu_capability() not in _ATEN_WITHOUT_BFLOAT16
    onednn = os.environ.get("ONEDNN_MAX_CPU_ISA", os.environ.get("DNNL_MAX_CPU_ISA", "DEFAULT"))
    return processor and aten and onednn.upper() not in _ONEDNN_WITHOUT_BFLOAT16
