"""Figures and interactive views: alt text always, and every slider over its whole range.

The views of the lessons themselves are driven in the kernels that run the solutions, see ``tests/notebooks/plugin.py``.
"""

import itertools
from html.parser import HTMLParser
from unittest.mock import Mock

import matplotlib.pyplot as plt
import nbformat
import pytest
import torch
from nbconvert import HTMLExporter

from course_utils import plots, widgets
from course_utils.author import execute

from .notebooks import views


def test_a_picture_carries_its_alt_text_and_pyplot_knows_nothing_of_its_figure():
    figure, axis = plots.subplots()
    axis.plot([0, 1])
    picture = plots.picture(figure, "A rising line.")
    data, metadata = picture._repr_mimebundle_()
    assert metadata["image/png"]["alt"] == "A rising line."
    assert not plt.get_fignums()


class _Images(HTMLParser):
    """The attributes of every image on a page."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.found.append(dict(attrs))


def test_a_reader_hears_the_alt_text_in_jupyterlab_and_in_the_exported_page():
    alt = """A line "y < x" that's rising & ends at 1."""
    figure, axis = plots.subplots()
    axis.plot([0, 1])
    data, metadata = plots.picture(figure, alt)._repr_mimebundle_()
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell("show()")]
    notebook.cells[0].outputs = [nbformat.v4.new_output("display_data", data=data, metadata=metadata)]
    for page in (data["text/html"], HTMLExporter().from_notebook_node(notebook)[0]):
        (image,) = _Images(page).found
        assert image["alt"] == alt
        assert image["width"] == "720" and image["src"].removeprefix("data:image/png;base64,") == data["image/png"]


def test_a_figure_stands_on_white_whatever_the_theme():
    data, _ = plots.picture(plots.subplots()[0], "Empty axes.")._repr_mimebundle_()
    (image,) = _Images(data["text/html"]).found
    assert "background:#fff" in image["style"] and "padding:8px" in image["style"]


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


@pytest.mark.parametrize(("step", "read"), [(0.1, ".1f"), (0.05, ".2f"), (0.5, ".1f"), (1, ".0f")])
def test_a_slider_is_read_out_with_the_decimals_of_its_step(step, read):
    assert widgets.slider("mu", -2, 2, 1, step).readout_format == read


def test_stored_outputs_hold_no_widget_model():
    data = {"text/plain": "Controls", widgets.WIDGET_MIME: {"model_id": "x"}}
    output = nbformat.v4.new_output("display_data", data=data)
    assert list(execute._portable(output).data) == ["text/plain"]


@pytest.fixture
def shown(monkeypatch):
    """The views of a kernel that has run no lesson yet."""
    monkeypatch.setattr(views, "_views", [])
    monkeypatch.setattr(widgets, "explore", lambda draw, **controls: None)
    views.install()


def _line(height, kind="solid"):
    figure, axis = plots.subplots()
    axis.axhline(height, linestyle=kind)
    return figure, f"A line at a height of {height}, {kind}."


def test_a_view_is_drawn_at_every_combination_of_ends_and_middles(shown):
    seen = []

    def draw(**values):
        seen.append(tuple(values.values()))
        return _line(**values)

    kinds = widgets.choice("kind", ["solid", "dashed"])
    widgets.explore(draw, height=widgets.slider("height", 0, 1, 0.25, 0.1), kind=kinds)
    views.drive()
    assert seen == list(itertools.product([0.0, 0.5, 1.0], ["solid", "dashed"]))


@pytest.mark.parametrize(
    "broken", [lambda n: (plots.subplots()[0], ""), lambda n: _line(1 / (n - 3)), lambda n: (Mock(), "")]
)
def test_a_view_that_fails_anywhere_on_its_range_is_found(shown, broken):
    widgets.explore(broken, n=widgets.count_slider("n", 1, 5, 1))
    with pytest.raises((AssertionError, ZeroDivisionError)):
        views.drive()


def test_a_lesson_without_a_view_is_found(shown):
    with pytest.raises(AssertionError, match="every lesson"):
        views.drive()
