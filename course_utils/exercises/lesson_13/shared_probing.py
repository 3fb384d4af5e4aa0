"""How a student's tests are tried: on implementations that come sealed, and do not say which of them are right."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from typing import Any

import torch

from ..contract import Inputs, Values
from ..probing import Probe

_KNOWN = {"torch": torch, "math": math, **vars(builtins)}
"""What the text of an implementation may call by name."""


def opened(text: str, words: list[Any]) -> Callable[..., Any]:
    """The function that a text holds; all that it names stands in ``words``, which many implementations share."""
    scope = {"known": _KNOWN, "w": list(words)}
    exec(compile(text, "<implementation>", "exec"), scope)
    return scope["implementation"]  # type: ignore[return-value]  # exec has put the function there


def probe(answer: Callable[..., Any], inputs: Inputs) -> Values:
    """What the answer says of each implementation, in the order in which they were drawn."""
    probe = Probe(answer)
    for label, (patient, text) in enumerate(inputs["sealed"]):
        probe.call(str(label), patient, opened(text, inputs["words"]))
    return probe.values
