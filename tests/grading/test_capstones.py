"""Capstones of lesson 14: honest, impossible and hostile ones end in points, a status or a sentence."""

import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace

import pytest

from course_utils import capstone
from course_utils.grading.command import GRADED, grade_class
from course_utils.grading.intake import assignment
from course_utils.grading.intake import capstones as intake
from course_utils.grading.jail.limits import Limits
from course_utils.grading.jail.messages import Ending, Kind, Outcome, Report, encode
from course_utils.grading.jail.workers import Worker
from course_utils.grading.marking import capstones, statuses
from course_utils.grading.marking.records import RIGHT, WRONG, Grade, Mark
from course_utils.grading.results import classpage

from . import capstone_files as files
from .conftest import SECRET, handed_out, options, rows
from .notebooks import ROOT, SLUG, data, notebook
from .test_pages import harmless

NOTEBOOK = files.notebook()
OWN_DECIDE = """
def decide(better, worse, least):
    pairs = [w - b >= least for b in better for w in worse]
    if min(len(better), len(worse)) < 3 or len(set(pairs)) > 1:
        return "undecided"
    return "confirmed" if pairs[0] else "refuted"
"""
THEFTS = {
    "the module that it was in": "from course_utils.capstone import decide\n",
    "the module that it is in": "from course_utils.exercises.lesson_14.shared import decide\n",
    "the course's own answer": "from course_utils.exercises.lesson_14.ex_14_4 import reference as decide\n",
    "what a page is refused for": """
from course_utils import capstone

def decide(better, worse, least):
    run = lambda nats, seed: capstone.Run(
        seed=seed, validation=(1.0,), epoch=1, bce=nats, kl=0.0, iwae=nats, active_units=0, weights="w.safetensors"
    )
    models = [
        capstone.Model(name=name, builds="small_model", settings={}, runs=tuple(map(run, nats, range(len(nats)))))
        for name, nats in (("a", better), ("b", worse))
    ]
    claim = capstone.Claim(says="", better="a", worse="b", least=least, verdict="")
    page = capstone.Results(
        row="B-1", chosen_on="validation", images=1000, samples=1, models=tuple(models), claim=claim
    )
    from pathlib import Path
    capstone.write(page, {}, Path("results.json"))
    (said,) = [one for one in capstone.review(Path("results.json")) if one.startswith("The claim")]
    return said.partition("and is ")[2].partition(":")[0]
""",
}


def _put(folder, made):
    for name, raw in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    return folder


def _with_notebook(made, folder=""):
    return {f"{files.SLUG}.ipynb": NOTEBOOK, **{f"{folder}{name}": raw for name, raw in made.items()}}


def _zip(made):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in made.items():
            archive.writestr(name, raw)
    return packed.getvalue()


def _page(**changed):
    """The bytes of a results file with fields that no dataclass would hold."""
    return json.dumps({**json.loads(files.files()["results.json"]), **changed}).encode()


def _named_oddly(page):
    first, *others = page.models
    name = "../../<script>alert(1)</script>"
    return replace(page, models=(replace(first, name=name), *others), claim=replace(page.claim, better=name))


def _looked_at(made, worker, worth=3):
    return capstones.examine(files.handed_in(made), worth, worker)


def _says(found):
    return " ".join(finding["says"] for finding in found.mark.findings)


# what no student's code may find ---------------------------------------------------------------------------------


def test_an_answer_of_ones_own_to_14_4_earns_its_points(examined):
    assert examined(files.notebook(e4=OWN_DECIDE), lesson="14").marks["14.4"].points == 2


@pytest.mark.parametrize("theft", THEFTS)
def test_the_answer_to_14_4_cannot_be_had_behind_the_wall(examined, theft):
    mark = examined(files.notebook(e4=THEFTS[theft]), lesson="14").marks["14.4"]
    assert mark.points == 0 and mark.state != RIGHT


# one capstone -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", files.HOSTILE_WEIGHTS)
def test_hostile_weights_end_in_a_sentence(worker, kind):
    raw, words = files.HOSTILE_WEIGHTS[kind]
    found = _looked_at({"results.json": files.files(seeds=1)["results.json"], files.FIRST: raw}, worker)
    assert (found.mark.state, found.mark.points, found.mark.of) == (WRONG, 0, 3)
    first, *_, last = (finding["says"] for finding in found.mark.findings)
    assert first.startswith("16 hidden, seed 0: ") and words in first
    assert last.startswith("12 hidden, seed 0: there is no file of weights"), "the other run is looked at all the same"
    assert found.notes == [f"Capstone: {first}"[: len(found.notes[0])]]


def test_weights_of_the_course_under_another_name_are_told_and_not_refused(worker):
    found = _looked_at(files.of_the_course(), worker)
    assert (found.mark.state, found.mark.points) == (RIGHT, 3) and found.weights == ()
    assert found.notes[0].startswith("Capstone: row B-10 stands: 24 numbers of 6 runs came out again. Claim confirmed")
    assert "mine_10_1.safetensors has the weights of the course's own beta-1-seed-1." in found.notes[2]


def test_one_run_cannot_stand_for_two_seeds(worker):
    made = files.files(files.first_run(weights="h16_seed_1.safetensors"))
    assert "another run has the very same weights; a run counts once" in _says(_looked_at(made, worker))


DISHONEST = {
    "below the floor": (files.first_run(bce=30.0, iwae=30.0), "lies below 4"),
    "a negative KL": (files.first_run(kl=-0.5, active_units=0), "a KL of -0.50 is below 0"),
    "a minimum over test": (lambda page: replace(page, chosen_on="test"), "a minimum over test is no test"),
    "another epoch": (files.first_run(epoch=1), "what chose it?"),
    "one seed": (
        lambda page: replace(
            page,
            models=tuple(replace(model, runs=model.runs[:1]) for model in page.models),
            claim=replace(page.claim, verdict="confirmed"),
        ),
        "is undecided: it takes 3 seeds of each",
    ),
    "a path": (files.first_run(weights="../ada/h16_seed_0.safetensors"), "no file of weights '../ada/h16"),
    "an absolute path": (files.first_run(weights="/etc/passwd"), "no file of weights '/etc/passwd'"),
    "no weights": (files.first_run(weights="gone.safetensors"), "hand in all of it in one zip file"),
}


@pytest.mark.parametrize("kind", DISHONEST)
def test_what_cannot_be_or_is_not_honest_is_refused_with_the_reason(kind):
    changed, words = DISHONEST[kind]
    found = _looked_at(files.files(changed), _Counting())
    assert found.mark.state == WRONG and words in _says(found)


class _Counting:
    """In place of a worker: its child gives back the first run's numbers, or what it is told to."""

    limits = Limits(seconds=4)

    def __init__(self, *values, end=Ending.DONE, kind=Kind.VALUES, says=""):
        self.values, self.end, self.kind, self.says = values, end, kind, says

    def run(self, lesson, job, submission, inputs):
        measured = files.run(0)
        usual = {name: getattr(measured, name) for name in (*capstone.TOLERANCES, "active_units")}
        values = self.values[0] if self.values else {**usual, "course": ""}
        messages = [b"", encode(Outcome("own", self.kind, values, self.says)), b""]
        return Report(self.end, messages, seconds=1.0)


ENDINGS = {
    "time": (_Counting(end=Ending.TIMEOUT), statuses.TIMEOUT, "all runs together have 240 s"),
    "death": (_Counting(end=Ending.DIED), statuses.CRASHED, "ended while h16_seed_0"),
    "output": (_Counting(end=Ending.FLOOD), statuses.TOO_MUCH_OUTPUT, "printed"),
    "memory": (_Counting({}, kind=Kind.STOPPED, says="MemoryError"), statuses.MEMORY, "too much memory"),
    "garbled": (_Counting(end=Ending.GARBLED), statuses.TAMPERING, "nothing that our code sends"),
    "nothing": (_Counting({}), statuses.TAMPERING, "nothing that our code sends"),
    "words for numbers": (_Counting({"bce": "1", "kl": 1, "iwae": 1, "active_units": 1}), statuses.TAMPERING, "sends"),
    "very much": (_Counting({"bce": [0] * 10_000}), statuses.TAMPERING, "nothing that our code sends"),
    "an exception": (_Counting({}, kind=Kind.STOPPED, says="KeyError: 1"), WRONG, "cannot be measured (KeyError: 1)"),
    "a fault": (_Counting({"fault": "x" * 9_000}), WRONG, "xxx"),
}


@pytest.mark.parametrize("kind", ENDINGS)
def test_however_a_child_ends_there_is_a_status_and_a_sentence(kind):
    worker, state, words = ENDINGS[kind]
    found = _looked_at(files.files(), worker)
    assert (found.mark.state, found.mark.points, found.mark.of) == (state, 0, 3)
    assert words in _says(found) and found.notes[0].startswith("Capstone: ") and len(found.notes[0]) < 400


def test_a_child_says_of_which_checkpoint_weights_are_and_only_those_are_believed():
    usual = {name: getattr(files.run(0), name) for name in (*capstone.TOLERANCES, "active_units")}
    found = _looked_at(files.files(), _Counting({**usual, "course": "<b>the best</b>"}))
    assert not any("the best" in note for note in found.notes)


def test_all_runs_share_one_time(worker, monkeypatch):
    monkeypatch.setattr(capstones, "_TIMES", 0.01)
    found = _looked_at(files.files(), worker)
    assert found.mark.state == statuses.TIMEOUT


def test_memory_is_limited_where_weights_are_measured(walled):
    with Worker([], Limits(seconds=10, memory=30)) as small:
        found = _looked_at(files.files(lambda page: replace(page, images=10_000)), small)
    assert found.mark.state == statuses.MEMORY


# what is read of a class ------------------------------------------------------------------------------------------


def _read(folder):
    """What is read of a folder of one student, and the notes."""
    found = assignment.sort(assignment.Folder(folder), [], handed_out(), "14")
    (item,) = [item for item in found.items if item.found]
    return intake.contents(item.capstone), " ".join(item.notes), found


def test_a_bomb_is_not_unpacked_and_no_more_weights_are_read_than_are_named(tmp_path):
    made = files.files()
    more = {f"other_{i}.safetensors": b"x" for i in range(5)}
    made[files.FIRST] = bytes(60 << 20)
    _put(tmp_path, {"ada.zip": _zip(_with_notebook({**made, **more}, "mine/")), "ben/x.txt": b""})
    given, _, _ = _read(tmp_path)
    assert set(given.weights) == set(files.weights()) - {files.FIRST}
    assert "more than 50 MB" in given.missing[files.FIRST]


def test_sizes_are_bounded_of_one_file_and_of_all_of_a_student(tmp_path, monkeypatch):
    made = files.files()
    made[files.FIRST] = bytes(capstone.LARGEST_WEIGHTS + 1)
    monkeypatch.setattr(intake, "LARGEST", 3 * 90_000)
    given, _, _ = _read(_put(tmp_path, {f"ada/{name}": raw for name, raw in _with_notebook(made).items()}))
    assert "more than 8,000,000 bytes" in given.missing.pop(files.FIRST) or len(given.weights) == 3
    assert sum(map(len, given.weights.values())) <= 3 * 90_000 and given.missing
    assert all("64 MB with the others: store float16" in says for says in given.missing.values())


def test_a_results_file_without_end_is_not_taken_apart(tmp_path):
    made = _with_notebook({"results.json": b"[" * 5_000_000})
    given, _, _ = _read(_put(tmp_path, {f"ada/{name}": raw for name, raw in made.items()}))
    assert len(given.page) == capstone.LARGEST_FILE + 1
    found = capstones.examine(given, 3, None)
    assert found.mark.findings[0]["code"] == "unreadable" and "more than 200,000 bytes" in _says(found)


def test_links_and_pipes_are_not_read(tmp_path):
    _put(tmp_path / "ada", _with_notebook(files.files()))
    (tmp_path / "ada" / files.FIRST).unlink()
    (tmp_path / "ada" / files.FIRST).symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "ada" / "helpers.py")
    os.mkfifo(tmp_path / "ada" / "a_results.json")
    given, _, found = _read(tmp_path)
    assert given.name == "results.json" and files.FIRST not in given.weights
    said = {place.file.path.name: place.file.says for place in found.places}
    assert said[files.FIRST] == "It is a link." and said["helpers.py"] == "It is no plain file."


def test_of_ten_thousand_results_files_one_is_looked_at(tmp_path):
    _put(tmp_path / "ada", _with_notebook(files.files()))
    for number in range(10_000):
        (tmp_path / "ada" / f"results_{number}.json").write_bytes(b"{}")
    given, notes, found = _read(tmp_path)
    assert given.name == "results.json" and len(found.places) == 10_000 + 8
    assert "10,001 results files were found; 'ada/results.json' was looked at." in notes


def test_only_lesson_14_has_capstones(tmp_path):
    made = {f"ada/{SLUG}.ipynb": data(notebook()), "ada/results.json": b"{}"}
    found = assignment.sort(assignment.Folder(_put(tmp_path, made)), [], handed_out(), None)
    assert [item.capstone for item in found.items] == [()]


# a class ----------------------------------------------------------------------------------------------------------


def _class(folder):
    """Honest and hostile students of lesson 14."""
    whole = files.files(seeds=1)
    made = {
        "ada": _with_notebook(whole, "my capstone/"),
        "ben": _with_notebook({**whole, files.FIRST: b"not weights"}),
        "cleo": {f"{files.SLUG}.ipynb": NOTEBOOK},
        "dan": _with_notebook(whole),
        "eva": _with_notebook(files.files(lambda page: replace(page, chosen_on="test"))),
        "fay": _with_notebook({"results.json": files.files(_named_oddly)["results.json"]}),
        "gus": whole,
        "ida": _with_notebook({"results.json": _page(images=10**400)}),
        "jo": _with_notebook({"results.json": b'{"row": ' + b"9" * 5_000 + b"}"}),
        "kim": _with_notebook({"results.json": _page(row="\ud800\n=1+1")}),
    }
    for student, own in made.items():
        _put(folder / student, own)
    (folder / "hal.zip").write_bytes(_zip({"hw/" + name: raw for name, raw in _with_notebook(whole).items()}))
    return folder


POINTS = {"ada": 3, "dan": 3, "hal": 3}


@pytest.fixture(scope="module")
def graded(walled, tmp_path_factory):
    folder = tmp_path_factory.mktemp("capstones")
    _class(folder / "in")
    ids = [*sorted(os.listdir(folder / "in")), "leo"]
    (folder / "roster.csv").write_text("id\n" + "\n".join(ids).replace(".zip", ""))
    return folder, _grade(folder)


def _grade(folder, out="out", **more):
    """What the command says."""
    (folder / out).mkdir(exist_ok=True)
    (folder / out / "secret").write_bytes(SECRET)
    said, usual = [], {"lesson": "14", "capstone": 3.0, "roster": folder / "roster.csv"}
    assert grade_class(options(folder / "in", folder / out, **{**usual, **more}), said.append) == GRADED
    return " ".join(said)


def _row(folder, student, out="out"):
    return rows(folder / out)[student]


def _feedback(folder, student, out="out"):
    return (folder / out / "feedback" / f"{student}.html").read_text(encoding="utf-8")


def test_everybody_of_a_class_has_a_capstones_points_or_none(graded):
    folder, _ = graded
    found = rows(folder / "out")
    earned = {name: float(row["capstone"]) for name, row in found.items()}
    assert earned == {name: POINTS.get(name, 0) for name in found}
    assert {row["of"] for row in found.values()} == {"12"}
    missing = {name: row["status"] for name, row in found.items() if row["status"] != "graded_with_notes"}
    assert missing == {"cleo": "graded", "gus": "not_submitted", "leo": "not_submitted"}
    assert "There is no notebook of this lesson, but: gus/h12" in found["gus"]["notes"]


def test_the_reason_stands_in_the_feedback_and_runs_nothing(graded):
    folder, _ = graded
    for student, words in {
        "ada": "Claim ",
        "ben": "h16_seed_0.safetensors and small_model cannot be read",
        "eva": "Epochs were chosen on &#39;test&#39;",
        "fay": "../../&lt;script&gt;alert(1)&lt;/script&gt;, seed 0: there is no file of weights",
        "ida": "images of the file is of the wrong kind",
        "jo": "results.json is no JSON",
        "kim": "row of the file is of the wrong kind",
        "cleo": "not attempted",
    }.items():
        page = _feedback(folder, student)
        harmless(page)
        assert words in page, student


def test_the_class_page_shows_who_shares_weights(graded):
    page = (graded[0] / "out" / "class.html").read_text(encoding="utf-8")
    harmless(page)
    pairs = page.partition("The same weights in two capstones")[2].partition("</table>")[0]
    assert "".join(pairs.split("\n")).count("<td>ada</td><td>dan</td>") == 1 and "cleo" not in pairs


def test_whoever_has_no_capstone_is_idle_on_the_class_page_and_not_wrong():
    without = Grade("ben", "14", "graded", (Mark("14.1", RIGHT, 2, 2),))
    states = classpage.shares([replace(without, marks=(*without.marks, Mark("capstone", WRONG, 0, 0))), without])
    assert states == {"14.1": (100, 0, 0), "capstone": (0, 50, 50)}


def test_nothing_is_graded_twice_and_what_has_changed_is(graded):
    folder, _ = graded
    assert " 0 graded now" in _grade(folder)
    (folder / "in" / "eva" / "results.json").write_bytes(files.files(files.first_run(kl=-1.0))["results.json"])
    try:
        assert " 1 graded now" in _grade(folder)
        assert "a KL of -1.00 is below 0" in _feedback(folder, "eva")
    finally:
        changed = files.files(lambda page: replace(page, chosen_on="test"))
        (folder / "in" / "eva" / "results.json").write_bytes(changed["results.json"])
        _grade(folder)


def test_killed_on_the_way_the_same_bytes_come_out(graded, tmp_path):
    folder, _ = graded
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "secret").write_bytes(SECRET)
    code = (
        "import sys; from pathlib import Path; from tests.grading import test_capstones as t; "
        "t._grade(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code, str(folder), str(tmp_path / "out")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    journal = tmp_path / "out" / "journal.jsonl"
    while not journal.exists() or journal.read_bytes().count(b"\n") < 4:
        assert run.poll() is None, "it ended before it could be killed"
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert " 0 graded now" not in _grade(folder, tmp_path / "out")
    for name in ("gradebook.csv", *(f"feedback/{student}.html" for student in ("ada", "ben", "hal"))):
        assert (tmp_path / "out" / name).read_bytes() == (folder / "out" / name).read_bytes(), name


def test_without_points_a_capstone_is_looked_at_and_a_class_without_any_is_as_before(walled, tmp_path):
    _put(tmp_path / "in" / "cleo", {f"{files.SLUG}.ipynb": NOTEBOOK})
    (tmp_path / "roster.csv").write_text("id\ncleo\nben\n")
    _grade(tmp_path, capstone=0.0)
    assert "capstone" not in _row(tmp_path, "cleo") and _row(tmp_path, "cleo")["of"] == "9"
    _put(tmp_path / "in" / "ben", _with_notebook({"results.json": b"{}"}))
    (tmp_path / "marks.csv").write_text("student,lesson,exercise,points\nben,14,capstone,2\n")
    assert " 1 graded now" in _grade(tmp_path, capstone=0.0)
    ben = _row(tmp_path, "ben")
    assert (ben["of"], ben["points"], ben["capstone"]) == ("9", "0", "0") and "must have the fields" in ben["notes"]
    assert "0 of 0" not in _feedback(tmp_path, "ben")
    _grade(tmp_path, capstone=0.0, manual=tmp_path / "marks.csv")
    assert (_row(tmp_path, "ben")["of"], _row(tmp_path, "ben")["points"]) == ("11", "2")


def test_a_journal_of_before_can_be_read():
    plain = Grade("ada", "14", "graded", ()).plain()
    del plain["weights"]
    assert Grade.from_plain(json.loads(json.dumps(plain))).weights == ()
