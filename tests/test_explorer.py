"""The explorer's HTML: complete, small, today's in every stored notebook; what it cannot show is refused."""

import json
import re
from base64 import b64decode
from pathlib import Path

import nbformat
import pytest

from course_utils import checkpoints, explorer

ROOT = Path(__file__).parent.parent
LARGEST = {"plane": 550_000, "reader": 550_000, "page": 2_500_000}
"""Bytes of HTML: what a notebook may carry."""


@pytest.fixture(scope="module")
def shown():
    return {"plane": explorer.plane_html("b-latent-2"), "reader": explorer.readers_html("e"), "page": explorer.page()}


def _given(html):
    return [json.loads(text) for text in re.findall(r"<script type='application/json'>(.*?)</script>", html)]


@pytest.mark.parametrize("view", LARGEST)
def test_it_is_complete_and_small(shown, view):
    assert len(shown[view].encode()) < LARGEST[view]
    outside = re.findall(r"""(?:src|href)=["'](?!data:)|url\(|import\(|fetch\(""", shown[view])
    assert outside == []


def test_every_number_of_the_models_is_there_in_two_bytes_or_four(shown):
    (given,) = _given(shown["reader"])
    (model,) = given["models"]
    shapes = [shape for layer in model["encoder"] + model["decoder"] for shape in layer["shapes"]]
    tensors = list(checkpoints.load("e").state_dict().values())
    assert shapes == [list(tensor.shape) for tensor in tensors]
    size = sum(tensor.numel() * (2 if tensor.ndim > 1 else 4) for tensor in tensors)
    assert len(b64decode(model["weights"])) == size


def test_a_notebook_is_told_in_words_what_it_shows(monkeypatch):
    shown = []
    monkeypatch.setattr(explorer, "display", lambda data, raw: shown.append(data))
    explorer.plane("b-latent-2")
    explorer.readers("e", "b-latent-2", rows=13)
    assert ["b-latent-2" in data["text/plain"] for data in shown] == [True, True]
    assert (
        "e, b-latent-2 read a digit" in shown[1]["text/plain"] and len(_given(shown[1]["text/html"])[0]["models"]) == 2
    )


def test_a_model_without_a_plane_is_refused():
    with pytest.raises(ValueError, match="'e' has 64 latents, a plane has two"):
        explorer.plane_html("e")


@pytest.mark.parametrize(
    ("lesson", "html"),
    [("05", lambda: explorer.readers_html("e", rows=13)), ("08", lambda: explorer.plane_html("b-latent-2"))],
)
def test_stored_notebooks_hold_the_explorer_of_today(lesson, html):
    (path,) = (ROOT / "solutions").glob(f"{lesson}_*.ipynb")
    outputs = [output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", ())]
    pages = [output.data.get("text/html", "") for output in outputs if "data" in output]
    (stored,) = (page for page in pages if "vae-explorer" in page)
    script = re.compile(r"<style>.*", re.DOTALL)
    assert script.search(stored)[0] == script.search(html())[0], f"course run {lesson}"
    (then,), (now,) = _given(stored), _given(html())
    assert then["models"] == now["models"] and then["pixels"] == now["pixels"]
