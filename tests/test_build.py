"""solutions/ -> lessons/: the same bytes every time, nothing leaks, and every difference is noticed."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from typer.testing import CliRunner

from course_utils.author import build
from course_utils.cli import app

ROOT = Path(__file__).parent.parent
NAMES = sorted(path.name for path in (ROOT / "solutions").glob("*.ipynb"))
SOLVED = "def f(x):\n    ### BEGIN SOLUTION\n    return x / 255\n    ### END SOLUTION"


def _notebook(*sources):
    cells = [new_code_cell(source) for source in sources]
    for i, cell in enumerate(cells):
        cell.id = f"cell-{i}"
    return new_notebook(cells=cells)


@pytest.fixture
def checkout(tmp_path):
    for folder in ("solutions", "lessons"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns(".*"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_lessons_are_what_the_solutions_make():
    assert build.stale(ROOT) == []


def test_one_byte_changed_by_hand_is_noticed(checkout):
    lesson = checkout / "lessons" / NAMES[0]
    lesson.write_bytes(lesson.read_bytes().replace(b"nats", b"bits", 1))
    assert build.stale(checkout) == [
        f"lessons/{NAMES[0]} is not what course build writes: edit solutions/{NAMES[0]}, then run course build."
    ]


def test_a_forgotten_rebuild_is_noticed_and_build_mends_it(checkout):
    solution = checkout / "solutions" / NAMES[0]
    solution.write_text(solution.read_text().replace("Start here", "Start there"))
    assert [problem.split()[0] for problem in build.stale(checkout)] == [f"lessons/{NAMES[0]}"]
    assert build.build(checkout) == [checkout / "lessons" / NAMES[0]]
    assert build.stale(checkout) == []
    assert build.build(checkout) == []


def test_missing_and_stray_lessons_are_noticed(checkout):
    (checkout / "lessons" / NAMES[0]).unlink()
    (checkout / "lessons" / "99_stray.ipynb").write_text("{}")
    assert [problem.split()[0] for problem in build.stale(checkout)] == [
        f"lessons/{NAMES[0]}",
        "lessons/99_stray.ipynb",
    ]


def test_the_command_fails_on_a_difference_and_names_it(checkout, monkeypatch):
    monkeypatch.chdir(checkout)
    runner = CliRunner()
    assert runner.invoke(app, ["build", "--check"]).exit_code == 0
    (checkout / "lessons" / NAMES[0]).unlink()
    result = runner.invoke(app, ["build", "--check"])
    assert result.exit_code == 1 and NAMES[0] in result.output


def test_the_stub_keeps_the_indent_and_is_valid_python():
    assert build.clear_solution(SOLVED) == "def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    compile(build.clear_solution(SOLVED), "stub", "exec")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "inside another"),
        ("### END SOLUTION", "no BEGIN SOLUTION before"),
        ("### BEGIN SOLUTION\nx = 1", "never closed"),
    ],
)
def test_broken_regions_are_refused(source, words):
    with pytest.raises(build.BuildError, match=words):
        build.clear_solution(source)


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ([SOLVED], "no check"),
        ([SOLVED, SOLVED, 'f = check("0.1", f)'], "no check"),
        (['f = check("0.1", f)'], "no solution region"),
        ([SOLVED, 'f = check("0.99", f)'], "no exercise '0.99'"),
    ],
)
def test_exercises_that_do_not_fit_together_are_refused(sources, words):
    with pytest.raises(build.BuildError, match=words):
        build.annotate(_notebook(*sources))


def test_outputs_counts_tags_and_strange_metadata():
    notebook = _notebook(SOLVED, 'f = check("0.1", f)')
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="secret")]
    notebook.cells[1].execution_count = 7
    notebook.cells[1].metadata = nbformat.from_dict(
        {"tags": ["nbval-skip"], "collapsed": True, "jupyter": {"source_hidden": True, "outputs_hidden": True}}
    )
    notebook.metadata["widgets"] = {"state": {}}
    lesson = build.student_copy(notebook)
    assert lesson.cells[1].outputs == [] and lesson.cells[1].execution_count is None
    assert lesson.cells[1].metadata["tags"] == ["nbval-skip"] and "collapsed" not in lesson.cells[1].metadata
    assert lesson.cells[1].metadata["jupyter"] == {"source_hidden": True}  # a cell that only draws stays folded
    assert "widgets" not in lesson.metadata
    assert [cell.id for cell in lesson.cells] == ["cell-0", "cell-1"]
    assert notebook.cells[1].execution_count == 7, "the solved notebook itself must not change"


def test_the_same_bytes_whatever_the_order_of_keys():
    notebook = new_notebook(cells=[new_markdown_cell("ä ö ü")])
    notebook.cells[0].id = "words"
    text = build.serialise(notebook)
    assert text.endswith("}\n") and "ä ö ü" in text
    assert build.serialise(nbformat.reads(text, as_version=4)) == text


@pytest.mark.parametrize("name", NAMES)
def test_no_line_of_a_solution_stands_in_a_lesson(name):
    solved = nbformat.read(ROOT / "solutions" / name, as_version=4)
    lesson = "\n".join(c.source for c in nbformat.read(ROOT / "lessons" / name, as_version=4).cells)
    everywhere = {" ".join(line.split()) for line in lesson.splitlines()}
    for line in _solution_lines(solved):
        assert line not in everywhere, line
        assert len(line) < 12 or line not in " ".join(lesson.split()), line


def _solution_lines(notebook):
    for cell in notebook.cells:
        inside = False
        for line in cell.source.splitlines():
            if build.END in line:
                inside = False
            if inside and line.strip() and not line.strip().startswith("#"):
                yield " ".join(line.split())
            if build.BEGIN in line:
                inside = True


@pytest.mark.parametrize("name", NAMES)
def test_hints_hold_no_line_of_a_solution(name):
    from course_utils.exercises import registry

    hints = " ".join(" ".join(" ".join(e.hints).split()) for e in registry.of_lesson(name[:2]))
    for line in _solution_lines(nbformat.read(ROOT / "solutions" / name, as_version=4)):
        assert len(line) < 12 or line not in hints, line


@pytest.mark.parametrize("folder", ["solutions", "lessons"])
@pytest.mark.parametrize("name", NAMES)
def test_nbgrader_accepts_the_metadata(folder, name):
    v3 = pytest.importorskip("nbgrader.nbgraderformat.v3")
    notebook = nbformat.read(ROOT / folder / name, as_version=4)
    v3.MetadataValidatorV3().validate_nb(notebook)
    graded = [c.metadata.nbgrader for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]
    assert graded and all(cell.points > 0 for cell in graded)


@pytest.mark.parametrize("name", NAMES)
def test_stubs_are_those_that_nbgrader_makes(name):
    preprocessors = pytest.importorskip("nbgrader.preprocessors")
    solved = nbformat.read(ROOT / "solutions" / name, as_version=4)
    cleared, _ = preprocessors.ClearSolutions().preprocess(solved, {})
    ours = nbformat.read(ROOT / "lessons" / name, as_version=4)
    assert [c.source for c in cleared.cells] == [c.source for c in ours.cells]
