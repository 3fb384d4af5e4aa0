"""The pages for instructors: exam answers are computed again, and plans agree with the lessons."""

import copy
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy import integrate, optimize, stats
from torch import nn
from torch.distributions import Laplace, Normal, Uniform, kl_divergence

from course_utils import data

TEACHING = Path(__file__).parent.parent / "docs" / "teaching"
LIBRARY = {
    **{"copy": copy, "math": math, "np": np, "torch": torch, "F": F, "nn": nn, "data": data},
    **{"integrate": integrate, "optimize": optimize, "stats": stats, "kl_divergence": kl_divergence},
    **{"Laplace": Laplace, "Normal": Normal, "Uniform": Uniform},
}
"""What the expressions of the exam may use."""
KINDS = {"number", "derive", "read", "bug"}


def _questions():
    """(lesson, heading, question, answer, checks) of each question."""
    text = (TEACHING / "exam.md").read_text(encoding="utf-8")
    for section in text.split("\n## Lesson ")[1:]:
        for block in section.split("\n### ")[1:]:
            heading, _, body = block.partition("\n")
            question, _, rest = body.partition("**Answer.**")
            checks = re.findall(r"<!-- (.*?) -->", rest, re.DOTALL)
            yield section[:2], heading, question, re.sub(r"<!--.*?-->", "", rest, flags=re.DOTALL), checks


QUESTIONS = {heading.partition(" ")[0]: each for each in _questions() for heading in [each[1]]}


def _names(text):
    """What the code that stands in a text defines."""
    names = dict(LIBRARY)
    for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(code, names)
    return names


def wrong(check, answer, names):
    """What is wrong with a check: a number that the answer does not have, or has otherwise; empty where nothing is."""
    torch.manual_seed(0)
    claim, _, expression = check.partition(" = ")
    if check.startswith("holds: "):
        return "" if eval(check.removeprefix("holds: "), names) else f"does not hold: {check}"
    value, decimals = float(eval(expression, names)), len(claim.partition(".")[2])
    if abs(value - float(claim)) > 0.5000001 * 10.0**-decimals:
        return f"{expression} is {value}, not {claim}"
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", answer.replace("−", "-"))
    return "" if re.search(rf"(?<![\d.]){re.escape(claim)}(?!\.?\d)", plain) else f"the answer has no {claim}"


@pytest.mark.parametrize("number", QUESTIONS)
def test_an_answer_is_what_its_expressions_give(number):
    _, _, question, answer, checks = QUESTIONS[number]
    names = _names(answer) | {"asked": _names(question)}
    assert checks, "nothing of the answer is computed"
    assert [says for check in checks if (says := wrong(check, answer, names))] == []


def test_the_bank_has_every_lesson_every_kind_and_no_question_twice():
    found = list(_questions())
    assert len(found) == len(QUESTIONS) >= 60
    assert {lesson for lesson, *_ in found} == {f"{n:02d}" for n in range(15)}
    for lesson, heading, question, answer, _ in found:
        match = re.fullmatch(r"(\d\d)\.\d · (\w+) · \d minutes", heading)
        assert match and match[1] == lesson and match[2] in KINDS, heading
        assert question.strip() and answer.strip(), heading
        assert ("```python" in question) == (match[2] == "bug"), heading
    assert len({question for _, _, question, *_ in found}) == len(found)


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("1.38 = math.log(4)", "not 1.38"),
        ("1.386 = math.log(4)", ""),
        ("1.3863 = math.log(4)", "no 1.3863"),
        ("4 = 2 + 2", "no 4"),
        ("holds: 1 > 2", "does not hold"),
        ("-1.386 = -math.log(4)", ""),
    ],
)
def test_a_wrong_number_is_noticed(check, words):
    said = wrong(check, "1.386 nats, 24 or 4.5 or \u22121.386.", LIBRARY)
    assert words in said and bool(said) == bool(words)
