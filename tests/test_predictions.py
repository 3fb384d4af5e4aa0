"""Predictions: what the form takes and keeps, what the card says, and how lessons ask and tell."""

import ast
import json
import re
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import torch

from course_utils import predictions
from course_utils.exercises import cards, session
from course_utils.predictions import predict, reveal

SOLUTIONS = sorted((Path(__file__).parent.parent / "solutions").glob("*.ipynb"))
CHOICES = ("rises", "falls")


@pytest.fixture
def watched(monkeypatch, tmp_path):
    """A kernel in a folder of its own, what it showed, and ``restart()``, which forgets all that is not on disk."""
    shown = SimpleNamespace(cards=[], words=[])

    def restart():
        for name in ("_questions", "_forms", "_answers"):
            monkeypatch.setattr(predictions, name, {})
        monkeypatch.setattr(predictions, "_told", set())
        shown.cards.clear()

    restart()
    shown.restart = restart
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(predictions, "quiet", lambda: False)
    monkeypatch.setattr(predictions, "show_box", lambda box, words: shown.words.append(words))
    monkeypatch.setattr(cards, "show", shown.cards.append)
    return shown


def _enter(number, says, sure):
    """Fill in a form and press its button; what the form answers."""
    form = predictions._forms[number]
    form._entry.value, form._sure.value = says, sure
    form._button.click()
    return form._says.value


def test_an_answer_is_shown_beside_the_truth_and_then_locked(watched):
    predict("03.1", unit="nats")
    assert _enter("03.1", "4", 80).startswith("Kept: 4 nats, 80 % sure.")
    reveal("03.1", torch.tensor(222.0), "nats")
    assert "You said 4 nats, 80 % sure. It is 222 nats." in watched.cards[0].text()
    assert watched.cards[0].kind == "notice" and predictions._forms["03.1"]._entry.disabled
    _enter("03.1", "222", 100)
    reveal("03.1", 222.0, "nats")
    assert "You said 4 nats" in watched.cards[1].text()


@pytest.mark.parametrize(
    ("said", "right"), [("100", True), ("80", True), ("120.0", True), ("79.9", False), ("−90", False)]
)
def test_a_number_is_right_within_the_part_of_the_truth_that_the_form_states(watched, said, right):
    predict("03.1")
    assert "right within 20 % of the truth" in watched.words[0]
    _enter("03.1", said, 50)
    reveal("03.1", 100)
    assert (watched.cards[0].kind == "passed") == right


def test_a_choice_is_right_if_it_is_the_truth(watched):
    predict("03.1", choices=CHOICES)
    assert "choose one" in _enter("03.1", None, 70)
    _enter("03.1", "rises", 70)
    reveal("03.1", "falls")
    assert "You said “rises”, 70 % sure. It is “falls”." in watched.cards[0].text()


@pytest.mark.parametrize("typed", ["", "many", "0,5", "nan", "inf"])
def test_what_is_no_number_gets_a_sentence_and_is_not_kept(watched, typed):
    predict("03.1")
    assert "a number with a decimal point" in _enter("03.1", typed, 70)
    assert "how sure" in _enter("03.1", "0.5", None)
    assert not predictions.FOLDER.exists()


def test_without_an_answer_nothing_is_shown_and_none_is_taken_afterwards(watched):
    predict("03.1")
    reveal("03.1", 2.0)
    assert watched.cards == [] and not predictions.FOLDER.exists()
    assert "restart the kernel" in _enter("03.1", "2", 100)
    predict("03.1")
    assert predictions._forms["03.1"]._button.disabled
    assert predictions.calibration("03") is None


def test_an_answer_outlives_the_kernel_and_so_does_its_verdict(watched):
    predict("03.1")
    _enter("03.1", "2", 60)
    watched.restart()
    predict("03.1")
    assert predictions._forms["03.1"]._entry.value == "2" and not predictions._forms["03.1"]._button.disabled
    reveal("03.1", 2.0)
    watched.restart()
    predict("03.1")
    assert predictions._forms["03.1"]._button.disabled
    reveal("03.1", 5.0)
    assert predictions.calibration("03") == "Predictions: you were 60 % sure on average, and right in 1 of 1."


@pytest.mark.parametrize(
    "stored",
    ["", "[]", '{"03.1": 4}', '{"03.1": {"says": "4", "sure": 80}}', '{"03.1": {"says": 4.0, "sure": [1]}}', "\xff"],
)
def test_a_file_that_is_none_of_ours_is_no_answer(watched, stored):
    predictions.FOLDER.mkdir()
    (predictions.FOLDER / "03.json").write_text(stored, encoding="latin-1")
    predict("03.1")
    assert _enter("03.1", "4", 80).startswith("Kept")
    assert json.loads((predictions.FOLDER / "03.json").read_text())["03.1"] == {"says": 4.0, "sure": 80, "right": None}


def test_where_no_file_can_be_written_the_kernel_remembers(watched):
    predictions.FOLDER.write_text("a file where the folder would be")
    predict("03.1")
    _enter("03.1", "4", 80)
    reveal("03.1", 4.0)
    assert watched.cards[0].kind == "passed"


def test_the_score_says_how_well_confidence_held_in_this_lesson(watched):
    for number, says, sure in (("03.1", "1", 90), ("03.2", "2", 70), ("04.1", "1", 50)):
        predict(number)
        _enter(number, says, sure)
        reveal(number, 1.0)
    session.score("03")
    session.score("05")
    assert watched.cards[-2].lines[-1] == "Predictions: you were 80 % sure on average, and right in 1 of 2."
    assert not watched.cards[-1].lines[-1].startswith("Predictions")


def test_stored_notebooks_are_the_same_with_an_answer_and_without(watched, monkeypatch):
    predict("03.1", unit="nats")
    without = list(watched.words)
    _enter("03.1", "4", 80)
    watched.restart()
    monkeypatch.setattr(predictions, "quiet", lambda: True)
    predict("03.1", unit="nats")
    reveal("03.1", 4.0, "nats")
    assert watched.words == without * 2 and watched.cards == [] and predictions.calibration("03") is None


@pytest.mark.parametrize(
    ("asked", "truth", "unit"),
    [({"unit": "nats"}, 4.0, ""), ({}, float("nan"), ""), ({}, "rises", ""), ({"choices": CHOICES}, "stays", "")],
)
def test_a_truth_that_answers_another_question_stops_the_author(watched, monkeypatch, asked, truth, unit):
    predict("03.1", **asked)
    _enter("03.1", "rises" if "choices" in asked else "4", 80)
    reveal("03.1", truth, unit)  # a student goes on
    assert watched.cards == []
    monkeypatch.setattr(predictions, "quiet", lambda: True)
    with pytest.raises(ValueError, match="prediction 03.1 asks for"):
        reveal("03.1", truth, unit)


def test_a_truth_that_nobody_asked_for_is_no_error(watched):
    reveal("03.1", 4.0)
    assert watched.cards == []


def _calls(cell, name):
    """The calls of a function in a code cell: (number, keyword and further arguments as source)."""
    if cell.cell_type != "code":
        return []
    nodes = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)]
    return [node for node in nodes if ast.unparse(node.func) == name]


@pytest.fixture(params=SOLUTIONS, ids=lambda path: path.stem)
def cells(request):
    return request.param.stem[:2], nbformat.read(request.param, as_version=4).cells


def test_every_prediction_that_the_text_asks_for_is_taken_by_the_form_below_it(cells):
    lesson, cells = cells
    numbers, waiting = [], 0
    for cell in cells:
        if cell.cell_type == "markdown":
            assert waiting == 0, f"above {cell.id}: a form is missing"
            waiting = len(re.findall(r"\*\*predict\b", cell.source, re.IGNORECASE))
        elif asked := _calls(cell, "predict"):
            assert len(asked) == 1 and len(cell.source.split("predict(")) == 2 and cell.source.startswith("predict(")
            assert cell.metadata.jupyter.source_hidden and waiting > 0, f"{cell.id}: folded, and below its question"
            numbers.append(asked[0].args[0].value)
            waiting -= 1
        else:
            assert waiting == 0, f"above {cell.id}: a form is missing"
    assert numbers == [f"{lesson}.{i}" for i in range(1, len(numbers) + 1)] and 4 <= len(numbers) <= 8


def test_every_prediction_is_told_the_truth_once_later_and_in_its_unit(cells):
    _, cells = cells
    asked, told = {}, {}
    for place, cell in enumerate(cells):
        for call in _calls(cell, "predict"):
            units = [keyword.value.value for keyword in call.keywords if keyword.arg == "unit"]
            asked[call.args[0].value] = place, units
        for call in _calls(cell, "reveal"):
            assert call.args[0].value not in told, "told twice"
            told[call.args[0].value] = place, [ast.literal_eval(unit) for unit in call.args[2:]]
    assert asked.keys() == told.keys()
    for number, (place, unit) in asked.items():
        assert place < told[number][0] and unit == told[number][1], number


def test_the_word_is_kept_for_what_is_kept(cells):
    _, cells = cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert not re.findall(r"(?<!\*\*)\bPredict\b", prose), "a prediction that no form takes"
