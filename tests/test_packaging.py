"""What a fresh machine relies on: pins that fit the ranges, one pair of torch and torchvision, commands that exist."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from typer.testing import CliRunner

from course_utils.cli import app

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def _pins(path):
    return dict(re.findall(r"^([\w-]+)==([\w.+]+)$", (ROOT / path).read_text(), re.MULTILINE))


def test_every_dependency_is_pinned_inside_its_range():
    pins = _pins("requirements.txt")
    for line in PROJECT["dependencies"]:
        requirement = Requirement(line)
        assert requirement.specifier.contains(pins[requirement.name]), line
    assert "-e ." in (ROOT / "requirements.txt").read_text()


def test_binder_takes_the_cpu_wheels_of_the_same_pair():
    pins, binder = _pins("requirements.txt"), _pins("binder/requirements.txt")
    assert binder == {name: f"{pins[name]}+cpu" for name in ("torch", "torchvision")}
    assert "-r ../requirements.txt" in (ROOT / "binder/requirements.txt").read_text()


@pytest.mark.parametrize("path", ["README.md", ".devcontainer/devcontainer.json", ".github/workflows/tests.yml"])
def test_who_takes_the_cpu_wheels_takes_the_same_pair(path):
    pins = _pins("requirements.txt")
    found = re.findall(r"install \"?torch==([\w.]+)\"? \"?torchvision==([\w.]+)", (ROOT / path).read_text())
    assert set(found) == {(pins["torch"], pins["torchvision"])}


def test_who_cites_the_course_cites_the_version_that_the_changelog_knows():
    version = PROJECT["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"\n## {version} - " in (ROOT / "CHANGELOG.md").read_text()


def test_everything_that_is_no_python_ships_with_the_package():
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    course = ROOT / "course_utils"
    shipped = {path for pattern in setuptools["package-data"]["course_utils"] for path in course.glob(pattern)}
    files = {path for path in course.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}}
    assert files <= shipped and any(path.suffix == ".html" for path in files)


def test_the_readme_lists_every_lesson_and_links_only_to_what_exists():
    readme = (ROOT / "README.md").read_text()
    for path in sorted((ROOT / "lessons").glob("*.ipynb")):
        assert f"| {path.stem[:2]} | [" in readme and f"(lessons/{path.name})" in readme
    headings = {title.lower().replace(" ", "-") for title in re.findall(r"^#+ (.+)$", readme, re.MULTILINE)}
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", readme):
        assert target[1:] in headings if target.startswith("#") else (ROOT / target).exists(), target


def test_torch_and_torchvision_import_together():
    import torchvision  # a pair that does not match fails here: "operator torchvision::nms does not exist"

    assert torchvision.ops.nms


def test_the_package_itself_imports_nothing_heavy():
    code = "import course_utils, course_utils.cli, sys; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_authors_and_tests_do_not_wait_for_grammars_of_web_addresses():
    code = "import course_utils.author, nbformat, sys; sys.exit('lark' in sys.modules)"
    subprocess.run([sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path}; {code}"], check=True)
    assert "rfc3987_syntax.syntax_helpers" not in sys.modules


def test_doctor_finds_this_machine_ready(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0, result.output
    assert result.output.count("ok  ") == 4 and "mnist 60,000 train+validation" in result.output


def test_doctor_says_what_is_wrong_and_fails(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "file" / "cache"))
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1 and "COURSE_CACHE" in result.output
    assert result.output.count("ok  ") == 3, result.output


@pytest.mark.parametrize("arguments", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_has_nothing_to_say(arguments):
    pytest.importorskip("ruff")
    command = [sys.executable, "-m", "ruff", *arguments, "."]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_course_is_told_where_it_must_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["build"])
    assert result.exit_code != 0 and "no solutions/ folder" in result.output
