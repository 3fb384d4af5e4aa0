"""The wheel on a machine that has no checkout: small, whole, and a student's lessons come out of it."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from course_utils import start
from course_utils.cli import app

ROOT = Path(__file__).parent.parent
MEGABYTES = 45
RUN = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], 4)
NotebookClient(notebook, kernel_name="python3", timeout=300).execute()
print("\\n".join(str(output.get("data", {}).get("text/plain", "")) for cell in notebook.cells
                for output in cell.get("outputs", [])))
"""


def test_a_folder_gets_every_lesson_and_keeps_what_a_student_wrote(tmp_path):
    folder = tmp_path / "my course"
    mine = folder / start.FIRST
    mine.parent.mkdir()
    mine.write_text("mine")
    result = CliRunner().invoke(app, ["start", str(folder), "--no-browser"])
    assert result.exit_code == 0 and "14 new lessons" in result.output
    assert mine.read_text() == "mine"
    names = sorted(path.name for path in (ROOT / "lessons").glob("*.ipynb"))
    assert sorted(path.name for path in folder.iterdir()) == names


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(app, ["start", str(tmp_path / "file" / "course"), "--no-browser"])
    assert result.exit_code == 1 and "file" in result.output and "Traceback" not in result.output


def test_the_browser_opens_on_lesson_00_without_questions(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(start.subprocess, "run", lambda *command, **given: asked.append((command, given)) or _Ended)
    assert start.open_lab(tmp_path) == 0
    ((command,), given), *_ = asked
    assert command[1:3] == ["-m", "jupyterlab"] and command[-1] == start.FIRST and given["cwd"] == tmp_path
    assert Path(command[3].partition("=")[2], "overrides.json").is_file()


class _Ended:
    returncode = 0


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A virtual environment that has the course from its wheel, and a function that runs a command there.

    Libraries are those of the tests, by a path: what is tried is the wheel, not the registry.
    """
    home = tmp_path_factory.mktemp("wheel")
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("This copy of the course is no checkout of git.")
    for name in filter(None, tracked.stdout.split("\0")):
        if not name.startswith(("solutions/", "tests/")) and (ROOT / name).is_file():
            (home / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, home / "source" / name)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", str(home), "."]
    subprocess.run(build, cwd=home / "source", check=True)
    shutil.rmtree(home / "source")
    venv.create(home / "env", with_pip=False)
    python = home / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    (wheel,) = home.glob("vae_course-*.whl")
    hidden = {"PYTHONPATH", "COURSE_QUIET", "PYTEST_CURRENT_TEST"}  # where it is installed already, pip does nothing
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    install = [*pip, "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, cwd=home, env=environment, check=True)
    found = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True
    )
    Path(found.stdout.strip(), "libraries.pth").write_text(sysconfig.get_path("purelib"))

    def run(*arguments):
        command = [str(python), *map(str, arguments)]
        return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True)

    return wheel, run


def test_the_wheel_is_small_and_brings_the_lessons_of_the_checkout(bare, tmp_path):
    wheel, run = bare
    assert wheel.stat().st_size < MEGABYTES * 1_000_000
    where = run("-c", "import course_utils; print(course_utils.__file__)").stdout
    assert str(wheel.parent / "env") in where
    started = run("-m", "course_utils.cli", "start", tmp_path, "--no-browser")
    assert started.returncode == 0, started.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in (ROOT / "lessons").glob("*.ipynb")
    }


def test_doctor_is_content_without_a_checkout(bare):
    said = bare[1]("-m", "course_utils.cli", "doctor")
    assert said.returncode == 0 and said.stdout.count("ok  ") == 4, said.stdout + said.stderr


@pytest.mark.slow
@pytest.mark.parametrize("lesson", ["00", "04"])
def test_lessons_run_and_checks_answer_without_a_checkout(bare, lesson, tmp_path):
    _, run = bare
    started = run("-m", "course_utils.cli", "start", tmp_path, "--no-browser")
    assert started.returncode == 0, started.stderr
    (path,) = tmp_path.glob(f"{lesson}_*.ipynb")
    path.write_text(path.read_text(encoding="utf-8").replace("# hint(", "hint("), encoding="utf-8")
    ran = run("-c", RUN, path)
    assert ran.returncode == 0, ran.stderr[-2000:]
    for words in (f"Exercise {int(lesson)}.1", "not attempted yet", "hint 1 of 3"):
        assert words in ran.stdout
