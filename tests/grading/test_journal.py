"""Nothing is lost and nothing is graded twice; with a pool that only pretends to grade."""

import dataclasses
import json

import pytest

from course_utils.grading import run
from course_utils.grading.intake import assignment, lessons
from course_utils.grading.intake.assignment import Folder
from course_utils.grading.jail.limits import Limits, Wall
from course_utils.grading.marking import seeds, statuses
from course_utils.grading.marking.records import Grade, Mark
from course_utils.grading.results import gradebook, journal
from course_utils.grading.results.journal import Busy, Journal

from . import notebooks as nb


class Pretender:
    """A pool that gives everybody full marks, and counts; it may fail on the way, as machines do."""

    def __init__(self, stop_after=None):
        self.graded, self.stop_after = [], stop_after

    def __call__(self, works):
        for work in works:
            if len(self.graded) == self.stop_after:
                raise KeyboardInterrupt
            self.graded.append(work.student)
            marks = tuple(Mark(e.id, "right", e.points, e.points) for e in work.lesson.exercises)
            yield Grade(work.student, work.lesson.number, statuses.GRADED, marks, key=work.key, wall=Wall.NAMESPACES)


@pytest.fixture
def order(tmp_path):
    for name in ("ada", "ben", "cleo"):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / f"{nb.SLUG}.ipynb").write_bytes(nb.data(nb.notebook()))
    handed_out = lessons.load(nb.ROOT / "lessons")
    items = assignment.sort(Folder(tmp_path / "in"), [], handed_out, "00").items
    return run.Order(items, handed_out, b"a secret of the class", Limits(), Wall.NAMESPACES)


def _journal(order):
    return order.items[0].found.disk.parents[2] / "journal.jsonl"


def _run(order, pool=None):
    pool = pool or Pretender()
    with Journal(_journal(order)) as open_journal:
        return run.run(order, open_journal, pool), pool.graded


def test_what_has_not_changed_is_not_graded_again(order):
    assert _run(order)[1] == ["ada", "ben", "cleo"]
    outcome, graded = _run(order)
    assert graded == [] and outcome.fresh == 0 and [g.points for g in outcome.grades] == [3, 3, 3]


def test_a_changed_submission_is_graded_again_and_only_that(order):
    _run(order)
    order.items[1].found.disk.write_bytes(nb.data(nb.LESSON))
    assert _run(order)[1] == ["ben"]


@pytest.mark.parametrize("change", [{"secret": b"another secret"}, {"wall": Wall.NONE}, {"limits": Limits(seconds=1)}])
def test_what_a_grade_depends_on_makes_everything_be_graded_again(order, change):
    _run(order)
    assert len(_run(dataclasses.replace(order, **change))[1]) == 3


def test_a_changed_exercise_is_graded_again(order, monkeypatch):
    _run(order)
    monkeypatch.setattr(run.fingerprints, "of_lesson", lambda lesson: "changed")
    assert len(_run(order)[1]) == 3


def test_a_failure_of_the_grader_is_no_grade(order):
    def failing(works):
        for grade in Pretender()(works):
            yield dataclasses.replace(grade, status=statuses.GRADER_ERROR)

    failing.graded = []
    _run(order, failing)
    assert len(_run(order)[1]) == 3


def test_a_run_that_was_stopped_goes_on_where_it_was(order):
    with pytest.raises(KeyboardInterrupt):
        _run(order, Pretender(stop_after=2))
    outcome, graded = _run(order)
    assert graded == ["cleo"] and [g.student for g in outcome.grades] == ["ada", "ben", "cleo"]


def test_a_line_that_was_cut_off_is_left_out_and_the_next_one_is_whole(order):
    _run(order)
    path = _journal(order)
    whole = path.read_bytes()
    for length in (len(whole) - 1, len(whole) - 40, len(whole) - 700):
        path.write_bytes(whole[:length])
        outcome, _ = _run(order)
        assert [g.points for g in outcome.grades] == [3, 3, 3]
        assert all(json.loads(line) for line in path.read_bytes().splitlines()[-1:])


def test_two_runs_do_not_write_at_once(order):
    path = _journal(order)
    with Journal(path), pytest.raises(Busy, match="Another run"), Journal(path):
        pass


def test_a_grade_comes_back_from_the_journal_as_it_was(tmp_path):
    mark = Mark("0.1", "wrong", 0, 1, ({"code": "value", "says": "ä\ud800"[:1], "cause": ""},), 0.5)
    grade = Grade("ada", "00", "graded", (mark,), ("a note",), "key", Wall.NAMESPACES, (1, 2))
    with Journal(tmp_path / "j") as opened:
        opened.append({"kind": "grade", "grade": grade.plain()})
        assert journal.grades(opened.lines()) == {("ada", "00"): grade}


def test_seeds_differ_by_student_exercise_and_secret_and_stay_the_same():
    drawn = {
        seeds.seed(secret, exercise, student)
        for secret in (b"one", b"two")
        for exercise in ("1.1", "1.11")
        for student in ("ada", "ben")
    }
    assert len(drawn) == 8 and seeds.seed(b"one", "1.1", "ada") in drawn


def test_the_gradebook_quotes_formulas_but_not_numbers(tmp_path):
    grade = Grade("=HYPERLINK(1)", "00", "graded", (Mark("0.1", "right", 1, 1),), ("@SUM(A1)", "-1"))
    gradebook.write(tmp_path / "g.csv", [], [grade])
    assert (tmp_path / "g.csv").read_text().splitlines()[1] == "'=HYPERLINK(1),,00,graded,1,1,1,'@SUM(A1) -1,"
