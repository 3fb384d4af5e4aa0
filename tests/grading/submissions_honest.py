"""What honest people hand in: right, unfinished, changed by editors, broken. Name: (bytes, status, points)."""

import json

from . import notebooks as nb

NOTES, GRADED = "graded_with_notes", "graded"


def _without_metadata(made):
    for c in made["cells"]:
        c["metadata"] = {}


def _colab(made):
    for i, c in enumerate(made["cells"]):
        c["metadata"] = {"id": f"x{i}", "colab": {"base_uri": "https://localhost"}}
        c.pop("id")
    made["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}, "accelerator": "GPU"}


def _without_checks(made):
    made["cells"] = [c for c in made["cells"] if not str(nb.grade_id(c)).startswith("check-")]


def _without_second_cell(made):
    made["cells"].remove(nb.cell(made, "0.2"))


def _renamed_function(made):
    nb.cell(made, "0.2")["source"] = "def average(images):\n    return images.mean(dim=0)\n"


def _twice(made):
    ids = {"grade_id": "ex-0-1", "solution": True}
    wrong = nb.code("def to_unit_range(pixels):\n    return pixels / 256\n", nbgrader=ids)
    made["cells"].insert(made["cells"].index(nb.cell(made, "0.1")), wrong)


def _copied_stub(made):
    stub = nb.code("def to_unit_range(pixels):\n    raise NotImplementedError()\n")
    made["cells"].append(stub)


def _check_copied(made):
    made["cells"].append(next(c for c in made["cells"] if nb.grade_id(c) == "check-0-1"))


def _as_markdown(made):
    nb.cell(made, "0.1").update(cell_type="markdown")


def _as_raw(made):
    nb.cell(made, "0.1").update(cell_type="raw")


def _points_edited(made):
    for c in made["cells"]:
        if "points" in c["metadata"].get("nbgrader", {}):
            c["metadata"]["nbgrader"]["points"] = 100


def _without_imports(made):
    made["cells"] = [c for c in made["cells"] if "import torch" not in "".join(c["source"])]


def _shuffled(made):
    made["cells"].reverse()


def _one_cell(made):
    parts = [nb.cell(made, exercise_id) for exercise_id in nb.RIGHT]
    parts[0]["source"] = "import torch\nwhile False: pass\n" + "\n".join(part["source"] for part in parts)
    made["cells"] = [parts[0]]


def _helper_elsewhere(made):
    nb.cell(made, "0.1")["source"] = "def to_unit_range(pixels):\n    return scaled(pixels) / WHITE\n"
    made["cells"].insert(0, nb.code("WHITE = 255\ndef scaled(x):\n    return x.double()\n"))


def _other_kernel(made):
    made["metadata"]["kernelspec"] = {"name": "julia-1.9", "display_name": "Julia", "language": "julia"}


def _windows(made):
    for c in made["cells"]:
        c["source"] = "".join(c["source"]).replace("\n", "\r\n")


def _format_3(made):
    cells = [
        {"cell_type": c["cell_type"], "input": c["source"], "source": c["source"], "metadata": c["metadata"]}
        for c in made["cells"]
    ]
    made.update(nbformat=3, worksheets=[{"cells": cells}])
    del made["cells"]


CONFLICT = b'{\n "cells": [\n<<<<<<< HEAD\n  {}\n=======\n  {"a": 1}\n>>>>>>> other\n ]\n}\n'
LATIN_1 = nb.data(nb.notebook(e2=nb.RIGHT["0.2"] + "# f@r alle\n")).replace(b"f@r", "für".encode("latin-1"))
MAGIC = "%matplotlib inline\n!pip install torch\nx = !ls\n"
OTHER = (nb.ROOT / "lessons" / "01_pixels_and_nats.ipynb").read_bytes()
NULLS = "def to_unit_range(pixels):\n\treturn pixels.float() / 255\0\n"

HONEST = {
    "honest": (nb.data(nb.notebook()), GRADED, 3),
    "untouched": (nb.data(nb.LESSON), GRADED, 0),
    "one-wrong": (nb.data(nb.notebook(e2="def mean_image(images):\n    return images.mean()\n")), GRADED, 2),
    "warns": (nb.first("import warnings; warnings.warn('old'); print('hello')"), GRADED, 3),
    "notes-in-a-lambda": (nb.data(nb.notebook(e2="mean_image = lambda images: images.mean(0)\n")), GRADED, 3),
    "syntax-error": (nb.data(nb.notebook(e2="def mean_image(images)\n    return images.mean(0)\n")), GRADED, 2),
    "conflict-in-a-cell": (nb.data(nb.notebook(e2=f"<<<<<<< HEAD\n{nb.RIGHT['0.2']}=======\n>>>>>>> b\n")), GRADED, 2),
    "error-after-the-function": (nb.data(nb.notebook(e2=nb.RIGHT["0.2"] + "print(undefined_name)\n")), GRADED, 3),
    "error-before-the-function": (nb.first("print(undefined_name)"), NOTES, 3),
    "not-a-function": (nb.data(nb.notebook(e2="mean_image = 3\n")), GRADED, 2),
    "magics": (nb.first(MAGIC), GRADED, 3),
    "timed-cell": (nb.first("%%time"), GRADED, 3),
    "asks-for-input": (nb.first("try:\n    input()\nexcept EOFError:\n    pass"), GRADED, 3),
    "checks-deleted": (nb.changed(_without_checks), GRADED, 3),
    "check-copied": (nb.changed(_check_copied), NOTES, 3),
    "cell-deleted": (nb.changed(_without_second_cell), GRADED, 2),
    "function-renamed": (nb.changed(_renamed_function), GRADED, 2),
    "defined-twice": (nb.changed(_twice), NOTES, 3),
    "stub-copied": (nb.changed(_copied_stub), GRADED, 3),
    "code-as-markdown": (nb.changed(_as_markdown), NOTES, 3),
    "code-as-raw": (nb.changed(_as_raw), NOTES, 3),
    "metadata-gone": (nb.changed(_without_metadata), NOTES, 3),
    "colab": (nb.changed(_colab), NOTES, 3),
    "points-edited": (nb.changed(_points_edited), GRADED, 3),
    "imports-deleted": (nb.changed(_without_imports), GRADED, 3),
    "cells-reversed": (nb.changed(_shuffled), GRADED, 3),
    "all-in-one-cell": (nb.changed(_one_cell), NOTES, 3),
    "helper-in-another-cell": (nb.changed(_helper_elsewhere), GRADED, 3),
    "unknown-kernel": (nb.changed(_other_kernel), GRADED, 3),
    "line-ends-of-windows": (nb.changed(_windows), GRADED, 3),
    "format-3": (nb.changed(_format_3), GRADED, 3),
    "another-lesson": (OTHER, NOTES, 0),
    "byte-order-mark": (b"\xef\xbb\xbf" + nb.data(nb.notebook()), GRADED, 3),
    "utf-16": (json.dumps(nb.notebook()).encode("utf-16"), NOTES, 3),
    "latin-1": (LATIN_1, NOTES, 3),
    "null-byte-and-tab": (nb.data(nb.notebook(e1=NULLS)), GRADED, 3),
    "lone-surrogate": (nb.data(nb.notebook(e1=nb.RIGHT["0.1"] + "'\ud800'\n")), GRADED, 3),
    "not-json": (b"PK not a notebook", "unreadable", 0),
    "empty": (b"", "unreadable", 0),
    "merge-conflict": (CONFLICT, "unreadable", 0),
    "json-but-no-notebook": (b"[1, 2]", "unreadable", 0),
    "many-cells": (nb.data({**nb.LESSON, "cells": [{"cell_type": "raw", "source": ""}] * 30_000}), "unreadable", 0),
    "nothing": (None, "not_submitted", 0),
}
