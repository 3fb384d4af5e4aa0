"""Cards and quizzes as they are read and heard: inks on both themes of JupyterLab, and what a screen reader says."""

import re

import pytest

from course_utils import quizzes
from course_utils.exercises import cards

# what JupyterLab 4.6 gives these names in its two themes, blended with the ground where it is translucent
LIGHT = {"--jp-layout-color1": "#ffffff", "--jp-layout-color2": "#eeeeee", "--jp-content-font-color1": "#212121"}
DARK = {"--jp-layout-color1": "#212121", "--jp-layout-color2": "#424242", "--jp-content-font-color1": "#ffffff"}
KINDS = ("passed", "failed", "not attempted", "hint", "notice")


def _luminance(colour):
    """Relative luminance of #rrggbb, as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _resolved(colour, theme):
    name = re.fullmatch(r"var\((--[\w-]+),.*\)", colour)
    return theme[name[1]] if name else colour


def _pages():
    yield from (cards.Card(kind, "head", ("line",), "code").html() for kind in KINDS)
    yield quizzes._html(1, quizzes.questions("00")[0])


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_every_ink_holds_four_and_a_half_to_one_and_every_edge_three(theme):
    for page in _pages():
        grounds = [theme["--jp-layout-color1"], *re.findall(r"background:([^;']+)", page)]
        for ink in re.findall(r"[;']color:([^;']+)", page):
            for ground in grounds:
                assert _contrast(_resolved(ink, theme), _resolved(ground, theme)) >= 4.5, (ink, ground)
        for edge in re.findall(r"border-left:\dpx solid ([^;']+)", page):
            assert _contrast(edge, theme["--jp-layout-color1"]) >= 3, edge


def test_the_measure_itself_knows_the_colour_that_was_too_pale():
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#009E73", "#ffffff") == pytest.approx(3.42, abs=0.01)


def test_states_differ_by_sign_and_not_by_colour_alone():
    signs = {cards.Card(kind, "head").html().split("</b>")[0][-1] for kind in KINDS}
    assert len(signs) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_is_a_live_region(kind):
    assert cards.Card(kind, "head").html().startswith("<div role='status' ")
