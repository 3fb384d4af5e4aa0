"""Figures and interactive views: alt text always, and every slider over its whole range."""

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

ROOT = Path(__file__).parent.parent
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))


def test_a_picture_carries_its_alt_text_and_closes_its_figure():
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
    plt.close(figure)


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


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_every_view_of_a_lesson_draws_over_its_whole_range(path, monkeypatch):
    views = []
    monkeypatch.setattr(widgets, "explore", lambda draw, **controls: views.append((draw, controls)))
    monkeypatch.setattr(plots, "display", lambda picture: None)
    monkeypatch.setattr(IPython.display, "display", lambda *shown, **options: Mock())
    scope = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, f"{path.name}:{cell.id}", "exec"), scope)
    assert views, "every lesson has an interactive view"
    for draw, controls in views:
        for values in itertools.product(*map(_ends_and_middle, controls.values())):
            figure, alt = draw(**dict(zip(controls, values, strict=True)))
            assert len(alt) > 20 and figure.axes
            plots.png(figure)
