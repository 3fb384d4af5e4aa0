"""What a submission may not ask of the kernel: a filter (seccomp) in front of calls that no answer needs.

Namespaces do not cover all of the kernel: keys outlive a process, some sockets lead to the machine's host, memory can
be had that no limit counts. And the fewer calls a submission has, the fewer holes there are for it.
"""

from __future__ import annotations

import errno
import platform
import struct

_MACHINES = ("x86_64", "aarch64")
_DENIED = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "pidfd_getfd": (438, 438),
    "perf_event_open": (298, 241),
    "pivot_root": (155, 41),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "setns": (308, 268),
    "shmget": (29, 194),
    "swapon": (167, 224),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}
"""Numbers from the kernel's asm/unistd.h, by machine."""
_ARCHITECTURE, _SOCKET, _CLONE = (0xC000003E, 0xC00000B7), (41, 198), (56, 220)
_CLONE3, _NEW_NAMESPACES = 435, 0x7E020000
_FAMILIES = (1, 2, 10)
"""Unix, IPv4, IPv6: the families of sockets that a network namespace holds back."""
_FOREIGN = 0x40000000
"""Numbers from here on belong to another calling convention of the same machine (x32)."""

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_ALLOW, _KILL, _FAIL = 0x7FFF0000, 0x80000000, 0x00050000


def program() -> bytes:
    """The filter for this machine, in the instructions of linux/filter.h.

    Raises:
        OSError: where the numbers of this machine's calls are not known.
    """
    if platform.machine() not in _MACHINES:
        raise OSError(f"the kernel's calls are not known on {platform.machine()}")
    which = _MACHINES.index(platform.machine())
    refuse, allow = _step(_RETURN, _FAIL | errno.EPERM), _step(_RETURN, _ALLOW)
    steps = [
        _step(_LOAD, _ARCHITECTURE_AT),
        _step(_EQUAL, _ARCHITECTURE[which], yes=1),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER_AT),
        _step(_AT_LEAST, _FOREIGN, no=1),
        _step(_RETURN, _KILL),
    ]
    for numbers in _DENIED.values():
        steps += [_step(_EQUAL, numbers[which], no=1), refuse]
    steps += [_step(_EQUAL, _CLONE3, no=1), _step(_RETURN, _FAIL | errno.ENOSYS)]  # the C library then uses clone
    steps += [
        _step(_EQUAL, _CLONE[which], no=4),
        _step(_LOAD, _FIRST_ARGUMENT_AT),
        _step(_ANY_BIT, _NEW_NAMESPACES, no=1),
        refuse,
        allow,
    ]
    steps += [_step(_EQUAL, _SOCKET[which], no=len(_FAMILIES) + 2), _step(_LOAD, _FIRST_ARGUMENT_AT)]
    steps += [_step(_EQUAL, family, yes=len(_FAMILIES) - i) for i, family in enumerate(_FAMILIES)]
    return b"".join([*steps, refuse, allow])


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    """One instruction; ``yes`` and ``no``: how many to skip after a comparison."""
    return struct.pack("=HBBI", code, yes, no, value)
