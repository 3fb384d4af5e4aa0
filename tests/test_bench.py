"""The arithmetic of the benchmarks, on made-up laps; nothing here is timed."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.bench import (
    ablations,
    contenders,
    cpu_log,
    grading,
    lessons,
    machine,
    peers,
    race,
    records,
    suite,
)
from course_utils.bench.apart import Apart, apart
from course_utils.bench.contenders import Lap, Race
from course_utils.bench.records import name_of

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "benchmarks"
README = (ROOT / "README.md").read_text(encoding="utf-8")
LAPS = [{"seconds": s, "validation": n + 0.5, "test": n} for s, n in ((10.0, 120.0), (20.0, 104.0), (30.0, 97.4))]


def contender(*ends, speed=1000.0, memory=800.0):
    runs = [
        {
            "laps": [*LAPS[:2], {"seconds": end, "validation": 97.9, "test": 97.4}] if end else LAPS[:2],
            "images_per_second": speed,
            "parameters": 175_665,
        }
        for end in ends
    ]
    return {"runs": runs, "peak_memory_mb": memory}


def result(*course):
    return {"contenders": {race.REPORTED: contender(500.0), "same model": contender(*course, speed=2500.0)}}


def test_seconds_to_a_target_are_those_of_the_first_epoch_at_or_below_it():
    assert race.seconds_to(104.0, LAPS, "test") == 20.0
    assert race.seconds_to(104.0, LAPS, "validation") == 30.0
    assert race.seconds_to(97.0, LAPS, "test") == math.inf


def test_the_table_gives_medians_and_how_often_they_fit_into_the_reported_time():
    row = race.table(result(40.0, 50.0, 90.0)).splitlines()[3]
    assert "2,500 (2.50x)" in row and "50 s (10.0x)" in row and "800 MB" in row


def test_a_run_that_did_not_arrive_counts_as_slowest():
    assert "90 s (5.6x)" in race.table(result(40.0, None, 90.0))
    assert "not reached" in race.table(result(40.0, None, None)).splitlines()[3]


def test_pictures_are_png(tmp_path):
    race.picture(result(30.0), tmp_path / "race.png")
    found = {name: contender(30.0) for name in ("a", "b", "c", "d")}
    peers.picture({"contenders": found}, tmp_path / "peers.png")
    for path in tmp_path.iterdir():
        assert path.read_bytes().startswith(b"\x89PNG")


def test_the_race_scales_the_stored_curve_by_the_measured_epoch_time(tmp_path, monkeypatch):
    curve = {"test_nats": [130.0, 99.0], "validation_nats": [131.0, 99.5]}
    (tmp_path / race.STORED_CURVE).write_text(json.dumps(curve))
    monkeypatch.setattr(contenders, "reported_images_per_second", lambda: 5400.0)
    monkeypatch.setattr(race, "TRACKS", {"same model": lambda seed: Race([Lap(30.0, 98.0, 97.4 + seed)], 6000.0, 9)})
    monkeypatch.setattr(race, "apart", lambda function, *args: Apart(function(*args), 500.0))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    measured = race.run(tmp_path, seeds=2)["contenders"]
    assert [lap["seconds"] for lap in measured[race.REPORTED]["runs"][0]["laps"]] == [10.0, 20.0]
    assert [run["laps"][0]["test"] for run in measured["same model"]["runs"]] == [97.4, 98.4]


def test_every_ablation_row_is_a_recipe():
    for row in ablations.ROWS.values():
        contenders.replace(contenders.COURSE, **row.changes)


def test_the_ablation_table_has_a_line_for_each_part():
    runs = contender(30.0, None)["runs"]
    lines = ablations.table({"the whole recipe": runs}).splitlines()
    assert lines[2] == "| the whole recipe | 1,000 | 97.40, 104.00 | 30, not reached |"


def test_the_peers_table_has_a_line_for_each_contender():
    assert "| one | 175,665 | 1,000 | 97.40 | 30 s | 800 MB |" in peers.table({"contenders": {"one": contender(30.0)}})


def test_a_function_runs_in_a_process_of_its_own():
    value, memory = apart(math.factorial, 5)
    assert value == 120 and memory > 1
    with pytest.raises(ValueError, match="not defined"):
        apart(math.factorial, -1)


TABLES = {
    "ablations": ablations.table,
    "grade": grading.table,
    "lessons": lessons.table,
    "peers": peers.table,
    "suite": suite.table,
    "train": race.table,
}
STORED = [
    (name, able) for name in TABLES for able in (True, False) if (FOLDER / f"{name_of(name, able)}.json").exists()
]


@pytest.mark.parametrize(("name", "able"), STORED)
def test_every_table_is_that_of_its_record_and_names_its_machine(name, able):
    record = records.load(FOLDER, name, able)
    assert set(record["machine"]) == set(machine.Machine.__annotations__) and record["machine"]["bfloat16"] is able
    said = (FOLDER / f"{name_of(name, able)}.md").read_text(encoding="utf-8").rstrip("\n")
    assert said == records.text(record, TABLES[name])
    assert said.endswith(machine.line(record["machine"]))


def test_every_file_of_figures_names_its_machine():
    for path in FOLDER.glob("*.json"):
        assert json.loads(path.read_text())["machine"]["processor"], path


def in_readme(name):
    """What stands between the marks for a file of benchmarks/."""
    before, after = records.marks(name)
    assert README.count(before) == README.count(after) == 1, f"README has not both marks for {name}"
    return README.partition(before)[2].partition(after)[0].strip()


@pytest.mark.parametrize("able", [True, False])
@pytest.mark.parametrize("name", ["lessons", "suite"])
def test_readme_shows_the_stored_tables_between_their_marks(name, able):
    path = FOLDER / f"{name_of(name, able)}.md"
    assert in_readme(path.name) == (path.read_text(encoding="utf-8").strip() if path.exists() else "")


def test_readme_or_a_guide_leads_to_every_other_table():
    guide = (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")
    for name, able in STORED:
        if able and name not in ("lessons", "suite"):
            assert f"benchmarks/{name}.md)" in README + guide


@pytest.mark.parametrize("able", [True, False])
def test_readme_prints_the_stored_race_with_bfloat16_and_without(able):
    stored = records.load(FOLDER, "train", able) if ("train", able) in STORED else None
    assert in_readme(f"{name_of('train', able)}.json") == (records.text(stored, race.headline) if stored else "")


def test_readme_prints_the_stored_peers_and_ablations():
    measured = records.load(FOLDER, "peers")["result"]
    for name in ("MLP 784-400-20, as in PyTorch's examples", "pythae's VAE", "the course, open"):
        assert f"{measured['contenders'][name]['runs'][0]['laps'][-1]['test']:.2f}" in README
    rows = records.load(FOLDER, "ablations")["result"]
    for name in ("Adam (peak 5e-3) for every weight", "constant learning rates, a fifth of the peak"):
        assert f"{rows[name][0]['laps'][-1]['test']:.2f}" in README


@pytest.fixture
def checkout(tmp_path):
    """A checkout with a README and a stored record of a whole run."""
    places = "\n".join(mark for name in ("toy.json", "toy.md") for mark in records.marks(name))
    (tmp_path / "README.md").write_text(f"Above.\n\n{places}\n\nBelow.\n")
    _keep(tmp_path, "old")
    return tmp_path


def _keep(root, value, **options):
    record = records.Record(machine=machine.describe(root, bfloat16=options.pop("able", True)), result=value)
    shown = records.Shown(
        lambda result: f"| {result} |", lambda result: f"It is {result}.", options.pop("picture", None)
    )
    return records.keep(root, "toy", record, shown, **options)


def test_a_whole_run_replaces_the_record_and_the_table_in_readme(checkout):
    _keep(checkout, "new", picture=lambda result, path: path.write_bytes(b"png"))
    assert records.load(checkout / "benchmarks", "toy")["result"] == "new"
    page = (checkout / "README.md").read_text()
    assert "| new |" in page and "It is new." in page and page.startswith("Above.") and page.endswith("Below.\n")
    assert "old" not in page
    assert (checkout / "benchmarks" / "toy.png").exists()


def test_a_run_of_a_part_writes_only_where_it_is_told_and_never_over_the_record(checkout):
    page = (checkout / "README.md").read_text()
    assert _keep(checkout, "quick", whole=False) is None
    assert _keep(checkout, "quick", whole=False, out=checkout / "elsewhere" / ".." / "benchmarks") is None
    assert records.load(checkout / "benchmarks", "toy")["result"] == "old"
    assert _keep(checkout, "quick", whole=False, out=checkout / "elsewhere") == checkout / "elsewhere"
    assert records.load(checkout / "elsewhere", "toy")["result"] == "quick"
    assert (checkout / "README.md").read_text() == page


def test_machines_with_and_without_bfloat16_have_records_of_their_own(checkout):
    _keep(checkout, "slow", able=False)
    assert records.load(checkout / "benchmarks", "toy")["result"] == "old"
    assert records.load(checkout / "benchmarks", "toy", bfloat16=False)["result"] == "slow"


def test_this_machine_is_named():
    here = machine.describe(ROOT)
    assert here["processor"] and here["cores"] >= 1 and here["torch"].startswith("2.") and here["date"].startswith("20")
    assert machine.line(here).startswith(f"Measured on: {here['processor']}, ")
    unknown = machine.line({**here, "processor": machine.NOT_RECORDED, "system": machine.NOT_RECORDED})
    assert "Measured on: processor not recorded, " in unknown and "; system not recorded, Python" in unknown


def test_the_commit_is_dirty_where_more_differs_than_what_benchmarks_write(tmp_path):
    def git(*arguments):
        subprocess.run(["git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@b", *arguments], check=True)

    names = ("README.md", "benchmarks/train.md", "lessons/00.ipynb")
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("old")
    assert machine.describe(tmp_path)["commit"] == "unknown"
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "all")
    for name, dirty in zip(names, (False, False, True), strict=True):
        (tmp_path / name).write_text("new")
        assert machine.describe(tmp_path)["commit"].endswith("-dirty") is dirty


def test_memory_is_that_of_the_process_and_not_of_who_started_it():
    code = (
        "import subprocess, sys\n"
        "from course_utils.bench.memory import peak_mb\n"
        "held = b'x' * (300 * 2**20)\n"
        "child = [sys.executable, '-c', 'from course_utils.bench.memory import peak_mb; print(peak_mb())']\n"
        "print(peak_mb(), float(subprocess.run(child, capture_output=True, text=True, check=True).stdout))"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    own, started = map(float, found.split())
    assert own > 300 > 150 > started > 1


def test_the_budget_of_the_suite_adds_up():
    tests = {"solutions/05.ipynb::Cell 21": 61.0, "tests/test_data.py::a": 1.0, "tests/grading/test_x.py::b": 3.0}
    result = suite.Suite(cpu=70.0, wall=120.0, status=0, tests=tests)
    said = suite.table(result)
    assert [seconds for _, _, seconds in suite.parts(tests)] == [61.0, 3.0, 1.0]
    assert "| in all (at most 900, the limit without bfloat16) | 3 | 70 |" in said
    assert "`solutions/05.ipynb::Cell 21` (61 s)" in said
    assert "**over** 900" in suite.table({**result, "cpu": 901.0})


def test_unit_tests_are_parted_by_file_and_small_files_taken_together():
    seconds = {
        "tests/test_a.py::one": 4.0,
        "tests/test_a.py::two": 3.0,
        "tests/test_b.py::x": 2.0,
        "tests/c.py::y": 1.0,
    }
    assert suite.parts({**seconds, "docs/a.md::z": 9.0}) == [
        ("elsewhere", 1, 9.0),
        ("tests/test_a.py", 2, 7.0),
        ("files of at most 5 s each", 2, 3.0),
    ]


def test_a_suite_is_run_with_its_log(tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -n2\n")
    (tmp_path / "test_a.py").write_text("def test_one(): pass\n\n\ndef test_two(): pass\n")
    found = suite.run(tmp_path, {})
    assert found["status"] == 0 and set(found["tests"]) == {"test_a.py::test_one", "test_a.py::test_two"}
    assert found["cpu"] > sum(found["tests"].values())


def test_a_suite_that_cannot_start_is_a_failed_suite(tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    found = suite.run(tmp_path, {})
    assert found["status"] != 0 and found["tests"] == {} and "**pytest ended with status" in suite.table(found)


def test_the_log_counts_what_a_test_starts():
    code = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    before = cpu_log.seconds()
    subprocess.run([sys.executable, "-c", code], check=True)
    assert cpu_log.seconds() - before >= 0.3
