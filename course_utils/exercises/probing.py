"""Running a student's function and keeping nothing but plain values of what it did.

Plain means: numbers, strings, ``None``, numpy arrays, and dicts of these. They can cross a process
boundary without pickle and cannot carry behaviour.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .contract import Values

NOT_ATTEMPTED = "not-attempted"
NO_GRADIENT = {"type": "no-gradient"}


def plain(value: Any) -> Any:
    """The value as plain data: tensors become arrays; what is not data becomes ``{"type": name}``."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Tensor):
        return value.detach().cpu().numpy().copy()
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biuf":
        return np.array(value)
    if isinstance(value, list | tuple) and value:
        items = [plain(item) for item in value]
        if all(isinstance(item, int | float | np.ndarray) and np.shape(item) == np.shape(items[0]) for item in items):
            return np.array(items)
    return {"type": type(value).__name__}


class Probe:
    """Calls one function several times and collects what came back, by label.

    Every call gets fresh copies of its tensors. An exception is a value too: ``{"raised": ..., "message": ...}``.
    """

    def __init__(self, answer: Callable[..., Any]) -> None:
        self._answer = answer
        self.values: Values = {}

    def call(self, label: str, *args: Any) -> Any:
        """Call the answer on copies of ``args`` and keep the plain result under ``label``.

        Returns the raw result (``None`` after an exception), for probes that go on with it.
        Tensors that the answer changed in place are noted under ``label + ":changed"``.
        """
        copies = [arg.clone() if isinstance(arg, Tensor) else arg for arg in args]
        result = self.collect(label, lambda: self._answer(*copies))
        changed = [
            i
            for i, (a, b) in enumerate(zip(args, copies, strict=True))
            if isinstance(a, Tensor) and not torch.equal(a, b.detach())
        ]
        if changed:
            self.values[f"{label}:changed"] = changed[0]
        return result

    def gradient(self, label: str, *args: Any, wrt: int = 0) -> None:
        """Keep the gradient of the answer's summed output with respect to argument number ``wrt``.

        Where none reaches that argument, ``NO_GRADIENT`` is kept, and the judge says so.
        """
        copies = [a.clone() if isinstance(a, Tensor) else a for a in args]
        copies[wrt].requires_grad_(True)

        def gradient() -> Tensor | None:
            out = self._answer(*copies)
            if not isinstance(out, Tensor) or not out.requires_grad:
                return None
            return torch.autograd.grad(out.sum(), copies[wrt], allow_unused=True)[0]

        self.collect(label, gradient)
        if self.values[label] is None:
            self.values[label] = NO_GRADIENT

    # The thunk is called without arguments; mypy takes no lambda with defaults for a Callable[[], Any].
    def collect(self, label: str, thunk: Callable[..., Any]) -> Any:
        """Run ``thunk`` quietly, keep its plain value or its exception, leave the global seeds alone."""
        with (
            torch.random.fork_rng(devices=[]),
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            try:
                result = thunk()
                self.values[label] = plain(result)
                return result
            except NotImplementedError:
                self.values[label] = {"raised": NOT_ATTEMPTED, "message": ""}
            except (Exception, SystemExit, KeyboardInterrupt) as error:
                message = str(error).strip().splitlines()
                self.values[label] = {"raised": type(error).__name__, "message": message[0] if message else ""}
        return None


def not_attempted(values: Values) -> bool:
    """Whether the very first call ended at the untouched stub."""
    first = next(iter(values.values()), None)
    return isinstance(first, dict) and first.get("raised") == NOT_ATTEMPTED


def refuse_list(probe: Probe, label: str, result: Any) -> None:
    """Keep only the type of a list or tuple, where a tensor is asked for and the lesson goes on with one."""
    if isinstance(result, list | tuple):
        probe.values[label] = {"type": type(result).__name__}
