"""Whatever an answer returns or raises, ``check`` shows a card and leaves the notebook as it was; it never raises."""

import contextlib
import copy
import dataclasses
import functools
import warnings

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.exercises import cards, registry, session

EXERCISES = [exercise for lesson in registry.lessons() for exercise in registry.of_lesson(lesson)]


class Speechless(Exception):
    def __str__(self):
        raise ValueError("no words")

    __repr__ = __str__


class Fatal(BaseException):
    pass


class Hostile:
    """Refuses whatever is asked of it."""

    def __getattribute__(self, name):
        raise RuntimeError(name)

    def __len__(self):
        raise SystemExit

    def __iter__(self):
        raise KeyboardInterrupt

    def __bool__(self):
        raise Fatal


class Untouchable(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        raise RuntimeError("untouchable")


class Posing(str):
    def strip(self, *_):
        raise RuntimeError("a string that is none")

    splitlines = strip


class Module(nn.Module):
    """Has no forward."""


def _numbers(*_):
    yield 1.0


async def _later(*_):
    return 1.0


def _endless(*args):
    return _endless(*args)


def _itself():
    endless = []
    endless.append(endless)
    return endless


def _quantised():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.quint8)


def _nested():
    return torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged)


def _raises(error):
    def answer(*_, **__):
        raise error

    return answer


def _unfinished(*_, **__):
    return torch.ones(3) & torch.ones(3)


def _returned(thing):
    return lambda *_, **__: thing


RETURNED = {
    "None": None,
    "text": "text",
    "a posing text": Posing("text"),
    "half a character": "\ud800",
    "bytes": b"1",
    "imaginary": 1j,
    "complex": torch.ones(3, dtype=torch.complex64),
    "complex conjugate": torch.ones(3, dtype=torch.complex64).conj(),
    "complex array": np.ones(3) * 1j,
    "sparse": torch.eye(3).to_sparse(),
    "sparse rows": torch.eye(3).to_sparse_csr(),
    "meta": torch.ones(3, device="meta"),
    "quantised": _quantised(),
    "nested": _nested(),
    "8 bits": torch.ones(3).to(torch.float8_e4m3fn),
    "16 bits": torch.ones(3, dtype=torch.bfloat16),
    "truth values": torch.ones(3, dtype=torch.bool),
    "one entry": torch.tensor(0.5),
    "no entry": torch.zeros(0),
    "two axes": torch.zeros(2, 2),
    "endless tensor": torch.zeros(1).expand(10**12),
    "untouchable": torch.ones(3).as_subclass(Untouchable),
    "leaf": torch.zeros((), requires_grad=True),
    "objects": np.array([object(), None]),
    "words": np.array(["a", "b"]),
    "day": np.datetime64("2026-01-01"),
    "record": np.zeros(2, dtype=[("a", float)]),
    "generator": _numbers(),
    "range": range(3),
    "huge": 10**400,
    "hugely negative": -(10**400),
    "huge ones": [10**30, 10**400],
    "itself": _itself(),
    "ragged": [[1.0], [2.0, 3.0]],
    "one in a tuple": (1,),
    "two": (1, None),
    "two tensors": (torch.zeros(3), torch.zeros(3, 3)),
    "three": [None, "b", {}],
    "dict": {"a": torch.zeros(1), 2: None},
    "set": {1, 2},
    "not a number": float("nan"),
    "hostile": Hostile(),
    "function": len,
    "type": dict,
    "module": nn.Linear(1, 1),
    "module without forward": Module(),
    "ellipsis": ...,
}
ODD = {
    **{name: _returned(thing) for name, thing in RETURNED.items()},
    "exit": _raises(SystemExit(3)),
    "generator's exit": _raises(GeneratorExit()),
    "interrupt": _raises(KeyboardInterrupt()),
    "fatal": _raises(Fatal("fatal")),
    "speechless": _raises(Speechless()),
    "half a character raised": _raises(ValueError("\ud800")),
    "its own stop": _raises(StopIteration()),
    "assertion": _raises(AssertionError()),
    "not implemented by torch": _unfinished,
    "recursion": _endless,
    "numbers one by one": _numbers,
    "coroutine": _later,
    "no arguments": lambda: 1.0,
    "a class": Hostile,
    "a module": nn.Identity(),
    "a partial": functools.partial(torch.add, 1),
    "first argument": lambda *args, **_: args[0],
    "all arguments": lambda *args, **_: args,
    "not a function": 3,
}
MODES = (contextlib.nullcontext, torch.no_grad, torch.inference_mode)


@pytest.mark.filterwarnings("ignore:coroutine")
@pytest.mark.parametrize("place", range(len(EXERCISES)), ids=[exercise.id for exercise in EXERCISES])
def test_any_answer_gets_a_card_with_gradients_on_or_off_or_in_inference_mode(place, monkeypatch):
    exercise, shown = EXERCISES[place], []
    drawn = exercise.inputs(exercise.public_generator())  # once for all answers
    monkeypatch.setattr(
        registry, "find", lambda _: dataclasses.replace(exercise, inputs=lambda _: copy.deepcopy(drawn))
    )
    monkeypatch.setattr(cards, "show", shown.append)
    monkeypatch.setattr(session, "_outcomes", {})
    for i, (name, answer) in enumerate(ODD.items()):
        if (i + place) % 4:  # a quarter for each exercise: 1,000 in all, each kind met by some fifteen exercises
            continue
        mode = MODES[(i // 4) % len(MODES)]
        with mode():
            settings = torch.is_grad_enabled(), torch.is_inference_mode_enabled()
            session.check(exercise.id, answer)
            assert (torch.is_grad_enabled(), torch.is_inference_mode_enabled()) == settings, name
        card = shown.pop()
        assert not shown and card.kind == "failed", (name, card)
        assert card.html().encode() and card.text().encode()
        assert "fault of the course" not in card.text(), (name, card.text())


@pytest.mark.parametrize("mode", MODES[1:], ids=["gradients off", "inference mode"])
@pytest.mark.parametrize("exercise", EXERCISES, ids=[exercise.id for exercise in EXERCISES])
def test_right_answers_pass_where_the_notebook_has_switched_gradients_off(exercise, mode, monkeypatch):
    shown = []
    monkeypatch.setattr(cards, "show", shown.append)
    with mode():
        session.preview(exercise.id, exercise.reference)
    assert [card.kind for card in shown] == ["passed"], shown[0].text()
