"""The arithmetic of ``course bench grade``, on made-up figures; nothing here is timed."""

import json

import pytest

from course_utils.bench import grading

from .notebooks import ROOT

RESULT = {
    "lesson": "02_the_kl",
    "workers": 2,
    "wall": "namespaces",
    "submissions": 200,
    "per_second": 20.0,
    "nbgrader_seconds": 5.0,
    "memory_mb": [1000.0, 1001.0],
    "memory_after": 1000,
}


def test_the_table_compares_submissions_a_second():
    lines = grading.table(RESULT).splitlines()
    assert lines[4] == "| course grade, wall: namespaces | 20.0 (100x) | 15 |"
    assert lines[5] == "| nbgrader autograde | 0.20 | 1,500 |"
    assert lines[-1] == "Memory of all workers: 1000 MB at first, 1001 MB after 1,000 submissions more."


@pytest.mark.parametrize("record", sorted((ROOT / "benchmarks").glob("grade*.json")), ids=lambda path: path.stem)
def test_the_guide_prints_the_stored_figures(record):
    stored = json.loads(record.read_text())["result"]
    guide = (ROOT / "docs" / "grading.md").read_text()
    assert f"{stored['per_second']:.0f} submissions a second" in guide and f"{record.stem}.md" in guide
