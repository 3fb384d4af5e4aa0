"""Turning collected values into findings: shapes first, then numbers, each with its usual cause."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .contract import Finding, Inputs, Values
from .explaining import explained
from .probing import NO_GRADIENT, NO_GRADIENT_TO, NOT_ATTEMPTED, STOPPED, STUB_LEFT
from .remedies import DETACHED, LEFT, remedy

Suspect = tuple[str, ArrayLike, str]
"""A wrong value that is worth recognising: (code, the value it gives, the usual cause in a sentence)."""

_NUMBERS = "numbers"
_AGAIN = ":again"
_LEFT = ":left"
_CHANGED = ":changed"


def shown(value: Any, digits: int = 4) -> str:
    """A value as the student reads it on a card: rounded numbers, the first three entries of arrays."""
    array = np.asarray(value)
    if array.dtype.kind not in "biufc":
        return str(value)
    entries = [_entry(x, digits) for x in array.ravel()[:3].tolist()]
    if array.ndim == 0:
        return entries[0]
    return "[" + ", ".join(entries) + (", ...]" if array.size > 3 else "]")


def _entry(x: complex, digits: int) -> str:
    if isinstance(x, complex):
        return f"{x:.{digits}g}"
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

    def finding(self, code: str, says: str, cause: str = "", keeps: int = 0) -> None:
        """Add a finding; ``keeps`` of the points are earned all the same."""
        self.findings.append(Finding(code, says, cause, keeps))

    def array(
        self, label: str, shape: tuple[int, ...], axes: str = "", *, case: str = "", expects: str = _NUMBERS
    ) -> np.ndarray | None:
        """The value as a float array of that shape; ``None``, with a finding, where it is not one.

        Args:
            label: which value.
            shape: the shape a right answer has; ``()`` for a single number (a one-element array will do).
            axes: one sentence on what the axes mean, shown when the shape is off.
            case: "for ..." in words, to say which inputs these were.
            expects: what is asked for where it is not plain numbers, such as "a pair of tensors".
        """
        if self.findings:
            return None
        value, case = self.values.get(label), f" for {case}" if case else ""
        if self._not_numbers(value, case, expects):
            return None
        if f"{label}:changed" in self.values:
            self._changed_input(case)
            return None
        array = np.asarray(value, dtype=np.float64)
        if shape == () and array.size == 1:
            return array.reshape(())
        if array.shape != shape:
            self.finding("shape", f"{self.name} returned shape {array.shape}{case}, expected {shape}.", axes)
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
        expects: str = _NUMBERS,
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
            expects: passed on to :meth:`array`.
        """
        expected = np.asarray(expected, dtype=np.float64)
        got = self.array(label, expected.shape, axes, case=case, expects=expects)
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

    def parts(
        self,
        label: str,
        right: dict[str, ArrayLike],
        *,
        case: str,
        suspects: dict[str, list[Suspect]] | None = None,
        otherwise: str = "",
    ) -> None:
        """Hold numbers that were returned together, and kept by :meth:`.Probe.split`, each against its right one.

        Args:
            label: under which they were kept.
            right: what each of them should be, by its name, in order.
            case: what they are numbers of.
            suspects: recognisable wrong values, by name.
            otherwise: the cause to offer when no suspect fits.
        """
        if f"{label} {next(iter(right))}" not in self.values:
            order = f"{len(right)} numbers: return {', '.join(right)}."
            self.array(label, (len(right),), order, case=case, expects=order.rstrip("."))
        for part, expected in right.items():
            self.close(
                f"{label} {part}",
                expected,
                axes="One number.",
                case=f"the {part} of {case}",
                suspects=(suspects or {}).get(part, ()),
                otherwise=otherwise,
            )

    def word(self, label: str, right: str, words: tuple[str, ...], code: str, cause: str) -> None:
        """Hold a word against the right one of several; the label says in which case it was asked for."""
        said, several = self.values.get(label), f"one of {', '.join(words)}"
        if not isinstance(said, str):
            self.array(label, (), case=label, expects=several)
            self.that(False, "not-a-word", f"{self.name} returned a number for {label}, expected {several}.")
            return
        says = f'{self.name} said "{said}" for {label}, expected '
        self.that(said in words, "unknown-word", f"{says}{several}.")
        self.that(said == right, code, f'{says}"{right}".', cause)

    def that(self, holds: bool, code: str, says: str, cause: str = "") -> None:
        """Add a finding unless ``holds`` or something was found before."""
        if not holds and not self.findings:
            self.finding(code, says, cause)

    def _not_numbers(self, value: Any, case: str = "", expects: str = _NUMBERS) -> bool:
        """Findings for exceptions, nothing returned, and things that are not numbers."""
        if isinstance(value, dict) and "raised" in value:
            self._exception(value["raised"], str(value.get("message", "")).rstrip("."), case, value.get("to"))
        elif value is None:
            self.finding(
                "returned-nothing",
                f"{self.name} returned nothing{case}.",
                "Is there a return at the end of the function?",
            )
        elif isinstance(value, dict):
            self._not_data(str(value.get("type")), case, expects)
        elif isinstance(value, str):
            self._not_data("str", case, expects)
        elif np.asarray(value).dtype.kind == "c":
            self.finding(
                "complex",
                f"{self.name} returned complex numbers{case}, {shown(value)}, expected {expects}.",
                "The check takes no imaginary part, be it 0: take .real where it is sure to be 0.",
            )
        else:
            return False
        return True

    def _not_data(self, kind: str, case: str, expects: str) -> None:
        """A finding for what is no array, or has no derivative."""
        if kind == NO_GRADIENT["type"]:
            self.finding("detached", f"No gradient flows through what {self.name} returned{case}.", DETACHED)
        elif kind.startswith(NO_GRADIENT_TO):
            argument = kind.removeprefix(NO_GRADIENT_TO)
            self.finding(
                "detached",
                f"No gradient flows from what {self.name} returned back to {argument}{case}.",
                f"Is {argument} used, and in torch alone? .item(), .detach(), .data and numpy cut the graph.",
            )
        else:
            cause = "Return a tensor (or a number where one number is asked for)." if expects == _NUMBERS else ""
            self.finding(
                "not-numbers", f"{self.name} returned an object of type {kind}{case}, expected {expects}.", cause
            )

    def _exception(self, kind: str, message: str, case: str = "", to: str | None = None) -> None:
        """A finding for an exception, with the remedy where torch's own words do not help a beginner."""
        message = message.removesuffix(", but expected one of:")  # what follows is a list of torch's own signatures
        told = kind + (f": {message}." if message else ".")
        cause = remedy(message)
        if kind in (NOT_ATTEMPTED, STUB_LEFT):
            self.finding(
                "stub-left",
                f"The line raise NotImplementedError() still stands in {message or self.name}{case}.",
                "It ends the function there: put your lines in its place, and delete it.",
            )
        elif to is not None:
            self.finding("raised", f"The check could not {to} what {self.name} returned{case}: {told}", cause)
        elif cause is DETACHED:
            self.finding("detached", f"{self.name} leaves torch, where gradients flow.", DETACHED)
        else:
            self.finding("raised", f"{self.name} stopped{case} with {told}", cause)

    def _changed_input(self, case: str = "") -> None:
        self.finding(
            "changed-input",
            f"{self.name} changed one of its own inputs{case}.",
            "An in-place operation (a name ending in _, or += on a tensor)? Make a new tensor instead.",
        )

    def afterthoughts(self) -> None:
        """Findings for what matters only where all else is right: what a call left behind or changed, a second call."""
        for label, value in self.values.items():
            if self.findings:
                return
            if label.endswith(_LEFT) and value in LEFT:
                self.finding("left-behind", f"{self.name} {LEFT[value][0]}.", LEFT[value][1])
            elif label.endswith(_CHANGED):  # of a call whose value is no array: a word, or a pair
                self._changed_input()
            elif label.endswith(_AGAIN):
                first = self.values.get(label.removesuffix(_AGAIN))
                self.finding(
                    "second-call",
                    f"Called a second time with the same inputs, {self.name} {_did(value)}; the first time, it "
                    f"{_did(first)}.",
                    "Does it keep something from call to call: a global name, or a list among its defaults?",
                )


def whole(
    name: str, verdict: Callable[[Judge, Inputs], None], remedies: Iterable[tuple[str, str]] = ()
) -> Callable[[Inputs, Values], list[Finding]]:
    """The verdict of an exercise, and what is common to all: where its probe stopped, afterthoughts, and remedies.

    Args:
        name: the student's function.
        verdict: what is looked at in this exercise.
        remedies: see :func:`.explaining.explained`.
    """

    def judged(inputs: Inputs, values: Values) -> list[Finding]:
        judge = Judge(name, values)
        if STOPPED in values:
            judge.array(STOPPED, ())
            return judge.findings
        verdict(judge, inputs)
        judge.afterthoughts()
        return explained(judge.findings, remedies)

    return judged


def _did(value: Any) -> str:
    """What a call came to, for a sentence."""
    if isinstance(value, dict):
        return f"stopped with {value['raised']}" if "raised" in value else f"returned an object of {value.get('type')}"
    array = np.asarray(value)
    return f"returned {shown(value)}" + (f" of shape {array.shape}" if array.ndim > 1 else "")


def _worst(array: np.ndarray) -> str:
    return str(array[~np.isfinite(array)].flat[0])


def _recognise(got: np.ndarray, expected: np.ndarray, suspects: Iterable[Suspect]) -> tuple[str, str] | None:
    """Code and cause of the first suspect whose value the answer has, and a right answer would not have."""
    largest = np.abs(expected[np.isfinite(expected)]).max(initial=0.0)
    atol = min(1e-6 * max(1.0, largest), 1e-4 * largest) or 1e-6  # where all are small, small differences count
    for code, value, cause in suspects:
        wrong = np.broadcast_to(np.asarray(value, dtype=np.float64), got.shape)
        if np.allclose(got, wrong, rtol=1e-4, atol=atol) and not np.allclose(wrong, expected, rtol=1e-4, atol=atol):
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
    told = [("", expected), *((code, value) for code, value, _ in suspects)]
    values = np.stack([each.ravel() for each in np.broadcast_arrays(*(_numbers(value) for _, value in told))])
    codes = np.array([code for code, _ in told])
    for i in range(1, len(told)):
        others = values[:i][codes[:i] != codes[i]]
        if np.isclose(values[i], others, rtol=1e-3, atol=1e-5).all(1).any():
            return False
    return True


def _numbers(value: ArrayLike) -> np.ndarray:
    return np.asarray(value, dtype=np.float64)


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
