"""Self-checking quizzes: unfold an answer to see whether it is right, and why.

They are plain HTML, so they work by mouse and keyboard, with and without a kernel, and in a stored notebook.
"""

from __future__ import annotations

import html
import importlib
from dataclasses import dataclass

from IPython.display import display

_RIGHT, _WRONG = "#009E73", "#D55E00"


@dataclass(frozen=True)
class Option:
    """One answer of a question: what it says, whether it is right, and why."""

    says: str
    why: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """A question with its options, exactly one of which is right."""

    asks: str
    options: tuple[Option, ...]


def questions(lesson: str) -> tuple[Question, ...]:
    """The questions of a lesson (``"02"``).

    Raises:
        ModuleNotFoundError: where the lesson has no quiz.
    """
    return tuple(importlib.import_module(f"course_utils.exercises.lesson_{lesson}.quiz").QUESTIONS)


def quiz(lesson: str) -> None:
    """Show the quiz of a lesson, each option to be unfolded; plain terminals get it with the answers below."""
    asked = questions(lesson)
    display(
        {
            "text/html": "".join(_html(i, q) for i, q in enumerate(asked, 1)),
            "text/plain": "\n".join(_text(i, q) for i, q in enumerate(asked, 1)),
        },
        raw=True,
    )


def _html(number: int, question: Question) -> str:
    options = "".join(_option_html(letter, option) for letter, option in zip("ABCDEF", question.options, strict=False))
    return (
        f"<div style='margin:0 0 18px;max-width:46em;line-height:1.45'>"
        f"<div style='margin-bottom:6px'><b>Question {number}.</b> {html.escape(question.asks, quote=False)}</div>"
        f"{options}</div>"
    )


def _option_html(letter: str, option: Option) -> str:
    colour, word = (_RIGHT, "✓ Right.") if option.right else (_WRONG, "✗ Not this one.")
    box = "margin:3px 0;padding:5px 10px;border:1px solid var(--jp-border-color2,#ccc);border-radius:4px"
    return (
        f"<details style='{box}'>"
        f"<summary style='cursor:pointer'><b>{letter}</b>&ensp;{html.escape(option.says, quote=False)}</summary>"
        f"<div style='margin:4px 0 2px;padding-left:10px;border-left:3px solid {colour}'>"
        f"<b>{word}</b> {html.escape(option.why, quote=False)}</div></details>"
    )


def _text(number: int, question: Question) -> str:
    lettered = list(zip("ABCDEF", question.options, strict=False))
    lines = [f"Question {number}. {question.asks}", *(f"  {letter}  {option.says}" for letter, option in lettered)]
    right = next((letter, option) for letter, option in lettered if option.right)
    return "\n".join([*lines, f"  Answer: {right[0]}. {right[1].why}", ""])
