"""A second collection of hostile submissions, by somebody who had read the grader. Name: (bytes, status, points)."""

from .submissions_hostile import attack, beside

NOTES, GRADED, TAMPERING = "graded_with_notes", "graded", "tampering_suspected"
LOOK = "to_be_looked_at"

SELF = """
import ctypes
LIBC = ctypes.CDLL(None, use_errno=True)
def attempt(name, works):
    if works:
        raise ValueError(f"{name} works")
"""
SCAN = (
    SELF
    + """
import gc, os, re
def to_unit_range(pixels):
    needle, ends, size = re.compile(b"m[a]rk o[f] another studen[t]"), os.pipe(), 1 << 16
    LIBC.malloc.restype = ctypes.c_void_p
    heap = LIBC.malloc(60_000) >> 20
    places = {id(thing) >> 20 for thing in gc.get_objects()} | set(range(heap - 60, heap + 60))
    found = 0
    for place in places:
        for start in range(place << 20, place + 1 << 20, size):
            got = LIBC.write(ends[1], ctypes.c_void_p(start), size)
            found += len(needle.findall(os.read(ends[0], got))) if got > 0 else 0
    raise ValueError(f"found {found} marks")
"""
)
KEYS = (
    SELF
    + """
def to_unit_range(pixels):
    number = {"add": 248, "request": 249, "ctl": 250}
    attempt("a key for the next submission", LIBC.syscall(248, b"user", b"course", b"answer", 6, -3) > 0)
    return pixels
"""
)
VSOCK = (
    SELF
    + """
import socket
def to_unit_range(pixels):
    for family in (40, 16, 17, 38):
        try:
            socket.socket(family, socket.SOCK_STREAM if family == 40 else socket.SOCK_RAW)
        except OSError:
            continue
        attempt(f"a socket of family {family}", True)
    return pixels
"""
)
NAMESPACES = (
    SELF
    + """
def to_unit_range(pixels):
    attempt("a namespace", LIBC.unshare(0x10000000) == 0)
    attempt("a mount", LIBC.mount(b"none", b"/scratch", b"tmpfs", 0, None) == 0)
    attempt("a trace", LIBC.ptrace(0, 0, 0, 0) == 0)
    attempt("a ring", LIBC.syscall(425, 4, ctypes.create_string_buffer(120)) >= 0)
    attempt("an old process", LIBC.prctl(1, 0, 0, 0, 0) != 0)
    return pixels
"""
)
SHARED = """
import mmap
def to_unit_range(pixels):
    held = mmap.mmap(-1, 4000 << 20)
    for start in range(0, len(held), 4096):
        held[start] = 1
    return pixels.float() / 255
"""
MEMFD = """
import os
def to_unit_range(pixels):
    held = []
    for i in range(20):
        held.append(os.memfd_create("x"))
        for _ in range(60):
            os.write(held[-1], bytes(1 << 20))
    return pixels.float() / 255
"""
INODES = """
import os
def to_unit_range(pixels):
    for i in range(40_000):
        os.close(os.open(f"f{i}", os.O_CREAT))
    return pixels.float() / 255
"""
SHM = (
    SELF
    + """
def to_unit_range(pixels):
    attempt("shared memory beside the limit", LIBC.shmget(0, ctypes.c_size_t(1 << 31), 0o1600) >= 0)
    return pixels
"""
)
FRAMED = """
import os, struct
def to_unit_range(pixels):
    import sys
    token = None
    frame = sys._getframe()
    while frame:
        token = frame.f_locals.get("token", token)
        frame = frame.f_back
    tree = b'{"dict": [["exercise", "0.1"], ["kind", "values"], %s]}'
    os.write(3, struct.pack(">8sII", token, len(tree) + 4, len(tree)) + tree)
    os._exit(0)
"""
INFINITE = '["values", {"array": ["<f4", [Infinity], 0]}]'
ODD_DTYPE = '["values", {"array": ["(,)f4", [1], 0]}]'
AGES = '["seconds", 1%s], ["values", {"dict": []}]' % ("0" * 4000)
WORDS = '["values", "right"]'
EVERYTHING = '["points", 9], ["state", "right"], ["values", {"dict": [["pixels", 1]]}]'
SUBCLASS = """
import torch
class Lying(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return cls([1.0])
    def detach(self): return self
    def cpu(self): return self
    def numpy(self): return self
    def copy(self): return {"points": 100}
    def __eq__(self, other): return True
def to_unit_range(pixels):
    return Lying([1.0])
"""
ARRAY = """
import numpy as np
class Lying(np.ndarray):
    def __reduce__(self): return print, ("pickled",)
    def __array__(self, *a, **k): raise SystemExit
    shape = property(lambda self: (6, 1, 28, 28))
def to_unit_range(pixels):
    return np.zeros(3).view(Lying)
"""
STRINGS = """
class Words(str):
    def __str__(self): raise SystemExit
    def splitlines(self): return ["right"]
class Rude(Exception):
    def __str__(self): return Words("x" * 7_000_000)
def to_unit_range(pixels):
    raise Rude
"""
GENERATOR = """
def to_unit_range(pixels):
    def forever():
        while True: yield 1.0
    return forever()
"""
FORKS_ON = "import os\nos.fork()\n"
DOUBLE = """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(1, 65):
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        time.sleep(311)
    os._exit(0)
"""
AT_EXIT = """
import atexit, os, weakref
class Late:
    def __del__(self): os._exit(0)
late = Late()
atexit.register(os._exit, 0)
"""
DELETED = """
import os
class Late:
    def __del__(self): os._exit(0)
def to_unit_range(pixels):
    Late()
    return pixels
"""
CLOCK = """
import time
time.time = time.monotonic = time.perf_counter = lambda: float("nan")
time.sleep = lambda *a: None
"""
CLOCK_BROKEN = "import time\ntime.perf_counter = None\n"
ALARM = """
import signal, os
def ring(*a): os.kill(0, 9)
signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.2)
def to_unit_range(pixels):
    while True: pass
"""
STOPS = "import os, signal\ndef to_unit_range(pixels):\n    os.kill(0, signal.SIGSTOP)\n    while True: pass\n"
DESCRIPTORS = """
import os
def to_unit_range(pixels):
    held = []
    while True: held += os.pipe()
"""
CLOSES = "import os\nos.closerange(0, 256)\n"
PRESENTS = """
import sys
def to_unit_range(pixels):
    if "course_utils.grading.jail.running" in sys.modules:
        return pixels.float() / 255
    raise ValueError
"""
NO_EXIT = """
import os, sys
os._exit = sys.exit = lambda *a: None
def to_unit_range(pixels):
    raise KeyboardInterrupt
"""
NO_WRITE = "import os\nos.write = lambda *a: 0\n"
SWAPS = """
import sys
running = sys.modules["course_utils.grading.jail.running"]
frame = sys._getframe()
while frame:
    probes = frame.f_locals.get("probes", {})
    for exercise in probes:
        probes[exercise] = lambda answer, inputs: {"points": 100, "right": True}
    for wanted in getattr(frame.f_locals.get("job"), "exercises", ()):
        object.__setattr__(wanted, "inputs", {})
    frame = frame.f_back
"""
EXECUTES = 'import os\ndef to_unit_range(pixels):\n    os.execv("/bin/sleep", ["sleep", "311"])\n'
BUSY = """
import os
for _ in range(20):
    if os.fork() == 0:
        while True: pass
def to_unit_range(pixels):
    return pixels.float() / 255
"""
PROBES = """
import os
def to_unit_range(pixels):
    seen = [p for p in ("/proc/1/environ", "/proc/self/maps", "/sys/kernel", "/etc/passwd", "/root", "/home",
                        "/run", "/var/log", "/dev/kmsg", "/dev/mem", "/boot") if os.path.isfile(p) or os.listdir(p)]
    raise ValueError(f"{seen} {sorted(os.listdir('/'))} {sorted(os.environ)}")
"""
CHECKS = """
import course_utils.exercises as e
e.check = e.session.check = lambda *a: (lambda pixels: pixels.float() / 255)
def check(*a): return lambda pixels: 1
def to_unit_range(pixels):
    return 1
to_unit_range = check("0.1", to_unit_range)
"""

SLY = {
    "scans-its-memory": attack(SCAN, status=NOTES),
    "leaves-a-key": attack(KEYS, status=NOTES),
    "odd-sockets": attack(VSOCK, status=NOTES),
    "asks-the-kernel": attack(NAMESPACES, status=NOTES),
    "maps-shared-memory": attack(SHARED, status="memory"),
    "files-in-memory": attack(MEMFD, status=NOTES),
    "very-many-files": attack(INODES, status=NOTES),
    "shared-segments": attack(SHM, status=NOTES),
    "forges-an-infinite-array": attack(FRAMED % INFINITE, status=TAMPERING),
    "forges-an-odd-dtype": attack(FRAMED % ODD_DTYPE, status=TAMPERING),
    "forges-ages": attack(FRAMED % AGES, status=NOTES),
    "forges-a-type": attack(FRAMED % WORDS, status=TAMPERING),
    "forges-points": attack(FRAMED % EVERYTHING, status=NOTES),
    "lying-tensor": attack(SUBCLASS),
    "lying-array": attack(ARRAY),
    "lying-words": attack(STRINGS),
    "endless-generator": attack(GENERATOR),
    "forks-and-goes-on": beside(FORKS_ON, status=NOTES),
    "forks-twice": beside(DOUBLE, status=NOTES),
    "exits-at-the-end": beside(AT_EXIT, status=NOTES),
    "exits-when-deleted": attack(DELETED, status="crashed"),
    "other-clock": beside(CLOCK),
    "no-clock": beside(CLOCK_BROKEN),
    "alarm": attack(ALARM, status="timeout"),
    "stops-itself": attack(STOPS, status="timeout"),
    "opens-descriptors": attack(DESCRIPTORS, status=NOTES),
    "closes-descriptors": beside(CLOSES, status="crashed", points=2),
    "right-when-graded": attack(PRESENTS, status=NOTES, points=3),
    "no-exit": attack(NO_EXIT, status=NOTES),
    "no-write": beside(NO_WRITE, status=NOTES),
    "swaps-the-probes": beside(SWAPS, status=NOTES, points=2),
    "becomes-another-program": attack(EXECUTES, status="crashed"),
    "busy-children": beside(BUSY, status=NOTES),
    "looks-around": attack(PROBES, status=LOOK),
    "own-check": attack(CHECKS, status=NOTES),
}
