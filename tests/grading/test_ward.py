"""The ward of lesson 13: what a test of implementations earns, and that looking at them in other ways earns nothing."""

import contextlib
import gc
import sys
import time
from collections import Counter
from itertools import product

import pytest
import torch

from course_utils.exercises import cards, registry, session
from course_utils.exercises.lesson_13 import shared, shared_probing
from course_utils.exercises.outcome import examine
from course_utils.grading.jail import messages
from course_utils.grading.marking import grader, judging
from course_utils.grading.marking.records import Mark

WARDS = {e.id: sys.modules[e.reference.__module__].PATIENTS for e in registry.of_lesson("13") if e.id != "13.6"}
PATIENTS = [patient for patients in WARDS.values() for patient in patients]
every_ward = pytest.mark.parametrize("exercise_id", list(WARDS))


def _points(exercise_id, answer, seed):
    """The grader's points for an answer, on the inputs of a seed."""
    exercise = registry.find(exercise_id)
    drawn = judging.draw(exercise, seed)
    sent = messages.Outcome(exercise.id, messages.Kind.VALUES, exercise.probe(answer, drawn))
    return judging.mark(exercise, drawn, messages.decode(messages.encode(sent), messages.Outcome)).points


def _labelled(exercise_id, seed):
    """All implementations of a draw, opened, each with its function on the trusted side."""
    drawn = judging.draw(registry.find(exercise_id), seed)
    known = {shared._bare(*shared._template(f)): f for p in WARDS[exercise_id] for f in shared._all(p)}
    for name, text in drawn["sealed"]:
        yield name, known[shared._bare(text, drawn["words"])], shared_probing.opened(text, drawn["words"]), text


def _right(exercise_id):
    return {function for patient in WARDS[exercise_id] for function in patient.right}


def test_the_ward_holds_what_the_lesson_promises():
    assert len(PATIENTS) == 21 and len({patient.name for patient in PATIENTS}) == 21
    for patient in PATIENTS:
        assert len(patient.right) >= 3 and len(patient.mutants) >= 3, patient.name
        assert all(function.__doc__.endswith(".") for function in shared._all(patient))


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda patient: patient.name)
def test_functions_of_a_patient_differ_by_more_than_what_is_drawn(patient):
    texts = {shared._bare(*shared._template(function)) for function in shared._all(patient)}
    assert len(texts) == len(shared._all(patient))


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda patient: patient.name)
def test_each_wrong_implementation_is_refused_by_the_courses_own_test_and_each_right_one_accepted(patient):
    (exercise_id,) = (i for i, patients in WARDS.items() if patient in patients)
    reference = registry.find(exercise_id).reference

    def accepts(function):
        try:
            return bool(reference(patient.name, function))
        except Exception:
            return False

    said = {function: accepts(function) for function in shared._all(patient)}
    assert said == {function: function in patient.right for function in shared._all(patient)}


@every_ward
def test_points_are_three_for_all_two_for_right_and_named_bug_and_none_for_less(exercise_id):
    exercise, patients = registry.find(exercise_id), WARDS[exercise_id]

    def points(*let_through):
        probe = exercise.probe
        drawn = judging.draw(exercise, 5)
        order = iter([function for _, function, _, _ in _labelled(exercise_id, 5)])
        values = probe(lambda patient, implementation: next(order) in let_through, drawn)
        sent = messages.Outcome(exercise.id, messages.Kind.VALUES, values)
        return judging.mark(exercise, drawn, sent).points

    right = [function for patient in patients for function in patient.right]
    last = patients[-1]
    assert points(*right) == 3
    assert points(*right, last.mutants[-1]) == 2
    assert points(*right, last.bug) == points(*right[:-1]) == points() == 0


def test_a_card_says_which_kind_got_through_and_what_is_earned_so_far():
    def two_thirds(patient, implementation):
        if patient == "kl":
            return implementation(torch.zeros(1, 2), torch.zeros(1, 2)).abs().max() < 1e-4
        return registry.find("13.1").reference(patient, implementation)

    outcome = examine(registry.find("13.1"), two_thirds)
    assert outcome.points == 2
    text = cards.outcome_card(outcome).text()
    assert "not yet, 2 of 3 points so far" in text and "the factor 1/2 is missing" in text


def test_points_once_earned_are_kept_when_a_later_answer_earns_fewer(monkeypatch):
    shown = []
    monkeypatch.setattr(cards, "show", shown.append)
    monkeypatch.setattr(session, "_outcomes", {})
    reference = registry.find("13.1").reference

    def but_one(patient, implementation):
        if patient != "kl":
            return reference(patient, implementation)
        return implementation(torch.zeros(1, 2), torch.zeros(1, 2)).abs().max() < 1e-4

    session.check("13.1", but_one)
    session.check("13.1", lambda patient, implementation: True)
    session.score("13")
    assert shown[-1].head == "Lesson 13: 2 of 17 points"


# What may be looked at ------------------------------------------------------------------------------------------------
@every_ward
def test_implementations_look_alike_from_within(exercise_id):
    """Same name, signature, file, module and globals for all of a patient; nothing is closed over."""
    looks = {}
    for patient, _, implementation, _ in _labelled(exercise_id, 3):
        code = implementation.__code__
        look = (
            implementation.__name__,
            implementation.__qualname__,
            implementation.__doc__,
            implementation.__module__,
            implementation.__closure__,
            implementation.__defaults__,
            code.co_varnames[: code.co_argcount],
            code.co_filename,
            code.co_freevars,
            sorted(implementation.__globals__),
            implementation.__globals__["w"],
            set(code.co_names) <= {"known", "w"},
        )
        looks.setdefault(patient, []).append(look)
    for name, seen in looks.items():
        assert all(look == seen[0] for look in seen), name
        assert seen[0][-1], name


def test_right_ones_or_the_bug_outnumber_all_others_and_which_is_drawn():
    sides = set()
    for exercise_id, seed in product(WARDS, (1, 2, 3)):
        drawn = [(name, function) for name, function, _, _ in _labelled(exercise_id, seed)]
        for patient in WARDS[exercise_id]:
            shown = [function for name, function in drawn if name == patient.name]
            right, bug = sum(f in patient.right for f in shown), shown.count(patient.bug)
            assert 2 * max(right, bug) > len(shown) and min(right, bug) >= 6
            assert all(shown.count(mutant) >= 2 for mutant in patient.mutants)
            sides.add(right > bug)
    assert sides == {True, False}


@every_ward
def test_no_text_and_no_code_comes_twice_within_a_class(exercise_id):
    seen = [[(text, code.__code__.co_code) for _, _, code, text in _labelled(exercise_id, seed)] for seed in (1, 2)]
    assert not {text for text, _ in seen[0]} & {text for text, _ in seen[1]}
    assert not any(word in text for text, _ in seen[0] for word in ("bug", "right", "mutant", "torch", "mean", "clamp"))


def _learned(look, exercise_id):
    """An answer that has been told, of the draw of another seed, which looks were those of right ones."""
    right, wrong = set(), set()
    for _, function, implementation, _ in _labelled(exercise_id, 1):
        (right if function in _right(exercise_id) else wrong).add(look(implementation))
    return lambda patient, implementation: look(implementation) in right - wrong


LOOKS = {
    "name": lambda f: (f.__name__, f.__qualname__, f.__doc__, f.__module__),
    "signature": lambda f: f.__code__.co_varnames[: f.__code__.co_argcount],
    "globals": lambda f: (tuple(sorted(f.__globals__)), tuple(map(str, f.__globals__["w"]))),
    "closure": lambda f: (f.__closure__, f.__defaults__, f.__kwdefaults__),
    "names in the code": lambda f: (f.__code__.co_names, f.__code__.co_freevars, f.__code__.co_cellvars),
    "bytes of the code": lambda f: f.__code__.co_code,
    "constants": lambda f: tuple(str(c) for c in f.__code__.co_consts if not hasattr(c, "co_code")),
    "length": lambda f: len(f.__code__.co_code),
    "lines": lambda f: f.__code__.co_lnotab if sys.version_info < (3, 12) else tuple(f.__code__.co_lines()),
    "referrers": lambda f: len(gc.get_referrers(f)),
    "address": lambda f: id(f) // 4096,
    "frame": lambda f: tuple(sorted(sys._getframe(2).f_locals)),
}


@pytest.fixture
def frozen():
    """What stood before is not looked through again, as in the process that an answer runs in."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("look", list(LOOKS))
def test_who_knows_the_looks_of_another_draw_earns_nothing(look):
    assert _points("13.4", _learned(LOOKS[look], "13.4"), 2) == 0


def test_counting_calls_earns_nothing():
    calls = iter([function in _right("13.4") for _, function, _, _ in _labelled("13.4", 1)])
    assert _points("13.4", lambda patient, implementation: next(calls), 2) == 0


@every_ward
@pytest.mark.parametrize("says", [True, False, None])
def test_one_answer_for_all_earns_nothing(exercise_id, says):
    assert _points(exercise_id, lambda patient, implementation: says, 2) == 0


def test_the_order_of_addresses_earns_nothing():
    last = [0]

    def rising(patient, implementation):
        before, last[0] = last[0], id(implementation)
        return id(implementation) > before

    assert _points("13.4", rising, 2) == 0


def test_timing_earns_nothing():
    """An answer that knows of another draw how long right ones take at most."""

    def seconds(implementation):
        begun = time.perf_counter()
        with contextlib.suppress(Exception):
            implementation(*[torch.ones(2, 4)] * implementation.__code__.co_argcount)
        return time.perf_counter() - begun

    taken = [seconds(f) for _, function, f, _ in _labelled("13.3", 1) if function in _right("13.3")]
    assert _points("13.3", lambda patient, implementation: seconds(implementation) <= max(taken), 2) == 0


@every_ward
def test_nothing_that_a_probe_holds_says_what_is_right(exercise_id):
    """Its frame and its inputs, all the way down: plain names and sealed texts, and no function of the trusted side."""
    found = []

    def walk(patient, implementation):
        frame = sys._getframe()
        while frame is not None:
            if frame.f_code.co_filename == shared_probing.__file__:
                found.append(dict(frame.f_locals))
            frame = frame.f_back
        return True

    exercise = registry.find(exercise_id)
    drawn = judging.draw(exercise, 2)
    exercise.probe(walk, drawn)
    assert set(drawn) == {"words", "sealed"}
    assert all(type(word) in (str, int, float, bool, type(None)) for word in drawn["words"])
    assert found and set(found[0]) <= {"answer", "inputs", "probe", "label", "patient", "text"}


PLACES = {
    "kl": (torch.randn(5, 3), torch.randn(5, 3)),
    "bce": (torch.rand(5, 3), torch.rand(5, 3)),
    "cdf": (torch.randn(9), torch.randn(9), 0.2 + torch.rand(9)),
    "support": (torch.tensor([-0.2, 0.1, 0.5, 0.0]), torch.tensor([0.6, 0.3, 1.2, 1.0])),
}


def _by_vote(exercise_id, seed):
    """An answer that has gathered all implementations from the probe's frame, and believes what most of them say."""
    drawn = judging.draw(registry.find(exercise_id), seed)

    def value(patient, implementation):
        return tuple(round(x, 3) for x in implementation(*PLACES[patient]).tolist())

    votes = {}
    for patient, text in drawn["sealed"]:
        votes.setdefault(patient, Counter())[value(patient, shared_probing.opened(text, drawn["words"]))] += 1
    return lambda patient, f: value(patient, f) == votes[patient].most_common(1)[0][0]


def test_a_vote_among_all_implementations_earns_nothing():
    assert [_points("13.1", _by_vote("13.1", seed), seed) for seed in (1, 2, 3)] == [0, 0, 0]


def test_of_two_readings_of_a_notebook_the_one_with_more_points_counts():
    def examined(points):
        state = "right" if points == 3 else "wrong"
        return grader.Examination(marks={"13.1": Mark("13.1", state, points, 3)})

    for first, second in ((0, 2), (2, 0), (2, 3), (0, 0)):
        found = examined(first)
        grader._take_over(found, examined(second))
        assert found.marks["13.1"].points == max(first, second)
