"""Products in bfloat16, on CPUs that compute them as such; weights, sums and what comes out stay float32."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor, nn

from .swap import swapped

_ATEN_WITHOUT_BFLOAT16 = ("DEFAULT", "AVX2")
# oneDNN's names for what it may be held to, of those that multiply bfloat16 in float32 or not at all
_ONEDNN_WITHOUT_BFLOAT16 = ("SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2", "AVX512_CORE", "AVX512_CORE_VNNI")


def has_bfloat16() -> bool:
    """Whether products in bfloat16 are computed as such here (AVX512-BF16 or AMX); elsewhere they are slow or refused.

    Three must agree: the processor; ATen, which ATEN_CPU_CAPABILITY may hold to less than the processor can; and
    oneDNN, which ONEDNN_MAX_CPU_ISA may hold back likewise. Every choice that depends on this CPU asks here.
    """
    found: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()  # since PyTorch 2.7
    processor = bool(found.get("avx512_bf16") or found.get("amx_bf16"))
    aten = torch.backends.cpu.get_cpu_capability() not in _ATEN_WITHOUT_BFLOAT16
    onednn = os.environ.get("ONEDNN_MAX_CPU_ISA", os.environ.get("DNNL_MAX_CPU_ISA", "DEFAULT"))
    return processor and aten and onednn.upper() not in _ONEDNN_WITHOUT_BFLOAT16


@contextmanager
def networks_in_bfloat16(*networks: nn.Module, wanted: bool = True) -> Iterator[None]:
    """Inside, whole networks (a tensor in, a tensor out) multiply in bfloat16, if wanted and where this CPU can."""
    with ExitStack() as replaced:
        for network in networks if wanted and has_bfloat16() else ():
            replaced.enter_context(_network_in_bfloat16(network))
        yield


@contextmanager
def _network_in_bfloat16(network: nn.Module) -> Iterator[None]:
    plain = network.forward

    def forward(x: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return plain(x).to(x.dtype)

    with swapped(network, forward):
        yield


@contextmanager
def lstm_in_bfloat16(lstm: nn.LSTM) -> Iterator[None]:
    """Inside, an LSTM multiplies in bfloat16; its last states are float32, the sequence, which nobody reads, is not."""
    plain = lstm.forward

    def forward(steps: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        with torch.autocast("cpu", torch.bfloat16):
            sequence, (h, c) = plain(steps)
        return sequence, (h.to(steps.dtype), c.to(steps.dtype))

    with swapped(lstm, forward):
        yield
