"""The progress bar: seen while it runs, gone when it is done."""

import pytest

from course_utils import progress


def _on_screen(written):
    """What a terminal, and JupyterLab, show of text with carriage returns."""
    line = ""
    for piece in written.split("\r"):
        line = piece + line[len(piece) :]
    return line


@pytest.mark.parametrize("stopped", [False, True])
def test_a_bar_leaves_nothing_behind(monkeypatch, capsys, stopped):
    monkeypatch.setattr(progress, "quiet", lambda: False)
    try:
        with progress.bar(10, "images") as shown:
            shown.update(4)
            shown.refresh()
            if stopped:
                raise KeyboardInterrupt
    except KeyboardInterrupt:
        assert stopped
    written, complaints = capsys.readouterr()
    assert "40%" in written and complaints == ""
    assert _on_screen(written).strip() == ""
