"""Small cards: HTML that follows JupyterLab's light and dark themes, and the same words as plain text."""

from __future__ import annotations

import html
from dataclasses import dataclass

from IPython.display import display

from .contract import Exercise
from .outcome import Outcome

# Okabe-Ito colours, for the edge alone: none of them is text that can be read on a white page and on a dark one.
_COLOURS = {
    "passed": "#009E73",
    "failed": "#D55E00",
    "not attempted": "#0072B2",
    "hint": "#CC79A7",
    "notice": "#888888",
}
_SIGNS = {"passed": "✓", "failed": "✗", "not attempted": "○", "hint": "?", "notice": "!"}
_STEPS = ("a nudge", "the formula", "a skeleton")


@dataclass(frozen=True)
class Card:
    """A card: its kind, a head line, paragraphs, and optionally code."""

    kind: str
    head: str
    lines: tuple[str, ...] = ()
    code: str = ""

    def text(self) -> str:
        """The card for a plain terminal."""
        body = [f"  {line}" for line in self.lines] + [f"    {line}" for line in self.code.splitlines()]
        return "\n".join([f"{_SIGNS[self.kind]} {self.head}", *body])

    def html(self) -> str:
        """The card for JupyterLab; a screen reader says it when it appears."""
        colour = _COLOURS[self.kind]
        lines = "".join(f"<div style='margin-top:4px'>{html.escape(line, quote=False)}</div>" for line in self.lines)
        code = (
            f"<pre style='margin:6px 0 0;padding:6px 8px;background:var(--jp-layout-color2,#eee)'>"
            f"{html.escape(self.code, quote=False)}</pre>"
            if self.code
            else ""
        )
        return (
            f"<div role='status' style='border-left:5px solid {colour};padding:6px 12px;margin:2px 0;max-width:46em;"
            f"background:var(--jp-layout-color1,#fff);color:var(--jp-content-font-color1,#222);line-height:1.45'>"
            f"<div><b style='font-size:1.15em'>{_SIGNS[self.kind]}</b> "
            f"<b>{html.escape(self.head, quote=False)}</b></div>{lines}{code}</div>"
        )


def show(card: Card) -> None:
    """Display the card: HTML where there is a browser, text in a plain terminal."""
    display({"text/html": card.html(), "text/plain": card.text()}, raw=True)


def _head(exercise: Exercise) -> str:
    return f"Exercise {exercise.id} · {exercise.title}"


def _worth(points: int) -> str:
    return f"{points} point" if points == 1 else f"{points} points"


def outcome_card(outcome: Outcome) -> Card:
    """The card after a check."""
    exercise = outcome.exercise
    if outcome.status == "passed":
        return Card("passed", f"{_head(exercise)}: right, {_worth(exercise.points)}")
    stand_in = f"Until yours passes, the lesson runs on with the course's own {exercise.name}."
    if outcome.status == "not attempted":
        return Card(
            "not attempted",
            f"{_head(exercise)}: not attempted yet, {_worth(exercise.points)}",
            (f"Write {exercise.name} in the cell above, run it, then run this cell again. {stand_in}",),
        )
    lines = [part for finding in outcome.findings for part in (finding.says, finding.cause) if part]
    more = f'A hint: hint("{exercise.id}"). {stand_in}'
    so_far = f", {outcome.points} of {_worth(exercise.points)} so far" if outcome.points else ""
    return Card("failed", f"{_head(exercise)}: not yet{so_far}", (*lines, more))


def hint_card(exercise: Exercise, step: int) -> Card:
    """The card with hint number ``step`` (1 to 3); the third shows code."""
    head = f"{_head(exercise)}: hint {step} of {len(exercise.hints)}, {_STEPS[step - 1]}"
    words = exercise.hints[step - 1]
    return Card("hint", head, code=words) if step == len(exercise.hints) else Card("hint", head, (words,))


def score_card(lesson: str, rows: list[tuple[Exercise, Outcome | None]]) -> Card:
    """The card with a lesson's points."""
    earned = sum(outcome.points for _, outcome in rows if outcome)
    total = sum(exercise.points for exercise, _ in rows)
    states = [(exercise, outcome.status if outcome else "not attempted") for exercise, outcome in rows]
    lines = tuple(f"{_SIGNS[state]} {exercise.id} {exercise.title}: {state}" for exercise, state in states)
    return Card("passed" if earned == total else "notice", f"Lesson {lesson}: {earned} of {_worth(total)}", lines)


def unexpected_card(claim: str) -> Card:
    """The card where a run came out otherwise than the lesson's own."""
    return Card(
        "notice",
        "Your run came out otherwise",
        (
            f"In the lesson's own run: {claim} Here it is not so, and the text below speaks of the lesson's run.",
            "If you stopped a training or changed a number above, that is why. If not, run the cells above once more.",
        ),
    )


def notice(words: str) -> Card:
    """A card that only says something."""
    return Card("notice", words)
