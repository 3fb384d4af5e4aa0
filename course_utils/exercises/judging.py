"""Turning collected values into findings: shapes first, then numbers, each with its usual cause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .contract import Finding, Values
from .probing import NO_GRADIENT

Suspect = tuple[str, ArrayLike, str]
"""A wrong value that is worth recognising: (code, the value it gives, the usual cause in a sentence)."""

_DETACHED = "Stay with torch operations: .item(), .detach(), .data and numpy cut the graph."
_REMEDIES = (
    ("detach().numpy()", _DETACHED),
    (
        "is ambiguous",
        "Many values, many answers. An answer for each: (x > a) & (x < b) in place of `and` and of a < x < b, "
        "torch.where in place of `if`. One answer for all of them: .all().",
    ),
    ("bitwise_and", "& binds before < and >: put each comparison in brackets, (x > a) & (x < b)."),
    ("infer output dtype", "True and False have no mean: turn them into 1 and 0 first, .float()."),
    (
        "can't be cast to the desired output type",
        "Bytes cannot become fractions in place: make a new tensor.",
    ),
    ("for ^", "^ is no power in Python: a square is x**2."),
    ("bitwise_xor", "^ is no power in Python: a square is x**2."),
    ("invalid combination of arguments", "An argument is missing, or of a kind that this function does not take."),
    ("argument 'bias'", "The third argument is the bias: give the others by name, stride=... and padding=...."),
    ("must be Tensor, not", "torch.log and its like want tensors; for a plain number, take math.log."),
    ("only one element tensors", "math.log and math.exp want plain numbers; for tensors, take torch.log, torch.exp."),
    ("Index tensor must have", "gather wants as many axes in its index as in its input: index[:, None]."),
    ("does not support item assignment", "A tuple cannot be changed: copy it with list(...) first."),
    ("can't set attribute", "A named tuple cannot be changed: t._replace(name=value) makes a changed copy."),
    ("index out of range", "A list or tuple is shorter than that: mind the one that is empty."),
    ("name '___' is not defined", "A gap ___ of the skeleton is still open."),
)


def shown(value: Any, digits: int = 4) -> str:
    """A value as the student reads it on a card: rounded numbers, the first three entries of arrays."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        return str(value)
    entries = [_entry(x, digits) for x in array.ravel()[:3].astype(float)]
    if array.ndim == 0:
        return entries[0]
    return "[" + ", ".join(entries) + (", ...]" if array.size > 3 else "]")


def _entry(x: float, digits: int) -> str:
    if float(x).is_integer() and abs(x) < 1e9:
        return f"{x:.0f}"  # counts are shown to the last digit
    return f"{x:.{digits}g}" if abs(x) < 1e5 else f"{x:.3e}"


class Judge:
    """Looks for what is wrong with labelled values, most basic things first; after its first finding it is silent.

    One finding at a time: what comes after the first is mostly its consequence, and would mislead.

    Args:
        name: the student's function, for the sentences on the card.
        values: what the probe brought back.
    """

    def __init__(self, name: str, values: Values) -> None:
        self.name = name
        self.values = values
        self.findings: list[Finding] = []

    def finding(self, code: str, says: str, cause: str = "") -> None:
        """Add a finding."""
        self.findings.append(Finding(code, says, cause))

    def array(self, label: str, shape: tuple[int, ...], axes: str = "") -> np.ndarray | None:
        """The value as a float array of that shape; ``None``, with a finding, where it is not one.

        Args:
            label: which value.
            shape: the shape a right answer has; ``()`` for a single number (a one-element array will do).
            axes: one sentence on what the axes mean, shown when the shape is off.
        """
        if self.findings:
            return None
        value = self.values.get(label)
        if self._not_numbers(value):
            return None
        if f"{label}:changed" in self.values:
            self.finding(
                "changed-input",
                f"{self.name} changed one of its own inputs.",
                "An in-place operation (a name ending in _, or += on a tensor)? Make a new tensor instead.",
            )
            return None
        array = np.asarray(value, dtype=np.float64)
        if shape == () and array.size == 1:
            return array.reshape(())
        if array.shape != shape:
            self.finding("shape", f"{self.name} returned shape {array.shape}, expected {shape}.", axes)
            return None
        return array

    def close(
        self,
        label: str,
        expected: ArrayLike,
        *,
        axes: str = "",
        suspects: Iterable[Suspect] = (),
        at: dict[str, ArrayLike] | None = None,
        rtol: float = 1e-4,
        atol: float = 1e-5,
        case: str = "",
        otherwise: str = "",
    ) -> np.ndarray | None:
        """Hold a value against the expected one; recognise the wrong values that have a usual cause.

        Args:
            label: which value.
            expected: what a right answer gives (any array-like).
            axes: passed on to :meth:`array`.
            suspects: recognisable wrong values.
            at: inputs by name, for elementwise functions: the card then shows one element with its inputs.
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
            self.finding(
                "not-finite", f"{self.name} returned {_worst(got)}{case}, expected {shown(expected)}.", otherwise
            )
            return None
        code, cause = _recognise(got, expected, suspects) or ("value", otherwise)
        got_there, expected_there, where = _where_they_differ(got, expected, rtol, atol, at)
        digits = 4 if shown(got_there) != shown(expected_there) else 9
        self.finding(
            code,
            f"{self.name} returned {shown(got_there, digits)}{case}{where}, expected {shown(expected_there, digits)}.",
            cause,
        )
        return None

    def finite(self, label: str, shape: tuple[int, ...], cause: str, *, axes: str = "", case: str = "") -> None:
        """Refuse infinities and nan with a cause of their own, before :meth:`close` looks for any other."""
        got = self.array(label, shape, axes)
        if got is not None and not np.isfinite(got).all():
            case = f" for {case}" if case else ""
            self.finding("not-finite", f"{self.name} returned {_worst(got)}{case}, expected finite numbers.", cause)

    def that(self, holds: bool, code: str, says: str, cause: str = "") -> None:
        """Add a finding unless ``holds`` or something was found before."""
        if not holds and not self.findings:
            self.finding(code, says, cause)

    def _not_numbers(self, value: Any) -> bool:
        """Findings for exceptions, nothing returned, and things that are not numbers."""
        if isinstance(value, dict) and "raised" in value:
            self._exception(value["raised"], value["message"].rstrip("."))
        elif value is None:
            self.finding(
                "returned-nothing", f"{self.name} returned nothing.", "Is there a return at the end of the function?"
            )
        elif isinstance(value, dict) and value == NO_GRADIENT:
            self.finding("detached", f"No gradient flows through what {self.name} returned.", _DETACHED)
        elif isinstance(value, dict | str):
            kind = value["type"] if isinstance(value, dict) else "str"
            self.finding(
                "not-numbers",
                f"{self.name} returned an object of type {kind}, expected numbers.",
                "Return a tensor (or a number where one number is asked for).",
            )
        else:
            return False
        return True

    def _exception(self, kind: str, message: str) -> None:
        """A finding for an exception, with the remedy where torch's own words do not help a beginner."""
        message = message.removesuffix(", but expected one of:")  # what follows is a list of torch's own signatures
        remedy = next((remedy for words, remedy in _REMEDIES if words in message), "")
        if remedy is _DETACHED:
            self.finding("detached", f"{self.name} leaves torch, where gradients flow.", _DETACHED)
        else:
            self.finding("raised", f"{self.name} stopped with {kind}" + (f": {message}." if message else "."), remedy)


def _worst(array: np.ndarray) -> str:
    return str(array[~np.isfinite(array)].flat[0])


def _recognise(got: np.ndarray, expected: np.ndarray, suspects: Iterable[Suspect]) -> tuple[str, str] | None:
    """Code and cause of the first suspect whose value the answer has, and a right answer would not have."""
    for code, value, cause in suspects:
        wrong = np.broadcast_to(np.asarray(value, dtype=np.float64), got.shape)
        if np.allclose(got, wrong, rtol=1e-4, atol=1e-6) and not np.allclose(wrong, expected, rtol=1e-4, atol=1e-6):
            return code, cause
    return None


def attempts() -> Iterator[int]:
    """Count draws of inputs until suspects are told apart; no two suspects may have one value at every draw.

    Raises:
        RuntimeError: after a thousand draws.
    """
    yield from range(1000)
    raise RuntimeError("A thousand draws have not told the suspects apart: two of them must be the same formula.")


def told_apart(expected: ArrayLike, suspects: Iterable[Suspect]) -> bool:
    """Whether each suspect has a value of its own, ten times as far from others' and the right one as is told apart.

    For drawing inputs: with one number as the answer, two slips sometimes give the same, and the card the wrong cause.
    """
    values = [("", expected), *((code, value) for code, value, _ in suspects)]
    pairs = ((a, b) for i, (code, a) in enumerate(values) for other, b in values[:i] if other != code)
    return not any(np.allclose(a, b, rtol=1e-3, atol=1e-5) for a, b in pairs)


def _where_they_differ(
    got: np.ndarray, expected: np.ndarray, rtol: float, atol: float, at: dict[str, ArrayLike] | None
) -> tuple[Any, Any, str]:
    """What to show of both arrays, and where: a part with a difference, or one element with its inputs."""
    wrong = ~np.isclose(got, expected, rtol=rtol, atol=atol)
    if at is not None:
        first = np.unravel_index(wrong.argmax(), wrong.shape)
        inputs = {name: np.broadcast_to(np.asarray(value), got.shape)[first] for name, value in at.items()}
        return got[first], expected[first], " at " + ", ".join(f"{name} = {shown(v)}" for name, v in inputs.items())
    if got.ndim == 0 or wrong.ravel()[:3].any():
        return got, expected, ""
    return got[wrong], expected[wrong], ""
