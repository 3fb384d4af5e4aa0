"""The arithmetic of the benchmarks, on made-up laps; nothing here is timed."""

import json
import math
from pathlib import Path

import pytest

from course_utils.bench import ablations, contenders, peers, race
from course_utils.bench.apart import Apart, apart
from course_utils.bench.contenders import Lap, Race

ROOT = Path(__file__).parents[1]
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


def test_the_readme_prints_the_stored_race():
    measured = json.loads((ROOT / "benchmarks" / "train.json").read_text())
    assert race.table(measured) == (ROOT / "benchmarks" / "train.md").read_text().rstrip("\n")
    assert race.headline(measured) in (ROOT / "README.md").read_text()


def test_the_readme_prints_the_stored_peers_and_ablations():
    readme, folder = (ROOT / "README.md").read_text(), ROOT / "benchmarks"
    measured = json.loads((folder / "peers.json").read_text())
    assert peers.table(measured) == (folder / "peers.md").read_text().rstrip("\n")
    for name in ("MLP 784-400-20, as in PyTorch's examples", "pythae's VAE", "the course, open"):
        assert f"{measured['contenders'][name]['runs'][0]['laps'][-1]['test']:.2f}" in readme
    rows = json.loads((folder / "ablations.json").read_text())
    assert ablations.table(rows) == (folder / "ablations.md").read_text().rstrip("\n")
    for name in ("Adam (peak 5e-3) for every weight", "constant learning rates, a fifth of the peak"):
        assert f"{rows[name][0]['laps'][-1]['test']:.2f}" in readme
