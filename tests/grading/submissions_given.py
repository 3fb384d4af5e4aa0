"""Honest work that the notebook's own check called right, however it was handed over. Name: (bytes, status, points)."""

from . import notebooks as nb

NOTES, GRADED, LOOK = "graded_with_notes", "graded", "to_be_looked_at"

WRONG = "def to_unit_range(pixels):\n    return pixels / 256\n"
STUB = nb.LESSON_STUB
MINE = "def my_range(pixels):\n    return pixels.float() / 255\n"
USES_WHITE = "def to_unit_range(pixels):\n    return pixels.float() / WHITE\n"
CHECK = 'to_unit_range = check("0.1", to_unit_range)\n'


def _notebook(home, check=CHECK, *, first=(), between=(), after=(), last=()):
    """Lesson 00 with a first exercise's cell and check of its own, and cells at the four places around them."""

    def change(made):
        cells = made["cells"]
        nb.cell(made, "0.1")["source"] = home
        place = cells.index(nb.cell(made, "0.1"))
        cells[place + 1]["source"] = check
        cells += map(nb.code, last)
        cells[place + 2 : place + 2] = map(nb.code, after)
        cells[place + 1 : place + 1] = map(nb.code, between)
        cells[:0] = map(nb.code, first)

    return nb.changed(change)


def _white(*first, uses=USES_WHITE):
    """The white that the answer divides by, made in cells above all others."""
    return _notebook(uses, first=first)


def handed(check, *first, home=STUB):
    """The lesson's own function as it was, and something else in the check's cell."""
    return _notebook(home, check, first=first)


def above(line):
    """A line above a right function, in its own cell."""
    return _notebook(f"{line}\n" + nb.RIGHT["0.1"])


SCALER = "class Scaler:\n    white = 1.0\n    def scale(self, pixels):\n        return pixels.float() / self.white\n"
TABLE = "def to_unit_range(pixels):\n    return pixels.float() / TABLE['white'][0]\n"
LOOPED = f"{MINE}for number, answer in [('0.1', my_range)]:\n    check(number, answer)\n"
TENSOR = "import math, torch; WHITE = torch.tensor(255.0)\n"
TWICE = ("def scaled(x):\n    return x * 255\n", "WHITE = scaled(1)\n", "def scaled(x):\n    return x / 255\n")
BOOLS = "def to_unit_range(pixels):\n    return pixels.float() / (255 if bool(3) and sum([1, 2]) == 3 else 1)\n"
HELPERS = "%%writefile helpers.py\ndef scaled(pixels):\n    return pixels.float() / 255\n"
WRITES = "from pathlib import Path\nPath('helpers.py').write_text('WHITE = 255\\n')\n"
SETTINGS = "torch.set_default_dtype(torch.float64)\ntorch.set_grad_enabled(False)\n"
PLAIN = "def to_unit_range(pixels):\n    return pixels / torch.tensor(255.0)\n"

GIVEN = {
    # what the check's cell hands over
    "under-its-own-name": (handed('to_unit_range = check("0.1", my_range)\n', MINE), GRADED, 3),
    "lambda-in-the-check": (handed('to_unit_range = check("0.1", lambda p: p.float() / 255)\n'), GRADED, 3),
    "partial-in-the-check": (
        handed(
            'import functools\nto_unit_range = check("0.1", functools.partial(divided, 255))\n',
            "def divided(by, pixels):\n    return pixels.float() / by\n",
        ),
        GRADED,
        3,
    ),
    "method-in-the-check": (
        handed('to_unit_range = check("0.1", Scaler().scale)\n', SCALER.replace("1.0", "255")),
        GRADED,
        3,
    ),
    "check-without-a-name": (handed('check("0.1", my_range)\n', MINE), GRADED, 3),
    "check-into-another-name": (handed('right = check("0.1", answer=my_range)\n', MINE), GRADED, 3),
    "check-from-its-module": (
        handed('from course_utils import exercises as ex\nex.check("0.1", my_range)\n', MINE),
        GRADED,
        3,
    ),
    "check-in-a-loop": (handed(LOOPED), NOTES, 3),
    "number-in-a-variable": (handed('NUMBER = "0.1"\ncheck(NUMBER, my_range)\n', MINE), NOTES, 3),
    "timed-check": (handed('%time to_unit_range = check("0.1", my_range)\n', MINE), GRADED, 3),
    "made-in-the-check": (
        handed(
            'to_unit_range = made(255)\nto_unit_range = check("0.1", to_unit_range)\n',
            "def made(by):\n    return lambda pixels: pixels.float() / by\n",
        ),
        GRADED,
        3,
    ),
    "defined-in-the-check": (handed(nb.RIGHT["0.1"] + CHECK), GRADED, 3),
    # several attempts
    "wrong-first-try-above": (_notebook(WRONG, between=[nb.RIGHT["0.1"]]), NOTES, 3),
    "two-checks": (_notebook(WRONG, after=[nb.RIGHT["0.1"], CHECK]), NOTES, 3),
    "played-with-it-later": (_notebook(nb.RIGHT["0.1"], last=[WRONG]), NOTES, 3),
    "right-below-the-check": (_notebook(WRONG, last=[nb.RIGHT["0.1"]]), NOTES, 3),
    "stub-and-right-below": (_notebook(STUB, last=[nb.RIGHT["0.1"]]), NOTES, 3),
    "wrong-name-and-right-below": (
        handed('to_unit_range = check("0.1", my_range)\n', MINE.replace("255", "256"), home=nb.RIGHT["0.1"]),
        NOTES,
        2,
    ),
    # names from elsewhere
    "helper-called-sum": (
        _notebook(
            "def to_unit_range(pixels):\n    return sum(pixels)\n",
            first=["def sum(pixels):\n    return pixels.float() / 255\n"],
        ),
        GRADED,
        3,
    ),
    "helper-defined-twice": (_white(*TWICE), GRADED, 3),
    "imports-and-a-constant": (_white(TENSOR), GRADED, 3),
    "star-import-below": (_notebook(BOOLS, last=["from torch import *\n"]), GRADED, 3),
    "logs-from-a-star": (
        _notebook(
            "def to_unit_range(pixels):\n    return exp(log(pixels.float()) - log(tensor(255.0)))\n",
            first=["from torch import log, exp, sum, tensor\n"],
        ),
        GRADED,
        3,
    ),
    "constant-changed-in-place": (_white("import torch", "WHITE = torch.zeros(1)", "WHITE.fill_(255)"), NOTES, 3),
    "list-in-a-dict": (_white('TABLE = {"white": []}', 'TABLE["white"].append(255)', uses=TABLE), NOTES, 3),
    "changed-inside-a-function": (
        _white("WHITE = 1\ndef setup():\n    global WHITE\n    WHITE = 255", "setup()"),
        NOTES,
        3,
    ),
    "changed-by-a-condition": (_white("WHITE = 255", "cuda = False", "if cuda:\n    WHITE = 1.0"), GRADED, 3),
    "timed-constant": (_white("%time WHITE = 255"), GRADED, 3),
    "timed-value": (_white("WHITE = %time 255"), GRADED, 3),
    "constant-of-a-with": (_white("import torch\nwith torch.no_grad():\n    WHITE = torch.tensor(255.0)"), GRADED, 3),
    "constant-by-globals": (_white('globals()["WHITE"] = 255'), NOTES, 3),
    "constant-by-a-loop": (_white("for name, value in [('WHITE', 255)]:\n    globals()[name] = value"), NOTES, 3),
    "constant-by-exec": (_white("exec('WHITE = 255')"), NOTES, 3),
    "constant-in-a-condition": (_white("if (WHITE := 255) > 3:\n    pass"), GRADED, 3),
    "class-completed-later": (
        handed(
            'to_unit_range = check("0.1", Scaler().scale)\n', SCALER, "Scaler.white = 255", "setattr(Scaler, 'a', 1)"
        ),
        GRADED,
        3,
    ),
    "set-by-setattr": (
        handed('to_unit_range = check("0.1", Scaler().scale)\n', SCALER, 'setattr(Scaler, "white", 255)'),
        NOTES,
        3,
    ),
    "file-written-by-a-cell": (
        _notebook(
            "from helpers import scaled\ndef to_unit_range(pixels):\n    return scaled(pixels)\n", first=[HELPERS]
        ),
        NOTES,
        3,
    ),
    "file-and-star": (_white(WRITES, "from helpers import *"), NOTES, 3),
    "recursion-limit-and-more": (above("import sys\nsys.setrecursionlimit(3000)"), NOTES, 3),
    "settings-of-the-process": (_notebook(SETTINGS + PLAIN, first=["import torch"]), GRADED, 3),
    # what the grading machine lacks
    "seaborn-above": (above("import no_such_seaborn as sns\nsns.set_theme()"), NOTES, 3),
    "cv2-above": (above("import no_such_cv2"), NOTES, 3),
    "colab-above": (above("from google.colab import drive\ndrive.mount('/content/drive')"), NOTES, 3),
    "file-above": (above("notes = open('notes.txt').read()"), NOTES, 3),
    "asks-above": (above("name = input('your name')"), NOTES, 3),
    "download-above": (
        above("from urllib.request import urlopen\npage = urlopen('http://127.0.0.1:1/x').read()"),
        NOTES,
        3,
    ),
    "undefined-above": (above("print(undefined_name)"), NOTES, 3),
    "constant-from-a-file": (_white("WHITE = float(open('white.txt').read())"), LOOK, 2),
    "constant-from-a-download": (
        _white("import urllib.request\nWHITE = float(urllib.request.urlopen('http://127.0.0.1:1/white').read())"),
        LOOK,
        2,
    ),
    "uses-a-missing-library": (
        _notebook(
            "import no_such_library as nsl\ndef to_unit_range(pixels):\n    return nsl.scaled(pixels)\n",
        ),
        LOOK,
        2,
    ),
    "uses-a-missing-helper": (
        _notebook("from helpers import scaled\ndef to_unit_range(pixels):\n    return scaled(pixels)\n"),
        LOOK,
        2,
    ),
    "uses-another-notebook": (_white("%run constants.ipynb"), LOOK, 2),
    "reads-inside": (
        _notebook("def to_unit_range(pixels):\n    return pixels.float() / float(open('white.txt').read())\n"),
        LOOK,
        2,
    ),
    "constant-of-a-long-training": (
        _white("WHITE = 0.0\nwhile WHITE < 1e9:\n    WHITE += 1.0\nWHITE = 255"),
        NOTES,
        3,
    ),
    "typing-error": (_notebook("def to_unit_range(pixels):\n    return pixles.float() / 255\n"), GRADED, 2),
}
