"""Figures and interactive views: alt text always, and every slider over its whole range."""

import ast
import itertools
from pathlib import Path
from unittest.mock import Mock

import IPython.display
import ipywidgets
import matplotlib.pyplot as plt
import nbformat
import pytest
import torch

from course_utils import execute, plots, widgets
from course_utils.grading.jail.names import bound, is_check, needed

ROOT = Path(__file__).parent.parent
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))


def test_a_picture_carries_its_alt_text_and_pyplot_knows_nothing_of_its_figure():
    figure, axis = plots.subplots()
    axis.plot([0, 1])
    picture = plots.picture(figure, "A rising line.")
    data, metadata = picture._repr_mimebundle_()
    assert metadata["image/png"]["alt"] == "A rising line."
    assert not plt.get_fignums()


def test_a_figure_without_alt_text_is_refused():
    figure, _ = plots.subplots()
    with pytest.raises(ValueError, match="alt text"):
        plots.show(figure, "  ")


@pytest.mark.parametrize(("count", "columns", "grid"), [(1, 10, (1, 1)), (20, 10, (2, 10)), (11, 10, (2, 10))])
def test_digits_fill_a_grid(count, columns, grid):
    figure = plots.digits(torch.rand(count, 1, 28, 28), columns=columns)
    assert len(figure.axes) == grid[0] * grid[1]
    assert sum(len(axis.images) for axis in figure.axes) == count


def test_a_view_shows_a_still_picture_and_redraws_it(monkeypatch):
    shown, redrawn = [], []

    class Handle:
        update = redrawn.append

    def fake_display(thing, **options):
        shown.append((thing, options))
        return Handle() if options.get("display_id") else None

    monkeypatch.setattr(widgets, "display", fake_display)

    def draw(height):
        figure, axis = plots.subplots()
        axis.axhline(height)
        return figure, f"A line at {height}."

    box = widgets.explore(draw, height=widgets.slider("height", 0, 1, 0.5, 0.1))
    controls, still = shown[0][0], shown[1][0]
    assert widgets.WIDGET_MIME in controls and "height" in controls["text/plain"]
    assert still.alt == "A line at 0.5."
    box.children[0].value = 0.7
    assert [picture.alt for picture in redrawn] == ["A line at 0.7."]


def test_stored_outputs_hold_no_widget_model():
    data = {"text/plain": "Controls", widgets.WIDGET_MIME: {"model_id": "x"}}
    output = nbformat.v4.new_output("display_data", data=data)
    assert list(execute._portable(output).data) == ["text/plain"]


def _ends_and_middle(control):
    if isinstance(control, ipywidgets.ToggleButtons | ipywidgets.SelectionSlider):
        return list(control.options)
    middle = control.min + round((control.max - control.min) / 2 / control.step) * control.step
    return [control.min, type(control.min)(middle), control.max]


def _reads(statements):
    """Names that must be there before these statements run."""
    found, own = set(), set()
    for statement in statements:
        parts = [statement]
        if isinstance(statement, ast.For):  # a loop brings its own variables
            parts = [ast.copy_location(ast.Assign([statement.target], statement.iter), statement), *statement.body]
        for part in parts:
            found |= needed(part) - own
            own |= bound(part) if len(parts) > 1 else set()
        own |= bound(statement)
    return found


def _read_later(statements):
    """Names that functions of these statements read whenever they are called."""
    scopes = ast.FunctionDef | ast.ClassDef | ast.Lambda
    return {name for s in statements if any(isinstance(node, scopes) for node in ast.walk(s)) for name in needed(s)}


def _cells_behind_views(cells):
    """The cells that views depend on, in order: those of every name that a view's cell or function reads.

    A function reads a name when a slider moves, after the whole lesson has run; so the last cell that gives the
    name a value counts, also below the view.
    """
    late = set()
    while True:
        wanted, kept = set(late), []
        for cell in reversed(cells):
            names = set().union(*map(bound, cell))
            if names & wanted or any("widgets.explore(" in ast.unparse(statement) for statement in cell):
                kept.insert(0, cell)
                wanted = wanted - names | _reads(cell)
        found = set().union(*map(_read_later, kept))
        if found <= late:
            return kept
        late |= found


@pytest.mark.parametrize(
    ("sources", "kept"),
    [
        (["a = 1", "b = slow()", "widgets.explore(lambda x: a)"], [0, 2]),
        (["a = 1", "def draw(x):\n    return a", "widgets.explore(draw)", "b = 2", "a = 3"], [0, 1, 2, 4]),
        (
            ["t = {}", "names = []", "for k in names:\n    t[k] = str(k)", "k = 1", "widgets.explore(t.get)"],
            [0, 1, 2, 4],
        ),
        (["k = 5", "for k in [1]:\n    print(k)", "widgets.explore(print)"], [2]),
    ],
)
def test_the_cells_behind_a_view_are_those_of_its_names(sources, kept):
    cells = [ast.parse(source).body for source in sources]
    assert [cells.index(cell) for cell in _cells_behind_views(cells)] == kept


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_every_view_of_a_lesson_draws_over_its_whole_range(path, monkeypatch):
    """Every combination of the ends and middles is drawn; PNGs, the slow part, show each control's values once."""
    views = []
    monkeypatch.setattr(widgets, "explore", lambda draw, **controls: views.append((draw, controls)))
    monkeypatch.setattr(plots, "display", lambda picture: None)
    monkeypatch.setattr(IPython.display, "display", lambda *shown, **options: Mock())
    cells = [ast.parse(cell.source) for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    scope = {}
    for body in _cells_behind_views([[s for s in cell.body if not is_check(s)] for cell in cells]):
        exec(compile(ast.Module(body, []), path.name, "exec"), scope)
    assert views, "every lesson has an interactive view"
    for draw, controls in views:
        options = list(map(_ends_and_middle, controls.values()))
        longest = max(map(len, options))
        rendered = [tuple(own[i % len(own)] for own in options) for i in range(longest)]  # each value at least once
        for values in itertools.product(*options):
            figure, alt = draw(**dict(zip(controls, values, strict=True)))
            assert len(alt) > 20 and figure.axes
            if values in rendered:
                plots.png(figure)
