"""Settings and random numbers of the whole process: a check runs under the course's, and puts back what it found."""

from __future__ import annotations

import contextlib
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

Setting = tuple[Callable[[], Any], Callable[[Any], object]]


def _put_device(device: torch.device) -> None:
    torch.set_default_device(None if device.type == "cpu" else device)  # None: no mode that slows every call


_NOTED: dict[str, Setting] = {
    "gradients": (torch.is_grad_enabled, torch.set_grad_enabled),
    "dtype": (torch.get_default_dtype, torch.set_default_dtype),
    "device": (lambda: torch.empty(0).device, _put_device),  # torch.get_default_device takes ten times as long
    "threads": (torch.get_num_threads, torch.set_num_threads),
    "determinism": (torch.are_deterministic_algorithms_enabled, torch.use_deterministic_algorithms),
}
"""What an answer should leave alone: by name, how to read it and how to set it."""

_QUIET: dict[str, Setting] = {
    "numpy's warnings": (np.geterr, lambda how: np.seterr(**how)),
    "recursion": (sys.getrecursionlimit, sys.setrecursionlimit),
}
"""What is put back without a word: libraries change it, too."""


@contextlib.contextmanager
def settled() -> Iterator[list[str]]:
    """Gradients on, no inference mode, float32 and the CPU by default, whatever the notebook has set.

    In the end all is as it was, torch's random numbers too, and the list names the settings that had been changed.
    """
    found, quiet = _read(_NOTED), _read(_QUIET)
    ours = {**found, "gradients": True, "dtype": torch.float32, "device": torch.device("cpu")}
    changed: list[str] = []
    try:
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings(), torch.inference_mode(False):
            _put(_NOTED, ours)
            try:
                yield changed
            finally:
                end = _read(_NOTED)
                changed += [name for name in ours if ours[name] != end[name]]
                if torch.is_inference_mode_enabled() and "gradients" not in changed:
                    changed.append("gradients")
    finally:
        _put(_NOTED, found)
        _put(_QUIET, quiet)


def reseed(seed: int) -> None:
    """Begin torch's random numbers of the CPU anew.

    ``torch.manual_seed`` would also put down the call, with its whole traceback, for three kinds of device that are not
    there: a millisecond each time, and memory that is never given back.
    """
    torch.default_generator.manual_seed(seed)


@contextlib.contextmanager
def same_numbers() -> Iterator[Callable[[], None]]:
    """Put Python's and numpy's random numbers back in the end, and whenever what is given is called."""
    python, numpys = random.getstate(), np.random.get_state()

    def back() -> None:
        random.setstate(python)
        np.random.set_state(numpys)

    try:
        yield back
    finally:
        back()


def _read(settings: dict[str, Setting]) -> dict[str, Any]:
    return {name: get() for name, (get, _) in settings.items()}


def _put(settings: dict[str, Setting], wanted: dict[str, Any]) -> None:
    for name, (get, put) in settings.items():
        if get() != wanted[name]:
            put(wanted[name])
