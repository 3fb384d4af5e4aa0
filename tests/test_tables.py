"""Tables of results: heads that belong to their cells, numbers under each other, the same words as text."""

import re

import pytest

from course_utils import tables


@pytest.fixture
def shown(monkeypatch):
    shown = []
    monkeypatch.setattr(tables, "display", lambda data, raw: shown.append(data))
    return shown


def test_every_cell_has_a_head_of_its_column_and_one_of_its_row(shown):
    tables.show(("decoder", "test, nats"), [("#1", "142.88"), ("<b>", "")])
    page = shown[0]["text/html"]
    assert re.findall(r"<th scope=(\w+) [^>]*>([^<]*)</th>", page) == [
        ("col", "decoder"),
        ("col", "test, nats"),
        ("row", "#1"),
        ("row", "&lt;b&gt;"),
    ]
    assert re.findall(r"<td [^>]*>([^<]*)</td>", page) == ["142.88", ""]


def test_numbers_stand_at_the_right_and_words_at_the_left(shown):
    tables.show(("model", "nats", "says"), [("a", "9.50", "ends"), ("longer", "-142.88", "28 × 28"), ("b", "inf", "")])
    assert shown[0]["text/plain"].splitlines() == [
        "model      nats  says",
        "a          9.50  ends",
        "longer  -142.88  28 × 28",
        "b           inf",
    ]
    assert re.findall(r"<td style='text-align:(\w+)", shown[0]["text/html"])[:2] == ["right", "left"]


def test_a_row_that_does_not_fit_is_refused(shown):
    with pytest.raises(ValueError, match="2 cells under 3 heads"):
        tables.show(("a", "b", "c"), [("1", "2")])
    assert shown == []
