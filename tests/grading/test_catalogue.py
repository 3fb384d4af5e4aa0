"""Honest, broken and hostile submissions: every one gets the status and the points it should."""

import pytest

from .conftest import CATALOGUE, rows


@pytest.mark.parametrize("name", CATALOGUE)
def test_everyone_gets_the_status_and_the_points_they_should(name, graded):
    _, status, points = CATALOGUE[name]
    row = rows(graded)[name]
    assert (row["status"], row["points"], row["of"]) == (status, str(points), "3"), row


def test_the_run_ends_well_and_says_what_happened(graded):
    said = (graded / "said.txt").read_text()
    assert said.endswith("exit status 0") and f"{len(CATALOGUE)} in the gradebook" in said


def test_the_catalogue_is_large_enough():
    assert len(CATALOGUE) >= 45
