"""An exercise is found by its number: one file and its probe, which knows no answer."""

import ast
from pathlib import Path

import pytest

from course_utils.exercises import registry

FOLDER = Path(registry.__file__).parent
FILES = sorted(FOLDER.glob("lesson_*/*.py"))
PROBES = [path for path in FILES if path.stem.startswith(("probe_", "shared_probing"))]
KNOWS_NO_ANSWER = {"contract", "probing", "inspecting", "shared_probing"}


def _imports(path):
    """(how far up, module) of each relative import, ``from . import x`` counting as one of x."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield from ((node.level, name) for name in ([node.module] if node.module else [a.name for a in node.names]))
        elif isinstance(node, ast.ImportFrom | ast.Import):
            names = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            assert not any("exercises" in name for name in names), f"{path.name}: import it by its dots"


def test_every_file_is_an_exercise_its_probe_a_quiz_or_shared():
    for path in FILES:
        numbers = {exercise_id.replace(".", "_") for exercise_id in registry.ids(path.parent.name[-2:])}
        known = {f"{part}_{number}" for part in ("ex", "probe") for number in numbers}
        assert path.stem in known | {"__init__", "quiz", "shared", "shared_probing"}, path
        assert all((path.parent / f"{name}.py").exists() for name in known), path.parent


@pytest.mark.parametrize("path", PROBES, ids=lambda path: path.stem)
def test_a_probe_imports_nothing_that_knows_an_answer(path):
    for _, module in _imports(path):
        assert module in KNOWS_NO_ANSWER or module.startswith("probe_"), module


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_sentence_of_a_card_holds_a_name_of_the_code(path):
    words = (
        node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant)
    )
    assert [one for one in words if isinstance(one, str) and "judge." in one] == []


def test_exercises_are_counted_from_one_without_a_gap():
    for lesson in registry.lessons():
        wanted = [f"{int(lesson)}.{i}" for i in range(1, len(registry.ids(lesson)) + 1)]
        assert registry.ids(lesson) == wanted
