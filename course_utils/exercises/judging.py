"""Turning collected values into findings: shapes first, then numbers, each with its usual cause."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .contract import Finding, Values
from .probing import NO_GRADIENT

Suspect = tuple[str, ArrayLike, str]
"""A wrong value that is worth recognising: (code, the value it gives, the usual cause in a sentence)."""


def shown(value: Any, digits: int = 4) -> str:
    """A value as the student reads it on a card: rounded numbers, the first three entries of arrays."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        return str(value)
    entries = [f"{x:.{digits}g}" if abs(x) < 1e5 else f"{x:.3e}" for x in array.ravel()[:3].astype(float)]
    if array.ndim == 0:
        return entries[0]
    return "[" + ", ".join(entries) + (", ...]" if array.size > 3 else "]")


class Judge:
    """Collects findings about labelled values; after the first finding about a label it asks no more of it.

    Args:
        name: the student's function, for the sentences on the card.
        values: what the probe brought back.
    """

    def __init__(self, name: str, values: Values) -> None:
        self.name = name
        self.values = values
        self.findings: list[Finding] = []
        self._done: set[str] = set()

    def finding(self, label: str, code: str, says: str, cause: str = "") -> None:
        """Add a finding about ``label``."""
        self._done.add(label)
        self.findings.append(Finding(code, says, cause))

    def array(self, label: str, shape: tuple[int, ...], axes: str = "") -> np.ndarray | None:
        """The value as a float array of that shape; ``None``, with a finding, where it is not one.

        Args:
            label: which value.
            shape: the shape a right answer has; ``()`` for a single number (a one-element array will do).
            axes: one sentence on what the axes mean, shown when the shape is off.
        """
        if label in self._done:
            return None
        value = self.values.get(label)
        if self._not_numbers(label, value):
            return None
        if f"{label}:changed" in self.values:
            self.finding(label, "changed-input", f"{self.name} changed one of its own inputs.",
                         "An in-place operation (a name ending in _, or += on a tensor)? Make a new tensor instead.")
            return None
        array = np.asarray(value, dtype=np.float64)
        if shape == () and array.size == 1:
            return array.reshape(())
        if array.shape != shape:
            self.finding(label, "shape",
                         f"{self.name} returned shape {array.shape}, expected {shape}.", axes)
            return None
        return array

    def close(self, label: str, expected: ArrayLike, *, axes: str = "", suspects: Iterable[Suspect] = (),
              rtol: float = 1e-4, atol: float = 1e-5, case: str = "", otherwise: str = "") -> np.ndarray | None:
        """Hold a value against the expected one; recognise the wrong values that have a usual cause.

        Args:
            label: which value.
            expected: what a right answer gives (any array-like).
            axes: passed on to :meth:`array`.
            suspects: recognisable wrong values.
            rtol: relative tolerance.
            atol: absolute tolerance.
            case: "for ..." in words, to say which inputs these were.
            otherwise: the cause to offer when no suspect fits.
        """
        expected = np.asarray(expected, dtype=np.float64)
        got = self.array(label, expected.shape, axes)
        if got is None or np.allclose(got, expected, rtol=rtol, atol=atol):
            return got
        case = f" for {case}" if case else ""
        if not np.isfinite(got).all() and np.isfinite(expected).all():
            self.finding(label, "not-finite", f"{self.name} returned {_worst(got)}{case}, "
                         f"expected {shown(expected)}.", otherwise)
            return None
        code, cause = _recognise(got, expected, suspects) or ("value", otherwise)
        got_at, expected_at = _where_they_differ(got, expected, rtol, atol)
        self.finding(label, code, f"{self.name} returned {shown(got_at)}{case}, expected {shown(expected_at)}.", cause)
        return None

    def that(self, label: str, holds: bool, code: str, says: str, cause: str = "") -> None:
        """Add a finding unless ``holds``; silent about a label that already has one."""
        if label not in self._done and not holds:
            self.finding(label, code, says, cause)

    def _not_numbers(self, label: str, value: Any) -> bool:
        """Findings for exceptions, nothing returned, and things that are not numbers."""
        if isinstance(value, dict) and "raised" in value:
            what = value["raised"] + (f": {value['message']}" if value["message"] else "")
            self.finding(label, "raised", f"{self.name} stopped with {what}.")
        elif value is None:
            self.finding(label, "returned-nothing", f"{self.name} returned nothing.",
                         "Is there a return at the end of the function?")
        elif isinstance(value, dict) and value == NO_GRADIENT:
            self.finding(label, "detached", f"No gradient flows through what {self.name} returned.",
                         "Stay with torch operations: .item(), .detach(), .data and numpy cut the graph.")
        elif isinstance(value, dict | str):
            kind = value["type"] if isinstance(value, dict) else "str"
            self.finding(label, "not-numbers", f"{self.name} returned an object of type {kind}, expected numbers.",
                         "Return a tensor (or a number where one number is asked for).")
        else:
            return False
        return True


def _worst(array: np.ndarray) -> str:
    return "nan" if np.isnan(array).any() else "inf"


def _recognise(got: np.ndarray, expected: np.ndarray, suspects: Iterable[Suspect]) -> tuple[str, str] | None:
    """Code and cause of the first suspect whose value the answer has, and a right answer would not have."""
    for code, value, cause in suspects:
        wrong = np.broadcast_to(np.asarray(value, dtype=np.float64), got.shape)
        if np.allclose(got, wrong, rtol=1e-4, atol=1e-6) and not np.allclose(wrong, expected, rtol=1e-4, atol=1e-6):
            return code, cause
    return None


def _where_they_differ(got: np.ndarray, expected: np.ndarray, rtol: float, atol: float) -> tuple[Any, Any]:
    """Both arrays, or where only a later part differs, that part, so that the card shows a difference."""
    wrong = ~np.isclose(got, expected, rtol=rtol, atol=atol)
    if got.ndim == 0 or wrong.ravel()[:3].any():
        return got, expected
    return got[wrong], expected[wrong]
