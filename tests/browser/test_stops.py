"""What a student sees in JupyterLab where a notebook did not run as written: stopped, or with a new kernel."""

import nbformat
import pytest
from nbformat import v4

KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
IMPORTS = "from course_utils import plots, reports, training\nimport torch\nkept = 1"
TRAINS = """images = torch.rand(50_000, 1, 28, 28)
training.train(reports.report_e(), images, images[:100], training.Recipe(epochs=90))"""
CELLS = {
    "imports": IMPORTS,
    "trains": TRAINS,
    "waits": "import time\ntime.sleep(600)",
    "dies": "import os\nos.kill(os.getpid(), 9)",
    "needs": "kept + 1",
}
pytestmark = pytest.mark.slow
REMEDY = ".vae-course-remedy"


@pytest.fixture
def opened(lab, open_page):
    """Opens the notebook of these tests: ``opened()``; its kernels end with the test."""
    address, folder = lab
    cells = [v4.new_code_cell(source) for source in CELLS.values()]
    nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), folder / "stops.ipynb")
    pages = []

    def _open(name="stops"):
        page = open_page(f"{address}/lab/workspaces/{name}/tree/{name}.ipynb")
        pages.append(page)
        page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell")
        page.wait_for_selector("text=Python 3 (ipykernel) | Idle")
        return page

    yield _open
    for kernel in pages[0].request.get(f"{address}/api/kernels").json():
        pages[0].request.delete(f"{address}/api/kernels/{kernel['id']}")
    for page in pages:
        page.close()


def _cell(page, name):
    return page.locator(".jp-CodeCell").nth(list(CELLS).index(name))


def _run(page, name):
    _cell(page, name).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")


def _stop(page, name):
    _cell(page, name).locator(".jp-InputArea").click()
    page.keyboard.press("Escape")
    page.keyboard.press("i")
    page.keyboard.press("i")


def _says(page, name):
    return _cell(page, name).locator(".jp-OutputArea-output").all_inner_texts()


def _restart(page):
    page.keyboard.press("Escape")
    page.keyboard.press("0")
    page.keyboard.press("0")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    page.wait_for_selector("text=Python 3 (ipykernel) | Idle")


def test_a_training_that_is_stopped_early_ends_the_row_of_cells_with_a_sentence_and_no_traceback(opened):
    page = opened()
    _run(page, "imports")
    page.wait_for_selector(".vae-course")
    _run(page, "trains")
    _run(page, "needs")
    page.wait_for_selector("text=images/s")
    _stop(page, "trains")
    page.wait_for_selector("text=Stopped by you with no whole epoch done")
    assert not any("Traceback" in text for text in _says(page, "trains"))
    assert _says(page, "needs") == []


def test_a_cell_that_is_stopped_says_what_to_do_next(opened):
    page = opened()
    _run(page, "imports")
    page.wait_for_selector(".vae-course")
    _run(page, "waits")
    page.wait_for_timeout(1000)
    _stop(page, "waits")
    assert "Run it again" in page.locator(REMEDY).text_content()


def test_after_a_restart_a_lower_cell_says_what_has_to_run_first(opened):
    page = opened()
    _run(page, "imports")
    page.wait_for_selector(".vae-course")
    _restart(page)
    _run(page, "needs")
    assert "does not know kept: run the cells above" in page.locator(REMEDY).text_content()
    _run(page, "imports")
    _run(page, "needs")
    page.locator(REMEDY).wait_for(state="detached")
    _cell(page, "needs").locator(".jp-OutputArea-output", has_text="2").wait_for()


def test_a_kernel_that_died_is_announced_and_a_lower_cell_says_what_has_to_run_first(opened):
    page = opened()
    _run(page, "imports")
    page.wait_for_selector(".vae-course")
    _run(page, "dies")
    page.get_by_role("dialog").get_by_role("button", name="Ok").click()
    page.wait_for_selector("text=Python 3 (ipykernel) | Idle")
    _run(page, "needs")
    assert "After a restart of the kernel it knows nothing" in page.locator(REMEDY).text_content()
