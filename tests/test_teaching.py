"""The pages for instructors: exam answers are computed again, and plans agree with the lessons."""

import copy
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import typer
from nbformat import from_dict
from scipy import integrate, optimize, stats
from torch import nn
from torch.distributions import Laplace, Normal, Uniform, kl_divergence

from course_utils import data
from course_utils.author import outcomes
from course_utils.author.solved import BuildError, read
from course_utils.cli import app
from course_utils.exercises import registry

ROOT = Path(__file__).parent.parent
TEACHING = ROOT / "docs" / "teaching"
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


GUIDE = (TEACHING / "README.md").read_text(encoding="utf-8")
CARDS = {path.name[:2]: outcomes.card(read(path).cells) for path in (ROOT / "solutions").glob("*.ipynb")}
PLANS = ("14 weeks", "10 weeks", "6 weeks", "One day")
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
    assert {f"{n:02d}" for n in range(15)} <= {lesson for lesson, *_ in found} <= set(CARDS)
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


def _rows(heading):
    """The rows of the table below a heading of the guide, without its head."""
    section = GUIDE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return rows[2:]


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_has_the_lessons_hours_and_its_exercises_exist(plan):
    assert len(_rows(plan)) == (int(plan.split()[0]) if plan[0].isdigit() else 4)
    for _, lessons, hours, exercises in _rows(plan):
        own = [exercise.id for number in lessons.split(", ") for exercise in registry.of_lesson(number)]
        assert set(exercises.split(", ")) <= set(own)
        minutes = sum(outcomes.minutes(CARDS[number]) for number in lessons.split(", "))
        assert abs(float(hours) * 60 - minutes) <= 30, f"{lessons}: the cards say {minutes} minutes"


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_has_what_a_lesson_builds_on_before_it(plan):
    seen = set()
    for number in ", ".join(row[1] for row in _rows(plan)).split(", "):
        needs = set(re.findall(r"\]\((\d\d)_", CARDS[number]["Builds on"]))
        assert needs <= seen, f"{number} needs {needs - seen}"
        seen.add(number)


def test_the_longest_plan_has_every_lesson_and_exercise():
    rows = _rows("14 weeks")
    assert {number for row in rows for number in row[1].split(", ")} >= {f"{n:02d}" for n in range(15)}
    for _, lessons, _, exercises in rows:
        assert exercises == ", ".join(e.id for number in lessons.split(", ") for e in registry.of_lesson(number))


def test_what_goes_wrong_stands_in_the_inventory_and_its_numbers_are_computed():
    inventory = (ROOT / "docs" / "MISCONCEPTIONS.md").read_text(encoding="utf-8")
    sections = {text.split()[0]: text for text in inventory.split("\n## ")}
    rows = _rows("What goes wrong, and what to ask")
    assert len(rows) >= 20
    for slip, exercises, *_ in rows:
        for number in exercises.split(", "):
            assert f"\n| {slip} |" in sections[number], (slip, number)
    answers = " ".join(row[-1] for row in rows)
    assert [says for check in re.findall(r"<!-- (.*?) -->", GUIDE) if (says := wrong(check, answers, LIBRARY))] == []


def test_a_lesson_without_a_card_stops_the_page():
    with pytest.raises(BuildError, match="does not open with a card"):
        outcomes.card([from_dict({"cell_type": "markdown", "source": "# 00"})])


def test_links_between_the_pages_for_instructors_lead_somewhere():
    for path in TEACHING.glob("*.md"):
        for target in re.findall(r"\]\(([\w./-]+\.(?:md|ipynb))", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), (path.name, target)
    headings = {
        re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in re.findall(r"^## (.+)", GUIDE, re.M)
    }
    assert {anchor for anchor in re.findall(r"\]\(#([\w-]+)\)", GUIDE)} <= headings


@pytest.mark.parametrize("page", ["teaching/README.md", "grading.md"])
def test_commands_for_instructors_have_the_options_that_pages_name(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    known = {
        name: {option for parameter in command.params for option in parameter.opts}
        for name, command in typer.main.get_command(app).commands.items()
    }
    called = re.findall(r"^course (\w+)(.*)$", text, re.MULTILINE)
    assert called
    for command, rest in called:
        assert set(re.findall(r"--[\w-]+", rest)) <= known[command], (command, rest)
    assert set(re.findall(r"`(--[\w-]+)", text)) - {"--privileged"} <= set.union(*known.values())
