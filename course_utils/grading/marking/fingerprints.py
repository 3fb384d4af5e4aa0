"""What a grade depends on, as hashes: if none of it has changed, there is nothing to grade again.

A mark is computed with the modules of its exercises, with those of the course that a notebook names, and with all that
these import. Figures, pages and commands are not among them: another colour is no reason to grade a class again.
"""

from __future__ import annotations

import ast
import hashlib
import json
import platform
import re
from collections.abc import Collection, Iterator
from functools import cache
from importlib.metadata import version
from importlib.util import resolve_name
from pathlib import Path

COURSE = Path(__file__).resolve().parents[2]
_VERSION = 3
"""To be raised when the grader comes to other marks for the same submission."""
_SHOWN = {"explorer", "page", "plots", "predictions", "progress", "quizzes", "tables", "widgets"}
_COMMANDS = {"author", "bench", "checkout", "cli", "doctor", "grading", "site", "start"}
_NAMED = re.compile(rb"course_utils(?=(.{0,300}))", re.DOTALL)
"""What stands behind the course's name: an import may go on over several lines."""
_WORD = re.compile(rb"\w+")


def of(*parts: object) -> str:
    """A hash of plain values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


@cache
def of_environment() -> str:
    """Of Python, of the libraries that answers use, and of the grader's own rules."""
    libraries = {name: version(name) for name in ("torch", "torchvision", "numpy", "scipy")}
    return of(_VERSION, platform.python_version(), libraries)


def of_lesson(lesson: str, course: Path = COURSE) -> str:
    """Of a lesson's exercises, and of all modules that these import.

    Args:
        lesson: two digits.
        course: folder of the package.
    """
    own = (name for name in _modules(course) if f"exercises.lesson_{lesson}" in name and not name.endswith(".quiz"))
    return _of_modules(frozenset(own), course)


def of_named(notebook: bytes, course: Path = COURSE) -> str:
    """Of the modules of the course that a notebook names, and of all that these import.

    Args:
        notebook: its bytes; they are not taken apart.
        course: folder of the package.
    """
    words = {word.decode("ascii", "replace") for behind in _NAMED.findall(notebook) for word in _WORD.findall(behind)}
    words.discard("exercises")  # which every notebook names, for its check
    return _of_modules(frozenset(name for name in _modules(course) if _part(name) in words), course)


@cache
def _of_modules(names: frozenset[str], course: Path) -> str:
    known, reached, waiting = _modules(course), set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in reached and _part(name) not in _SHOWN | _COMMANDS:
            reached.add(name)
            waiting += _imports(name, known[name], known)
    return of([(name, known[name].read_text(encoding="utf-8")) for name in sorted(reached)])


@cache
def _modules(course: Path) -> dict[str, Path]:
    """Every module of the course, by its full name; a package is its ``__init__``."""
    files = {path.relative_to(course.parent).with_suffix(""): path for path in course.rglob("*.py")}
    return {".".join(own.parts).removesuffix(".__init__"): path for own, path in files.items()}


def _part(name: str) -> str:
    """The part of the course that a module belongs to: what stands behind the first dot of its name."""
    return name.partition(".")[2].partition(".")[0]


def _imports(name: str, path: Path, known: Collection[str]) -> Iterator[str]:
    """Modules of the course that a module imports, inside its functions too."""
    package = name if path.stem == "__init__" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            full = [f"{base}.{alias.name}" for alias in node.names]
            yield from (each if each in known else base for each in full if each in known or base in known)
