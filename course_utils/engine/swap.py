"""How forward passes are replaced from outside, and put back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from torch import nn


@contextmanager
def swapped(forwards: Mapping[nn.Module, Callable[..., Any]]) -> Iterator[None]:
    """Inside, each module runs the forward pass given for it; afterwards, what it ran before."""
    before = [(module, vars(module).get("forward")) for module in forwards]  # None: its class's method
    try:
        for module, forward in forwards.items():
            module.forward = forward
        yield
    finally:
        for module, own in before:
            del module.forward
            if own is not None:
                module.forward = own
