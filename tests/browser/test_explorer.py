"""The explorer in a real browser: its numbers are those of the Python models; it is driven by mouse, touch and keys."""

from statistics import median

import nbformat
import numpy as np
import pytest
import torch
from nbconvert import HTMLExporter

from course_utils import checkpoints, data, explorer
from course_utils.checkpoints import store
from course_utils.checkpoints.vaes import STORE
from course_utils.objectives import negative_elbo

from .conftest import serious

READERS = list(enumerate(("e", "a-1", "a-1-sum")))
PLANE_MODEL, ALMOST = "b-latent-2", 1e-4
PLACES = [(0.6, -0.8), (-2.5, 0.1), (0.0, 3.0)]
PLANE, READING = ".vae-explorer >> nth=0", ".vae-explorer >> nth=1"
READ = """([which, rows]) => {
  const {models, digits, read} = document.querySelectorAll(".vae-explorer")[1].explorer;
  return digits.map(({pixels}) => {
    const found = read(models[which], pixels, rows);
    return {...found, kl: [...found.kl], pixels: [...found.pixels], shown: [...pixels]};
  });
}"""
DECODE = """places => {
  const {models, decode, sigmoid} = document.querySelector(".vae-explorer").explorer;
  return places.map((place) => [...decode(models[0], place).map(sigmoid)]);
}"""
INK = "canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0)"
DRAG = """() => {
  const map = document.querySelector(".vae-explorer .pad > svg");
  const box = map.getBoundingClientRect();
  const canvas = document.querySelector(".vae-explorer .beside canvas");
  const seen = () => canvas.getContext("2d").getImageData(0, 0, 28, 28).data.join();
  return Array.from({ length: 30 }, (_, i) => {
    const at = { clientX: box.left + 20 + 11 * i, clientY: box.top + 60 + 8 * i };
    const before = seen();
    const start = performance.now();
    map.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, buttons: 1, ...at }));
    return { ms: performance.now() - start, answered: seen() !== before };
  });
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The explorer's page as a file."""
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    path.write_text(explorer.page(), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def shown(open_page, address):
    """The page, open without a network."""
    page = open_page(address, offline=True)
    yield page
    page.close()


@pytest.fixture
def fresh(open_page, address):
    """The page anew, for tests that change it; with a touch screen."""
    page = open_page(address, offline=True, has_touch=True)
    yield page
    page.close()


def _rounded(name):
    weights = {key: value.half().float() if value.ndim > 1 else value for key, value in STORE.weights(name).items()}
    return store.restore(STORE.plans[name].model(), weights)


@torch.no_grad()
def _read(model, images, rows=28):
    """-ELBO in its two halves, decoded from the mean, and the pixels."""
    mean, logvar = model.encoder(images[:, :, :rows])
    logits = model.decoder(mean)
    return negative_elbo(logits, images, mean, logvar), torch.sigmoid(logits)


@pytest.mark.parametrize("rows", [28, 13])
@pytest.mark.parametrize(("which", "name"), READERS)
def test_what_it_reads_is_what_the_rounded_model_reads(shown, which, name, rows):
    found = shown.evaluate(READ, [which, rows])
    images = torch.tensor([one["shown"] for one in found]).view(-1, 1, 28, 28).float()
    elbo, pixels = _read(_rounded(name), images, rows)
    kl = torch.tensor([one["kl"] for one in found])
    assert (kl - elbo.kl_per_latent).abs().max() < ALMOST
    assert (torch.tensor([one["pixels"] for one in found]) - pixels.flatten(1)).abs().max() < ALMOST
    assert [one["bce"] for one in found] == pytest.approx(elbo.reconstruction.tolist(), rel=1e-5)


@pytest.mark.parametrize(("which", "name"), READERS)
def test_rounding_costs_less_than_a_twentieth_of_a_nat(shown, which, name):
    found = shown.evaluate(READ, [which, 28])
    images = torch.tensor([one["shown"] for one in found]).view(-1, 1, 28, 28).float()
    elbo, _ = _read(checkpoints.load(name), images)
    assert [sum(one["kl"]) + one["bce"] for one in found] == pytest.approx(elbo.total.tolist(), abs=0.05)


def test_what_the_plane_decodes_is_what_the_rounded_model_decodes(shown):
    with torch.no_grad():
        right = torch.sigmoid(_rounded(PLANE_MODEL).decoder(torch.tensor(PLACES))).flatten(1)
    assert np.abs(np.array(shown.evaluate(DECODE, PLACES)) - right.numpy()).max() < ALMOST


def test_its_digits_are_test_images_and_it_asks_for_nothing(shown, address):
    digits = shown.evaluate("document.querySelector('.vae-explorer').explorer.digits.map(d => [d.index, d.label])")
    _, labels = data.load("mnist", "test")
    assert [label for _, label in digits] == list(range(10)) == labels[[index for index, _ in digits]].tolist()
    assert shown.course_requests == [address] and shown.course_faults == []


def test_every_step_of_a_drag_is_answered_before_the_next(fresh, record_property):
    steps = fresh.evaluate(DRAG)
    assert all(step["answered"] for step in steps)
    took = median(step["ms"] for step in steps)
    record_property("ms_per_drag", took)
    print(f"a step of a drag: {took:.1f} ms in the middle of {len(steps)}, picture read back included")


def test_arrow_keys_move_the_star_and_words_say_where_it_is(fresh):
    plane = fresh.locator(PLANE)
    before = plane.locator(".beside canvas >> nth=0").evaluate(INK)
    fresh.keyboard.press("Tab")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp"):
        fresh.keyboard.press(key)
    plane.locator("[role=status]", has_text="z = (0.80, −0.30)").wait_for(state="attached")
    assert plane.locator(".beside canvas >> nth=0").evaluate(INK) != before


def test_a_test_digit_takes_the_star_to_its_code(fresh):
    plane, model = fresh.locator(PLANE), checkpoints.load(PLANE_MODEL)
    images, _ = data.load("mnist", "test", limit=1)
    (z1, z2), kl = model.encoder(images)[0][0].tolist(), model(images).kl.item()
    plane.get_by_role("button", name="test digit 7").press("Enter")
    words = f"z = ({z1:.2f}, {z2:.2f})".replace("-", "−")
    plane.locator("[role=status]", has_text=words).wait_for(state="attached")
    assert f"Test image 0, a 7: KL {kl:.1f} nats." in plane.inner_text()
    assert plane.locator("[aria-pressed=true]").get_attribute("aria-label") == "test digit 7"


def test_a_finger_moves_the_star_and_draws_a_digit(fresh):
    for view in (PLANE, READING):
        pad = fresh.locator(view).locator(".pad")
        assert pad.evaluate("pad => getComputedStyle(pad).touchAction") == "none"
    box = fresh.locator(PLANE).locator(".pad").bounding_box()
    fresh.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    fresh.locator(PLANE).locator("[role=status]", has_text="z = (0.00, 0.00)").wait_for(state="attached")
    pad = fresh.locator(READING).locator(".pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    before = pad.locator("canvas").evaluate(INK)
    fresh.touchscreen.tap(box["x"] + 20, box["y"] + 20)
    assert pad.locator("canvas").evaluate(INK)[2 * 28 + 2] == 0 != before[2 * 28 + 2]
    fresh.locator(READING).locator("[role=status]", has_text="Your drawing").wait_for(state="attached")


def test_a_digit_is_drawn_and_read_by_keys_alone(fresh):
    reading = fresh.locator(READING)
    pad, slider = reading.locator(".pad"), reading.get_by_role("slider", name="rows read")
    pad.focus()
    for key in ("Delete", "Space", *["ArrowDown"] * 5, "Space"):
        fresh.keyboard.press(key)
    ink = np.array(pad.locator("canvas").evaluate(INK)).reshape(28, 28) < 128
    assert ink[14:20, 14].all() and ink.sum() == ink[13:21, 13:16].sum()
    slider.focus()
    fresh.keyboard.press("Home")
    for _ in range(3):
        fresh.keyboard.press("ArrowRight")
    reading.locator("[role=status]", has_text="Your drawing, 3 of 28 rows read. e: KL").wait_for(state="attached")
    reading.get_by_role("button", name="Read it").press("Enter")
    reading.get_by_text("28 of 28 rows read", exact=True).wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(shown, axe, scheme):
    shown.emulate_media(color_scheme=scheme)
    assert serious(shown, axe, "body") == []


def test_without_scripts_a_still_picture_stands_there_and_says_what_is_seen(open_page, address):
    page = open_page(address, java_script_enabled=False)
    alts = [picture.get_attribute("alt") for picture in page.locator(".vae-explorer img").all()]
    assert [alt.split()[0] for alt in alts] == ["Codes", "A"] and min(map(len, alts)) > 30
    page.close()


def test_it_moves_in_an_exported_notebook(open_page, tmp_path):
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell("explorer.plane(...)")]
    notebook.cells[0].outputs = [
        nbformat.v4.new_output(
            "display_data", data={"text/html": explorer.plane_html(PLANE_MODEL), "text/plain": "Explorer"}
        )
    ]
    (tmp_path / "page.html").write_text(HTMLExporter().from_notebook_node(notebook)[0], encoding="utf-8")
    page = open_page((tmp_path / "page.html").as_uri(), offline=True)
    page.locator(".vae-explorer .pad").press("ArrowLeft")
    page.locator("[role=status]", has_text="z = (0.50, −0.80)").wait_for(state="attached")
    page.close()


@pytest.mark.slow
def test_it_moves_by_keys_in_jupyterlab_after_its_kernel_is_gone(lab, open_page):
    address, folder = lab
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    sources = ("from course_utils import explorer", f"explorer.plane({PLANE_MODEL!r})", "print('below')")
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(notebook, folder / "explorer.ipynb")
    page = open_page(f"{address}/lab/workspaces/explorer/tree/explorer.ipynb")
    page.wait_for_selector("text=Python 3 (ipykernel) | Idle")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    pad = page.locator(".vae-explorer .pad")
    pad.wait_for()
    for kernel in page.request.get(f"{address}/api/kernels").json():
        page.request.delete(f"{address}/api/kernels/{kernel['id']}")
    pad.click(position={"x": 200, "y": 200})
    active = page.locator(".jp-Cell.jp-mod-active").inner_text()
    before = page.locator("[role=status]", has_text="At z =").first.text_content()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.wait_for_function(
        "was => document.querySelector('.vae-explorer [role=status]').textContent !== was", arg=before
    )
    assert "explorer.plane" in active and page.locator(".jp-Cell.jp-mod-active").inner_text().startswith(active[:20])
    assert page.locator(".jp-Cell").count() == 3 and page.course_faults == []
    page.close()
