"""The grader's rooms: arrows go down, and no module imports, by any way round, itself."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import course_utils

COURSE = Path(course_utils.__file__).parent
GRADING = "course_utils.grading"
BELOW = {
    "intake": set(),
    "jail": set(),
    "marking": {"intake", "jail"},
    "results": {"intake", "marking"},
    "top": {"intake", "jail", "marking", "results"},
}
"""Room -> rooms that it may know."""
CALLERS = {"course_utils.cli", "course_utils.doctor", "course_utils.bench.grading"}
"""The only modules outside that know the grader."""


def imports(source, module, is_package=False):
    """Absolute names of what a module imports, inside its functions too."""
    package = module.split(".") if is_package else module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) + 1 - node.level], *filter(None, [node.module])] if node.level else None
            name = ".".join(base) if base else node.module
            yield from (f"{name}.{alias.name}" for alias in node.names)


def graph(sources):
    """Module -> modules that it imports, among those given as name -> (source, whether it is a package)."""
    found = {}
    for name, (source, is_package) in sources.items():
        wanted = set(imports(source, name, is_package))
        wanted |= {each.rpartition(".")[0] for each in wanted if each not in sources}  # a name out of a module
        found[name] = (wanted & set(sources)) - {name}
    return found


def sources():
    made = {}
    for path in COURSE.rglob("*.py"):
        parts = ("course_utils", *path.relative_to(COURSE).with_suffix("").parts)
        is_package = parts[-1] == "__init__"
        made[".".join(parts[: -1 if is_package else None])] = path.read_text(encoding="utf-8"), is_package
    return made


def room(module):
    """The room of a module of the grader."""
    first = module.removeprefix(GRADING).lstrip(".").split(".")[0]
    return first if first in BELOW else "top"


def arrows_up(arrows):
    """Pairs of modules of the grader, the first of which must not know the second."""
    return [
        (module, known)
        for module, all_known in arrows.items()
        for known in all_known
        if module.startswith(GRADING) and known.startswith(GRADING)
        if room(known) not in BELOW[room(module)] | {room(module)}
    ]


@pytest.fixture(scope="module")
def arrows():
    return graph(sources())


def test_the_rooms_are_those_that_exist(arrows):
    folders = {path.name for path in (COURSE / "grading").iterdir() if (path / "__init__.py").exists()}
    assert folders == set(BELOW) - {"top"}


def test_arrows_go_down(arrows):
    assert arrows_up(arrows) == []


def test_nobody_imports_themselves_by_any_way_round(arrows):
    own = {module: known for module, known in arrows.items() if module.startswith(GRADING)}
    TopologicalSorter(own).prepare()


def test_nothing_below_the_grader_knows_it(arrows):
    outside = {module for module, known in arrows.items() if any(map(_ours, known)) and not _ours(module)}
    assert outside == CALLERS


def _ours(module):
    return module.split(".")[:2] == GRADING.split(".")


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("jail.wall", "from ..marking.records import Grade"),
        ("jail.wall", "def f():\n    import course_utils.grading.results.page"),
        ("intake.lessons", "from ..jail import wire"),
        ("marking.one", "from .. import run"),
        ("results.page", "from ..jail.wire import pack"),
    ],
)
def test_an_arrow_back_up_is_noticed(module, source):
    given = {**sources(), f"{GRADING}.{module}": (source, False)}
    assert [pair[0] for pair in arrows_up(graph(given))] == [f"{GRADING}.{module}"]


def test_a_circle_is_noticed():
    given = {**sources(), f"{GRADING}.jail.kernel": ("from .wall import KINDS", False)}
    with pytest.raises(CycleError):
        TopologicalSorter(graph(given)).prepare()
