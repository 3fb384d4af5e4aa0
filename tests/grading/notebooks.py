"""Submissions made from the real lesson 00: its stubs filled in, then changed as real ones are."""

import copy
import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
LESSON = json.loads((ROOT / "lessons" / "00_start_here.ipynb").read_text())
SLUG = "00_start_here"
LESSON_STUB = "def to_unit_range(pixels):\n    raise NotImplementedError()\n"
RIGHT = {
    "0.1": "def to_unit_range(pixels):\n    return pixels.float() / 255\n",
    "0.2": "def mean_image(images):\n    return images.mean(dim=0)\n",
    "0.3": "def grey_fraction(images):\n    return ((images > 0) & (images < 1)).double().mean().item()\n",
}


def notebook(**answers):
    """Lesson 00 with these sources in its exercise cells: ``e1=...``, ``e2=...``, ``e3=...``; right where not given."""
    made = copy.deepcopy(LESSON)
    for exercise_id, source in RIGHT.items():
        cell(made, exercise_id)["source"] = answers.get("e" + exercise_id[-1], source)
    return made


def cell(made, exercise_id):
    """The exercise's cell."""
    return next(c for c in made["cells"] if grade_id(c) == "ex-" + exercise_id.replace(".", "-"))


def grade_id(c):
    """nbgrader's id of a cell, if it has one."""
    return c["metadata"].get("nbgrader", {}).get("grade_id")


def code(source, **metadata):
    """A new code cell."""
    return {"cell_type": "code", "id": "new", "metadata": metadata, "source": source, "outputs": []}


def data(made):
    """The notebook as a file's bytes."""
    return json.dumps(made).encode()


def changed(change, **answers):
    """The bytes of a notebook after ``change(notebook)``."""
    made = notebook(**answers)
    change(made)
    return data(made)


def first(source, **answers):
    """Bytes of a notebook whose first exercise's cell begins with ``source`` and is right otherwise."""
    return data(notebook(**{"e1": source + "\n" + RIGHT["0.1"], **answers}))
