"""The few calls of Linux that Python has no function for, by way of the C library."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import struct
from pathlib import Path

NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000
"""Kinds of namespaces, from sched.h."""

_BIND, _REC, _PRIVATE, _DETACH = 0x1000, 0x4000, 0x40000, 2
_NOSUID, _NODEV = 2, 4
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_RDONLY_NOSUID = 0x1 | 0x2
_SET_PDEATHSIG, _SET_NO_NEW_PRIVS, _CAPBSET_DROP, _SET_SECCOMP, _SECCOMP_FILTER = 1, 38, 24, 22, 2
_SYS_MOUNT_SETATTR, _SYS_CAPSET = 442, {"x86_64": 126, "aarch64": 91}
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_CAP_VERSION_3 = 0x20080522
_MOST_FILES = 10_000
_MADV_COLLAPSE, _HUGE = 25, 2**21
_OF_NO_FILE = re.compile(r"^(\w+)-(\w+) rw-p \S+ \S+ 0\s*(?:\[heap\])?$", re.MULTILINE)
"""A line of ``/proc/self/maps``: memory that this process alone writes to."""
_STEP = 8
"""Bytes of one instruction of a filter."""

_libc = ctypes.CDLL(None if os.name == "posix" else "msvcrt", use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _number(table: dict[str, int], what: str) -> int:
    if platform.machine() not in table:
        raise OSError(f"{what} is not known on {platform.machine()}")
    return table[platform.machine()]


def unshare(kinds: int) -> None:
    """Move this process into new namespaces.

    Raises:
        OSError: where the kernel does not allow it; so do all functions of this module.
    """
    _check(_libc.unshare(kinds), "unshare")


def keep_mounts_to_ourselves() -> None:
    """From now on, no mount of this namespace is seen by another one."""
    _check(_libc.mount(b"none", b"/", None, _REC | _PRIVATE, None), "mount private")


def mount_tmpfs(target: str, megabytes: int) -> None:
    """A folder in memory, of limited size and with a limited number of files."""
    options = f"size={megabytes}m,nr_inodes={_MOST_FILES},mode=0777".encode()
    _check(_libc.mount(b"tmpfs", os.fsencode(target), b"tmpfs", _NOSUID | _NODEV, options), f"tmpfs on {target}")


def bind(source: str, target: str) -> None:
    """Let a file or folder be seen at another place as well."""
    _check(_libc.mount(os.fsencode(source), os.fsencode(target), None, _BIND | _REC, None), f"bind {source}")


def make_read_only(target: str, recursive: bool = True) -> None:
    """Refuse all writing below a mount, and all programs that change their user."""
    attributes = struct.pack("QQQQ", _RDONLY_NOSUID, 0, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    _check(
        _libc.syscall(
            _SYS_MOUNT_SETATTR, _AT_FDCWD, os.fsencode(target), flags, attributes, ctypes.c_size_t(len(attributes))
        ),
        f"read-only {target}",
    )


def pivot_root(new_root: str) -> None:
    """Make a mount the root of the file system, and let go of the old one."""
    os.chdir(new_root)
    _check(_libc.syscall(_number(_SYS_PIVOT_ROOT, "pivot_root"), b".", b"."), "pivot_root")
    _check(_libc.umount2(b".", _DETACH), "umount")
    os.chdir("/")


def drop_capabilities() -> None:
    """Give up every privilege for good, in this process and in all that it starts."""
    for capability in range(64):
        _libc.prctl(_CAPBSET_DROP, capability, 0, 0, 0)  # those that this kernel does not know are refused
    header, none = struct.pack("Ii", _CAP_VERSION_3, 0), bytes(24)
    _check(_libc.syscall(_number(_SYS_CAPSET, "capset"), header, none), "capset")
    _check(_libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def filter_calls(program: bytes) -> None:
    """Put a filter in front of all further calls of this process and of all that it starts.

    Args:
        program: instructions of linux/filter.h.
    """
    instructions = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // _STEP, ctypes.addressof(instructions))
    _check(_libc.prctl(_SET_SECCOMP, _SECCOMP_FILTER, header, 0, 0), "seccomp")


def gather_memory() -> None:
    """Put this process's own memory into pages of 2 MiB, so that a fork has less to copy; where it can't be, it stays.

    On a virtual machine whose pages are tables in tables, forking with torch's quarter of a gigabyte in pages of
    4 KiB took 42 ms, in large ones 17.
    """
    for first, last in _OF_NO_FILE.findall(Path("/proc/self/maps").read_text()):
        start, end = -(-int(first, 16) // _HUGE) * _HUGE, int(last, 16) // _HUGE * _HUGE
        if end > start:
            _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_COLLAPSE)  # since Linux 6.1


def die_with_parent() -> None:
    """Be killed when the parent process ends."""
    _check(_libc.prctl(_SET_PDEATHSIG, 9, 0, 0, 0), "pdeathsig")
