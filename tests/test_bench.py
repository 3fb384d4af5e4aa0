"""The arithmetic of the race, on made-up laps; nothing here is timed."""

import json

from course_utils import bench
from course_utils.bench import Lap

LAPS = [Lap(10.0, 120.0), Lap(20.0, 104.0), Lap(30.0, 97.4)]


def result(course_seconds, reported_seconds=500.0):
    return {
        "images_per_second": {"reported": 1000.0, "course": 2500.0},
        "seconds": {"97.5": {"reported": reported_seconds, "course": course_seconds}},
        "final_test_nats": [97.4], "peak_memory_mb": 800.0,
        "laps": {"reported": [{"seconds": 1.0, "nats": 120.0}], "course": [[vars(lap) for lap in LAPS]]},
    }


def test_seconds_to_a_target_are_those_of_the_first_epoch_at_or_below_it():
    assert bench.seconds_to(104.0, LAPS) == 20.0
    assert bench.seconds_to(97.0, LAPS) is None


def test_the_table_gives_the_ratio_of_medians():
    text = bench.table(result([40.0, 50.0, 90.0]))
    assert "ratio 2.50" in text and "10.0" in text.splitlines()[2]


def test_a_run_that_did_not_arrive_counts_as_slowest():
    assert "5.6" in bench.table(result([40.0, None, 90.0])).splitlines()[2]
    assert "not reached" in bench.table(result([40.0, None, None]))
    assert "not reached" in bench.table(result([40.0], reported_seconds=None))


def test_the_picture_is_a_png(tmp_path):
    bench.picture(result([30.0]), tmp_path / "race.png")
    assert (tmp_path / "race.png").read_bytes().startswith(b"\x89PNG")


def test_the_race_scales_the_stored_curve_by_the_measured_epoch_time(tmp_path, monkeypatch):
    (tmp_path / bench.STORED_CURVE).write_text(json.dumps({"test_nats": [130.0, 99.0]}))
    monkeypatch.setattr(bench, "reported_images_per_second", lambda root: 5400.0)
    monkeypatch.setattr(bench, "course_laps", lambda seed, epochs: LAPS)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    measured = bench.race(tmp_path, seeds=2, epochs=3)
    assert [lap["seconds"] for lap in measured["laps"]["reported"]] == [10.0, 20.0]
    assert measured["images_per_second"]["course"] == 3 * 54_000 / 30
    assert measured["seconds"]["100.0"] == {"reported (stored curve, epoch time of this run)": 20.0,
                                            "course, each seed": [30.0, 30.0]}
