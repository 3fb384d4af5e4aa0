"""Modules beside a notebook: they go with it, and nothing else does."""

import zipfile

import pytest

from course_utils.grading.command import grade_class

from .conftest import hand_in, options, rows
from .notebooks import SLUG, data, notebook

USES = data(notebook(e1="from helpers import scaled\n\ndef to_unit_range(pixels):\n    return scaled(pixels)\n"))
HELPERS = "def scaled(pixels):\n    return pixels.float() / 255\n"
SHADOWS = data(notebook(e1="import torch\nfrom helpers import scaled\n\nto_unit_range = scaled\n"))


def test_a_helper_file_in_a_folder_or_a_zip_counts_and_another_student_does_not_have_it(walled, tmp_path):
    hand_in(tmp_path / "in", {"ada": (USES,), "cleo": (USES,)})
    (tmp_path / "in" / "ada" / "helpers.py").write_text(HELPERS)
    with zipfile.ZipFile(tmp_path / "in" / "bob.zip", "w") as archive:
        archive.writestr(f"hw/{SLUG}.ipynb", USES)
        archive.writestr("hw/helpers.py", HELPERS)
    assert grade_class(options(tmp_path / "in", tmp_path / "out"), print) == 0
    made = rows(tmp_path / "out")
    assert {name: row["points"] for name, row in made.items()} == {"ada": "3", "bob": "3", "cleo": "2"}
    assert "helpers.py" in made["ada"]["notes"] and made["cleo"]["status"] == "to_be_looked_at"
    (tmp_path / "in" / "ada" / "helpers.py").write_text(HELPERS.replace("255", "256"))
    said = []
    assert grade_class(options(tmp_path / "in", tmp_path / "out"), said.append) == 0
    assert "1 graded now" in " ".join(said) and rows(tmp_path / "out")["ada"]["points"] == "2"


@pytest.mark.parametrize("name", ["torch.py", "course_utils.py", "sitecustomize.py", "json.py"])
def test_a_helper_that_is_called_like_a_library_takes_no_place_but_its_own(name, examined):
    taken = [[name, "raise SystemExit"], ["helpers.py", HELPERS]]
    assert all(mark.points == mark.of for mark in examined(SHADOWS, helpers=taken).marks.values())
