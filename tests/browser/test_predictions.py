"""A lesson predicted, run cell by cell and scored in JupyterLab, by keyboard alone; and what of it is heard."""

import json
import shutil

import nbformat
import pytest

from .conftest import ROOT, RUN_SECONDS, serious
from .test_pages import OURS, WAITING

FORM = ".vae-course-form"


LESSONS = [pytest.param("00"), pytest.param("03", marks=pytest.mark.slow)]


@pytest.fixture(params=LESSONS)
def lesson(request, lab, open_page):
    """An untouched lesson, its first cell selected; the sources of its cells; the file of its answers."""
    address, home = lab
    (path,) = (ROOT / "lessons").glob(f"{request.param}_*.ipynb")
    folder = home / f"predicted-{path.stem}"
    folder.mkdir()
    shutil.copy(path, folder)
    page = open_page(f"{address}/lab/workspaces/{folder.name}/tree/{folder.name}/{path.name}")
    page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell")
    page.wait_for_selector("text=Python 3 (ipykernel) | Idle")
    page.locator(".jp-Notebook .jp-Cell").first.focus()
    sources = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    yield page, sources, folder / "predictions" / f"{request.param}.json"
    for kernel in page.request.get(f"{address}/api/kernels").json():
        page.request.delete(f"{address}/api/kernels/{kernel['id']}")
    page.close()


def _press_on(page, control):
    """Go on with Tab until the control has the focus, and press it."""
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("e => e === document.activeElement", control.element_handle()):
            return page.keyboard.press("Space")
    pytest.fail(f"Tab does not reach it: {control}")


def _predict(page, form):
    """Fill in a form from its cell; what is said aloud then."""
    form.and_(page.locator("[role=group]")).wait_for()
    number = form.get_by_role("textbox", name="It will be")
    if number.count():
        _press_on(page, number)
        page.keyboard.type("12.5")
    else:
        _press_on(page, form.get_by_role("group", name="It will be").get_by_role("button").first)
    _press_on(page, form.get_by_role("button", name="80 %"))
    _press_on(page, form.get_by_role("button", name="Keep"))
    said = form.get_by_role("status").filter(has_text="80 % sure")
    said.wait_for()
    return said.text_content()


def test_a_whole_lesson_is_predicted_run_and_scored_by_keyboard(lesson, axe):
    page, sources, answered = lesson
    spoken = []
    cells = page.locator(".jp-Notebook .jp-Cell")
    for place, source in enumerate(sources):
        assert "jp-mod-selected" in cells.nth(place).get_attribute("class")
        is_form = source.startswith("predict(")
        page.keyboard.press("Control+Enter" if is_form else "Shift+Enter")
        page.wait_for_function(f"() => !{WAITING}", timeout=1000 * RUN_SECONDS)
        if is_form:
            spoken.append(_predict(page, cells.nth(place).locator(FORM)))
            page.keyboard.press("Escape")
            page.keyboard.press("ArrowDown")
    assert len(spoken) >= 4 and all(words.startswith("Kept: ") for words in spoken)
    answers = json.loads(answered.read_text())
    right = sum(answer["right"] for answer in answers.values())
    assert len(answers) == len(spoken)
    line = f"Predictions: you were 80 % sure on average, and right in {right} of {len(answers)}."
    assert page.get_by_role("status").filter(has_text=line).count() == 1
    assert page.locator(f"{FORM} :is(input, button):not([disabled])").count() == 0
    assert serious(page, axe, *OURS) == []
