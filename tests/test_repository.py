"""What git keeps: text with one kind of line end, the course's data, weights and pictures, and no leftovers."""

import shutil
import subprocess
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parent.parent
BINARIES = {
    "course_utils/assets/data": {".gz"},
    "course_utils/assets/checkpoints": {".safetensors"},
    "course_utils/assets/pictures": {".png"},
    "benchmarks": {".png"},
}
"""Folder -> suffixes of the binary files that it may hold, in folders of its own too."""
LEFTOVERS = {".bak", ".log", ".orig", ".pyc", ".rej", ".swp", ".tmp"}
"""Suffixes of what editors, merges and programs leave lying about; most of it is text."""


def _git(*arguments, cwd=ROOT):
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("This copy of the course is no checkout of git.")
    return subprocess.run(["git", *arguments], cwd=cwd, capture_output=True, text=True, check=True).stdout


def _strangers(names, is_binary):
    """Binary files that stand where none may stand, and leftovers."""
    found = []
    for name in names:
        path = PurePosixPath(name)
        allowed = {suffix for folder, own in BINARIES.items() if path.is_relative_to(folder) for suffix in own}
        if path.suffix in LEFTOVERS or is_binary(name) and path.suffix not in allowed:
            found.append(name)
    return found


def _has_null_byte(name):
    return b"\0" in (ROOT / name).read_bytes()[:8000]  # as git itself tells binary files


def test_git_keeps_no_leftovers_and_no_binary_but_data_weights_and_pictures():
    names = [name for name in _git("ls-files", "-z").split("\0") if name and (ROOT / name).is_file()]
    assert len(names) > 100
    assert _strangers(names, _has_null_byte) == []


@pytest.mark.parametrize("name", ["course_utils/vae.py.orig", "tests/numbers.cpython-311.pyc", "benchmarks/race.log"])
def test_a_leftover_is_noticed_though_it_is_text(name):
    assert _strangers([name, "course_utils/vae.py"], lambda name: False) == [name]


@pytest.mark.parametrize(
    ("name", "strange"),
    [
        ("py_spy-0.4.3-py2.py3-none-manylinux1_x86_64.whl", True),
        ("course_utils/engine.so", True),
        ("course_utils/assets/data/notes.docx", True),
        ("lessons/picture.png", True),
        ("course_utils/assets/data/MNIST/raw/train-images-idx3-ubyte.gz", False),
        ("course_utils/assets/checkpoints/gans/gan-a.safetensors", False),
        ("benchmarks/train.png", False),
    ],
)
def test_a_binary_elsewhere_is_noticed(name, strange):
    assert _strangers([name], lambda name: True) == [name] * strange


def test_text_has_the_same_bytes_in_every_clone(tmp_path):
    """Windows' git turns line ends in a clone unless it is told not to; lessons would differ, and scripts not run."""
    names = ["lessons/00_start_here.ipynb", "binder/start", "binder/postBuild", ".ci/run", "tests/test_repository.py"]
    said = _git("check-attr", "eol", "--", *names).splitlines()
    assert [line.rpartition(": ")[2] for line in said] == ["lf"] * len(names)
    said = _git("check-attr", "text", "--", "benchmarks/train.png", "course_utils/assets/data/x.gz").splitlines()
    assert [line.rpartition(": ")[2] for line in said] == ["unset"] * 2
    for name in ("binder/start", ".gitattributes"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    for arguments in (["init", "-q"], ["config", "core.autocrlf", "true"], ["add", "."]):
        _git(*arguments, cwd=tmp_path)
    (tmp_path / "binder" / "start").unlink()
    _git("checkout", "--", ".", cwd=tmp_path)
    assert b"\r" not in (tmp_path / "binder" / "start").read_bytes()
