"""What the command says when it does nothing, and that it does nothing without a wall unless it is told to."""

import os

import pytest
from typer.testing import CliRunner

from course_utils import doctor
from course_utils.cli import app
from course_utils.grading import command
from course_utils.grading.jail import selftest, workers
from course_utils.grading.jail.limits import Wall
from course_utils.grading.jail.workers import Worker

from . import notebooks as nb
from .conftest import LIMITS, hand_in, options, rows
from .notebooks import SLUG

ONE = {"ada": (nb.data(nb.notebook()),)}


def test_without_a_wall_nothing_is_graded(tmp_path, monkeypatch):
    monkeypatch.setattr(
        selftest, "examine", lambda worker, private: selftest.Trial(Wall.NONE, "the kernel offers none")
    )
    with pytest.raises(command.Refused, match="the kernel offers none.*--trust-submissions"):
        command.grade_class(options(hand_in(tmp_path / "in", ONE), tmp_path / "out"), print)
    assert not (tmp_path / "out" / "gradebook.csv").exists()


def test_trusted_submissions_are_graded_without_a_wall_and_every_page_says_so(tmp_path):
    said = []
    trusting = options(hand_in(tmp_path / "in", ONE), tmp_path / "out", wall=Wall.NONE, workers=1)
    assert command.grade_class(trusting, said.append) == command.GRADED
    assert said[0].startswith("Wall: none") and rows(tmp_path / "out")["ada"]["points"] == "3"
    assert "without a wall" in (tmp_path / "out" / "feedback" / "ada.html").read_text()
    assert rows(tmp_path / "out")["ada"]["wall"] == "none"
    assert "Wall: none" in (tmp_path / "out" / "class.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing", "--lesson", "00"], "does not exist"),
        (["in", "--lesson", "99"], "no lesson '99'"),
        (["in", "--roster", "bad.csv"], "no column of ids"),
        (["in", "--roster", "none.csv"], "cannot be read"),
        (["in", "--roster", "others.csv"], "Nobody who handed something in is on the roster"),
        (["in", "--secret", "short"], "too short"),
        (["in", "--canvas", "bad.csv"], "add --lesson"),
        (["in", "--canvas", "bad.csv", "--lesson", "00"], "no gradebook export of Canvas"),
        (["in", "--canvas", "canvas.csv", "--lesson", "00"], "No column of"),
        (["in", "--moodle", "bad.csv", "--lesson", "00"], "no grading worksheet of Moodle"),
        (["in", "--manual", "bad.csv"], "no column 'student'"),
        (["in", "--manual", "zoe.csv"], "'zoe' is nobody"),
        (["in", "--mapping", "bad.csv"], "no column 'file'"),
        (["empty", "--lesson", "00"], "has no notebook"),
        (["broken.zip", "--lesson", "00"], "is damaged"),
        (["groups", "--lesson", "00"], "--layout subfolders"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence_before_anything_is_graded(tmp_path, monkeypatch, arguments, words):
    hand_in(tmp_path / "in", ONE)
    (tmp_path / "empty").mkdir()
    for name in ("g1/ada", "g1/ben", "g2/cy"):
        (tmp_path / "groups" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "groups" / f"{name}.ipynb").write_bytes(b"{}")
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    (tmp_path / "others.csv").write_text("id,name\n1,Ben Roe\n")
    (tmp_path / "canvas.csv").write_text('Student,ID,"Lesson 01 (5)"\nAda,1,\n')
    (tmp_path / "zoe.csv").write_text("student,lesson,exercise,points\nzoe,0,0.1,1\n")
    (tmp_path / "short").write_text("x")
    (tmp_path / "broken.zip").write_bytes(b"PK\3\4 broken")
    monkeypatch.chdir(nb.ROOT)
    monkeypatch.setattr(command, "_pool", None)
    paths = [
        str(tmp_path / word) if (tmp_path / word).exists() or word in ("missing", "none.csv") else word
        for word in arguments
    ]
    result = CliRunner().invoke(app, ["grade", *paths, "--out", str(tmp_path / "out")])
    assert result.exit_code == 2 and words in result.output, result.output
    assert not (tmp_path / "out" / "gradebook.csv").exists()


def test_a_dry_run_writes_whose_each_file_is_and_names_who_is_missing(tmp_path):
    (tmp_path / "r.csv").write_text("id,name\n1,Ada\n2,Ben Roe\n")
    dry = options(hand_in(tmp_path / "in", ONE), tmp_path / "out", roster=tmp_path / "r.csv", dry_run=True)
    said = []
    assert command.grade_class(dry, said.append) == command.GRADED
    words = " ".join(said)
    assert "On the roster: 1 by name." in words and "Nothing from: Ben Roe (2)." in words and "1 files" in words
    assert sorted(os.listdir(tmp_path / "out")) == ["mapping.csv"]
    assert f"ada/{SLUG}.ipynb,1,Ada,00,Taken. Found by name." in (tmp_path / "out" / "mapping.csv").read_text()


def test_a_lost_worker_is_a_failure_of_the_grader_and_the_exit_status_says_so(tmp_path, monkeypatch):
    def lost(self, lesson, job, submission, inputs):
        raise workers.WorkerLost("it is gone")

    monkeypatch.setattr(selftest, "examine", lambda worker, private: selftest.Trial(Wall.NAMESPACES, "it stands"))
    monkeypatch.setattr(workers.Worker, "run", lost)
    said = []
    status = command.grade_class(options(hand_in(tmp_path / "in", ONE), tmp_path / "out"), said.append)
    assert status == command.GRADER_FAILED and "have no mark" in said[-1]
    assert rows(tmp_path / "out")["ada"]["status"] == "grader_error"


def test_doctor_tells_the_level_of_the_wall(monkeypatch):
    monkeypatch.setattr(selftest, "on_this_machine", lambda: selftest.Trial(Wall.NONE, "the kernel offers none"))
    assert doctor.grading() == "for instructors: the kernel offers none"


def test_the_test_of_the_wall_finds_out_when_there_is_none(tmp_path):
    secret, solutions = tmp_path / "secret", nb.ROOT / "solutions"
    secret.write_text("of the class")
    with Worker([], LIMITS, Wall.NONE) as worker:
        trial = selftest.examine(worker, [secret, tmp_path / "not-there"])
    assert not trial.stands and "not-there" not in trial.says
    for hole in ("reads files", "sees other processes", f"sees {secret}", f"sees {solutions}"):
        assert hole in trial.says


def test_nothing_is_graded_where_a_submission_could_see_what_is_to_be_kept_from_it(walled, tmp_path, monkeypatch):
    keep = workers.environment
    tmp_path.chmod(0o755)  # permissions alone do not keep it from a submission then

    def with_a_wide_view():
        """The worker's process takes the view from a module that is in its way."""
        (tmp_path / "sitecustomize.py").write_text(
            f"from course_utils.grading.jail import view\nwas = view.shown\n"
            f"view.shown = lambda: [*was(), {str(tmp_path)!r}]\n"
        )
        return {**keep(), "PYTHONPATH": f"{tmp_path}{os.pathsep}{keep()['PYTHONPATH']}"}

    monkeypatch.setattr(workers, "environment", with_a_wide_view)
    with pytest.raises(command.Refused, match="the wall of this machine has holes; a submission sees .*out"):
        command.grade_class(options(hand_in(tmp_path / "in", ONE), tmp_path / "out"), print)


def test_ctrl_c_is_answered_by_a_sentence_that_says_how_to_go_on(tmp_path, monkeypatch):
    def stopped(order, journal, pool):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run", stopped)
    said = []
    trusting = options(hand_in(tmp_path / "in", ONE), tmp_path / "out", wall=Wall.NONE, workers=1)
    assert command.grade_or_say_why(trusting, said.append) == command.STOPPED == 130
    assert "Stopped by you." in said[-1] and "the same command goes on from there" in said[-1]
