"""What a student meets: cards, hints, the stand-in, points; never an exception."""

import dataclasses

import pytest
import torch

from course_utils.exercises import cards, registry, session
from course_utils.exercises.contract import Finding
from course_utils.exercises.outcome import Outcome


@pytest.fixture(autouse=True)
def shown(monkeypatch):
    """The cards that were shown; a fresh session for every test."""
    collected = []
    monkeypatch.setattr(cards, "show", collected.append)
    monkeypatch.setattr(session, "_outcomes", {})
    monkeypatch.setattr(session, "_hints_shown", {})
    return collected


def right(pixels):
    return pixels / 255


def wrong(pixels):
    return pixels / 256


def stub(pixels):
    raise NotImplementedError()


def test_a_right_answer_is_kept(shown):
    assert session.check("0.1", right) is right
    assert shown[0].kind == "passed" and "1 point" in shown[0].head


def test_a_wrong_answer_is_replaced_and_told_why(shown):
    stand_in = session.check("0.1", wrong)
    assert torch.equal(stand_in(torch.tensor([255])), torch.tensor([1.0]))
    text = shown[0].text()
    assert "returned 0.5 " in text and "Divided by 256?" in text and 'hint("0.1")' in text


def test_an_untouched_exercise_is_not_a_mistake(shown):
    assert session.check("0.1", stub) is registry.find("0.1").reference
    assert shown[0].kind == "not attempted" and "not attempted yet" in shown[0].head


def test_checking_the_stand_in_earns_nothing(shown):
    stand_in = session.check("0.1", wrong)
    assert session.check("0.1", stand_in) is stand_in
    assert shown[1].kind == "notice" and "your definition" in shown[1].head
    session.score("00")
    assert "0 of 3 points" in shown[2].head


def test_hints_come_in_three_steps_and_stay_at_the_last(shown):
    for _ in range(4):
        session.hint("0.1")
    session.hint("0.1", 1)
    assert [card.head[-len("hint 1 of 3, a nudge") :] for card in (shown[0], shown[4])] == ["hint 1 of 3, a nudge"] * 2
    assert "the formula" in shown[1].head and "a skeleton" in shown[2].head and "a skeleton" in shown[3].head
    assert "def to_unit_range" in shown[2].code


def test_the_score_counts_what_was_checked(shown):
    session.check("0.1", right)
    session.check("0.2", wrong)
    session.score("00")
    assert shown[2].head == "Lesson 00: 1 of 3 points"
    assert [line.split(": ")[-1] for line in shown[2].lines] == ["passed", "failed", "not attempted"]


def test_a_point_once_earned_is_kept(shown):
    session.check("0.1", right)
    session.check("0.1", wrong)
    assert shown[1].kind == "failed"
    session.score("00")
    assert shown[2].head == "Lesson 00: 1 of 3 points"


def test_preview_counts_nothing(shown):
    session.preview("0.1", right)
    session.score("00")
    assert "0 of 3 points" in shown[1].head


@pytest.mark.parametrize(
    "call",
    [
        lambda: session.check("0.9", right),
        lambda: session.check("x", right),
        lambda: session.hint("0.9"),
        lambda: session.score("77"),
    ],
)
def test_unknown_names_get_a_sentence(shown, call):
    call()
    assert shown[0].kind == "notice" and "There is no" in shown[0].head


@pytest.mark.parametrize("number", [0.1, None, 1, ["0.1"]])
def test_a_number_without_quotes_gets_a_sentence(shown, number):
    assert session.check(number, right) is right
    session.hint(number)
    assert [card.kind for card in shown] == ["notice"] * 2 and "in quotes" in shown[0].head


def test_a_superscript_is_no_lesson(shown):
    session.check("²", right)
    assert shown[0].kind == "notice"


def test_a_check_that_stops_says_that_the_course_is_at_fault(shown, monkeypatch):
    def stops(*_):
        raise KeyError("no such value")

    broken = dataclasses.replace(registry.find("0.1"), verdict=stops)
    monkeypatch.setattr(registry, "find", lambda _: broken)
    session.check("0.1", right)
    assert shown[0].kind == "failed" and "fault of the course" in shown[0].text()


def test_nbgrader_sees_an_error_unless_the_answer_is_right(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert session.check("0.1", right) is right
    for answer in (wrong, stub):
        with pytest.raises(AssertionError, match="exercise 0.1"):
            session.check("0.1", answer)


def test_what_holds_is_not_worth_a_word_and_what_does_not_is_a_card_or_an_error_where_notebooks_are_proved(
    shown, monkeypatch
):
    session.expect("The loss falls.", torch.tensor(True))
    with pytest.raises(AssertionError, match="The loss falls"):
        session.expect("The loss falls.", torch.tensor(False))
    assert shown == []
    monkeypatch.setattr(session.progress, "quiet", lambda: False)
    session.expect("The loss falls.", False)
    assert "The loss falls. Here it is not so" in shown[0].text() and "stopped a training" in shown[0].text()


def test_a_students_words_cannot_become_html():
    outcome = Outcome(registry.find("0.1"), "failed", (Finding("raised", "stopped with <script>alert(1)</script>"),))
    html = cards.outcome_card(outcome).html()
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_a_card_is_html_and_text(capsys):
    card = cards.notice("words")
    assert card.text() == "! words" and "words" in card.html()


def test_exceptions_of_the_answer_stand_on_the_card(shown):
    session.check("0.1", lambda pixels: pixels.nonsense())
    assert "AttributeError" in shown[0].text() and "nonsense" in shown[0].text()
