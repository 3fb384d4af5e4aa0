"""The side that is trusted: whatever comes through the wall ends in a finding, in bounded time and memory."""

import itertools
import resource
from dataclasses import replace

import numpy as np
import pytest

from course_utils.exercises import registry
from course_utils.grading.jail import frames, wire
from course_utils.grading.jail.asking import Lost
from course_utils.grading.jail.limits import hold_memory
from course_utils.grading.jail.messages import Closing, Ending, Kind, Outcome, Plan, Planned, Report, encode
from course_utils.grading.marking import desk, judging, statuses
from course_utils.grading.marking.marker import Marker
from course_utils.grading.marking.records import RIGHT, WRONG

EXERCISES = [exercise for lesson in registry.lessons() for exercise in registry.of_lesson(lesson)]
LARGE = np.zeros((2_000_000, 1, 1), np.uint8)
ODD = (
    np.zeros(0),
    np.zeros((1, 1, 1)),
    np.full((3, 2), np.nan, np.float32),
    np.array([1j, 2]),
    np.array(True),
    np.array(-(2**63)),
    np.zeros((2, 0, 5), np.int8),
    np.full(7, 1e308),
    np.float16(1),
    float("inf"),
    2**62,
    -1,
    True,
    None,
    "right",
    {"type": "Tensor"},
    {"raised": "ValueError", "message": "x"},
    {"raised": "not-attempted", "message": ""},
)


@pytest.fixture
def little_memory():
    """What the process that gives marks may use, for the time of a test."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    hold_memory(desk.MEMORY, for_good=False)
    yield
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_no_odd_value_stops_a_verdict(exercise, little_memory):
    inputs = judging.draw(exercise, 5)
    own = exercise.probe(exercise.reference, inputs)
    odd = itertools.cycle(ODD[len(own) % 5 :] + ODD)
    arrays = [label for label, value in own.items() if isinstance(value, np.ndarray)]
    for label in own:
        for instead in (*([LARGE] if label in arrays[:3] else []), next(odd)):
            made = judging.mark(exercise, inputs, Outcome(exercise.id, Kind.VALUES, {**own, label: instead}))
            assert made.state != statuses.GRADER_ERROR, (label, np.shape(instead), made.findings)
            assert made.state == RIGHT or made.findings or made.state == "not attempted"


def test_a_mean_of_two_million_entries_is_a_finding(little_memory):
    exercise = registry.find("4.1")
    inputs = judging.draw(exercise, 5)
    values = {**exercise.probe(exercise.reference, inputs), "once more mu": LARGE}
    made = judging.mark(exercise, inputs, Outcome("4.1", Kind.VALUES, values))
    assert (made.state, made.findings[0]["code"]) == (WRONG, "shape")
    assert "(2000000, 1, 1)" in made.findings[0]["says"]


def _report(*outcomes, end=Ending.DONE):
    plan = Plan([Planned([], False) for _ in outcomes])
    return Report(end, [encode(plan), *map(encode, outcomes), encode(Closing(end=True))])


def _right(exercise, seed=5):
    inputs = judging.draw(exercise, seed)
    return Outcome(exercise.id, Kind.VALUES, exercise.probe(exercise.reference, inputs))


@pytest.fixture
def three():
    return registry.of_lesson("00")


def test_marks_come_from_a_process_of_their_own(marker, three):
    said = marker.read(three, [5, 5, 5], _report(*map(_right, three)))
    assert [mark.state for mark in said.marks] == [RIGHT] * 3


@pytest.mark.parametrize("how", ["too long", "killed"])
def test_one_verdict_that_fails_costs_that_mark_alone(three, monkeypatch, how):
    with Marker() as asked:
        asked.read(three, [5, 5, 5], _report(*map(_right, three)))
        answers = itertools.count()
        answer = asked._answer

        def fails_once():
            if next(answers) == 2:  # the second mark
                asked.stop()
                raise Lost(how)
            return answer()

        monkeypatch.setattr(asked, "_answer", fails_once)
        said = asked.read(three, [5, 5, 5], _report(*map(_right, three)))
    assert [mark.state for mark in said.marks] == [RIGHT, statuses.GRADER_ERROR, RIGHT]


def test_sizes_are_bounded_before_anything_is_unpacked(marker, three):
    tree = b"[" + b"{}," * 2_000_000 + b"{}]"
    bomb = len(tree).to_bytes(4, "big") + tree
    honest = _report(*map(_right, three))
    for messages in ([bomb, *honest.messages[1:]], [*honest.messages[:3], bomb]):
        with pytest.raises(wire.Garbled, match="more than any"):
            marker.read(three, [5, 5, 5], replace(honest, messages=messages))
    assert len(tree) < frames.LARGEST


def test_notes_are_bounded(marker, three):
    outcomes = [replace(_right(exercise), notes=["x" * 100_000] * 1000) for exercise in three[:1]]
    with pytest.raises(wire.Garbled):
        marker.read(three[:1], [5], _report(*outcomes))
    said = marker.read(three[:1], [5], _report(replace(outcomes[0], notes=["x" * 4000] * 100)))
    assert len(said.notes) <= 20 and max(map(len, said.notes)) <= 1000
