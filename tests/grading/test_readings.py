"""What is graded where a notebook can be read in more than one way, and what an answer finds of other exercises."""

import json
import os

import pytest

from course_utils.exercises import registry
from course_utils.grading.jail.limits import Limits
from course_utils.grading.jail.messages import Ending, Job, Planned, Report
from course_utils.grading.jail.workers import Worker, WorkerLost
from course_utils.grading.marking import judging, statuses
from course_utils.grading.marking.grader import examine
from course_utils.grading.marking.marker import Said

from . import notebooks as nb
from .conftest import examine_with, handed_out

LOOKS = """
import gc, sys
import torch
def looked():
    frame, things = sys._getframe(), gc.get_objects()
    while frame:
        things += list(frame.f_locals.values())
        frame = frame.f_back
    things += [item for thing in things if type(thing) is dict for item in list(thing.values())]
    lists = [thing for thing in things if type(thing) is list]
    tables = [1 for one in lists for item in one if type(item) is torch.Tensor and item.shape == (52, 36)]
    raise ValueError(f"found {len(tables)} tables")
"""


def _lesson(slug, folder="lessons", **sources):
    """A lesson's notebook with these sources in its cells: ``ex_7_4=...``, and new cells below the others."""
    made = json.loads((nb.ROOT / folder / f"{slug}.ipynb").read_text())
    for grade_id, source in sources.items():
        if grade_id == "below":
            made["cells"].append(nb.code(source))
        else:
            next(c for c in made["cells"] if nb.grade_id(c) == grade_id.replace("_", "-"))["source"] = source
    return nb.data(made)


def test_a_class_in_a_cell_of_its_own_is_taken_for_the_lessons_stub(examined):
    slug = handed_out()["07"].slug
    solved = json.loads((nb.ROOT / "solutions" / f"{slug}.ipynb").read_text())
    stopper = "".join(nb.cell(solved, "7.4")["source"]).partition("def make_stopper")[0]
    found = examined(_lesson(slug, below=stopper), "07")
    assert found.marks["7.4"].state == "right"
    assert {mark.state for key, mark in found.marks.items() if key != "7.4"} == {"not attempted"}


@pytest.fixture
def patient(walled):
    """A worker that waits for answers which walk through the whole memory, however slow the machine's pages are."""
    with Worker(["02"], Limits(seconds=120)) as worker:
        yield worker


def test_formulas_that_are_tried_on_one_exercise_are_not_there_while_others_run(patient, marker):
    heads = {"ex_2_2": "kl_normal(mu, sigma)", "ex_2_4": "kl_diagonal(mu, logvar)", "ex_2_6": "iwae_bound(log_w)"}
    answers = {cell: f"{LOOKS}def {head}:\n    looked()\n" for cell, head in heads.items()}
    notebook = _lesson(handed_out()["02"].slug, "solutions", **answers)
    found = examine_with(patient, marker, notebook, "02")
    for number in ("2.2", "2.4", "2.6"):
        assert "found 0 tables" in found.marks[number].findings[0]["says"]
    assert found.marks["2.3"].state == "right"


class _Slow:
    """A worker whose children take all their time, and say nothing."""

    limits = Limits(seconds=10)

    def __init__(self, seconds):
        self.seconds, self.runs, self.mercies = seconds, 0, []

    def run(self, lesson, job, submission, inputs):
        self.runs += 1
        self.mercies.append(job.mercy)
        return Report(Ending.TIMEOUT, seconds=self.seconds, forgiven=12.0)


class _NoMarker:
    def draw(self, exercises, seeds):
        return [b""] * len(exercises)

    def read(self, exercises, seeds, report):
        return Said([Planned([], False) for _ in exercises])


@pytest.mark.parametrize(("seconds", "runs"), [(10, 6), (60, 2)])
def test_messages_just_before_each_limit_buy_no_time_beyond_that_of_all_exercises(seconds, runs):
    exercises = registry.of_lesson("02")
    worker = _Slow(seconds)
    found = examine(worker, _NoMarker(), [], [], exercises, {e.id: 1 for e in exercises})
    assert {mark.state for mark in found.marks.values()} == {statuses.TIMEOUT}
    assert worker.runs == runs and worker.mercies[:2] == [30, 18] and min(worker.mercies) >= 0


def test_what_one_exercise_sets_for_the_process_does_not_reach_the_next(examined):
    sets = "import torch\ntorch.set_default_dtype(torch.float64)\ntorch.set_grad_enabled(False)\n"
    asks = "assert torch.get_default_dtype() is torch.float32 and torch.is_grad_enabled()\n"
    found = examined(nb.data(nb.notebook(e1=sets + nb.RIGHT["0.1"], e2="import torch\n" + asks + nb.RIGHT["0.2"])))
    assert [mark.state for mark in found.marks.values()] == ["right"] * 3 and not found.notes


def test_where_processes_cannot_be_forked_a_sentence_says_where_to_go(monkeypatch):
    monkeypatch.delattr(os, "fork")
    with Worker(["00"], Limits()) as worker, pytest.raises(WorkerLost, match="WSL"):
        worker.run(None, Job([]), None, [])


def test_a_lack_is_for_a_person_only_where_the_answer_is_not_right():
    exercise = registry.find("0.1")
    outcome = judging.Outcome("0.1", judging.Kind.STOPPED, says="NameError: x", lacks="ModuleNotFoundError: y")
    assert judging.mark(exercise, {}, outcome).state == statuses.LOOK
