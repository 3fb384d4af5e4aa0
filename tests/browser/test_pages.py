"""Every lesson after Run All in JupyterLab: heard, named, driven by keyboard, on one edge; and its exported page."""

import re
import shutil
from pathlib import Path
from statistics import median

import nbformat
import pytest
from nbconvert import HTMLExporter

from .conftest import ROOT, RUN_SECONDS, serious

EACH_TIME = {"03"}
OURS = [".jp-MarkdownOutput", ".jp-OutputArea-output"]
SEEN = Path(__file__).with_name("seen.js").read_text(encoding="utf-8")
WAITING = "[...document.querySelectorAll('.jp-InputPrompt')].some(prompt => prompt.textContent.includes('*'))"
CONTROL = ".widget-slider, .widget-toggle-buttons"
UNMOVED = (
    ".widget-slider:not([data-moved]) [role=slider], .widget-toggle-buttons:not([data-moved]) button:not(.mod-active)"
)


def _lessons(folder):
    return [
        pytest.param(path, id=path.stem[:2], marks=() if path.stem[:2] in EACH_TIME else pytest.mark.slow)
        for path in sorted((ROOT / folder).glob("*.ipynb"))
    ]


@pytest.fixture(scope="module", params=_lessons("lessons"))
def lesson(request, lab, open_page):
    """The page of a lesson, untouched, after Run All Cells."""
    address, folder = lab
    shutil.copy(request.param, folder)
    page = open_page(f"{address}/lab/workspaces/{request.param.stem}/tree/{request.param.name}")
    page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell")
    page.wait_for_selector("text=Python 3 (ipykernel) | Idle")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_selector(".vae-course")
    page.wait_for_function(f"() => !{WAITING}", timeout=1000 * RUN_SECONDS)
    page.wait_for_selector("[role=slider][aria-label], .widget-toggle-button[aria-pressed]")
    yield page
    for kernel in page.request.get(f"{address}/api/kernels").json():
        page.request.delete(f"{address}/api/kernels/{kernel['id']}")
    page.close()


def test_every_picture_is_heard(lesson):
    alts = lesson.evaluate(SEEN)["alts"]
    assert len(alts) >= 3 and all(alt and len(alt) > 20 for alt in alts), alts


def test_axe_finds_nothing_serious_in_what_is_ours(lesson, axe):
    assert serious(lesson, axe, *OURS) == []


def test_every_control_has_a_name_and_says_what_is_read_beside_it(lesson):
    seen = lesson.evaluate(SEEN)
    said = [pair for slider in seen["sliders"] for pair in (slider["name"], slider["value"])]
    said += [pair for choice in seen["choices"] for pair in (choice["name"], *choice["pressed"])]
    assert said and not [(heard, read) for heard, read in said if heard != read]
    assert not [heard for heard, _ in said if len(heard.partition(".")[2]) > 3]
    assert seen["cut"] == []


def test_every_control_is_reached_and_moved_by_keyboard_and_its_picture_changes(lesson):
    views = lesson.locator(".jp-CodeCell:has(.jupyter-widgets):has(img)")  # a form of a prediction has no picture
    for view in views.all():
        view.focus()
        for _ in view.locator(CONTROL).all():
            _tab_to_a_control(lesson)
            _move(lesson, view.locator("img").first)


def _tab_to_a_control(page):
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches('{UNMOVED}')"):
            return
    pytest.fail("No control is reached with Tab.")


def _move(page, picture):
    """Press the key for the control that has the focus until its picture changes: some steps draw the same again."""
    before = picture.get_attribute("src")
    role, value, highest = page.evaluate("(e => [e.role, e.ariaValueNow, e.ariaValueMax])(document.activeElement)")
    key = "Space" if role != "slider" else "ArrowLeft" if value == highest else "ArrowRight"
    for _ in range(5):
        page.keyboard.press(key)
        for _ in range(20):
            page.wait_for_timeout(100)
            if picture.get_attribute("src") != before:
                page.evaluate(f"document.activeElement.closest('{CONTROL}').dataset.moved = true")
                return
    pytest.fail(f"{key} changes nothing: {page.evaluate('document.activeElement.outerHTML')}")


def test_everything_stands_on_one_edge(lesson):
    edges = {kind: found for kind, found in lesson.evaluate(SEEN)["edges"].items() if found}
    first = min(min(found) for found in edges.values())
    assert len(edges) > 5
    assert {kind: max(found) - first for kind, found in edges.items() if max(found) - first > 1} == {}


def test_lines_have_seventy_to_eighty_five_characters(lesson):
    assert 70 <= median(lesson.evaluate(SEEN)["measures"]) <= 85


def test_nothing_pops_up_and_nothing_fails(lesson):
    assert lesson.locator("dialog[open], .Toastify__toast").all_text_contents() == []
    faults = lesson.locator("[data-mime-type*=error], [data-mime-type*=stderr]").all_text_contents()
    assert faults + lesson.course_faults == []


@pytest.mark.parametrize("path", _lessons("solutions"))
def test_the_exported_page_is_heard_and_axe_finds_nothing_serious_in_it(path, open_page, axe, tmp_path):
    html, _ = HTMLExporter().from_notebook_node(nbformat.read(path, as_version=4))
    offline = re.sub(r"<script[^>]*\bsrc=\"https:.*?</script>", "", html, flags=re.DOTALL)
    (tmp_path / "page.html").write_text(offline, encoding="utf-8")
    page = open_page((tmp_path / "page.html").as_uri())
    alts = page.evaluate(SEEN)["alts"]
    assert len(alts) >= 3 and all(alt and len(alt) > 20 for alt in alts), alts
    found = serious(page, axe, *OURS, colours=path.stem[:2] in EACH_TIME)  # which are the same in all exports
    assert [fault for fault in found if fault[0] != "link-in-text-block"] == []  # nbconvert takes the line from links
    page.close()
