"""A second collection of honest submissions: odd habits, odd editors. Name: (bytes, status, points)."""

import json

from . import notebooks as nb

NOTES, GRADED = "graded_with_notes", "graded"


def _before(*sources):
    """A change that puts code cells before all others."""

    def change(made):
        made["cells"][:0] = [nb.code(source) for source in sources]

    return change


def _picture(made):
    words = "![shot](data:image/png;base64," + "A" * 3_000_000 + ")"
    made["cells"][:0] = [{"cell_type": "markdown", "metadata": {}, "source": words}] * 2


def _sources_as_lists(made):
    for c in made["cells"]:
        c["source"] = "".join(c["source"]).splitlines(keepends=True)


def _unknown_cells(made):
    made["cells"][:0] = [
        {"cell_type": "sql", "source": "select"},
        {},
        None,
        "text",
        [],
        {"cell_type": "code"},
        {"cell_type": "code", "source": None, "metadata": None},
        {"cell_type": ["code"], "source": 3},
    ]


def _nested_metadata(made):
    deep = {}
    for _ in range(300):
        deep = {"a": deep}
    made["metadata"]["deep"] = deep
    for c in made["cells"]:
        c["metadata"]["deep"] = deep


def _old_minor(made):
    made["nbformat_minor"] = 0
    for c in made["cells"]:
        c.pop("id", None)


def _many_own_cells(made):
    made["cells"] += [nb.code(f"x{i} = 'mark of another student'  # " + "." * (7 * i)) for i in range(400)]


GOOD = nb.data(nb.notebook())
IMPORTS = """
import numpy as np, torch, random, math, time
from tqdm import tqdm
from torch.utils.data import DataLoader
from course_utils import data, plots, progress, quizzes, widgets
from course_utils.exercises import check, hint, preview, score
"""
PLOTS = """
import matplotlib.pyplot as plt
plt.figure(); plt.imshow([[1, 2]]); plt.show()
"""
DISPLAYS = "display(3)\n"
COUNTS = "from tqdm.auto import tqdm, trange\nfor _ in tqdm(range(3)): pass\nfor _ in trange(3): pass\n"
SEEDS = "import torch, random, numpy as np\ntorch.manual_seed(0); random.seed(0); np.random.seed(0)\n"
TRAINS = "total = 0.0\nwhile True:\n    total += 1.0\n"
DEF = nb.RIGHT["0.1"]
LOOP = DEF + "\ndef train():\n    while True: pass\nhistory = train()\n"
USES_WHITE = "def to_unit_range(pixels):\n    return pixels.float() / WHITE\n"
USES_TABLE = "def to_unit_range(pixels):\n    return pixels.float() / sum(TABLE)\n"
CONTINUED = """%matplotlib inline
def to_unit_range(pixels):
    whole = (1000
        % 745)
    return pixels.float() / whole
"""
CLASSES = """
from dataclasses import dataclass
@dataclass
class Scaler:
    white: int = 255
    def __call__(self, pixels):
        import torch
        return pixels.to(torch.float32) / self.white
scaler = Scaler()
to_unit_range = scaler
"""
ALIAS = "def my_way(pixels):\n    return pixels.float() / 255\nto_unit_range = my_way\n"
AWAITS = "import asyncio\nawait asyncio.sleep(0)\n"
ASYNC = "import asyncio\nasync def white():\n    return 255\nWHITE = await white()\n" + USES_WHITE
STAR = "from torch import *\nfrom math import *\n"
ECHO = "import sys\nprint('a' * 100, file=sys.stderr)\nfor i in range(1000): print(i)\n"
SHELL = "%%bash\npip install torch\n"
HELPED = "%load_ext autoreload\n%autoreload 2\ntorch.mean?\n?torch.mean\nfiles = !ls\nx = %time 3\n"
SHAPES = "def to_unit_range(pixels):\n    from torch import float32 as kind\n    return pixels.to(kind) / 255\n"
POOL = """
from multiprocessing import Pool
def _scale(x):
    return x / 255
def to_unit_range(pixels):
    with Pool(2) as pool:
        pool.map(_scale, [1, 2])
    return pixels.float() / 255
"""
LOADER = """
from torch.utils.data import DataLoader, TensorDataset
def to_unit_range(pixels):
    loaded = next(iter(DataLoader(TensorDataset(pixels.clone()), batch_size=len(pixels), num_workers=1)))
    return loaded[0].float() / 255
"""
DATA = "from course_utils import data\nimages = data.load('mnist', 'test')\n"
MAIN = "if __name__ == '__main__':\n    WHITE = 255\n" + USES_WHITE
TRY = "try:\n    import no_such_library\nexcept ImportError:\n    no_such_library = None\n"
MISSING = "import no_such_library\n"
TYPED = "from __future__ import annotations\nfrom typing import Callable\n"
PARTIAL = """
import functools
def divided(by, pixels):
    return pixels.float() / by
to_unit_range = functools.partial(divided, 255)
"""
MODULE = """
class Net(torch.nn.Module):
    def forward(self, pixels):
        return pixels.float() / 255
to_unit_range = Net()
"""


def _json(change):
    return json.dumps(nb.notebook()).replace('"nbformat":', change + ' "nbformat":').encode()


ODD = {
    "pictures-in-the-text": (nb.changed(_picture), GRADED, 3),
    "sources-as-lists": (nb.changed(_sources_as_lists), GRADED, 3),
    "unknown-cells": (nb.changed(_unknown_cells), GRADED, 3),
    "nested-metadata": (nb.changed(_nested_metadata), GRADED, 3),
    "without-cell-ids": (nb.changed(_old_minor), GRADED, 3),
    "keys-twice": (_json('"cells": [], "x": {"a": 1, "a": 2},').replace(b'"cells": []', b'"nbformat": 1'), GRADED, 3),
    "nan-in-the-file": (_json('"x": [NaN, -Infinity],'), GRADED, 3),
    "long-number-in-the-file": (_json('"x": 1' + "0" * 5000 + ","), GRADED, 3),
    "spaces-around": (b"\n\n  " + GOOD + b"\n\n", GRADED, 3),
    "utf-16-big-endian": (b"\xfe\xff" + GOOD.decode().encode("utf-16-be"), NOTES, 3),
    "imports-everything": (nb.first(IMPORTS), GRADED, 3),
    "plots-in-the-cell": (nb.first(PLOTS), GRADED, 3),
    "displays": (nb.first(DISPLAYS), GRADED, 3),
    "bars-of-progress": (nb.first(COUNTS), GRADED, 3),
    "seeds-and-threads": (nb.first(SEEDS), GRADED, 3),
    "trains-elsewhere": (nb.changed(_before(TRAINS)), GRADED, 3),
    "trains-after-the-function": (nb.data(nb.notebook(e1=LOOP)), GRADED, 3),
    "trains-before-the-function": (nb.first(TRAINS), NOTES, 3),
    "global-changed-later": (nb.changed(_before("WHITE = 250", "WHITE += 5"), e1=USES_WHITE), GRADED, 3),
    "global-changed-at-home": (nb.changed(_before("WHITE = 250"), e1="WHITE += 5\n" + USES_WHITE), GRADED, 3),
    "list-filled-elsewhere": (
        nb.changed(_before("TABLE = []", "TABLE.append(250)\nfor i in range(5): TABLE.append(1)"), e1=USES_TABLE),
        GRADED,
        3,
    ),
    "magic-and-a-continued-line": (nb.data(nb.notebook(e1=CONTINUED)), GRADED, 3),
    "a-callable-object": (nb.data(nb.notebook(e1=CLASSES)), GRADED, 3),
    "an-alias": (nb.data(nb.notebook(e1=ALIAS)), GRADED, 3),
    "awaits": (nb.first(AWAITS), GRADED, 3),
    "awaits-a-value": (nb.data(nb.notebook(e1=ASYNC)), GRADED, 3),
    "star-imports": (nb.first(STAR), GRADED, 3),
    "prints-and-warns": (nb.first(ECHO), NOTES, 3),
    "cells-in-bash": (nb.changed(_before(SHELL)), GRADED, 3),
    "all-kinds-of-magic": (nb.first(HELPED), GRADED, 3),
    "imports-inside": (nb.data(nb.notebook(e1=SHAPES)), GRADED, 3),
    "a-pool-of-processes": (nb.data(nb.notebook(e1=POOL)), GRADED, 3),
    "a-loader": (nb.data(nb.notebook(e1=LOADER)), GRADED, 3),
    "loads-data": (nb.first(DATA), GRADED, 3),
    "as-a-script": (nb.data(nb.notebook(e1=MAIN)), GRADED, 3),
    "tries-an-import": (nb.first(TRY), GRADED, 3),
    "imports-what-is-not-there": (nb.first(MISSING), NOTES, 3),
    "future-annotations": (nb.first(TYPED), GRADED, 3),
    "a-partial": (nb.data(nb.notebook(e1=PARTIAL)), GRADED, 3),
    "a-module-of-torch": (nb.data(nb.notebook(e1=MODULE)), GRADED, 3),
    "many-cells-of-ones-own": (nb.changed(_many_own_cells), GRADED, 3),
}
