"""The checks are checked: right answers of many kinds pass, wrong ones are refused with the finding meant for them.

Every case runs on the notebook's inputs as the notebook runs it, and on those of a seed of its own as the grader does
(right answers of two), its values sent through the wire: so all cases together try hundreds of seeds, as each student
has another one, and what is right or wrong in the notebook is so for the grader, for the same reason.
"""

import importlib
import zlib

import numpy as np
import pytest
import torch

from course_utils.exercises import registry
from course_utils.exercises.outcome import examine
from course_utils.exercises.probing import plain
from course_utils.grading.jail import messages
from course_utils.grading.marking import judging

from . import inputs

EXERCISES = {e.id: e for lesson in registry.lessons() for e in registry.of_lesson(lesson)}


def _catalogue(lesson):
    return importlib.import_module(f"tests.catalogue.lesson_{lesson}")


def _cases(kind):
    for exercise in EXERCISES.values():
        for i, case in enumerate(getattr(_catalogue(exercise.lesson), kind)[exercise.id]):
            name = case[1] if kind == "WRONG" else ""
            yield pytest.param(exercise, case, id=f"{exercise.id}-{i}{'-' * bool(name)}{name}")


@pytest.fixture
def seed(request):
    """One that belongs to this case alone."""
    return zlib.crc32(request.node.name.encode())


def _in_the_notebook(exercise, answer):
    """What ``check`` says."""
    return examine(inputs.in_the_notebook(exercise), answer)


def _mark(exercise, answer, seed):
    """The grader's mark of an answer whose values have gone through the wire."""
    drawn = judging.draw(exercise, seed)
    sent = messages.Outcome(exercise.id, messages.Kind.VALUES, exercise.probe(answer, drawn))
    return judging.mark(exercise, drawn, messages.decode(messages.encode(sent), messages.Outcome))


def _require_right(exercise, answer, seed):
    assert _in_the_notebook(exercise, answer).findings == ()
    for another in (seed, seed + 1):
        mark = _mark(exercise, answer, another)
        assert (mark.state, mark.points) == ("right", exercise.points), mark.findings


@pytest.mark.parametrize("exercise", list(EXERCISES.values()), ids=list(EXERCISES))
def test_reference_passes_on_public_and_secret_inputs(exercise, seed):
    _require_right(exercise, exercise.reference, seed)


@pytest.mark.parametrize(("exercise", "answer"), list(_cases("RIGHT")))
def test_unusual_right_answers_pass_and_keep_their_points(exercise, answer, seed):
    _require_right(exercise, answer, seed)


@pytest.mark.parametrize(("exercise", "wrong"), list(_cases("WRONG")))
def test_wrong_answers_are_refused_with_the_finding_meant_for_them_and_lose_their_points(exercise, wrong, seed):
    answer, code = wrong
    outcome = _in_the_notebook(exercise, answer)
    assert outcome.status == "failed"
    assert outcome.findings[0].code == code, outcome.findings
    mark = _mark(exercise, answer, seed)
    assert (mark.state, mark.findings[0]["code"]) == ("wrong", code), mark.findings
    assert mark.points == outcome.points < exercise.points


@pytest.mark.parametrize("exercise", list(EXERCISES.values()), ids=list(EXERCISES))
def test_the_untouched_stub_reads_not_attempted(exercise):
    def stub(*_):
        raise NotImplementedError()

    assert examine(exercise, stub).status == "not attempted"


@pytest.mark.parametrize("exercise", list(EXERCISES.values()), ids=list(EXERCISES))
def test_the_catalogue_is_rich_enough(exercise):
    catalogue = _catalogue(exercise.lesson)
    assert len(catalogue.RIGHT[exercise.id]) >= 3
    assert len(catalogue.WRONG[exercise.id]) >= 6
    assert len({code for _, code in catalogue.WRONG[exercise.id]}) >= 4


@pytest.mark.parametrize("exercise", list(EXERCISES.values()), ids=list(EXERCISES))
@pytest.mark.parametrize("answer", [None, 3, "text", torch.zeros(2)], ids=["None", "3", "text", "tensor"])
def test_anything_that_is_not_a_function_is_refused_kindly(exercise, answer):
    assert [f.code for f in examine(exercise, answer).findings] == ["not-a-function"]


@pytest.mark.parametrize("exercise", list(EXERCISES.values()), ids=list(EXERCISES))
@pytest.mark.parametrize(
    "junk",
    [
        float("nan"),
        float("inf"),
        object(),
        [],
        {},
        "yes",
        True,
        1j,
        [[1.0], [2.0, 3.0]],
        torch.eye(3).to_sparse(),
        torch.zeros(0),
    ],
    ids=lambda junk: type(junk).__name__,
)
def test_junk_values_become_findings_never_exceptions(exercise, junk):
    assert _in_the_notebook(exercise, lambda *_: junk).status == "failed"


@pytest.mark.parametrize("exercise", list(EXERCISES.values()), ids=list(EXERCISES))
def test_an_answer_that_takes_other_arguments_or_exits_becomes_a_finding(exercise):
    assert examine(exercise, lambda: 1.0).findings[0].code == "raised"

    def leaves(*_):
        raise SystemExit

    assert examine(exercise, leaves).findings[0].code == "raised"


@pytest.mark.parametrize("exercise", list(EXERCISES.values()), ids=list(EXERCISES))
def test_checking_leaves_the_students_random_numbers_alone(exercise):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    examine(exercise, exercise.reference)
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("exercise", list(EXERCISES.values()), ids=list(EXERCISES))
def test_three_hints_and_a_skeleton_that_is_no_solution(exercise):
    nudge, formula, skeleton = exercise.hints
    assert nudge and formula and f"def {exercise.name}(" in skeleton
    assert "___" in skeleton
    scope = {"torch": torch, "F": torch.nn.functional, "math": __import__("math")}
    exec(skeleton, scope)
    assert examine(exercise, scope[exercise.name]).status == "failed"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((torch.tensor(1.0), 2), [1, 2]),
        ([np.float32(0.5)], [0.5]),
        ([torch.ones(2), torch.zeros(2)], [[1, 1], [0, 0]]),
    ],
)
def test_lists_of_numbers_count_as_arrays(value, expected):
    assert np.array_equal(plain(value), expected)


@pytest.mark.parametrize("value", [[], ["a"], [torch.ones(2), torch.ones(3)], object()])
def test_what_is_not_data_keeps_only_its_type(value):
    assert plain(value) == {"type": type(value).__name__}
