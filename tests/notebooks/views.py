"""Every interactive view of a lesson, drawn over its whole range in the kernel that has just run the lesson."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import ipywidgets

from course_utils import plots, widgets

_views: list[tuple[Callable[..., Any], dict[str, Any]]] = []


def install() -> None:
    """Remember every view that the lesson shows; called in a kernel before its first cell."""
    explore = widgets.explore

    def remember(draw: Callable[..., Any], **controls: Any) -> Any:
        _views.append((draw, controls))
        return explore(draw, **controls)

    widgets.explore = remember


def drive() -> None:
    """Draw every combination of the ends and middles of each view's controls.

    PNGs, the slow part, show each control's values once.

    Raises:
        AssertionError: where the lesson has no view, or a view draws nothing, or says nothing of it.
    """
    assert _views, "every lesson has an interactive view"
    for draw, controls in _views:
        options = [ends_and_middle(control) for control in controls.values()]
        longest = max(map(len, options))
        rendered = [tuple(own[i % len(own)] for own in options) for i in range(longest)]
        for values in itertools.product(*options):
            figure, alt = draw(**dict(zip(controls, values, strict=True)))
            assert len(alt) > 20 and figure.axes, f"{values} of {list(controls)}"
            if values in rendered:
                plots.png(figure)


def ends_and_middle(control: Any) -> list[Any]:
    """What a control is set to: each of its options, or the ends and the middle of its range."""
    if isinstance(control, ipywidgets.ToggleButtons | ipywidgets.SelectionSlider):
        return list(control.options)
    middle = control.min + round((control.max - control.min) / 2 / control.step) * control.step
    return [control.min, type(control.min)(middle), control.max]
