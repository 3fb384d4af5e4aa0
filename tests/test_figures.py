"""Figures for slides: every stored picture with its alt text and the licence, and SVG from a run."""

import re
from base64 import b64decode
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from typer.testing import CliRunner

from course_utils.author import figures
from course_utils.author.solved import BuildError
from course_utils.cli import app

ROOT = Path(__file__).parent.parent
DRAWN = """from course_utils import plots, widgets
figure, axis = plots.subplots()
_ = axis.plot([1, 2], [3, 1], label="a line")
plots.show(figure, "A line | that falls.")
"""


def _solution(folder, source):
    path = folder / "99_made.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source, id="draw")]), path)
    return path


def test_every_stored_picture_is_a_file_and_has_a_line_with_its_alt_text(tmp_path):
    path = next((ROOT / "solutions").glob("04_*.ipynb"))
    stored = [
        output
        for cell in nbformat.read(path, 4).cells
        for output in cell.get("outputs", ())
        if "image/png" in output.get("data", {})
    ]
    files = list(figures.write([path], tmp_path, svg=False))
    assert files == [*(tmp_path / f"04_{n:02d}.png" for n in range(1, len(stored) + 1)), tmp_path / "figures.md"]
    page = (tmp_path / "figures.md").read_text(encoding="utf-8")
    assert "CC BY 4.0" in page and "MNIST" in page
    for file, output in zip(files, stored, strict=False):
        assert file.read_bytes() == b64decode(output.data["image/png"])
        assert f"| {file.stem} | {output.metadata['image/png']['alt']} |" in page


def test_every_stored_picture_of_every_lesson_has_alt_text(tmp_path):
    list(figures.write(sorted((ROOT / "solutions").glob("*.ipynb")), tmp_path, svg=False))
    rows = re.findall(r"^\| (\d\d_\d\d) \| (.*) \|$", (tmp_path / "figures.md").read_text(encoding="utf-8"), re.M)
    assert len(rows) == len(list(tmp_path.glob("*.png"))) > 90
    assert [name for name, alt in rows if len(alt) < 20] == []


def test_a_run_gives_svg_beside_each_png_and_leaves_the_lesson_as_it_was(tmp_path):
    path = _solution(tmp_path, DRAWN)
    before = path.read_bytes()
    files = list(figures.write([path], tmp_path / "out", svg=True))
    assert [file.name for file in files] == ["99_01.png", "99_01.svg", "figures.md"]
    assert "<svg" in files[1].read_text(encoding="utf-8") and path.read_bytes() == before
    assert "| 99_01 | A line &#124; that falls. |" in files[2].read_text(encoding="utf-8")


def test_a_lesson_that_stops_is_named(tmp_path):
    with pytest.raises(BuildError, match=r"99_made\.ipynb: .*ZeroDivisionError"):
        list(figures.write([_solution(tmp_path, "1 / 0")], tmp_path, svg=True))


def test_a_lesson_that_there_is_not_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    said = CliRunner().invoke(app, ["figures", str(tmp_path), "--lesson", "98"])
    assert said.exit_code == 2 and "There is no lesson 98" in said.output
