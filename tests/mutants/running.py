"""Which mutants differ from the reference, and whether the checks refuse them."""

from __future__ import annotations

import contextlib
import copy
import functools
import importlib
import inspect
import io
import signal
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any
from unittest import mock

import numpy as np
import torch

import course_utils
from course_utils.exercises import registry
from course_utils.exercises.contract import Exercise, Finding
from course_utils.exercises.judging import Judge
from course_utils.exercises.probing import not_attempted
from tests import catalogue as catalogues

from . import domains, equivalent, rewrites, sources, wrappers

SEEDS: tuple[int | None, ...] = (None, 11, 12, 13, 14, 15)
"""Seeds of a check's inputs: the notebook's own, and those of five students."""

DOMAIN_SEEDS = (1, 2)
FACTORIES = {"4.1", "5.4", "7.4"}
"""Exercises whose answer makes an object: what is changed in it stays so while the object is in use."""

_FOLDERS = (str(Path(course_utils.__file__).parent), str(Path(catalogues.__file__).parent))
_SPARED_CLASSES = ("_ExpMinusLine.",)  # a series against rounding, which no answer writes and its own tests hold
_LONGEST = 5.0  # seconds of processor time that a mutant may take, which may never end


@dataclass(frozen=True)
class Mutant:
    """A changed answer: its name, and what makes a fresh one; functions that run other code while it is probed.

    ``base`` is the right answer that was changed, which may draw other random numbers than the reference does.
    """

    exercise: Exercise
    name: str
    make: Callable[[], Callable[..., Any]]
    patches: tuple[tuple[FunctionType, CodeType], ...] = ()
    base: Callable[..., Any] | None = None

    def answer(self) -> Callable[..., Any]:
        """A fresh answer, with no state of its own yet; what is given by name is handed on in its place."""
        inner = self.make()
        signature = inspect.signature(self.exercise.reference)
        patches = [] if self.exercise.id in FACTORIES else list(self.patches)

        def wrong(*args: Any, **others: Any) -> Any:
            with sources.patched(patches):
                return inner(*(signature.bind(*args, **others).args if others else args))

        return wrong

    @contextlib.contextmanager
    def in_force(self) -> Iterator[None]:
        """Where an answer makes an object, its class is changed as long as the object is used; no longer than that."""
        with _limited(), sources.patched(list(self.patches) if self.exercise.id in FACTORIES else []):
            yield


class TooLongError(Exception):
    """A mutant that does not end."""


class FoundError(Exception):
    """Ends a verdict at its first finding."""


@contextlib.contextmanager
def _first_finding_is_enough() -> Iterator[None]:
    """Let a verdict end there: what it would compute to explain the finding is of no interest here."""

    def finding(_: Judge, code: str, says: str, cause: str = "", keeps: int = 0) -> None:
        raise FoundError(Finding(code, says, cause, keeps))

    with mock.patch.object(Judge, "finding", finding):
        yield


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, _LONGEST)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def mutants(exercise: Exercise, catalogued: bool = True) -> Iterator[Mutant]:
    """All mutants of an exercise: by wrapping its reference, and by changing its source and that of right answers."""
    bases = [exercise.reference, *(catalogue(exercise, "RIGHT") if catalogued else ())]
    names: Counter[str] = Counter()
    for mutant in (*_by_wrapping(exercise), *_by_source(exercise, bases)):
        names[mutant.name] += 1
        count = names[mutant.name]
        yield mutant if count == 1 else replace(mutant, name=f"{mutant.name} ({count})")


def _by_wrapping(exercise: Exercise) -> Iterator[Mutant]:
    gradients = domains.GRADIENTS.get(exercise.id, ())
    for made in wrappers.wrapped(exercise.reference, _examples(exercise), gradients):
        yield Mutant(exercise, made.name, made.make)


def _examples(exercise: Exercise) -> list[tuple[Any, ...]]:
    """Calls of the domain; where it has none, the probe's own."""
    if exercise.id in domains.CALLS:
        return [args for seed in DOMAIN_SEEDS for args in domains.calls(exercise.id, seed)]
    seen: list[tuple[Any, ...]] = []

    def recorded(*args: Any) -> Any:
        seen.append(args)
        return exercise.reference(*args)

    exercise.probe(recorded, copy.deepcopy(_inputs(exercise.id, 1)))
    return seen


def _by_source(exercise: Exercise, bases: list[Callable[..., Any]]) -> Iterator[Mutant]:
    done: set[int] = set()
    for base in bases:
        for function in _parts(exercise, base):
            if id(function) in done:
                continue
            done.add(id(function))
            where = f"{Path(function.__code__.co_filename).stem}.{function.__qualname__}"
            for change, code in sources.mutations(function):
                yield Mutant(exercise, f"{where}: {change}", lambda base=base: base, ((function, code),), base)


def catalogue(exercise: Exercise, kind: str) -> list[Any]:
    """The catalogue's right or wrong answers to an exercise, ``"RIGHT"`` or ``"WRONG"``."""
    module = importlib.import_module(f"tests.catalogue.lesson_{exercise.lesson}")
    return list(getattr(module, kind)[exercise.id])


def _parts(exercise: Exercise, base: Callable[..., Any]) -> list[FunctionType]:
    """The course's and the catalogue's functions that a right answer calls."""

    def use(answer: Callable[..., Any]) -> None:
        with _limited(), contextlib.suppress(Exception):  # some right answers take less than the domain holds
            list(domains.observe(exercise.id, answer, DOMAIN_SEEDS[0]))

    later = exercise.id in FACTORIES
    return [f for f in sources.called(base, use, _FOLDERS, later) if _belongs_to_an_answer(f, later)]


def _belongs_to_an_answer(function: FunctionType, later: bool) -> bool:
    """Not to what probes answers or judges them."""
    path = Path(function.__code__.co_filename)
    machinery = path.parent.name == "exercises" or path.name.startswith("probe_")
    elsewhere = later and path.name.startswith("ex_") and function.__name__ != "reference"
    return not (machinery or elsewhere or function.__qualname__.startswith(_SPARED_CLASSES))


@functools.cache
def _wanted(exercise_id: str, answer: Callable[..., Any], seed: int) -> list[list[Any]]:
    """What a right answer does in the domain, as far as it takes what the domain holds."""
    with _limited(), contextlib.suppress(Exception):
        return list(domains.observe(exercise_id, answer, seed))
    return []


def fingerprint(mutant: Mutant) -> str | None:
    """What a mutant does in the domain, on the first seed where that is not what a right answer does; else None.

    Right are the reference and the answer that was changed.
    """
    right = {mutant.exercise.reference, mutant.base or mutant.exercise.reference}
    for seed in DOMAIN_SEEDS:
        seen, ended = [], "to the end"
        try:
            with mutant.in_force():
                seen.extend(domains.observe(mutant.exercise.id, mutant.answer(), seed))
        except Exception as error:  # what a mutant breaks in a probe is one more way to differ
            ended = type(error).__name__
        if ended != "to the end" or not any(_alike(seen, _wanted(mutant.exercise.id, one, seed)) for one in right):
            parts = [part if isinstance(part, str) else _digits(part) for call in seen for part in call]
            return "|".join([str(seed), ended, *parts])
    return None


def _alike(seen: list[list[Any]], wanted: list[list[Any]]) -> bool:
    return len(seen) == len(wanted) and all(map(domains.same, seen, wanted))


def _digits(array: Any) -> str:
    with np.errstate(all="ignore"):
        words = np.array2string(np.float32(array).ravel()[:20], precision=3)
        return f"{words} {np.shape(array)} {np.sum(array):.3g}"


@functools.cache
def _inputs(exercise_id: str, seed: int | None) -> Any:
    exercise = registry.find(exercise_id)
    generator = exercise.public_generator() if seed is None else torch.Generator().manual_seed(seed)
    return exercise.inputs(generator)


def examined(mutant: Mutant, seed: int | None) -> tuple[str, tuple[Finding, ...]]:
    """What ``examine`` says, on the inputs of one seed, which are drawn once for all mutants."""
    exercise = mutant.exercise
    inputs = copy.deepcopy(_inputs(exercise.id, seed))
    try:
        with mutant.in_force():
            values = exercise.probe(mutant.answer(), inputs)
        if not_attempted(values):
            return "not attempted", ()
        with _limited(), _first_finding_is_enough():
            findings = tuple(exercise.verdict(inputs, values))
    except FoundError as found:
        return "failed", found.args
    except TooLongError:
        return "failed", (Finding("too-long", ""),)
    except Exception as error:
        return f"raised {error!r}", ()
    return ("failed" if findings else "passed"), findings


@dataclass
class Tally:
    """What came of the mutants of one exercise."""

    exercise: Exercise
    same: int = 0
    alike: int = 0
    refused: int = 0
    excused: int = 0
    survivors: tuple[tuple[Mutant, tuple[int | None, ...]], ...] = ()
    broken: tuple[tuple[Mutant, str], ...] = ()

    @property
    def rate(self) -> float:
        """Share of differing mutants that are refused on all seeds."""
        tried = self.refused + len(self.survivors)
        return self.refused / tried if tried else 1.0


def tally(exercise: Exercise, tried: Iterable[Mutant], seeds: tuple[int | None, ...] = SEEDS) -> Tally:
    """Try mutants of an exercise; of those that do the same, one.

    Args:
        exercise: which.
        tried: its mutants, or some of them.
        seeds: on which inputs.
    """
    result, seen = Tally(exercise), set()
    for mutant in tried:
        mark = fingerprint(mutant)
        if mark is None:
            result.same += 1
        elif mark in seen:
            result.alike += 1
        else:
            seen.add(mark)
            _try(mutant, mark, seeds, result)
    return result


def refused_rewrites(exercise: Exercise, seeds: tuple[int | None, ...] = SEEDS) -> tuple[tuple[str, Any], ...]:
    """Right answers in other clothes that do not pass: name, and (status, seed, findings)."""
    tried = ((rewrite.name, _refusal(rewrite, seeds)) for rewrite in _rewrites(exercise))
    return tuple((name, refusal) for name, refusal in tried if refusal)


def listed(exercise: Exercise) -> list[Mutant]:
    """The mutants that ``equivalent`` lists for an exercise."""
    reasons = equivalent.EQUIVALENT.get(exercise.id, {})
    return [mutant for mutant in mutants(exercise) if mutant.name in reasons] if reasons else []


@functools.cache
def _excused(exercise_id: str) -> set[str | None]:
    return set(map(fingerprint, listed(registry.find(exercise_id))))


def _try(mutant: Mutant, mark: str, seeds: tuple[int | None, ...], result: Tally) -> None:
    passed = []
    for seed in seeds:
        status, _ = examined(mutant, seed)
        if status == "passed":
            passed.append(seed)
        elif status != "failed":
            result.broken += ((mutant, status),)
            return
    if passed and mark in _excused(mutant.exercise.id):
        result.excused += 1
    elif passed:
        result.survivors += ((mutant, tuple(passed)),)
    else:
        result.refused += 1


def _rewrites(exercise: Exercise) -> Iterator[Mutant]:
    takes_tensors = exercise.id in domains.CALLS and any(
        isinstance(arg, torch.Tensor) for args in domains.calls(exercise.id, 1) for arg in args
    )
    wanted = exercise.id in domains.GRADIENTS or exercise.id not in domains.CALLS
    for made in rewrites.rewritten(exercise.id, exercise.reference, wanted, takes_tensors):
        yield Mutant(exercise, made.name, made.make)


def _refusal(mutant: Mutant, seeds: tuple[int | None, ...]) -> Any:
    for seed in seeds:
        status, findings = examined(mutant, seed)
        if status != "passed":
            return status, seed, findings
    return None
