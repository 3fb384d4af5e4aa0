"""Products in bfloat16, on CPUs that compute them as such; weights, sums and what comes out stay float32."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

_ATEN_WITHOUT_BFLOAT16 = ("DEFAULT", "AVX2")
# oneDNN's names for what it may be held to, of those that multiply bfloat16 in float32 or not at all
_ONEDNN_WITHOUT_BFLOAT16 = ("SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2", "AVX512_CORE", "AVX512_CORE_VNNI")


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


def forward_in_bfloat16(module: nn.Module) -> Callable[[Tensor], Any]:
    """A forward pass that multiplies in bfloat16, for a tensor (N, ...); what it puts out is of the tensor's type."""
    plain = module.forward

    def forward(x: Tensor) -> Any:
        with torch.autocast("cpu", torch.bfloat16):
            return _converted(plain(x), x.dtype)

    return forward


def _converted(found: Any, dtype: torch.dtype) -> Any:
    return found.to(dtype) if isinstance(found, Tensor) else tuple(_converted(part, dtype) for part in found)
