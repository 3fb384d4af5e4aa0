"""Run a function in a fresh process, and say how much memory that process needed."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

from .memory import peak_mb


class Apart(NamedTuple):
    """What the function returned, and the peak memory of its process in MB (with the interpreter and PyTorch)."""

    value: Any
    peak_memory_mb: float


def apart(function: Callable[..., Any], *args: Any) -> Apart:
    """``function(*args)`` in a process of its own; both must be importable or picklable."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_measured, function, args).result()


def _measured(function: Callable[..., Any], args: tuple) -> Apart:
    value = function(*args)
    return Apart(value, peak_mb())
