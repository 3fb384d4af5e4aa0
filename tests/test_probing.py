"""The probe: whose exception it is, what is put back, which gradient is missing, and what a second call gives."""

import random
import sys
import warnings

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.exercises import registry
from course_utils.exercises.judging import Judge, whole
from course_utils.exercises.probing import Probe, not_attempted, supervised
from course_utils.exercises.remedies import LEFT, remedy
from course_utils.exercises.settings import settled


def _found(answer, *args, verdict=lambda judge: None):
    """Findings for an answer that is called once, as an exercise would come to them."""

    def probe(answer, inputs):
        probe = Probe(answer)
        probe.call("x", *inputs)
        return probe.values

    return whole("f", lambda judge, _: verdict(judge))(args, supervised(probe)(answer, args))


def _of_the_course(function):
    """The function as though it stood in a file of the course's, as probes do."""
    function.__code__ = function.__code__.replace(co_filename=registry.__file__)
    return function


def _gradient(answer, *args, wrt=0):
    probe = Probe(answer)
    probe.gradient("slope", *args, wrt=wrt)
    judge = Judge("f", probe.values)
    judge.array("slope", np.shape(args[wrt]))
    return judge.findings


# Whose exception ------------------------------------------------------------------------------------------------
def _stub(x):
    """What it does."""
    # YOUR CODE HERE
    raise NotImplementedError()


class _Stubborn(nn.Module):
    def __init__(self):
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError()


def _below(x):
    raise NotImplementedError()
    return x / 255


def _above(x):
    x = x / 255
    raise NotImplementedError()


def _words_of_its_own(x):
    raise NotImplementedError("later")


def _raised(answer):
    probe = Probe(answer)
    probe.call("x", torch.rand(3))
    judge = Judge("f", probe.values)
    judge.array("x", ())
    return probe.values, judge.findings


@pytest.mark.parametrize("answer", [_stub, lambda x: _Stubborn()])
def test_only_the_cells_own_stub_is_not_attempted(answer):
    assert not_attempted(_raised(answer)[0])


@pytest.mark.parametrize("answer", [_below, _above])
def test_lines_around_the_stubs_own_are_told_to_delete_it(answer):
    values, (finding,) = _raised(answer)
    assert not not_attempted(values)
    assert finding.code == "stub-left" and answer.__name__ in finding.says and "delete it" in finding.cause


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: 0 < x & x < 1, "(a < b) & (c < d)"),
        (lambda x: x > 1 | x < 0, "(a < b) & (c < d)"),
        (lambda x: x ^ 2, "x**2"),
        (_words_of_its_own, ""),
        (lambda x: nn.Module()(x), ""),
    ],
)
def test_what_torch_has_not_implemented_is_an_attempt(answer, words):
    values, (finding,) = _raised(answer)
    assert not not_attempted(values)
    assert finding.code == "raised" and "NotImplementedError" in finding.says and words in finding.cause


def test_a_stub_without_its_source_is_known_by_what_it_does():
    scope = {}
    exec("def f(x):\n    raise NotImplementedError()\ndef g(x):\n    y = x\n    raise NotImplementedError()", scope)
    assert not_attempted(_raised(scope["f"])[0]) and not not_attempted(_raised(scope["g"])[0])


def test_an_exception_of_the_checks_own_is_not_put_in_the_students_mouth():
    probe = Probe(lambda: (1, 2, 3))

    @_of_the_course
    def unpacked():
        low, high = probe._answer()
        return low

    probe.collect("pair", unpacked, to="take apart")
    judge = Judge("f", probe.values)
    judge.array("pair", (), case="two images")
    (finding,) = judge.findings
    assert finding.says.startswith(
        "The check could not take apart what f returned for two images: ValueError: too many"
    )


@pytest.mark.parametrize("answer", [lambda x: x.nonsense, lambda: 1, nn.Linear(5, 1), lambda x: nn.Linear(5, 1)(x)])
def test_an_exception_of_the_answer_is_its_own(answer):
    assert _raised(answer)[1][0].says.startswith("f stopped with ")


def test_a_module_that_an_answer_made_stops_by_itself():
    probe = Probe(lambda: nn.Sequential(nn.Linear(5, 1)))
    made = probe.collect("made", probe._answer)
    probe.collect("run", lambda: made(torch.ones(3)))
    assert "to" not in probe.values["run"]


def test_what_a_probe_stumbles_over_becomes_a_finding():
    @_of_the_course
    def probe(answer, inputs):
        probe = Probe(answer)
        return {"length": len(probe.call("x", *inputs))}

    values = supervised(probe)(lambda x: x.sum(), (torch.ones(3),))
    (finding,) = whole("f", lambda judge, inputs: None)((), values)
    assert finding.says.startswith("The check could not use what f returned: TypeError: len() of a 0-d tensor")


# Gradients --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (lambda mu, logvar: (mu * logvar).detach(), "detached", "No gradient flows through what f returned."),
        (lambda mu, logvar: mu.detach() + logvar, "detached", "back to mu."),
        (lambda a, logvar: logvar * 1, "detached", "back to a."),
        (lambda mu, logvar: [mu, logvar], "not-numbers", "type list"),
        (lambda mu, logvar: mu + 1j * logvar, "raised", "The check could not differentiate what f returned"),
        (lambda mu, logvar: mu.sum().item(), "detached", "No gradient flows through"),
        (lambda mu, logvar: None, "returned-nothing", "nothing"),
    ],
)
def test_which_gradient_is_missing_is_said(answer, code, words):
    (finding,) = _gradient(answer, torch.ones(3), torch.ones(3))
    assert finding.code == code and words in finding.says


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_gradients_are_there_where_the_notebook_has_switched_them_off(mode):
    found, ones = [], torch.ones(3)

    def probe(answer, inputs):
        found.append(_gradient(answer, *inputs))
        return {}

    with mode():
        supervised(probe)(lambda x: x**2, (ones,))
    assert found == [[]]


# What is left behind ----------------------------------------------------------------------------------------------
_CHANGES = {
    "gradients": lambda: torch.set_grad_enabled(False),
    "dtype": lambda: torch.set_default_dtype(torch.float64),
    "device": lambda: torch.set_default_device("meta"),
    "threads": lambda: torch.set_num_threads(torch.get_num_threads() + 1),
    "determinism": lambda: torch.use_deterministic_algorithms(True),
}


def _leaving(change):
    def answer(x):
        _CHANGES[change]()
        return x.sum().item()

    return answer


def _settings():
    numbers = torch.get_rng_state().tolist(), random.getstate(), np.random.get_state()[1].tolist()
    modes = torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_default_device(), torch.get_num_threads()
    deterministic = torch.are_deterministic_algorithms_enabled()
    return numbers, modes, deterministic, np.geterr(), sys.getrecursionlimit(), list(warnings.filters)


@pytest.mark.parametrize("change", list(_CHANGES))
def test_what_is_left_changed_is_put_back_and_said_where_all_else_is_right(change):
    before = _settings()
    (finding,) = _found(_leaving(change), torch.ones(3))
    assert _settings() == before
    assert finding.code == "left-behind" and finding.says == f"f {LEFT[change][0]}."
    wrong = _found(_leaving(change), torch.ones(3), verdict=lambda judge: judge.close("x", 4.0))
    assert [finding.code for finding in wrong] == ["value"]


def test_every_change_has_its_words():
    assert LEFT.keys() == _CHANGES.keys()


def test_numbers_that_are_drawn_and_the_filters_of_warnings_are_put_back_without_a_word():
    def answer(x):
        random.seed(3)
        np.random.seed(3)
        torch.manual_seed(3)
        np.seterr(all="ignore")
        warnings.simplefilter("error")
        sys.setrecursionlimit(sys.getrecursionlimit() + 1)
        return 3.0

    before = _settings()
    assert _found(answer, torch.ones(3)) == []
    assert _settings() == before


def test_numpys_and_pythons_numbers_go_on_from_call_to_call():
    probe = Probe(lambda: [np.random.rand(), random.random()])
    with settled():
        probe.call("one")
        probe.call("other")
    assert (probe.values["one"] != probe.values["other"]).all()


# A second call ----------------------------------------------------------------------------------------------------
def test_an_answer_that_gives_something_else_when_it_is_called_again_is_told():
    def answer(x, kept=[]):  # noqa: B006
        kept.append(x.sum().item())
        return sum(kept)

    (finding,) = _found(answer, torch.ones(3))
    assert finding.code == "second-call"
    assert "with the same inputs, f returned 6; the first time, it returned 3." in finding.says


@pytest.mark.parametrize("answer", [torch.randn_like, lambda x: np.random.rand(3), lambda x: {"a": 1}, lambda x: None])
def test_the_second_call_draws_the_same_numbers(answer):
    assert _found(answer, torch.ones(3)) == []


def test_a_list_that_is_changed_in_place_is_noticed_and_not_handed_on():
    given = [[3, 1], torch.ones(2)]
    probe = Probe(lambda rows: rows[0].sort())
    probe.call("x", given)
    assert given[0] == [3, 1] and probe.values["x:changed"] == 0


# Words ------------------------------------------------------------------------------------------------------------
def _says(thunk):
    with pytest.raises(Exception) as caught:
        thunk()
    return remedy(str(caught.value).splitlines()[0])


@pytest.mark.parametrize(
    ("thunk", "words"),
    [
        (lambda: torch.ones(2, 3) @ torch.ones(2, 3), ".T"),
        (lambda: nn.Linear(5, 2)(torch.ones(2, 3)), ".T"),
        (lambda: torch.ones(2, 3) + torch.ones(2), "[:, None]"),
        (lambda: np.ones((2, 3)) + np.ones(2), "[:, None]"),
        (lambda: torch.ones(2).expand(2, 3), "[:, None]"),
        (lambda: torch.ones(6).view(4, 2), "hold all entries"),
        (lambda: torch.ones(2, 3).T.view(6), ".reshape"),
        (lambda: torch.cat([torch.ones(2, 3), torch.ones(2, 2)]), "torch.cat"),
        (lambda: torch.ones(2).sum(1), "dim counts axes"),
        (lambda: torch.ones(2).byte().mean(), ".float()"),
        (lambda: torch.ones(2) @ torch.ones(2).double(), "one dtype"),
        (lambda: [1, 2][:1.5], "//"),
        (lambda: 1.0 & 2.0, "brackets"),
        (lambda: 2.0 ^ 2, "x**2"),
        (lambda: None + 1, "None"),
        (lambda: float(torch.ones(3)), "one number"),
        (lambda: torch.ones(2, requires_grad=True).numpy(), "cut the graph"),
        (lambda: torch.ones(2, requires_grad=True).add_(1), "make a new one"),
    ],
)
def test_bare_words_of_torch_get_a_sentence_beside_them(thunk, words):
    assert words in _says(thunk)


def test_a_forgotten_super_is_named():
    class Forgetful(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(1, 1)

    assert "super().__init__()" in _says(Forgetful)
