"""What comes with the cell that imports the course: shown in a notebook alone, and each time that the cell runs."""

from types import SimpleNamespace

import pytest

from course_utils import page


@pytest.fixture
def shown(monkeypatch):
    """What is displayed, where somebody watches."""
    monkeypatch.setattr(page, "quiet", lambda: False)
    shown = []
    monkeypatch.setattr(page, "display", lambda data, raw: shown.append(data))
    return shown


def _run(source):
    page._after_imports(SimpleNamespace(info=SimpleNamespace(raw_cell=source)))


def test_each_run_of_an_importing_cell_shows_style_and_script_and_no_word_of_text(shown):
    for source in ("from course_utils import plots", "plots.show()", None, "from course_utils import plots"):
        _run(source)
    assert len(shown) == 2
    assert shown[0]["text/plain"] == "" and "<style id=" in shown[0]["text/html"]
    assert shown[0]["text/html"].count("<script>") == shown[0]["text/html"].count("</script>") == 1


def test_stored_notebooks_hold_none_of_it(shown, monkeypatch):
    monkeypatch.setattr(page, "quiet", lambda: True)
    _run("from course_utils import plots")
    assert shown == []


@pytest.mark.parametrize(("shell", "events"), [({"kernel": object()}, ["post_run_cell"]), ({}, [])])
def test_only_a_notebook_is_accompanied(monkeypatch, shell, events):
    registered = []
    hooks = SimpleNamespace(register=lambda event, hook: registered.append(event))
    monkeypatch.setattr(page, "get_ipython", lambda: SimpleNamespace(events=hooks, **shell))
    page.accompany()
    assert registered == events
