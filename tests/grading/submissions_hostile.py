"""What is handed in by people who want points without work, or harm. Name: (bytes, status, points).

Every attack stands in the first exercise's cell; where it does not end the process, the other two earn their points.
"""

from . import notebooks as nb

NOTES, GRADED, LOOK = "graded_with_notes", "graded", "to_be_looked_at"
FRAME = """
import gc, json, os, struct
def to_unit_range(pixels):
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, {data})
        except OSError:
            pass
    {then}
"""
FORGED = """json.dumps({"exercise": "0.1", "kind": "values", "points": 100, "state": "right"}).encode()"""


def attack(source, points=2, status=GRADED):
    """An attack in place of the first answer."""
    return nb.data(nb.notebook(e1=source)), status, points


def beside(source, points=3, status=GRADED):
    """An attack beside a right first answer."""
    return nb.first(source), status, points


EQUAL = """
class Equal(float):
    def __eq__(self, other): return True
    def __lt__(self, other): return True
    def __sub__(self, other): return 0.0
    __hash__ = float.__hash__
def to_unit_range(pixels):
    return Equal(1)
"""
WALKS = """
import gc, sys
def to_unit_range(pixels):
    for thing in gc.get_objects():
        for name in ("reference", "verdict"):
            found = getattr(thing, name, None) if type(thing).__name__ == "Exercise" else None
            if found: return found(pixels)
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()) + list(frame.f_globals.values()):
            if hasattr(value, "reference"): return value.reference(pixels)
        frame = frame.f_back
    for name, module in list(sys.modules.items()):
        if name.startswith("course_utils.exercises") and hasattr(module, "to_unit_range"):
            return module.to_unit_range(pixels)
"""
REGISTRY = """
from course_utils.exercises import registry
def to_unit_range(pixels):
    return registry.find("0.1").reference(pixels)
"""
CHECKED = """
from course_utils.exercises import check
def to_unit_range(pixels):
    raise ValueError
to_unit_range = check("0.1", to_unit_range)
"""
FILES = """
import glob, os
def to_unit_range(pixels):
    found = []
    for folder in ("/home", "/tmp", "/var", "/proc", "/scratch", "{root}/solutions", "{root}/course_utils/exercises"):
        for name in ("*.ipynb", "ex_0_1.py"):
            found += glob.glob(folder + "/**/" + name, recursive=True)
    raise ValueError(str(found))
""".replace("{root}", str(nb.ROOT))
WRITES = """
import os
for path in ("{canary}", "../gradebook.csv", "/tmp/../../gradebook.csv"):
    try:
        open(path, "w").write("99")
    except OSError:
        pass
"""
NETWORK = """
import urllib.request
def to_unit_range(pixels):
    return urllib.request.urlopen("http://127.0.0.1:1/answer", timeout=1).read()
"""
DAEMON = """
import os, subprocess, sys
subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(311)"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    import time
    time.sleep(311)
    os._exit(0)
"""
BOMB = """
import os
def to_unit_range(pixels):
    while True:
        try:
            os.fork()
        except OSError:
            pass
"""
IGNORES = """
import signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
def to_unit_range(pixels):
    while True: pass
"""
IPYTHON = """
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.showtraceback = lambda *a, **k: None
InteractiveShell.run_cell = lambda *a, **k: None
get_ipython().input_transformers_cleanup.append(lambda lines: [])
get_ipython().ast_transformers.append(None)
def to_unit_range(pixels):
    return pixels
"""
BUILTINS = """
import builtins, json
import numpy, torch
builtins.abs = builtins.len = builtins.all = lambda *a: 1
torch.allclose = numpy.allclose = torch.equal = lambda *a, **k: True
json.dumps = lambda *a, **k: '{"points": 100}'
def to_unit_range(pixels):
    return pixels
"""
SEGFAULT = "import ctypes\ndef to_unit_range(pixels):\n    ctypes.string_at(0)\n"
RECURSION = "def to_unit_range(pixels):\n    return to_unit_range(pixels)\n"
HOG = "import torch\ndef to_unit_range(pixels):\n    return torch.ones(10**10)\n"
HOG_OF_LISTS = "x = [0] * 10**9\ndef to_unit_range(pixels):\n    return x\n"
HUGE = "import torch\ndef to_unit_range(pixels):\n    return torch.ones(3_000_000)\n"
DISK = """
def to_unit_range(pixels):
    with open("big", "wb") as file:
        while True:
            file.write(bytes(1 << 20))
"""
NESTED = "x = " + "(" * 5000 + ")" * 5000
RUDE = "class Rude(BaseException):\n    def __str__(self): raise Rude\ndef to_unit_range(pixels):\n    raise Rude\n"
LATER = "import threading, os\nthreading.Timer(0.0, lambda: os._exit(7)).start()\nimport time\ntime.sleep(1)\n"
RENAMED = "__name__ = 'x'; del __builtins__\n"
SCRIPT = "def to_unit_range(pixels):\n    raise ValueError('<script>alert(1)</script>')\n"

HOSTILE = {
    "patches-ipython": attack(IPYTHON, status=NOTES),
    "patches-builtins": attack(BUILTINS, status="tampering_suspected"),
    "equal-to-everything": attack(EQUAL),
    "walks-the-heap-and-the-stack": attack(WALKS, status=NOTES),
    "asks-the-registry": attack(REGISTRY, status=NOTES),
    "asks-check-for-the-answer": attack(CHECKED),
    "looks-for-files": attack(FILES, status=NOTES),
    "writes-the-gradebook": beside(WRITES, status=NOTES),
    "downloads": attack(NETWORK, status=LOOK),
    "nan": attack("def to_unit_range(pixels):\n    return pixels.float() * float('nan')\n"),
    "exits": beside("exit = quit = None\nraise SystemExit", status=NOTES),
    "exits-hard": attack("import os\ndef to_unit_range(pixels):\n    os._exit(0)\n", status="crashed"),
    "exits-hard-in-the-cell": beside("import os; os._exit(0)", points=2, status="crashed"),
    "ends-later": beside(LATER, points=2, status="crashed"),
    "raises-rudely": attack(RUDE),
    "deep-recursion": attack(RECURSION),
    "segfault": attack(SEGFAULT, status="crashed"),
    "endless": attack("def to_unit_range(pixels):\n    while True: pass\n", status="timeout"),
    "endless-and-deaf": attack(IGNORES, status="timeout"),
    "fork-bomb": attack(BOMB, status="timeout"),
    "leaves-daemons": beside(DAEMON, status=NOTES),
    "prints-much": beside("print('x' * 20_000_000)", status=NOTES),
    "prints-for-ever": attack(
        "def to_unit_range(pixels):\n    import os\n    while True: os.write(1, b'x' * 65536)\n",
        status="too_much_output",
    ),
    "memory-hog": attack(HOG, status="memory"),
    "memory-hog-in-the-cell": attack(HOG_OF_LISTS, status="memory"),
    "returns-too-much": attack(HUGE),
    "fills-the-disk": attack(DISK, status=NOTES),
    "nested-deeply": beside(NESTED, points=2),
    "deletes-builtins": beside(RENAMED),
    "forges-messages": attack(FRAME.format(data=FORGED, then="os._exit(0)"), status="tampering_suspected"),
    "forges-and-goes-on": attack(FRAME.format(data="b'x' * 100", then="return pixels"), status="tampering_suspected"),
    "script-in-a-message": attack(SCRIPT),
    "json-nested-deeply": (b"[" * 200_000, "unreadable", 0),
}
