"""Notebooks as tools leave them: kept whole, or refused by a sentence that names the file and the cell."""

import atexit
import json
import sys
from pathlib import Path

import nbclient
import nbformat
import pytest
from typer.testing import CliRunner

from course_utils.author import build, execute, solved
from course_utils.cli import app

ANSWER = "def to_unit_range(pixels):\n    ### BEGIN SOLUTION\n    return pixels / 255\n    ### END SOLUTION"


def _raw():
    """A solved notebook as Python's json reads it."""
    sources = [ANSWER, 'to_unit_range = check("0.1", to_unit_range)', "print(1)"]
    code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [{"cell_type": "markdown", "id": "words", "metadata": {}, "source": ["# Pixels\n", "Read."]}]
    cells += [{**code, "id": f"code-{i}", "source": source} for i, source in enumerate(sources)]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout with one lesson, 00_x."""
    (tmp_path / "solutions").mkdir()
    (tmp_path / "lessons").mkdir()
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write(checkout, notebook):
    (checkout / "solutions" / "00_x.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def _course(*arguments):
    result = CliRunner().invoke(app, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output.strip()


def _without(notebook, key, number=2):
    del notebook["cells"][number - 1][key]


def _set(notebook, number=2, **values):
    notebook["cells"][number - 1].update(values)


def _shown(value):
    return {"output_type": "display_data", "metadata": {}, "data": {"application/json": value}}


def _nested(depth):
    return [_nested(depth - 1)] if depth else 0


def _language(notebook, part, key, language):
    notebook["metadata"][part] = {"name": "ir", "display_name": "R", key: language}


REFUSED = {
    "outputs missing": (lambda n: _without(n, "outputs"), "cell 2 (code-0) has no list of outputs"),
    "source missing": (lambda n: _without(n, "source"), "cell 2 (code-0) has no source"),
    "source of numbers": (lambda n: _set(n, source=[1, 2]), "cell 2 (code-0) has no source"),
    "no cell type": (lambda n: _without(n, "cell_type", 1), "cell 1 (words) is no code, markdown or raw cell"),
    "a cell that is text": (lambda n: n["cells"].append("x"), "cell 5 is no code, markdown or raw cell"),
    "pasted picture": (
        lambda n: _set(n, 1, attachments={"p.png": {"image/png": "iVBORw0KGgo="}}),
        "cell 1 (words) has a pasted picture",
    ),
    "link to one": (lambda n: _set(n, 1, source="![p](attachment:p.png)"), "cell 1 (words) has a pasted picture"),
    "half a character": (
        lambda n: _set(n, 4, outputs=[{"output_type": "stream", "name": "stdout", "text": ["\ud83d"]}]),
        "cell 4 (code-2) holds half a character",
    ),
    "tags in one word": (lambda n: _set(n, metadata={"tags": "nbval-skip"}), "cell 2 (code-0) has tags that are no"),
    "metadata in a list": (lambda n: _set(n, metadata=[]), "cell 2 (code-0) has metadata that are none"),
    "solution in prose": (lambda n: _set(n, 1, source=ANSWER), "cell 1 (words) is a markdown cell with a BEGIN"),
    "one id twice": (lambda n: _set(n, 4, id="words"), "cells 1 and 4 have one id, words"),
    "no valid id": (lambda n: _set(n, id="a b"), "cell 2 (a b) is not valid (id: 'a b' does not match"),
    "an odd output": (
        lambda n: _set(n, 4, outputs=[{"output_type": "paper"}]),
        "cell 4 (code-2) is not valid (outputs 0",
    ),
    "an output of a megabyte": (
        lambda n: _set(n, 4, outputs=[{"output_type": "x" * 10**6}]),
        "cell 4 (code-2) is not valid (outputs 0",
    ),
    "outputs below words": (lambda n: _set(n, 1, outputs=[]), "cell 1 (words) is not valid (Additional"),
    "half a character as id": (lambda n: _set(n, id="\ud83d"), "cell 2 (\\ud83d) holds half a character"),
    "an id of two lines": (lambda n: _set(n, id="a\nb", outputs=None), "cell 2 (a b) has no list of outputs"),
    "a number beyond all": (
        lambda n: _set(n, 4, outputs=[_shown(float("1e999"))]),
        "it is not JSON (Infinity is no number",
    ),
    "an output nested deeply": (lambda n: _set(n, 4, outputs=[_shown(_nested(900))]), "it is nested too deeply"),
    "a link to one in HTML": (
        lambda n: _set(n, 1, source='<img src="attachment:p.png">'),
        "cell 1 (words) has a pasted picture",
    ),
    "a link to one by name": (
        lambda n: _set(n, 1, source="![p][q]\n\n[q]: attachment:p.png"),
        "cell 1 (words) has a pasted picture",
    ),
    "a cell in another language": (
        lambda n: _set(n, 4, metadata={"vscode": {"languageId": "shellscript"}}),
        "cell 4 (code-2) is in shellscript",
    ),
    "the marks of a merge": (
        lambda n: _set(n, 4, source="<<<<<<< local\nx = 1\n=======\nx = 2\n>>>>>>> remote"),
        "cell 4 (code-2) holds the marks of a merge",
    ),
    "a region not closed": (
        lambda n: _set(n, source=ANSWER.replace("### END SOLUTION", "")),
        "cell code-0: A BEGIN SOLUTION is never closed",
    ),
    "a solution that is no Python": (
        lambda n: _set(n, source=ANSWER.replace("return", "retu rn")),
        "cell code-0 is no valid Python",
    ),
    "no such exercise": (lambda n: _set(n, 3, source='f = check("0.99", f)'), "cell code-1: There is no exercise"),
    "one exercise twice": (
        lambda n: n["cells"].extend({**cell, "id": f"again-{cell['id']}"} for cell in n["cells"][1:3]),
        "cell again-code-1 checks exercise 0.1 a second time",
    ),
    "the kernel of R": (lambda n: _language(n, "kernelspec", "language", "R"), "it belongs to a kernel for R"),
    "the kernel of R, by its name": (
        lambda n: n["metadata"].update(kernelspec={"name": "ir", "display_name": "R"}),
        "it belongs to a kernel for ir",
    ),
    "a kernel that is none": (lambda n: n["metadata"].update(kernelspec=None), "its kernelspec is no object"),
    "the language Julia": (lambda n: _language(n, "language_info", "name", "julia"), "it belongs to a kernel for"),
    "format 3": (lambda n: n.update(nbformat=3, nbformat_minor=0), "it is of notebook format 3.0"),
    "a format to come": (lambda n: n.update(nbformat_minor=9), "it is of notebook format 4.9"),
    "a format in decimals": (lambda n: n.update(nbformat=4.0), "it is of notebook format 4.0.5"),
    "a format that is a truth": (lambda n: n.update(nbformat_minor=True), "it is of notebook format 4.True"),
    "no format": (lambda n: n.pop("nbformat"), "it is of notebook format None.5"),
    "no cells": (lambda n: n.pop("cells"), "it has no list of cells"),
    "half a statement solved": (
        lambda n: _set(n, source="x = [\n    ### BEGIN SOLUTION\n    1\n    ### END SOLUTION\n]"),
        "cell code-0 without its solution is no valid Python",
    ),
    "a check forgotten": (lambda n: n["cells"].pop(2), "The solution in cell 'code-0' has no check"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_kept_is_refused_by_file_and_cell(checkout, kind):
    change, words = REFUSED[kind]
    notebook = _raw()
    change(notebook)
    _write(checkout, notebook)
    before = (checkout / "solutions" / "00_x.ipynb").read_bytes()
    for command in (["build"], ["build", "--check"]):
        code, said = _course(*command)
        assert code == 1 and said.startswith(f"solutions/00_x.ipynb: {words}") and "\n" not in said, said
        assert len(said) < 500
    assert (checkout / "solutions" / "00_x.ipynb").read_bytes() == before
    assert not list((checkout / "lessons").iterdir())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is not JSON"),
        (b"[]", "it is JSON, but no notebook"),
        (b'{"cells": [1,', "it is not JSON"),
        (b'<<<<<<< HEAD\n{"cells": []}', "it holds the marks of a merge"),
        (b"\xff\xfe{}", "byte 0 is not UTF-8"),
        (b'{"x": NaN}', "NaN is no number of JSON"),
        (b'{"x": 1e999}', "1e999 is no number of JSON"),
        (b'{"cells": [], "cells": []}', "cells stands twice"),
        (b"[" * 100_000, "it is nested too deeply"),
    ],
)
def test_files_that_are_no_notebooks_get_a_sentence(checkout, content, words):
    (checkout / "solutions" / "00_x.ipynb").write_bytes(content)
    code, said = _course("build")
    assert code == 1 and said.startswith("solutions/00_x.ipynb: ") and words in said and "\n" not in said, said


def test_a_folder_with_the_name_of_a_notebook_gets_a_sentence(checkout):
    (checkout / "solutions" / "00_x.ipynb").mkdir()
    code, said = _course("build")
    assert code == 1 and said.startswith("solutions/00_x.ipynb: it cannot be read"), said


@pytest.mark.parametrize("command", [["build"], ["build", "--check"]])
def test_a_folder_in_the_place_of_a_lesson_gets_a_sentence(checkout, command):
    _write(checkout, _raw())
    (checkout / "lessons" / "00_x.ipynb").mkdir()
    code, said = _course(*command)
    assert code == 1 and said.startswith("lessons/00_x.ipynb: it cannot be read or written"), said


def _drop_ids(notebook):
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        del cell["id"]


KEPT = {
    "format 4.2 with ids, as VS Code writes it": lambda n: n.update(nbformat_minor=2),
    "no ids, as Colab writes it": _drop_ids,
    "no metadata": lambda n: n.pop("metadata"),
    "a cell without metadata": lambda n: _without(n, "metadata"),
    "lines in a list": lambda n: _set(n, source=ANSWER.splitlines(keepends=True)),
    "a code cell without its count": lambda n: _without(n, "execution_count"),
    "a word that ends in attachment:": lambda n: _set(n, 1, source="See the attachment: it is short."),
    "a raw cell of VS Code": lambda n: n["cells"].append(
        {"cell_type": "raw", "id": "raw", "metadata": {"vscode": {"languageId": "raw"}}, "source": "x"}
    ),
    "a raw cell": lambda n: n["cells"].append({"cell_type": "raw", "id": "raw", "metadata": {}, "source": "x"}),
    "a whole character of two halves": lambda n: _set(n, 1, source="\U0001f600"),
}


@pytest.mark.parametrize("kind", KEPT)
def test_what_can_be_kept_becomes_a_valid_lesson_and_check_asks_for_it_first(checkout, kind):
    notebook = _raw()
    KEPT[kind](notebook)
    _write(checkout, notebook)
    code, said = _course("build", "--check")
    assert code == 1 and "solutions/00_x.ipynb is not what course build writes" in said
    assert _course("build")[0] == 0 and _course("build", "--check") == (0, "lessons/ is up to date.")
    for folder in ("solutions", "lessons"):
        made = nbformat.read(checkout / folder / "00_x.ipynb", as_version=4)
        nbformat.validate(made)
        assert (made.nbformat_minor, len(made.cells)) == (5, len(notebook["cells"]))
        assert len({cell.id for cell in made.cells}) == len(made.cells)


def test_a_byte_order_mark_is_left_out(checkout):
    (checkout / "solutions" / "00_x.ipynb").write_text(json.dumps(_raw()), encoding="utf-8-sig")
    assert _course("build")[0] == 0
    assert (checkout / "solutions" / "00_x.ipynb").read_bytes().startswith(b"{")


def test_ids_are_the_same_at_every_reading(checkout):
    notebook = _raw()
    _drop_ids(notebook)
    _write(checkout, notebook)
    path = checkout / "solutions" / "00_x.ipynb"
    assert [c.id for c in solved.read(path).cells] == [c.id for c in solved.read(path).cells]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 1\nraise ValueError('too\\nlong')", "stopped at line 2 with ValueError: too"),
        ("import os; os._exit(1)", "ended its kernel"),
        ("x =", "stopped at line 1 with SyntaxError"),
        ("print('Cell In[7], line 99')\nassert False, 'x' * 5000", "stopped at line 2 with AssertionError: xxx"),
        (
            "from IPython.display import display\ndisplay({'image/png': 5}, raw=True)",
            "shows what no notebook can hold (5 is not valid",
        ),
    ],
)
def test_a_cell_that_fails_is_named_and_the_file_stays_as_it_was(checkout, source, words):
    notebook = _raw()
    notebook["cells"] = [notebook["cells"][0], {**notebook["cells"][3], "source": source}]
    _write(checkout, notebook)
    before = (checkout / "solutions" / "00_x.ipynb").read_bytes()
    code, said = _course("run", "00")
    last = said.splitlines()[-1]
    assert code == 1 and last.startswith("solutions/00_x.ipynb: cell 2 (code-2) ") and words in last, said
    assert len(said.splitlines()) == 2 and len(last) < 400
    assert (checkout / "solutions" / "00_x.ipynb").read_bytes() == before


def _install_kernel(checkout, monkeypatch, text):
    """Put a kernel before the one of this environment."""
    spec = checkout / "jupyter" / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(text)
    monkeypatch.setenv("JUPYTER_PATH", str(checkout / "jupyter"))


def _kernel(*argv):
    return json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"})


def _heard(capfd, *sources):
    """What course run says, and what its kernel says past it."""
    cells = [{**_raw()["cells"][3], "id": f"code-{i}", "source": source} for i, source in enumerate(sources)]
    Path("solutions/00_x.ipynb").write_text(json.dumps({**_raw(), "cells": cells}), encoding="utf-8")
    code, said = _course("run", "00")
    caught = capfd.readouterr()
    return code, said, caught.out + caught.err


LOUD = """import os, sys
os.write(2, b"noise")
os.execv(sys.executable, [sys.executable, "-m", "ipykernel_launcher", "-f", sys.argv[1]])"""


def test_a_cell_that_takes_too_long_is_named_and_its_kernel_is_not_heard(checkout, monkeypatch, capfd):
    _install_kernel(checkout, monkeypatch, _kernel(sys.executable, "-c", LOUD, "{connection_file}"))
    monkeypatch.setattr(execute, "CELL_SECONDS", 1)
    code, said, past = _heard(capfd, "1", "import time\ntime.sleep(60)")
    assert code == 1 and said.endswith("cell 2 (code-1) ran for more than 1 s: make it smaller."), said
    assert past == ""


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (_kernel("/nowhere/python"), "its kernel does not start ([Errno 2] No such file"),
        (
            _kernel(sys.executable, "-c", "import nothing_there"),
            "its kernel does not start (ModuleNotFoundError: No module named 'nothing_there')",
        ),
        ("", "its kernel does not start (Expecting value"),
    ],
)
def test_a_kernel_that_does_not_start_is_a_sentence(checkout, monkeypatch, capfd, spec, words):
    _install_kernel(checkout, monkeypatch, spec)
    ends = []
    monkeypatch.setattr(atexit, "register", lambda function, *rest: ends.append(function))
    monkeypatch.setattr(atexit, "unregister", lambda function: ends.remove(function) if function in ends else None)
    code, said, past = _heard(capfd, "1")
    assert code == 1 and said.splitlines()[-1].startswith("solutions/00_x.ipynb: ") and words in said, said
    assert past == "" and len(said.splitlines()) == 2
    assert not [end for end in ends if "NotebookClient" in repr(end)], "a second traceback, when Python ends"


def test_no_kernel_is_a_sentence(checkout, monkeypatch):
    def fail(self, **options):
        raise execute.NoSuchKernel("python3")

    monkeypatch.setattr(nbclient.NotebookClient, "execute", fail)
    _write(checkout, _raw())
    code, said = _course("run", "00")
    assert code == 1 and "solutions/00_x.ipynb: there is no kernel named python3" in said


def test_what_no_lesson_can_be_made_of_is_refused_before_it_is_run(checkout, monkeypatch):
    monkeypatch.setattr(execute, "fill", lambda *arguments: pytest.fail("It was run."))
    notebook = _raw()
    notebook["cells"].pop(2)
    _write(checkout, notebook)
    code, said = _course("run", "00")
    assert code == 1 and "has no check" in said


def test_a_lesson_that_is_not_there_is_not_run_in_silence(checkout):
    _write(checkout, _raw())
    code, said = _course("run", "0")
    assert code == 2 and "no lesson 0" in " ".join(said.split()), said


def test_nothing_invalid_is_ever_written():
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x")])
    made.cells[0].id = "a b"
    with pytest.raises(build.BuildError, match=r"cell 1 \(a b\) is not valid"):
        solved.serialise(made)
