"""Predictions: say what a cell will find before it runs, and how sure you are; the cell then shows both.

What was said is kept in ``predictions/03.json`` beside the notebook, and counts as it stood when the cell ran.
Nothing depends on it: a lesson without a single prediction runs and scores as it would.
"""

from __future__ import annotations

import html
import json
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import mean
from typing import Any, SupportsFloat

import ipywidgets

from .exercises import cards
from .files import write_whole
from .progress import quiet
from .widgets import show_box

FOLDER = Path("predictions")
"""Where answers are kept, seen from the notebook."""

_SURE = {"50 % or less": 50, **{f"{percent} %": percent for percent in (60, 70, 80, 90, 100)}}

_CHOOSE = "Not kept yet: choose one of the answers."
_WRITE = "Not kept yet: write a number with a decimal point, such as 0.5 or 1200."

_questions: dict[str, Question] = {}
_forms: dict[str, _Form] = {}
_answers: dict[str, Answer] = {}
_told: set[str] = set()
"""What this kernel has asked, shows, was answered, and has told."""


@dataclass(frozen=True)
class Question:
    """What an answer must be: one of ``choices``, or a number in ``unit``, right ``within`` a part of the truth."""

    number: str
    unit: str
    choices: tuple[str, ...]
    within: float

    def asks(self) -> str:
        """The head of the form."""
        if self.choices:
            return f"Prediction {self.number}: one of {len(self.choices)} answers"
        unit = f" in {self.unit}" if self.unit else ""
        return f"Prediction {self.number}: a number{unit}, right within {100 * self.within:.0f} % of the truth"

    def takes(self, value: object) -> bool:
        """Whether an answer, or the truth, is of the kind that is asked for."""
        return value in self.choices if self.choices else isinstance(value, float) and math.isfinite(value)

    def right(self, said: Any, truth: Any) -> bool:
        """Whether what was said is near enough to the truth."""
        return said == truth if self.choices else abs(said - truth) <= self.within * abs(truth) + 1e-12

    def words(self, value: Any) -> str:
        """An answer, or the truth, as a card says it."""
        if self.choices:
            return f"“{value}”"
        return f"{value:,.0f} {self.unit}".strip() if abs(value) >= 1000 else f"{value:.3g} {self.unit}".strip()


@dataclass(frozen=True)
class Answer:
    """What was said, how sure of it in per cent, and whether it was right, once that is known."""

    says: float | str
    sure: int
    right: bool | None = None


def predict(number: str, *, unit: str = "", choices: tuple[str, ...] = (), within: float = 0.2) -> None:
    """Show a form that takes a prediction; what was kept before stands in it.

    Args:
        number: lesson and number, such as ``"03.2"``; the text above the cell asks the question.
        unit: of the number that is asked for, such as ``"nats"``.
        choices: the answers to choose from, where no number is asked for.
        within: a number is right if it misses the truth by at most this part of it.
    """
    question = _questions[number] = Question(number, unit, choices, within)
    kept = _read(number).get(number)
    if number not in _answers and kept and question.takes(kept.says) and kept.sure in _SURE.values():
        _answers[number] = kept
    form = _forms[number] = _Form(question)
    among = f": {'; '.join(choices)}" if choices else ""
    show_box(form.box, f"{question.asks()}{among} (a form in a running notebook)")


def reveal(number: str, truth: SupportsFloat | str, unit: str = "") -> None:
    """Show what was predicted beside the truth, and take no answer any more; without an answer, show nothing.

    Args:
        number: of the prediction, such as ``"03.2"``.
        truth: what the cell found: a number, or one of the choices.
        unit: of that number.

    Raises:
        ValueError: where notebooks are proved or stored, if that is no answer to the question.
    """
    question = _questions.get(number)
    if question is None:  # its cell was not run
        return
    truth = truth if isinstance(truth, str) else float(truth)
    fits = question.takes(truth) and unit == question.unit
    if quiet() and not fits:
        raise ValueError(f"prediction {number} asks for {question.asks()!r}, and is told {truth!r} in {unit!r}.")
    if quiet() or not fits:
        return
    _told.add(number)
    if answer := _answers.get(number):
        right = question.right(answer.says, truth)
        if answer.right is None:  # the first run counts
            _keep(number, replace(answer, right=right))
        cards.show(_card(question, answer, truth, right))
    _forms[number].close()


def calibration(lesson: str) -> str | None:
    """How sure somebody was in a lesson (``"03"``), and how often right; ``None`` where nothing was predicted."""
    known = [answer for number, answer in _answers.items() if number[:2] == lesson and answer.right is not None]
    if not known or quiet():
        return None
    sure, right = mean(answer.sure for answer in known), sum(bool(answer.right) for answer in known)
    return f"Predictions: you were {sure:.0f} % sure on average, and right in {right} of {len(known)}."


class _Form:
    """Controls for one prediction. The page's script names them and reads out what the form says."""

    def __init__(self, question: Question):
        self._question = question
        # no radio buttons and no list: JupyterLab takes their arrow keys
        self._entry = (
            _buttons("It will be", question.choices)
            if question.choices
            else ipywidgets.Text(placeholder="a number", description="It will be")
        )
        self._sure = _buttons("How sure", _SURE)
        self._button = ipywidgets.Button(description="Keep")
        self._says = ipywidgets.HTML()
        self._button.on_click(lambda _: self._take())
        rows = [ipywidgets.HTML(f"<b>{question.asks()}</b>"), self._entry]
        self.box = ipywidgets.VBox([*rows, self._sure, self._button, self._says])
        self.box.add_class("vae-course-form")
        if answer := _answers.get(question.number):
            self._entry.value = answer.says if question.choices else f"{answer.says:.12g}"
            self._sure.value = answer.sure
            self._says.value = self._kept()
        if question.number in _told or (answer and answer.right is not None):
            self.close()

    def close(self) -> None:
        """Take no answer any more, and say why."""
        for control in (self._entry, self._sure, self._button):
            control.disabled = True
        answer = _answers.get(self._question.number)
        self._says.value = (
            "The cell that tells has run, and what you said before counts."
            if answer
            else "The cell that tells has run. To predict first, restart the kernel and run cell by cell."
        )

    def _take(self) -> None:
        question, number = self._question, self._question.number
        if number in _told:  # a click that waited while all cells ran
            return
        said = self._entry.value if question.choices else _as_number(self._entry.value)
        if said is None:
            self._says.value = _CHOOSE if question.choices else _WRITE
        elif self._sure.value is None:
            self._says.value = "Not kept yet: choose how sure you are."
        else:
            _keep(number, Answer(said, self._sure.value))
            self._says.value = self._kept()

    def _kept(self) -> str:
        answer = _answers[self._question.number]
        said = html.escape(self._question.words(answer.says))
        return f"Kept: {said}, {answer.sure} % sure. You may change it until the cell that tells has run."


def _buttons(label: str, options: Sequence[str] | Mapping[str, int]) -> ipywidgets.ToggleButtons:
    """Buttons of which none is down yet."""
    return ipywidgets.ToggleButtons(options=options, value=None, description=label, style={"button_width": "auto"})


def _as_number(text: str) -> float | None:
    """The number that somebody wrote, if it is one."""
    try:
        number = float(text.replace("−", "-"))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _card(question: Question, answer: Answer, truth: Any, right: bool) -> cards.Card:
    """What was said beside what is."""
    lines = [f"You said {question.words(answer.says)}, {answer.sure} % sure. It is {question.words(truth)}."]
    if not right:
        lines.append("Before you read on: which step of your reasoning does not hold?")
    verdict = "right" if right else "not so"
    return cards.Card("passed" if right else "notice", f"Prediction {question.number}: {verdict}", tuple(lines))


def _file(number: str) -> Path:
    return FOLDER / f"{number[:2]}.json"


def _read(number: str) -> dict[str, Answer]:
    """All answers of a prediction's lesson on disk; none where the file is none of ours."""
    try:
        stored = json.loads(_file(number).read_text(encoding="utf-8"))
        return {key: Answer(**fields) for key, fields in stored.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _keep(number: str, answer: Answer) -> None:
    """Remember an answer, on disk too where that can be written."""
    _answers[number] = answer
    answers = {key: asdict(each) for key, each in {**_read(number), number: answer}.items()}
    with suppress(OSError):
        write_whole(_file(number), f"{json.dumps(answers, indent=1)}\n".encode())
