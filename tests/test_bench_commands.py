"""The commands ``course bench ...``, with the measuring played by made-up figures; nothing here is timed."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from course_utils.bench import ablations, grading, lessons, peers, race, records, suite
from course_utils.cli import app
from course_utils.engine import precision

ROOT = Path(__file__).parents[1]
MODULES = {"train": race, "peers": peers, "ablations": ablations, "grade": grading}
PASSED = suite.Suite(cpu=70.0, wall=120.0, status=0, tests={"tests/test_data.py::a": 1.0})


def bench(*arguments):
    return CliRunner().invoke(app, ["bench", *arguments])


def measured(path, environment):
    """A notebook without a kernel; those of lesson 01 fail where the file ``broken`` lies in the checkout."""
    broken = path.name.startswith("01") and (path.parents[1] / "broken").exists()
    with open(path.parents[1] / "measured", "a") as log:
        log.write(f"{path.parent.name}/{path.name[:2]} ")
    return lessons.Waiting(
        notebook=path.stem,
        kind=path.parent.name,
        first_picture=1.0,
        seconds=float(len(environment)),
        longest=1.0,
        longest_cell="3 (a)",
        memory=900.0,
        failed="DeadKernelError in cell 3 (a)" if broken else "",
    )


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout with two lessons and the stored figures, on a CPU without bfloat16."""
    for kind in lessons.KINDS:
        (tmp_path / kind).mkdir()
        for name in ("00_a", "01_b"):
            (tmp_path / kind / f"{name}.ipynb").write_text("{}")
    (tmp_path / "pyproject.toml").touch()
    shutil.copy(ROOT / "README.md", tmp_path)
    shutil.copytree(ROOT / "benchmarks", tmp_path / "benchmarks", ignore=shutil.ignore_patterns(".*", "*_without_*"))
    (tmp_path / "benchmarks" / "lessons.json").unlink(missing_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(precision, "has_bfloat16", lambda: False)
    monkeypatch.setattr(lessons, "measure", measured)
    return tmp_path


def files(folder):
    return {path: path.read_bytes() for path in [*(folder / "benchmarks").iterdir(), folder / "README.md"]}


def rows(folder, able=False):
    return [row["failed"] for row in records.load(folder, "lessons", able)["result"]]


@pytest.mark.parametrize("name", MODULES)
def test_a_quick_run_prints_and_replaces_nothing(name, checkout, monkeypatch):
    stored = records.load(checkout / "benchmarks", name)["result"]
    monkeypatch.setattr(MODULES[name], "run", lambda *folder, seeds=1: stored)
    before = files(checkout)
    done = bench(name, "--quick")
    assert (
        done.exit_code == 0 and MODULES[name].table(stored) in done.output and "No record was replaced" in done.output
    )
    assert files(checkout) == before
    assert bench(name, "--quick", "--out", "elsewhere").exit_code == 0
    assert files(checkout) == before and (checkout / "elsewhere" / f"{name}_without_bfloat16.md").exists()


def test_one_seed_is_asked_for_by_quick_alone(checkout, monkeypatch):
    stored, asked = records.load(checkout / "benchmarks", "train")["result"], []
    monkeypatch.setattr(race, "run", lambda folder, seeds: asked.append(seeds) or stored)
    assert bench("train", "--quick").exit_code == bench("train", "--out", "elsewhere").exit_code == 0
    assert asked == [1, 3]


def test_a_whole_race_without_bfloat16_stands_beside_the_one_with_it(checkout, monkeypatch):
    stored = records.load(checkout / "benchmarks", "train")["result"]
    monkeypatch.setattr(race, "run", lambda folder, seeds: stored)
    before = files(checkout)
    assert bench("train").exit_code == 0
    after = files(checkout)
    assert {path.name for path in after.keys() - before.keys()} == {
        f"train_without_bfloat16.{kind}" for kind in ("json", "md", "png")
    }
    assert {path.name for path, content in before.items() if after[path] != content} == {"README.md"}
    mark, end = records.marks("train_without_bfloat16.json")
    shown = (checkout / "README.md").read_text().partition(mark)[2].partition(end)[0]
    assert race.headline(stored) in shown and "without bfloat16; " in shown


def test_lessons_are_stored_when_all_have_ended_well(checkout):
    done = bench("lessons")
    assert done.exit_code == 0 and "00_a, untouched: first picture 1.0 s" in done.output
    assert rows(checkout / "benchmarks") == [""] * 4 and not any((checkout / "build" / "bench").iterdir())
    mark, end = records.marks("lessons_without_bfloat16.md")
    assert "| 01 | 1.0 / 1.0 |" in (checkout / "README.md").read_text().partition(mark)[2].partition(end)[0]


def test_some_lessons_replace_nothing(checkout):
    before = files(checkout)
    assert bench("lessons", "1").exit_code == 0 and files(checkout) == before
    assert (checkout / "measured").read_text() == "lessons/01 solutions/01 "
    assert bench("lessons", "01", "--out", "elsewhere").exit_code == 0 and files(checkout) == before
    assert rows(checkout / "elsewhere") == [""] * 2 and not (checkout / "build").exists()


def test_a_lesson_that_fails_is_a_row_and_only_it_is_measured_again(checkout):
    (checkout / "broken").touch()
    before = files(checkout)
    done = bench("lessons")
    assert done.exit_code == 1 and "**DeadKernelError in cell 3 (a)**" in done.output and "--resume" in done.output
    assert files(checkout) == before
    (checkout / "broken").unlink()
    (checkout / "measured").unlink()
    assert bench("lessons", "--resume").exit_code == 0
    assert (checkout / "measured").read_text() == "lessons/01 solutions/01 "
    assert rows(checkout / "benchmarks") == [""] * 4


def test_an_interrupt_loses_nothing_that_was_finished(checkout, monkeypatch):
    def interrupted(path, environment):
        if path.parent.name == "solutions":
            raise KeyboardInterrupt
        return measured(path, environment)

    monkeypatch.setattr(lessons, "measure", interrupted)
    done = bench("lessons")
    assert done.exit_code != 0 and "--resume" in done.output
    assert rows(checkout / "build" / "bench") == [""]


def test_what_another_commit_took_is_not_taken_over(checkout):
    (checkout / "broken").touch()
    bench("lessons")
    path = checkout / "build" / "bench" / "lessons_without_bfloat16.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "machine": {**record["machine"], "commit": "another"}}))
    (checkout / "broken").unlink()
    (checkout / "measured").unlink()
    done = bench("lessons", "--resume")
    assert "Starting afresh" in done.output and len((checkout / "measured").read_text().split()) == 4


def test_both_ways_are_measured_where_the_cpu_has_bfloat16(checkout, monkeypatch):
    monkeypatch.setattr(precision, "has_bfloat16", lambda: True)
    assert bench("lessons").exit_code == 0
    for able, variables in ((True, 0.0), (False, 2.0)):
        record = records.load(checkout / "benchmarks", "lessons", able)
        assert record["machine"]["bfloat16"] is able and {row["seconds"] for row in record["result"]} == {variables}


@pytest.mark.parametrize(
    ("arguments", "says"), [(["1", "99", "x"], "There is no lesson 0x, 99"), (["01", "--resume"], "give no numbers")]
)
def test_what_cannot_be_measured_is_said(arguments, says, checkout):
    done = bench("lessons", *arguments)
    assert done.exit_code == 2 and says in done.output and not (checkout / "measured").exists()


@pytest.mark.parametrize("status", [0, 1])
def test_only_a_suite_that_passes_is_stored(status, checkout, monkeypatch):
    monkeypatch.setattr(suite, "run", lambda root, environment: {**PASSED, "status": status})
    assert bench("suite").exit_code == status
    assert (checkout / "benchmarks" / "suite_without_bfloat16.json").exists() is (status == 0)
