"""Zip files, read without unpacking: no path is followed, no size believed, and whatever is damaged has a sentence."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import BinaryIO

from .reading import LARGEST_FILE, Unreadable

MOST_ENTRIES = 20_000
LARGEST_ARCHIVE = 2 * 2**30
_PER_ENTRY = 400
"""Bytes that the table of contents may have for each entry; zipfile builds all of it before it can be counted."""
_LOCKED, _UTF8 = 0x1, 0x800


def opened(source: bytes | Path) -> zipfile.ZipFile:
    """An archive in memory, or on the disk, of which then only what is asked for is read.

    Raises:
        Unreadable: where it is none, or has more in it than any class could hand in.
    """
    try:
        file: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else open(source, "rb")
    except OSError as error:
        raise Unreadable(f"The archive cannot be opened: {error.strerror}.") from None
    try:
        size, contents = _sizes(file)
        if size > LARGEST_ARCHIVE or contents > MOST_ENTRIES * _PER_ENTRY:
            raise Unreadable(f"The archive is larger than any that is read ({size / 2**20:,.0f} MB).")
        archive = zipfile.ZipFile(file)
        if len(archive.filelist) > MOST_ENTRIES:
            raise Unreadable(f"The archive has {len(archive.filelist):,} entries; {MOST_ENTRIES:,} at most are read.")
        return archive
    except Unreadable:
        file.close()
        raise
    except Exception as error:  # damaged bytes raise whatever zipfile did not expect
        file.close()
        raise Unreadable(f"The archive cannot be opened, it is damaged: {str(error)[:200]}.") from None


def _sizes(file: BinaryIO) -> tuple[int, int]:
    """Bytes of the file, and of its table of contents as its last lines tell them."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 2**16 - 100))
    tail = file.read()
    end = len(tail) - 22 if tail[-22:-18] == b"PK\5\6" else tail.rfind(b"PK\5\6")
    contents = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    if contents == 0xFFFFFFFF:  # a large archive tells it a few lines above
        wide = tail.rfind(b"PK\6\6")
        contents = int.from_bytes(tail[wide + 40 : wide + 48], "little")
    return size, contents


def name(info: zipfile.ZipInfo) -> str:
    """What an entry is called: zipfile reads names without a mark as those of DOS, though many systems write UTF-8."""
    if info.flag_bits & _UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def member(archive: zipfile.ZipFile, place: int) -> bytes:
    """The bytes of an entry, as many as may be read.

    Args:
        archive: open.
        place: of the entry, from 0; two may have one name.

    Raises:
        Unreadable: where it is larger than that, damaged, or locked.
    """
    info = archive.filelist[place]
    if info.flag_bits & _LOCKED:
        raise Unreadable("It is locked with a password in its archive.")
    try:
        with archive.open(info) as file:
            data = file.read(LARGEST_FILE + 1)
    except NotImplementedError as error:
        raise Unreadable(f"Its archive is packed in a way that is not read ({error}): pack it again.") from None
    except Exception as error:  # each decompressor raises exceptions of its own
        words = str(error)[:200] or type(error).__name__
        raise Unreadable(f"It is damaged and cannot be read from its archive: {words}.") from None
    if len(data) > LARGEST_FILE:
        raise Unreadable(f"Unpacked, it has more than {LARGEST_FILE >> 20} MB.")
    return data
