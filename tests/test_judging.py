"""The judge: recognises what it can, shows where, says one thing at a time."""

import warnings

import numpy as np
import pytest
import torch

from course_utils.exercises.judging import Judge, attempts, shown, told_apart
from course_utils.exercises.probing import Probe


def judged(value, expected, **options):
    judge = Judge("f", {"x": value})
    judge.close("x", expected, **options)
    return judge.findings


def test_a_suspect_is_recognised_only_where_it_differs_from_the_right_value():
    suspects = (("twice", [2.0, 4.0], "Twice."), ("same", [1.0, 2.0], "Never said."))
    assert judged(np.array([2.0, 4.0]), [1, 2], suspects=suspects)[0].code == "twice"
    assert judged(np.array([1.0, 2.0]), [1, 2], suspects=suspects) == []
    assert judged(np.array([3.0, 2.0]), [1, 2], suspects=suspects)[0].code == "value"


def test_suspects_that_are_one_formula_are_reported_and_not_drawn_for_ever():
    assert told_apart(1.0, (("twice", 2.0, ""), ("thrice", 3.0, ""), ("twice", 2.0, "Another cause.")))
    assert not told_apart(1.0, (("twice", 2.0, ""), ("doubled", 2.0, "")))
    assert not told_apart([1.0, 2.0], (("both", 3.0, ""), ("each", [3.0, 3.0], "")))
    assert told_apart([1.0, 2.0], (("one", [1.0, 3.0], ""), ("nan", [float("nan"), 2.0], "")))
    with pytest.raises(RuntimeError, match="same formula"):
        list(attempts())


def test_the_card_shows_the_element_that_differs_with_its_inputs():
    (finding,) = judged(np.array([1.0, 5.0]), [1, 2], at={"mu": [7.0, 8.0], "sigma": 3.0})
    assert "returned 5 at mu = 8, sigma = 3, expected 2" in finding.says


def test_a_difference_beyond_the_third_entry_is_shown():
    got, expected = np.zeros(10), np.zeros(10)
    got[7] = 9.0
    assert "returned [9]" in judged(got, expected)[0].says


def test_a_difference_beyond_four_digits_is_shown():
    assert "returned 16.53, expected 16.5312" in judged(16.53, 16.5312, rtol=1e-6)[0].says


def test_only_the_first_thing_found_is_said():
    judge = Judge("f", {"a": None, "b": None})
    judge.close("a", 1.0)
    judge.close("b", 1.0)
    judge.that(False, "more", "More.")
    assert [finding.code for finding in judge.findings] == ["returned-nothing"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (-np.inf, "not-finite"),
        (np.nan, "not-finite"),
        (np.zeros(2), "shape"),
        ("1", "not-numbers"),
        (None, "returned-nothing"),
    ],
)
def test_basic_faults(value, code):
    assert judged(value, 1.0)[0].code == code


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.zeros(2), "returned shape (2,) for one image, expected ()"),
        (None, "returned nothing for one image."),
        ({"type": "list"}, "type list for one image, expected a pair of tensors."),
        ({"raised": "ValueError", "message": "no."}, "stopped for one image with ValueError: no."),
        ({"type": "no-gradient"}, "returned for one image."),
        ({"type": "no-gradient to mu"}, "back to mu for one image."),
    ],
)
def test_every_finding_names_its_case(value, words):
    (finding,) = judged(value, 1.0, case="one image", expects="a pair of tensors")
    assert words in finding.says


@pytest.mark.parametrize("value", [np.array(1 + 2j), np.array([1 + 0j]), torch.ones(1, dtype=torch.complex64).numpy()])
def test_complex_numbers_do_not_lose_their_imaginary_part_in_silence(value):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (finding,) = judged(value, 1.0)
    assert finding.code == "complex" and "expected numbers" not in finding.cause


def test_a_tensor_is_asked_for_only_where_numbers_are():
    assert "Return a tensor" in judged({"type": "list"}, 1.0)[0].cause
    assert judged({"type": "list"}, 1.0, expects="True or False")[0].cause == ""


def test_minus_infinity_is_called_by_its_name():
    assert "returned -inf" in judged(-np.inf, 1.0)[0].says


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (lambda x: torch.log(2.0) * x, "raised", "math.log"),
        (lambda x: x if x > 0 else -x, "raised", ".all()"),
        (lambda x: torch.tensor(x.numpy()), "detached", "torch operations"),
        (lambda x: x.detach(), "detached", "torch operations"),
    ],
)
def test_torchs_own_words_are_translated_for_beginners(answer, code, words):
    probe = Probe(answer)
    probe.gradient("slope", torch.ones(3))
    judge = Judge("f", probe.values)
    judge.close("slope", np.ones(3))
    assert judge.findings[0].code == code and words in judge.findings[0].cause


def test_shown_numbers_are_short():
    assert shown(np.pi) == "3.142" and shown(123456.5) == "1.235e+05" and shown([1, 2, 3, 4]) == "[1, 2, 3, ...]"
    assert shown(5_667_299.0) == "5667299", "counts are shown to the last digit"


def test_an_input_changed_in_place_is_noticed():
    probe = Probe(lambda x: x.mul_(2))
    probe.call("x", torch.ones(3))
    judge = Judge("f", probe.values)
    judge.close("x", 2 * np.ones(3))
    assert judge.findings[0].code == "changed-input"


@pytest.mark.parametrize(
    ("values", "code", "words"),
    [
        ({"x": np.array([1.0, 2.0]), "x a": 1.0, "x b": 2.0}, "", ""),
        ({"x": np.array([1.0, 3.0]), "x a": 1.0, "x b": 3.0}, "value", "3 for the b of two images"),
        ({"x": np.array([1.0, 2.0, 3.0])}, "shape", "(3,) for two images"),
        ({"x": {"type": "dict"}}, "not-numbers", "return a, b"),
        ({"x": None}, "returned-nothing", "nothing for two images"),
    ],
)
def test_numbers_returned_together_are_held_one_by_one(values, code, words):
    judge = Judge("f", values)
    judge.parts("x", {"a": 1.0, "b": 2.0}, case="two images")
    assert [finding.code for finding in judge.findings] == [code] * bool(code)
    assert words in "".join(finding.says for finding in judge.findings)


@pytest.mark.parametrize(
    ("said", "code"),
    [("yes", ""), ("no", "wrong"), ("Yes", "unknown-word"), (3, "not-a-word"), (None, "returned-nothing")],
)
def test_a_word_is_the_right_one_a_wrong_one_or_none(said, code):
    judge = Judge("f", {"a case": said})
    judge.word("a case", "yes", ("yes", "no"), "wrong", "A cause.")
    assert [finding.code for finding in judge.findings] == [code] * bool(code)
