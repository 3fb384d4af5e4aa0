"""Interactive views: sliders above a picture that they redraw.

The picture is an ordinary output of its own, drawn once when the cell runs. So it is there without a kernel,
in a stored notebook, on a printed page; with a kernel, the sliders replace it in place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets
from IPython.display import display
from matplotlib.figure import Figure

from . import plots

WIDGET_MIME = "application/vnd.jupyter.widget-view+json"


_LABEL, _CONTROL = "11em", "36em"


def slider(label: str, low: float, high: float, start: float, step: float) -> ipywidgets.FloatSlider:
    """A slider, read out with as many decimals as its step has; arrow keys move it."""
    decimals = len(f"{step:g}".partition(".")[2])
    return ipywidgets.FloatSlider(
        value=start, min=low, max=high, step=step, description=label, readout_format=f".{decimals}f"
    )


def count_slider(label: str, low: int, high: int, start: int) -> ipywidgets.IntSlider:
    """A slider over whole numbers; arrow keys move it."""
    return ipywidgets.IntSlider(value=start, min=low, max=high, description=label)


def choice(label: str, options: list[str]) -> ipywidgets.ToggleButtons:
    """A row of buttons, one of which is down."""
    return ipywidgets.ToggleButtons(options=options, description=label)


def show_box(box: ipywidgets.VBox, words: str) -> None:
    """Show a box of controls; where no notebook runs, these words stand in its place."""
    view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
    display({"text/plain": words, WIDGET_MIME: view}, raw=True)


def explore(draw: Callable[..., tuple[Figure, str]], **controls: ipywidgets.ValueWidget) -> ipywidgets.VBox:
    """Show controls above the picture that ``draw`` makes of their values.

    Args:
        draw: takes the controls' values by name; returns a figure and its alt text.
        **controls: widgets made by :func:`slider`, :func:`count_slider` or :func:`choice`.

    Returns:
        The box of controls (for tests; a lesson ignores it with ``_ =``).
    """

    def current() -> plots.Picture:
        return plots.picture(*draw(**{name: control.value for name, control in controls.items()}))

    for control in controls.values():
        control.style.description_width = _LABEL
        if not isinstance(control, ipywidgets.ToggleButtons):
            control.layout.width = _CONTROL
    box = ipywidgets.VBox(list(controls.values()))
    names = ", ".join(control.description for control in controls.values())
    show_box(box, f"Controls: {names} (they move in a running notebook)")
    shown = display(current(), display_id=True)

    def redraw(_: Any) -> None:
        if shown is not None:
            shown.update(current())

    for control in controls.values():
        control.observe(redraw, names="value")
    return box
