"""What is said through the wall: typed messages come out as they went in, and what is none is not believed."""

import math

import numpy as np
import pytest

from course_utils.exercises import registry
from course_utils.grading.jail import wire
from course_utils.grading.jail.limits import Limits, Wall
from course_utils.grading.jail.messages import (
    Closing,
    Ending,
    Job,
    Kind,
    Lesson,
    Outcome,
    Plan,
    Planned,
    Ready,
    Report,
    Settings,
    Submission,
    Wanted,
    decode,
    encode,
)
from course_utils.grading.marking import judging

MESSAGES = [
    Settings(["00", "02"], Limits(seconds=4), Wall.NONE, "a-folder"),
    Ready(ready=True),
    Lesson([["code", "x = 1", ""]], {"0.1": "to_unit_range", "0.2": "f"}),
    Job([Wanted("0.1", "to_unit_range", 2**61), Wanted("0.2", "f", 3, lean=True, reading=1)], 30.0),
    Submission([["markdown", "\u00e4", "ex-0-1"]]),
    Report(Ending.TIMEOUT, [b"\0\xff", b""], 137, 10**9, True, "", 2.5, 0.5),
    Report(Ending.NO_WALL, says="no namespaces"),
    Plan([Planned(["a note"], False), Planned([], True, 3)]),
    Outcome("0.1", Kind.VALUES, {"a": 1, "b": {"raised": "ValueError"}, "c": [None, True, 0.5]}, "", 0.25),
    Outcome("0.1", Kind.STOPPED, says="ValueError", notes=["a note"], lacks="ImportError: no x"),
    Closing(end=True),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_comes_out_as_it_went_in(message):
    assert decode(encode(message), type(message)) == message


def test_arrays_are_sent_among_the_values():
    got = decode(encode(Outcome("0.1", Kind.VALUES, {"x": np.arange(3.0)})), Outcome).values["x"]
    assert got.dtype == np.float64 and got.tolist() == [0, 1, 2]


def test_a_message_is_known_by_the_fields_that_it_must_have():
    said = [decode(encode(message), Plan, Outcome, Closing) for message in MESSAGES[-4:]]
    assert said == MESSAGES[-4:]


OUTCOME = {"exercise": "0.1", "kind": "values", "values": {"x": 1}}


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        (Outcome, 3),
        (Outcome, []),
        (Outcome, {}),
        (Outcome, {"exercise": "0.1"}),
        (Outcome, {**OUTCOME, "exercise": 1}),
        (Outcome, {**OUTCOME, "kind": "right"}),
        (Outcome, {**OUTCOME, "kind": ["values"]}),
        (Outcome, {**OUTCOME, "kind": None}),
        (Outcome, {**OUTCOME, "kind": np.zeros(2)}),
        (Outcome, {**OUTCOME, "values": 3}),
        (Outcome, {**OUTCOME, "says": {"raised": "x"}}),
        (Outcome, {**OUTCOME, "seconds": "x"}),
        (Outcome, {**OUTCOME, "seconds": True}),
        (Plan, {"plan": 3}),
        (Plan, {"plan": [3]}),
        (Plan, {"plan": [{"notes": ["x"]}]}),
        (Plan, {"plan": [{"notes": [1], "spare": False}]}),
        (Plan, {"plan": [{"notes": [], "spare": 0}]}),
        (Report, {"end": "done", "messages": [np.zeros(3)]}),
        (Report, {"end": "done", "messages": ["x"]}),
        (Report, {"end": "won"}),
        (Closing, OUTCOME),
    ],
)
def test_what_is_no_message_is_refused(kind, sent):
    with pytest.raises(wire.Garbled):
        decode(wire.pack(sent), kind)


def test_what_nobody_asked_for_is_left_out_and_what_is_missing_has_its_default():
    got = decode(wire.pack({**OUTCOME, "points": 100, "state": "right"}), Outcome)
    assert got == Outcome("0.1", Kind.VALUES, {"x": 1}) and not hasattr(got, "points")


@pytest.mark.parametrize("seconds", [-1.0, math.nan, math.inf, 1e300])
def test_a_time_that_nobody_measured_counts_for_nothing(seconds):
    got = decode(encode(Outcome("0.1", Kind.MISSING, seconds=seconds)), Outcome)
    assert judging.mark(registry.find("0.1"), {}, got).seconds == 0


@pytest.mark.parametrize("values", [{}, {"pixels": 1}, {"points": 100, "state": "right"}])
@pytest.mark.parametrize("kind", Kind)
def test_no_message_earns_points_but_by_its_values(kind, values):
    for exercise in registry.of_lesson("00"):
        assert (
            judging.mark(exercise, judging.draw(exercise, 3), Outcome(exercise.id, kind, values, "right")).points == 0
        )
